"""What became of each rule, as the summary and the report tell it: findings, clear, or no answer and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.audit import Audit
from pbr_audit.engine import Outcome
from pbr_audit.finding import SEVERITIES, UNDER_CLAIM
from pbr_audit.reports.amounts import amounts, pence_of
from pbr_audit.rule import LoadedRule

# A full stop ends a sentence only before a capital: not in "e.g. payslips".
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z(\"'])")
GRAVEST_FIRST = tuple(reversed(SEVERITIES))
NO_ANSWER = ("failed", "not_assessable", "not_applicable", "disabled")


@dataclass(frozen=True)
class Found:
    """A rule with findings; `claims` counts each claim behind them once, `severity` is the gravest."""

    loaded: LoadedRule
    severity: str
    findings: int
    claims: int
    at_risk_pence: Mapping[str, int]
    estimate_pence: Mapping[str, int]
    gravest_case: str

    @property
    def amount(self) -> str:
        """What the findings amount to, in words."""
        if self.estimate_pence:
            return f"{amounts(self.estimate_pence)} estimated"
        if self.at_risk_pence:
            under_claimed = self.loaded.rule.family == UNDER_CLAIM
            return f"{amounts(self.at_risk_pence)} {'not claimed' if under_claimed else 'at risk'}"
        return "no amount"

    @property
    def check_first(self) -> str:
        """The first thing to ask for."""
        return first_sentence(self.loaded.page.line("Ask for"))


@dataclass(frozen=True)
class NoAnswer:
    """Rules that gave no answer for one reason; `status` is the standard's word for coverage."""

    status: str
    reason: str
    rule_ids: tuple[str, ...]


def first_sentence(text: str) -> str:
    """Return `text` up to the end of its first sentence."""
    return SENTENCE_END.split(text, maxsplit=1)[0]


def rules_with_findings(audit: Audit) -> tuple[Found, ...]:
    """Return the rules with findings, the gravest first, then by id."""
    gravest_case = audit.cases.gravest_of_rules(audit.findings.select("finding_id", "rule_id"))
    found = [_found(outcome, audit, gravest_case) for outcome in audit.outcomes if outcome.findings.height]
    return tuple(sorted(found, key=lambda rule: (GRAVEST_FIRST.index(rule.severity), rule.loaded.rule.id)))


def _found(outcome: Outcome, audit: Audit, gravest_case: Mapping[str, str]) -> Found:
    rule_id = outcome.loaded.rule.id
    severities = set(outcome.findings["severity"])
    return Found(
        loaded=outcome.loaded,
        severity=next(severity for severity in GRAVEST_FIRST if severity in severities),
        findings=outcome.findings.height,
        claims=outcome.flagged_claims["claim_id"].n_unique(),
        at_risk_pence=pence_of(audit.totals.by_rule.get(rule_id, {})),
        estimate_pence=audit.totals.estimates.get(rule_id, {}),
        gravest_case=gravest_case[rule_id],
    )


def clear_rules(audit: Audit) -> tuple[Outcome, ...]:
    """Return the rules that looked and found nothing."""
    return tuple(o for o in audit.outcomes if o.status == "assessed" and not o.findings.height)


def partly_assessed(audit: Audit) -> tuple[Outcome, ...]:
    """Return the rules that answered, though not for every row."""
    return tuple(o for o in audit.outcomes if o.status == "assessed" and o.rows_not_assessable)


def rules_without_answer(audit: Audit) -> tuple[NoAnswer, ...]:
    """Return the rules that gave no answer by status and reason, failed ones first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for outcome in audit.outcomes:
        if outcome.status in NO_ANSWER:
            groups.setdefault((outcome.status, outcome.reason), []).append(outcome.loaded.rule.id)
    ordered = sorted(groups.items(), key=lambda group: (NO_ANSWER.index(group[0][0]), group[1]))
    return tuple(NoAnswer(status, reason, tuple(ids)) for (status, reason), ids in ordered)


def worst_first(findings: pl.DataFrame) -> pl.DataFrame:
    """Return findings the gravest first, then by amount, then by id."""
    grave = pl.col("severity").replace_strict(
        {severity: rank for rank, severity in enumerate(SEVERITIES)}, return_dtype=pl.Int8
    )
    amount = pl.coalesce("amount_at_risk_pence", "amount_estimate_pence", pl.lit(0))
    return findings.sort(grave, amount, "finding_id", descending=[True, True, False])
