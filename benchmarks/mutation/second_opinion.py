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


def says_otherwise(mutant: Pack, rule_id: str) -> bool:
    """Tell whether a mutant and the rule's query differ on worlds on which the rule and its query agree."""
    return any(
        any(True for _ in differences(_said(mutant, rule_id, name), _query(rule_id, name)))
        for name in BATCHES
        if query_of(rule_id).exists() and _agreed(rule_id, name)
    )


def _said(rules: Pack, rule_id: str, name: str) -> Opinion:
    return of_the_rule(outcomes(rules, batch(name, _folder()).given(rule_id))[rule_id])


@cache
def _agreed(rule_id: str, name: str) -> bool:
    rule = of_the_rule(batch(name, _folder()).outcomes[rule_id])
    return not any(True for _ in differences(rule, _query(rule_id, name)))


@cache
def _query(rule_id: str, name: str) -> Opinion:
    return of_the_query(rule_id, batch(name, _folder()).database)


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="pbr-audit-worlds-"))
