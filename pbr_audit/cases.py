"""Cases: findings about the same claims or clients, joined, ranked, their amounts counted once.

Findings that name claims or clients are joined by these. Findings about a provider's distribution or its
published figures are joined by contract and provider, and by provider alone where one of them is about all
of its contracts: a statistical finding names so many claims that it would pull every other case into one.
Who was taken on, served and counted is one story, though: where something of it is asked about a provider
as a whole, what claims and clients show of it at that provider belongs to it, and promised referrals that
never came are asked of the prime who promised them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt
import polars as pl

from pbr_audit.finding import FROZEN_OUT, SEVERITIES, UNDER_CLAIM
from pbr_audit.terms import Terms

GRAVEST_FIRST = tuple(reversed(SEVERITIES))
PROVIDER_WIDE = ("provider", "contract", "cohort")
WHO_WAS_CHOSEN = ("cherry-picking", "parking", "exclusion")


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


class Cases(Sequence[Case]):
    """The cases, the gravest first, then by amount at risk, then by id.

    There may be very many, of which a reader is shown some: each is put together when it is asked for.
    """

    def __init__(self, ranked: pl.DataFrame, members: pl.DataFrame, claims: pl.DataFrame) -> None:
        """Hold what cases are made of, their places counting from 0 in the column `case`.

        `ranked` has a row for each case in their order (case_id, rank); `members` one for each finding
        (finding_id, contract_id, provider_id, rank); `claims` one for each claim and currency (pence).
        """
        self._ranked = ranked
        self._members = members
        self._claims = claims

    def __len__(self) -> int:
        """Return the number of cases."""
        return self._ranked.height

    @overload
    def __getitem__(self, at: int) -> Case: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Case, ...]: ...

    def __getitem__(self, at: int | slice) -> Case | tuple[Case, ...]:
        """Return one case or some; IndexError where there is none."""
        if isinstance(at, slice):
            return self._made(range(len(self))[at])
        return self._made([range(len(self))[at]])[0]

    def __iter__(self) -> Iterator[Case]:
        """Yield all cases; putting them together at once is quicker than one by one."""
        return iter(self[:])

    def gravest_of_rules(self, rules: pl.DataFrame) -> dict[str, str]:
        """Return the id of each rule's gravest case; `rules` has the rule_id of each finding_id."""
        first = rules.join(self._members, on="finding_id").group_by("rule_id").agg(pl.col("case").min())
        return dict(first.join(self._ranked, on="case").select("rule_id", "case_id").iter_rows())

    def _made(self, places: Sequence[int]) -> tuple[Case, ...]:
        """Put together the cases at `places`, in their order."""
        wanted = pl.DataFrame({"case": places}, schema={"case": pl.UInt32})
        members = (
            wanted.join(self._members, on="case")
            .sort("rank", "finding_id")
            .group_by("case")
            .agg(
                finding_ids="finding_id",
                contract_ids=pl.col("contract_id").drop_nulls().unique().sort(),
                provider_ids=pl.col("provider_id").drop_nulls().unique().sort(),
            )
        )
        claims = wanted.join(self._claims, on="case")
        sums = claims.group_by("case", "currency").agg(pl.col("pence").sum()).sort("currency")
        amounts = sums.group_by("case", maintain_order=True).agg(sums=pl.struct("currency", "pence"))
        named = claims.group_by("case").agg(claim_ids=pl.col("claim_id").unique().sort())
        rows = wanted.join(self._ranked, on="case", how="left", maintain_order="left")
        for part in (members, amounts, named):
            rows = rows.join(part, on="case", how="left", maintain_order="left")
        return tuple(
            Case(
                case_id=case_id,
                severity=GRAVEST_FIRST[rank],
                finding_ids=tuple(finding_ids),
                claim_ids=tuple(claim_ids or ()),
                contract_ids=tuple(contract_ids),
                provider_ids=tuple(provider_ids),
                at_risk_pence={sum_["currency"]: sum_["pence"] for sum_ in sums or () if sum_["pence"]},
            )
            for case_id, rank, finding_ids, claim_ids, contract_ids, provider_ids, sums in rows.select(
                "case_id", "rank", "finding_ids", "claim_ids", "contract_ids", "provider_ids", "sums"
            ).iter_rows()
        )


