"""Small invented worlds for tests: piped tables, validated and prepared as a run would."""

from pathlib import Path

import polars as pl

from pbr_audit.rule import LoadedRule, Needs, Page, Rule, read_page
from pbr_audit.rule.loaded import Decide, Flag, Members
from pbr_audit.terms import Terms
from pbr_audit.testing.case import DEFAULT_TERMS, table_of, terms_of
from pbr_audit.validate import validate_frames
from pbr_audit.views import Tables, prepare
from tests.unit.test_rule_page import page


def default_terms() -> Terms:
    return terms_of(DEFAULT_TERMS, "the default terms")


def both_terms() -> Terms:
    """Return the default contract in pounds, CPA01, and the same in euros, CPE01."""
    euros = DEFAULT_TERMS.replace("CPA01", "CPE01").replace("GBP", "EUR")
    return terms_of((DEFAULT_TERMS, euros), "test")


def world(*, terms: Terms | None = None, **piped: str) -> Tables:
    """Return prepared tables; missing required columns are filled as in a fixture case."""
    terms = default_terms() if terms is None else terms
    frames = {name: table_of(name, text, "test") for name, text in piped.items()}
    validated = validate_frames(frames, terms, Path("unused"))
    assert all(table.counts.rejected == 0 for table in validated.tables.values())
    return prepare(
        {name: table.frame for name, table in validated.tables.items()},
        {name: table.columns for name, table in validated.tables.items()},
        {name: table.counts.accepted for name, table in validated.tables.items()},
        terms.frames(),
    )


def no_terms() -> Terms:
    return Terms(())


def a_page() -> Page:
    return read_page(page(), "test")


def a_rule(
    needs: Needs,
    *,
    flag: Flag | None = None,
    measure: Flag | None = None,
    decide: Decide | None = None,
    members: Members | None = None,
    **header: object,
) -> LoadedRule:
    """Return a rule about claims, its header changed by `header`."""
    values: dict[str, object] = {
        "id": "TST101",
        "version": 1,
        "title": "A rule for tests",
        "family": "validity",
        "severity": "high",
        "basis": "record",
        "subject": "claim",
        "key": ("claim_id",),
        "by": "whole",
        "needs": needs,
        "message": "A sentence.",
    }
    return LoadedRule(
        rule=Rule(**values | header),  # type: ignore[arg-type]
        page=a_page(),
        origin="rules/tests/TST101.py",
        chapter="tests",
        digest="0",
        flag=flag,
        measure=measure,
        decide=decide,
        members=members,
    )


def rows(frame: pl.LazyFrame | pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Return the named columns' rows, sorted as text."""
    return sorted(frame.lazy().select(columns).collect().rows(), key=str)
