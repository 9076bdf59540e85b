"""What became of a rule: the rows that it flagged, or why it has no answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from pbr_audit.errors import PbrAuditError
from pbr_audit.finding import (
    COVERAGE_SCHEMA,
    FALSE_DISCOVERY_RATE,
    TESTS_SCHEMA,
    empty_findings,
    empty_flagged_claims,
)
from pbr_audit.rule import STATISTICAL, LoadedRule

# Output columns with a meaning of their own; whatever else a rule returns is evidence.
MEASURES: Mapping[str, pl.DataType] = {
    "effect": pl.Float64(),
    "effect_low": pl.Float64(),
    "effect_high": pl.Float64(),
    "p_value": pl.Float64(),
    "q_value": pl.Float64(),
    "estimate_pence": pl.Int64(),
    "low_pence": pl.Int64(),
    "high_pence": pl.Int64(),
    "population_claims": pl.Int64(),
    "population_pence": pl.Int64(),
}
STANDING: Mapping[str, pl.DataType] = {
    "contract_id": pl.String(),
    "provider_id": pl.String(),
    "client_id": pl.String(),
    "period": pl.String(),
    "severity": pl.String(),
}
CLAIMS: Mapping[str, pl.DataType] = {
    "claim_id": pl.String(),
    "at_risk_pence": pl.Int64(),
    "also_claim_ids": pl.List(pl.String),
}
# `caution` is the engine's: a sentence after the rule's own.
ANSWER: Mapping[str, pl.DataType] = {"flagged": pl.Boolean(), "why_not": pl.String(), "caution": pl.String()}
RESERVED: Mapping[str, pl.DataType] = {**ANSWER, **CLAIMS, **STANDING, **MEASURES}


EMPTY_CELL = "a value that the rule needs is missing"
NO_TESTS = pl.DataFrame(schema=dict(TESTS_SCHEMA))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one rule. `status` is one of the standard's words for coverage.

    `tests` are those of a statistical rule, made and abstained, sorted by contract and subject.
    """

    loaded: LoadedRule
    status: str
    reason: str = ""
    rows_examined: int = 0
    rows_not_assessable: int = 0
    findings: pl.DataFrame = field(default_factory=empty_findings)
    flagged_claims: pl.DataFrame = field(default_factory=empty_flagged_claims)
    tests: pl.DataFrame = field(default_factory=NO_TESTS.clone)


@dataclass(frozen=True)
class Answer:
    """The rows that a rule flagged, and how many rows it looked at and could not judge, by reason.

    `tests` holds a row for each that a statistical rule looked at, None of another rule. Until the run's
    correction has been made, `found` are the rows that would be flagged if it leaves them.
    """

    found: pl.DataFrame
    examined: int
    unknown: Mapping[str, int]
    tests: pl.DataFrame | None = None


class RuleDefect(PbrAuditError):
    """A rule broke its own declaration; the text says how and holds no data."""


def coverage(outcomes: Iterable[Outcome], level: float = FALSE_DISCOVERY_RATE) -> pl.DataFrame:
    """Return one row for each rule: what it looked at, what it could not judge, and why.

    Of a statistical rule also its tests, and how many of its discoveries are to be expected by chance where
    the false discovery rate is `level`; of the others nothing.
    """
    rows = [
        (
            outcome.loaded.rule.id,
            outcome.status,
            outcome.reason,
            outcome.rows_examined,
            outcome.rows_not_assessable,
            outcome.findings.height,
            *_tests(outcome, level),
        )
        for outcome in outcomes
    ]
    return pl.DataFrame(rows, schema=dict(COVERAGE_SCHEMA), orient="row").sort("rule_id")


def _tests(outcome: Outcome, level: float) -> tuple[int | None, int | None, int | None, float | None]:
    if outcome.loaded.rule.basis != STATISTICAL:
        return None, None, None, None
    made, discoveries = int(outcome.tests["p_value"].count()), int(outcome.tests["discovered"].sum())
    return made, outcome.tests.height - made, discoveries, round(level * discoveries, 4)


def list_of_tests(outcomes: Iterable[Outcome]) -> pl.DataFrame:
    """Return every test of the list that the rules fix beforehand, by rule, contract and subject.

    A statistical rule that made no test has one row, with its status and the reason.
    """
    rows = [NO_TESTS]
    for outcome in sorted(outcomes, key=lambda outcome: outcome.loaded.rule.id):
        if outcome.loaded.rule.basis != STATISTICAL:
            continue
        whole = {
            "rule_id": outcome.loaded.rule.id,
            "status": outcome.status,
            "reason": outcome.reason or None,
            "discovered": False,
        }
        none = pl.DataFrame([whole], schema=dict(TESTS_SCHEMA))
        rows.append(none if outcome.tests.is_empty() else outcome.tests)
    return pl.concat(rows)
