"""Holds a mutant that its cases miss against the rule's query on the invented worlds of `tests/oracle`."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from pbr_audit.packs import Pack
from tests.oracle.opinions import (
    BATCHES,
    Opinion,
    batch,
    differences,
    of_the_query,
    of_the_rule,
    outcomes,
    query_of,
)
from tests.oracle.test_second_opinion import KNOWN, LISTED_AS_A_RULE, UNSAID


def says_otherwise(mutant: Pack, rule_id: str) -> bool:
    """Tell whether a mutant and the rule's query differ in a world on which the rule and its query agree."""
    for name in BATCHES:
        if (rule_id, name) in KNOWN or not query_of(rule_id).exists():
            continue
        found = of_the_rule(outcomes(mutant, batch(name, _folder()).tables)[rule_id])
        query = _query(rule_id, name)
        if rule_id in LISTED_AS_A_RULE:
            found, query = found.without_listed(), query.without_listed()
        if any(True for _ in differences(found, query, count_unknown=rule_id not in UNSAID)):
            return True
    return False


@cache
def _query(rule_id: str, name: str) -> Opinion:
    return of_the_query(rule_id, batch(name, _folder()).database)


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="pbr-audit-worlds-"))
