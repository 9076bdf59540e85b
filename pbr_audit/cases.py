"""Cases: findings about the same claims or clients, joined, ranked, their amounts counted once.

Findings that name claims or clients are joined by these. Findings about a provider's distribution or its
published figures are joined by contract and provider: a statistical finding names so many claims that it
would pull every other case into one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pbr_audit.finding import SEVERITIES, UNDER_CLAIM
from pbr_audit.terms import Terms

PROVIDER_WIDE = ("provider", "contract", "cohort")


@dataclass(frozen=True)
class Case:
    """Findings to be looked at together, worst first.

    `at_risk_pence` is by currency and a union over claims: no claim counts twice, no currencies are added,
    and what was not claimed is not in it.
    """

    case_id: str
    severity: str
    finding_ids: tuple[str, ...]
    claim_ids: tuple[str, ...]
    contract_ids: tuple[str, ...]
    provider_ids: tuple[str, ...]
    at_risk_pence: Mapping[str, int]


def cases(findings: pl.DataFrame, flagged_claims: pl.DataFrame, terms: Terms) -> tuple[Case, ...]:
    """Return the cases in `findings`, the gravest first, then by amount at risk, then by id.

    Amounts in different currencies cannot be compared; a case ranks by the largest of its own.
    """
    amounts: dict[str, dict[str, int]] = {}
    for claim, finding, family, amount in flagged_claims.select(
        "claim_id", "finding_id", "family", "amount_pence"
    ).iter_rows():
        amounts.setdefault(finding, {})[claim] = 0 if family == UNDER_CLAIM else amount or 0
    rank = {severity: at for at, severity in enumerate(reversed(SEVERITIES))}
    made = [_case(group, amounts, rank, terms) for group in _groups(findings)]
    return tuple(
        sorted(
            made,
            key=lambda case: (
                rank[case.severity],
                -max(case.at_risk_pence.values(), default=0),
                case.case_id,
            ),
        )
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


def _case(
    group: list[dict[str, object]],
    amounts: Mapping[str, Mapping[str, int]],
    rank: Mapping[str, int],
    terms: Terms,
) -> Case:
    worst_first = sorted(group, key=lambda row: (rank[str(row["severity"])], str(row["finding_id"])))
    ids = tuple(str(row["finding_id"]) for row in worst_first)
    currencies, only = terms.currencies(), terms.only_currency()
    by_claim: dict[tuple[str, str], int] = {}
    for row in group:
        currency = currencies.get(str(row["contract_id"]), only)
        for claim, amount in amounts.get(str(row["finding_id"]), {}).items():
            by_claim[currency, claim] = max(by_claim.get((currency, claim), 0), amount)
    at_risk: dict[str, int] = {}
    for (currency, _), amount in sorted(by_claim.items()):
        if amount:
            at_risk[currency] = at_risk.get(currency, 0) + amount
    return Case(
        # The least of the ids, so that a finding that joins a case later seldom renames it.
        case_id=min(ids),
        severity=str(worst_first[0]["severity"]),
        finding_ids=ids,
        claim_ids=tuple(sorted({claim for _, claim in by_claim})),
        contract_ids=tuple(sorted({str(row["contract_id"]) for row in group if row["contract_id"]})),
        provider_ids=tuple(sorted({str(row["provider_id"]) for row in group if row["provider_id"]})),
        at_risk_pence=at_risk,
    )
