"""A rule reads the terms in force on the date that matters: its cases would notice a change a day sooner or later.

A new rule that reads a term which may change on a day is told here until its cases have claims on the last day
of the old terms and on the first of the new ones.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

from pbr_audit.rule import LoadedRule
from pbr_audit.terms import Terms
from pbr_audit.terms.in_force import dated_prices
from pbr_audit.terms.models import Change, Contract, Dated, Outcome
from pbr_audit.testing import find_cases, read_case
from pbr_audit.testing.case import Case
from pbr_audit.testing.run import differences, run_case
from tests.rules.pack import shipped

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
Block = TypeVar("Block", bound=Dated)
DAY = timedelta(days=1)
# The terms' tables whose rows have days of their own.
BLOCKS = ("caps", "clawbacks", "deductions", "prices", "supply_chain", "volumes")
CHANGEABLE = frozenset(Change.model_fields) - {"from_date", "to_date", "threshold_hours"}
COLUMNS = {"window_low_days": "window_days", "window_high_days": "window_days"}
# Why it makes no difference to a rule's answer when a term that it reads changes.
NO_DIFFERENCE = {
    ("PBR112", "volumes"): "the prices of two groups are compared before any band's factor",
    ("PBR402", "business_days"): "a window in business days for any time is waited for so",
    ("PBR402", "claim_within_days"): "the longest deadline ever in force is waited for",
    ("PBR402", "window_days"): "the longest window ever in force is waited for",
    ("PBR607", "business_days"): "a window in business days for any time is waited for so",
    ("PBR607", "claim_within_days"): "the longest deadline ever in force is waited for",
    ("PBR607", "window_days"): "the longest window ever in force is waited for",
    ("PBR503", "minimum_wages"): "whether a threshold changed at all is asked, and not when",
    ("PBR503", "threshold"): "whether a threshold changed at all is asked, and not when",
    ("PBR810", "volumes"): "the price is told before any band's factor",
    ("PBR904", "caps"): "caps for a time are asked of claims, by another rule",
}
# Why a rule reads terms that have days, and not their days.
ON_ANY_DAY = {
    ("PBR402", "outcomes"): "the longest of all times that clients had is waited for",
    ("PBR607", "outcomes"): "the longest of all times that clients had is waited for",
    ("PBR111", "supply_chain"): "whom the terms name at all is known",
    ("PBR503", "outcomes"): "a published histogram has no day",
    ("PBR807", "supply_chain"): "an organisation was on both sides, be it one after the other",
    ("PBR902", "deductions"): "a published amount below nothing can be, where anything is ever deducted",
}


def read_by(loaded: LoadedRule) -> frozenset[tuple[str, str]]:
    """Return the tables and columns that the rule reads."""
    needs = loaded.rule.needs
    return frozenset(
        (table, column)
        for part in (needs.required, needs.optional)
        for table, columns in part.items()
        for column in columns
    )


def dated_terms(loaded: LoadedRule) -> Iterator[str]:
    """Yield what the rule reads of the terms that may be other ones from a day on."""
    read = read_by(loaded)
    yield from sorted(table for table in BLOCKS if (table, "from_date") in read)
    changeable = {COLUMNS.get(column, column) for table, column in read if table == "outcomes"} & CHANGEABLE
    yield from sorted(changeable)
    if ("outcomes", "threshold") in read and ("outcomes", "baseline") not in read:
        yield "minimum_wages"


def moved(terms: Terms, term: str, by: timedelta) -> Terms:
    """Return the terms with every day on which `term` changes moved."""
    return Terms(tuple(_contract(contract, term, by) for contract in terms.contracts))


def _contract(contract: Contract, term: str, by: timedelta) -> Contract:
    if term == "prices" or term in CHANGEABLE:
        outcomes = tuple(_outcome(contract, outcome, term, by) for outcome in contract.outcomes)
        return contract.model_copy(update={"outcomes": outcomes})
    return contract.model_copy(update={term: tuple(_dated(block, by) for block in getattr(contract, term))})


def _outcome(contract: Contract, outcome: Outcome, term: str, by: timedelta) -> Outcome:
    if term == "prices":
        prices = (
            price.model_copy(update={"contract_year": None}) for price in dated_prices(contract, outcome)
        )
        return outcome.model_copy(update={"prices": tuple(_dated(price, by) for price in prices)})
    changes = (part for change in outcome.changes for part in _parts(change, term, by))
    return outcome.model_copy(update={"changes": tuple(changes)})


def _parts(change: Change, term: str, by: timedelta) -> Iterator[Change]:
    """Yield what a change says of `term`, moved, and what it says of other terms as it stands."""
    days = {"from": change.from_date, "to": change.to_date}
    others = {name: value for name, value in change.changed.items() if name != term}
    if others:
        yield Change.model_validate(days | others)
    if term in change.changed:
        yield _dated(Change.model_validate(days | {term: change.changed[term]}), by)


def _dated(block: Block, by: timedelta) -> Block:
    days = {name: day + by for name in ("from_date", "to_date") if (day := getattr(block, name)) is not None}
    return block.model_copy(update=days)


@cache
def cases(rule_id: str) -> tuple[Case, ...]:
    """Return the rule's cases."""
    paths = [path for path in find_cases(FIXTURES) if path.parent.name.startswith(f"{rule_id}_")]
    return tuple(read_case(path, FIXTURES) for path in paths)


def notices(case: Case, term: str, by: timedelta) -> bool:
    """Tell whether a case gets another answer where `term` changes on another day."""
    terms = moved(case.terms, term, by)
    if terms == case.terms:
        return False
    other = replace(case, terms=terms)
    return any(differences(case, run_case(other, shipped())))


@pytest.mark.parametrize(
    ("rule_id", "term"),
    [
        pytest.param(loaded.rule.id, term, id=f"{loaded.rule.id}-{term}")
        for loaded in shipped().rules
        for term in dated_terms(loaded)
        if (loaded.rule.id, term) not in NO_DIFFERENCE
    ],
)
def test_a_case_notices_a_change_of_terms_that_comes_a_day_sooner_or_later(rule_id: str, term: str) -> None:
    unnoticed = [
        said
        for said, by in {"a day sooner": -DAY, "a day later": DAY}.items()
        if not any(notices(case, term, by) for case in cases(rule_id))
    ]

    assert unnoticed == [], f"{rule_id}: no case notices where {term} changes {' or '.join(unnoticed)}"


def test_a_rule_that_reads_terms_without_their_days_says_why() -> None:
    undated = set()
    for loaded in shipped().rules:
        read = read_by(loaded)
        undated |= {
            (loaded.rule.id, table)
            for table in {table for table, _ in read}
            if table in BLOCKS and (table, "from_date") not in read
        }
        changeable = {
            COLUMNS.get(column, column) for table, column in read if table == "outcomes"
        } & CHANGEABLE
        if changeable and ("outcomes", "from_date") not in read:
            undated.add((loaded.rule.id, "outcomes"))

    assert undated == set(ON_ANY_DAY)


@pytest.mark.parametrize(("rule_id", "term"), NO_DIFFERENCE)
def test_it_makes_no_difference_only_where_that_is_so(rule_id: str, term: str) -> None:
    changing = [case for case in cases(rule_id) if moved(case.terms, term, DAY) != case.terms]

    assert changing, f"{rule_id} has no case in which {term} change on a day"
    assert [case.shown for case in changing for by in (-DAY, DAY) if notices(case, term, by)] == []
