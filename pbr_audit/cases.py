"""Cases: findings about the same claims or clients, joined, ranked, their amounts counted once.

Findings that name claims or clients are joined by these. Findings about a provider's distribution or its
published figures are joined by contract and provider: a statistical finding names so many claims that it
would pull every other case into one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pbr_audit.finding import SEVERITIES

PROVIDER_WIDE = ("provider", "contract", "cohort")


@dataclass(frozen=True)
class Case:
    """Findings to be looked at together, worst first.

    `at_risk_pence` is a union over claims: no claim counts twice. Null where no claim carries an amount.
    """

    case_id: str
    severity: str
    finding_ids: tuple[str, ...]
    claim_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]
    provider_ids: tuple[str, ...]
    at_risk_pence: int | None


def cases(findings: pl.DataFrame, flagged_claims: pl.DataFrame) -> tuple[Case, ...]:
    """Return the cases in `findings`, the gravest first, then by amount at risk, then by id."""
    amounts: dict[str, dict[str, int]] = {}
    for claim, finding, amount in flagged_claims.select("claim_id", "finding_id", "amount_pence").iter_rows():
        amounts.setdefault(finding, {})[claim] = amount or 0
    rank = {severity: at for at, severity in enumerate(reversed(SEVERITIES))}
    made = [_case(group, amounts, rank) for group in _groups(findings)]
    return tuple(
        sorted(made, key=lambda case: (rank[case.severity], -(case.at_risk_pence or 0), case.case_id))
    )


def _groups(findings: pl.DataFrame) -> Iterator[list[dict[str, object]]]:
    """Yield findings that hang together, by union-find over what they have in common."""
    rows = findings.select(
        "finding_id",
        "severity",
        "subject_type",
        "contract_id",
        "provider_id",
        "claim_ids",
        "client_ids",
        "amount_basis",
    ).to_dicts()
    leader = list(range(len(rows)))

    def find(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    first: dict[tuple[str, object, object], int] = {}
    for at, row in enumerate(rows):
        for link in _links(row):
            other = find(first.setdefault(link, at))
            leader[max(other, find(at))] = min(other, find(at))
    groups: dict[int, list[dict[str, object]]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(find(at), []).append(row)
    yield from groups.values()


def _links(row: dict[str, object]) -> list[tuple[str, object, object]]:
    if row["subject_type"] in PROVIDER_WIDE:
        return [("provider", row["contract_id"], row["provider_id"])]
    claims = [("claim", claim, None) for claim in _list(row["claim_ids"])]
    clients = [("client", client, None) for client in _list(row["client_ids"])]
    return [*claims, *clients] or [("finding", row["finding_id"], None)]


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _case(group: list[dict[str, object]], amounts: dict[str, dict[str, int]], rank: dict[str, int]) -> Case:
    worst_first = sorted(group, key=lambda row: (rank[str(row["severity"])], str(row["finding_id"])))
    ids = tuple(str(row["finding_id"]) for row in worst_first)
    by_claim: dict[str, int] = {}
    for finding in ids:
        for claim, amount in amounts.get(finding, {}).items():
            by_claim[claim] = max(by_claim.get(claim, 0), amount)
    has_amount = any(row["amount_basis"] == "claims" for row in group)
    return Case(
        # The least of the ids, so that a finding that joins a case later seldom renames it.
        case_id=min(ids),
        severity=str(worst_first[0]["severity"]),
        finding_ids=ids,
        claim_ids=tuple(sorted(by_claim)),
        contract_ids=tuple(sorted({str(row["contract_id"]) for row in group if row["contract_id"]})),
        provider_ids=tuple(sorted({str(row["provider_id"]) for row in group if row["provider_id"]})),
        at_risk_pence=sum(by_claim.values()) if has_amount else None,
    )
