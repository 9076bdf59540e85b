"""The cases as a reader is shown them: rules, amounts by currency, and the gravest of their sentences."""

from dataclasses import dataclass

import polars as pl

from pbr_audit.audit import Audit
from pbr_audit.cases import Case
from pbr_audit.reports.amounts import amounts

SENTENCES_SHOWN = 5


@dataclass(frozen=True)
class CaseLine:
    """A case; `rules` are rule ids with how many of its findings are theirs."""

    rank: int
    case: Case
    rules: tuple[tuple[str, int], ...]
    sentences: tuple[tuple[str, str], ...]

    @property
    def amount(self) -> str:
        """What the case amounts to; empty where no claim carries an amount."""
        return amounts(self.case.at_risk_pence)

    @property
    def not_shown(self) -> int:
        """How many sentences are left out."""
        return len(self.case.finding_ids) - len(self.sentences)


def case_lines(audit: Audit, limit: int) -> tuple[CaseLine, ...]:
    """Return the first `limit` cases, in their rank."""
    chosen = audit.cases[:limit]
    members = pl.DataFrame(
        [(case.case_id, at, finding) for case in chosen for at, finding in enumerate(case.finding_ids)],
        schema={"case_id": pl.String, "at": pl.Int64, "finding_id": pl.String},
        orient="row",
    )
    told = members.join(
        audit.findings.select("finding_id", "rule_id", "message"), on="finding_id", maintain_order="left"
    )
    rules: dict[str, dict[str, int]] = {}
    sentences: dict[str, list[tuple[str, str]]] = {}
    for case_id, finding_id, rule_id, message in told.select(
        "case_id", "finding_id", "rule_id", "message"
    ).iter_rows():
        counts = rules.setdefault(case_id, {})
        counts[rule_id] = counts.get(rule_id, 0) + 1
        if len(shown := sentences.setdefault(case_id, [])) < SENTENCES_SHOWN:
            shown.append((finding_id, message))
    return tuple(
        CaseLine(
            rank=rank,
            case=case,
            rules=tuple(sorted(rules[case.case_id].items())),
            sentences=tuple(sentences[case.case_id]),
        )
        for rank, case in enumerate(chosen, start=1)
    )
