"""A rule's own cases as one world: all of them side by side, several times, under ids of their own.

So a new rule brings with its cases all that the tests of every rule need; nobody has to build it a world.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl

from pbr_audit.engine import ask
from pbr_audit.rule import LoadedRule, NotAssessable
from pbr_audit.testing import find_cases, read_case, tables_of
from pbr_audit.views import Tables, missing, view_for
from tests.rules.pack import shipped, world

FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
COPIES = 4
# What ties rows to one another besides columns whose name ends with `_id`.
TIES = {
    "person_ref",
    "evidence_ref",
    "evidence_hash",
    "cohort",
    "national_id",
    "email",
    "phone",
    "bank_account",
    "succeeded_by",
}


@cache
def world_of(rule_id: str) -> Tables:
    """Return the world by chance where the rule finds something in it, else the world of its cases."""
    loaded = shipped().get(rule_id)
    assert loaded is not None
    return world() if _finds_something(loaded, world()) else cases_world(loaded)


def cases_world(loaded: LoadedRule) -> Tables:
    """Return the cases of a rule that need no parameters, each several times, apart from one another."""
    parts = []
    for path in find_cases(FIXTURES / loaded.chapter / Path(loaded.origin).stem):
        case = read_case(path, FIXTURES)
        tables = tables_of(case)
        if not case.file.params and not missing(loaded.rule.needs, tables):
            parts += [_apart(tables, f"~{path.stem}{copy}") for copy in range(COPIES)]
    names = dict.fromkeys(name for part in parts for name in part.frames)
    return Tables(
        {
            name: pl.concat([part.frames[name] for part in parts if name in part.frames], how="diagonal")
            for name in names
        },
        {name: frozenset().union(*(part.columns.get(name, frozenset()) for part in parts)) for name in names},
        {name: sum(part.rows.get(name, 0) for part in parts) for name in names},
        next((part.why_no_links for part in parts if part.why_no_links), None),
    )


def _apart(tables: Tables, suffix: str) -> Tables:
    frames = {}
    for name, frame in tables.frames.items():
        ids = [
            column
            for column, dtype in frame.collect_schema().items()
            if dtype == pl.String and (column.endswith("_id") or column in TIES)
        ]
        frames[name] = frame.with_columns(pl.col(column) + suffix for column in ids)
    return replace(tables, frames=frames)


def _finds_something(loaded: LoadedRule, tables: Tables) -> bool:
    if missing(loaded.rule.needs, tables):
        return False
    try:
        found = ask(loaded, view_for(loaded.rule.needs, tables, as_of=None, seed=7), loaded.rule.settings())
    except NotAssessable:
        return False
    return 0 < found.found.height < found.examined - sum(found.unknown.values())
