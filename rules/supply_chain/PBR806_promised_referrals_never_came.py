"""A subcontractor was promised a share of the referrals, and few of them or none came.

What it flags
-------------
A subcontractor of a contract that got less than the share `least_of_promise` of the referrals that the
terms promised it (`promised_share`). No amount is at risk: nobody is asked to pay for it.

Method
------
For each contract and subcontractor, the links with a `promised_share` above 0 are taken together. Of each
link's days, both ends included and open where it names none, the referrals of the contract are counted by
their `referral_date`, whatever was decided on them. Promised is the sum over the links of the share times
that count; got are those of these referrals whose `provider_id` is the subcontractor, or, from
`succeeded_on` on, a provider that directly succeeded it or that it directly succeeded (`succeeded_by` in
`providers`). Exactly `least_of_promise` of what was promised is enough. Under `least_promised` referrals
are too few to tell by. Its severity is `medium`: a promise of shares is not exact, and no payment is in
question.

Example
-------
SB01 was promised 0.30 of the referrals that PR01 passes on in CPA01, of which there are 80: 24 were to
come, and 2 came, which is a query. SB02 was promised 0.25 and got 18 of 20, and is clear.

Why ask
-------
Bids are won with the names of small and specialist organisations in them. Where the clients then go to the
prime itself, these carry the cost of being ready, and the clients whom they were named for go without. In
one survey, 35 of 49 subcontractors of the second tier were not at all satisfied with the referrals.

Innocent explanations
---------------------
The promise was for another period, another group of clients, or on demand. The subcontractor had no place
free and said so, or left the contract early. The clients live where it does not work. The prime got fewer
clients than foreseen and kept its own offices open first.

Not flagged
-----------
1. Links without a promised share, or with one of 0: they are not looked at.
2. A subcontractor that got exactly the least share of what was promised, or more.
3. Referrals that the subcontractor rejected: they came.
4. Referrals to its successor, or in the name of its predecessor, from the day of the succession: they came.

Assumptions
-----------
The table of referrals is complete for the contract, and its `provider_id` is the deliverer. Where it names,
in the contract, not one subcontractor of the terms (with a promise or without), on any day, it may not
record who delivers, and no subcontractor of the contract is assessable. Nor is one that was promised fewer
than `least_promised` referrals. Contracts without a single referral in the table are not looked at. A
successor without a date is none. Shares count to six decimals.

Ask for
-------
The subcontract's wording of the promise, the prime's rule for whom it refers where, and its record of
refusals.

Source
------
The claims standard (`supply_chain`, `promised_share`; `referrals`). That names in a bid may serve as "bid
candy" has been put to a minister, who denied it.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View, in_force

RULE = Rule(
    id="PBR806",
    version=1,
    title="Promised referrals that never came",
    family="frozen-out",
    severity="medium",
    basis="record",
    subject="provider",
    key=("provider_id", "contract_id"),
    by="contract_id",
    needs=Needs(
        required={
            "referrals": ("contract_id", "provider_id", "referral_date"),
            "supply_chain": ("contract_id", "subcontractor_id", "promised_share", "from_date", "to_date"),
        },
        optional={"providers": ("provider_id", "succeeded_by", "succeeded_on")},
    ),
    params={
        "least_of_promise": Param(
            0.5, unit="of what was promised", low=0.0, high=1.0, why="shares are promised as an aim, and vary"
        ),
        "least_promised": Param(
            20, unit="referrals", low=1, why="of fewer, less than half may come by chance"
        ),
    },
    message=(
        "{provider_id} was promised {promised:number} of the {referrals:number} referrals in its days, "
        "and {got:number} came."
    ),
)
LINK = ["contract_id", "subcontractor_id"]
DAYS = ["contract_id", "from_date", "to_date"]
MILLION = 1_000_000
NOT_RECORDED = "the referrals of the contract name no subcontractor of its terms"
TOO_FEW = "too few referrals were promised"


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return each subcontractor of a contract with a promise (1), flagged where too few came (2)."""
    counts = view.referrals.group_by("contract_id", "provider_id", "referral_date").agg(n=pl.len()).cache()
    referred = counts.select("contract_id").unique()
    promised = view.supply_chain.filter(pl.col("promised_share") > 0).join(
        referred, on="contract_id", how="semi"
    )
    few = pl.col("millionths") < p.least_promised * MILLION
    why_not = pl.when(pl.col("recorded").is_null()).then(pl.lit(NOT_RECORDED)).when(few).then(pl.lit(TOO_FEW))
    return (
        promised.select(LINK)
        .unique()
        .join(_promised(promised, counts), on=LINK, how="left")
        .join(_got(promised, counts, view), on=LINK, how="left")
        .with_columns(pl.col("millionths", "referrals", "got").fill_null(0))
        .join(_recorded(counts, view), on="contract_id", how="left")
        .with_columns(why_not=why_not)
        .select(
            "contract_id",
            "referrals",
            "got",
            "why_not",
            provider_id="subcontractor_id",
            promised=pl.col("millionths") / MILLION,
            effect=pl.col("got") * MILLION / pl.col("millionths"),
            flagged=pl.when(pl.col("why_not").is_null()).then(
                pl.col("got") * MILLION < p.least_of_promise * pl.col("millionths")
            ),
        )
    )


def _promised(promised: pl.LazyFrame, counts: pl.LazyFrame) -> pl.LazyFrame:
    """Return by subcontractor the referrals in the days of its links, and what was promised of them."""
    by_day = counts.group_by("contract_id", "referral_date").agg(pl.col("n").sum())
    # Many links have the same days, which are counted once.
    in_days = (
        promised.select(DAYS)
        .unique()
        .join(by_day, on="contract_id", how="inner")
        .filter(in_force("referral_date"))
        .group_by(DAYS)
        .agg(pl.col("n").sum().cast(pl.Int64))
    )
    share = (pl.col("promised_share") * MILLION).round().cast(pl.Int64)
    return (
        promised.join(in_days, on=DAYS, how="inner", nulls_equal=True)
        .group_by(LINK)
        .agg(millionths=(share * pl.col("n")).sum(), referrals=pl.col("n").sum())
    )


def _got(promised: pl.LazyFrame, counts: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return by subcontractor the referrals that came to it, or to one that stands in for it (3, 4)."""
    succession = view.providers.drop_nulls()
    itself = promised.select("subcontractor_id", provider_id="subcontractor_id")
    later = succession.select(
        subcontractor_id="provider_id", provider_id="succeeded_by", since="succeeded_on"
    )
    earlier = succession.select("provider_id", subcontractor_id="succeeded_by", since="succeeded_on")
    is_it = pl.col("provider_id") == pl.col("subcontractor_id")
    stands_in = (
        pl.concat([itself, later, earlier], how="diagonal")
        .group_by("subcontractor_id", "provider_id")
        .agg(pl.col("since").min())
    )
    return (
        promised.join(stands_in, on="subcontractor_id", how="inner")
        .join(counts, on=["contract_id", "provider_id"], how="inner")
        .filter(in_force("referral_date"), is_it | (pl.col("since") <= pl.col("referral_date")))
        .group_by(LINK)
        .agg(got=pl.col("n").sum().cast(pl.Int64))
    )


def _recorded(counts: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return the contracts whose referrals name a subcontractor of the terms at least once."""
    named = view.supply_chain.select("contract_id", provider_id="subcontractor_id")
    return (
        counts.join(named, on=["contract_id", "provider_id"], how="semi")
        .select("contract_id")
        .unique()
        .with_columns(recorded=pl.lit(value=True))
    )