def cases(findings: pl.DataFrame, flagged_claims: pl.DataFrame, terms: Terms) -> Cases:
    """Return the cases in `findings`.

    Amounts in different currencies cannot be compared; a case ranks by the largest of its own.
    """
    rank = pl.col("severity").replace_strict(
        {word: at for at, word in enumerate(GRAVEST_FIRST)}, return_dtype=pl.Int64
    )
    members = findings.select(
        "finding_id",
        "contract_id",
        "provider_id",
        rank=rank,
        group=pl.Series(_groups(findings, terms)),
        currency=_currency(terms),
    )
    claims = _claims(members, flagged_claims)
    largest = (
        claims.group_by("group", "currency")
        .agg(pl.col("pence").sum())
        .group_by("group")
        .agg(largest=pl.col("pence").max())
    )
    ranked = (
        members.group_by("group")
        # The least of the ids, so that a finding that joins a case later seldom renames it.
        .agg(case_id=pl.col("finding_id").min(), rank=pl.col("rank").min())
        .join(largest, on="group", how="left")
        .sort("rank", pl.col("largest").fill_null(0), "case_id", descending=[False, True, False])
        .with_row_index("case")
    )
    places = ranked.select("group", "case")
    return Cases(
        ranked.select("case", "case_id", "rank"),
        members.drop("currency").join(places, on="group").drop("group"),
        claims.join(places, on="group").drop("group"),
    )


def _currency(terms: Terms) -> pl.Expr:
    """Return the currency of a finding's contract."""
    return pl.col("contract_id").replace_strict(
        terms.currencies(), default=terms.only_currency(), return_dtype=pl.String
    )


def _claims(members: pl.DataFrame, flagged_claims: pl.DataFrame) -> pl.DataFrame:
    """Return the claims of each group with the pence at risk, by currency.

    A claim counts once, at the largest amount that any finding puts on it.
    """
    not_claimed = pl.col("family") == UNDER_CLAIM
    return (
        flagged_claims.join(members.select("finding_id", "group", "currency"), on="finding_id")
        .group_by("group", "currency", "claim_id")
        .agg(pence=pl.when(not_claimed).then(0).otherwise(pl.col("amount_pence").fill_null(0)).max())
    )


def _groups(findings: pl.DataFrame, terms: Terms) -> npt.NDArray[np.int64]:
    """Return for each finding the least position of any finding that it hangs together with.

    Positions are handed over links until nothing changes; following them to their own leader in each round
    keeps long chains to a few rounds.
    """
    links = _links(findings, terms)
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


def _links(findings: pl.DataFrame, terms: Terms) -> pl.DataFrame:
    """Return a row for each finding and thing that may join it to others, the things numbered from 0."""
    prime = pl.col("contract_id").replace_strict(terms.primes(), default=None, return_dtype=pl.String)
    whose = pl.when(family=FROZEN_OUT).then(pl.coalesce(prime, "provider_id")).otherwise("provider_id")
    wide, of_the_choice = pl.col("subject_type").is_in(PROVIDER_WIDE), pl.col("family").is_in(WHO_WAS_CHOSEN)
    positions = findings.with_row_index("finding").with_columns(whose=whose)
    # Some rules ask about a provider in all of its contracts together, and name none.
    over_contracts = positions.filter(wide & pl.col("contract_id").is_null())["whose"].drop_nulls().unique()
    of_all = pl.col("whose").is_in(over_contracts.implode()).fill_null(value=False)
    positions = positions.with_columns(
        place=pl.concat_str(
            pl.lit("provider"),
            pl.when(~of_all).then("contract_id"),
            "whose",
            separator="\x1f",
            ignore_nulls=True,
        )
    )
    asked = positions.filter(wide & of_the_choice).select("place").unique()
    by_provider = pl.concat(
        [
            positions.filter(wide),
            positions.filter(~wide & of_the_choice).join(asked, on="place", how="semi"),
        ]
    ).select("finding", link="place")
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
