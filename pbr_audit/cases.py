"""Cases: findings about the same claims or clients, joined, ranked, their amounts counted once.

Findings that name claims or clients are joined by these. Findings about a provider's distribution or its
published figures are joined by contract and provider: a statistical finding names so many claims that it
would pull every other case into one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
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
    if findings.is_empty():
        return ()
    gravest_first = tuple(reversed(SEVERITIES))
    rank = pl.col("severity").replace_strict(
        {word: at for at, word in enumerate(gravest_first)}, return_dtype=pl.Int64
    )
    members = findings.select(
        "finding_id",
        "contract_id",
        "provider_id",
        rank=rank,
        group=pl.Series(_groups(findings)),
        currency=_currency(terms),
    )
    amounts = _amounts(members, flagged_claims)
    grouped = (
        members.sort("rank", "finding_id")
        .group_by("group", maintain_order=True)
        .agg(
            # The least of the ids, so that a finding that joins a case later seldom renames it.
            case_id=pl.col("finding_id").min(),
            rank=pl.col("rank").min(),
            finding_ids="finding_id",
            contract_ids=pl.col("contract_id").drop_nulls().unique().sort(),
            provider_ids=pl.col("provider_id").drop_nulls().unique().sort(),
        )
        .join(amounts, on="group", how="left", maintain_order="left")
        .sort("rank", pl.col("largest").fill_null(0), "case_id", descending=[False, True, False])
    )
    return tuple(
        Case(
            case_id=case_id,
            severity=gravest_first[rank_],
            finding_ids=tuple(finding_ids),
            claim_ids=tuple(claim_ids or ()),
            contract_ids=tuple(contract_ids),
            provider_ids=tuple(provider_ids),
            at_risk_pence={sum_["currency"]: sum_["pence"] for sum_ in sums or () if sum_["pence"]},
        )
        for case_id, rank_, finding_ids, claim_ids, contract_ids, provider_ids, sums in grouped.select(
            "case_id", "rank", "finding_ids", "claim_ids", "contract_ids", "provider_ids", "sums"
        ).rows()
    )


def _currency(terms: Terms) -> pl.Expr:
    """Return the currency of a finding's contract."""
    return pl.col("contract_id").replace_strict(
        terms.currencies(), default=terms.only_currency(), return_dtype=pl.String
    )


def _amounts(members: pl.DataFrame, flagged_claims: pl.DataFrame) -> pl.DataFrame:
    """Return for each group its claims, the sums by currency, and the largest of these.

    A claim counts once, at the largest amount that any finding puts on it.
    """
    not_claimed = pl.col("family") == UNDER_CLAIM
    sums = (
        flagged_claims.join(members.select("finding_id", "group", "currency"), on="finding_id")
        .group_by("group", "currency", "claim_id")
        .agg(pence=pl.when(not_claimed).then(0).otherwise(pl.col("amount_pence").fill_null(0)).max())
        .group_by("group", "currency")
        .agg(pl.col("pence").sum(), claim_ids="claim_id")
        .sort("group", "currency")
    )
    return sums.group_by("group").agg(
        largest=pl.col("pence").max(),
        sums=pl.struct("currency", "pence"),
        claim_ids=pl.col("claim_ids").explode().unique().sort(),
    )


def _groups(findings: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return for each finding the least position of any finding that it hangs together with.

    Positions are handed over links until nothing changes; following them to their own leader in each round
    keeps long chains to a few rounds.
    """
    links = _links(findings)
    of_finding, of_link = links["finding"].to_numpy(), links["link"].to_numpy()
    leaders = np.arange(findings.height)
    while True:
        least = np.full(links["link"].n_unique(), findings.height)
        np.minimum.at(least, of_link, leaders[of_finding])
        led = leaders.copy()
        np.minimum.at(led, of_finding, least[of_link])
        led = led[led]
        if np.array_equal(led, leaders):
            return leaders
        leaders = led


def _links(findings: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each finding and thing that may join it to others, the things numbered from 0."""
    positions = findings.with_row_index("finding")
    wide = pl.col("subject_type").is_in(PROVIDER_WIDE)
    by_provider = positions.filter(wide).select(
        "finding",
        link=pl.concat_str(
            pl.lit("provider"), "contract_id", "provider_id", separator="\x1f", ignore_nulls=True
        ),
    )
    by_others = [
        positions.filter(~wide)
        .select("finding", link=pl.col(ids))
        .explode("link")
        .drop_nulls()
        .with_columns(link=pl.concat_str(pl.lit(ids), "link", separator="\x1f"))
        for ids in ("claim_ids", "client_ids")
    ]
    return pl.concat([by_provider, *by_others]).with_columns(
        pl.col("finding").cast(pl.Int64), link=pl.col("link").rank("dense").cast(pl.Int64) - 1
    )
