"""Every deterministic rule is written once more, as one query from its page, and both say the same.

Who writes a query has seen the rule's page and the claims standard, and not the rule's code: two copies of
one misreading prove nothing. Where the two differ the page and the standard decide; a rule that is in the
wrong stands in KNOWN until it is put right.
"""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.oracle.opinions import (
    BATCHES,
    Opinion,
    batch,
    differences,
    of_the_query,
    of_the_rule,
    pack,
    query_of,
)

RULES = tuple(loaded.rule.id for loaded in pack().rules if loaded.rule.basis != "statistical")
# With fewer findings or clear rows over all worlds a rule is not put to the test.
LEAST = 50
# What the rule itself has wrong, by the page and the standard; strict, so that it goes when the rule is right.
KNOWN: dict[tuple[str, str], str] = {}
# Rules whose query is still to be written, and why.
NOT_YET: dict[str, str] = {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the tables of the worlds, which are made once for all rules."""
    return tmp_path_factory.mktemp("worlds")


def _cases() -> list[object]:
    return [
        pytest.param(
            rule_id,
            name,
            id=f"{rule_id}-{name}",
            marks=[pytest.mark.xfail(reason=KNOWN[rule_id, name])] if (rule_id, name) in KNOWN else [],
        )
        for rule_id in RULES
        for name in BATCHES
        if query_of(rule_id).exists()
    ]


@pytest.mark.parametrize("rule_id", RULES)
def test_every_deterministic_rule_has_a_query(rule_id: str) -> None:
    if rule_id in NOT_YET:
        pytest.xfail(NOT_YET[rule_id])
    assert query_of(rule_id).exists(), f"write tests/oracle/rules/{rule_id}.sql from the rule's page"


def test_no_query_is_without_its_rule() -> None:
    there = {path.stem for path in query_of("PBR101").parent.iterdir()}

    assert there <= set(RULES)
    assert not there & set(NOT_YET)


@cache
def _opinions(rule_id: str, name: str, folder: Path) -> tuple[Opinion, Opinion]:
    made = batch(name, folder)
    return of_the_rule(made.outcomes[rule_id]), of_the_query(rule_id, made.database)


@pytest.mark.parametrize(("rule_id", "name"), _cases())
def test_the_rule_and_its_query_say_the_same(rule_id: str, name: str, folder: Path) -> None:
    assert list(differences(*_opinions(rule_id, name, folder))) == []


@pytest.mark.parametrize("rule_id", [rule_id for rule_id in RULES if query_of(rule_id).exists()])
def test_the_worlds_put_each_rule_to_the_test(rule_id: str, folder: Path) -> None:
    counts: Counter[str] = Counter()
    for name in BATCHES:
        _, query = _opinions(rule_id, name, folder)
        counts["findings"] += len({subject for subject, *_ in query.findings})
        counts["clear"] += query.clear

    assert min(counts["findings"], counts["clear"]) >= LEAST, dict(counts)
