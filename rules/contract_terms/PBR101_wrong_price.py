"""A claim asks for another amount than the contract's price for its outcome, client group and date.

What it flags
-------------
A live claim of the prime tier whose amount is not the price in force. At risk is what is asked for above
the price, nothing where it is below; where no price is in force on the date, the whole amount.

Method
------
The price is looked up by contract, outcome and outcome date, the first and the last day of a price
included. A price for the client's group beats one without a group. The amount has to be that price, to the
penny.

Example
-------
A job outcome pays £1,200.00 until 30 June 2016 and £1,100.00 from 1 July. Claim F1 asks £1,200.00 for an
outcome of 1 July 2016: the price in force is £1,100.00, so £100.00 is at risk. Claim F2 asks £1,000.00 for
the same day: a query too, with nothing at risk. Claim C1 asks £1,200.00 for 30 June and is clear.

Why ask
-------
The price list is the contract. An old price that runs on after a change, or the price of a dearer group,
costs a little on every claim and a great deal over a year. In the Work Programme's first year the most that
sustained work could earn was £2,210 for one group and £5,000 for another.

Innocent explanations
---------------------
The provider's system took up a new price some days late. The client moved between payment groups and the
two records moved on different days. A contract variation changed the price and is not among the terms at
hand. An amount below the price is often a part payment, or an adjustment that both sides agreed.

Not flagged
-----------
1. Subcontractors' claims: they are owed a rate of the price, which another rule looks at.
2. Outcomes that are paid for each outcome avoided or for a whole cohort: a claim's amount is not their
   price.
3. The price times the factor of a volume band, rounded to the nearest penny (a half upwards), where the
   terms have such a band for the outcome on the date. Whether the band was reached is asked by another
   rule.
4. A client of unknown group, where every price that could apply is the same.

Assumptions
-----------
The group in the table of clients is the one that counts on the outcome date. Where prices go by group and
the client's is unknown, the claim is not assessable; nor is one whose contract or outcome the terms do not
have.

Ask for
-------
The price schedule that the claim was made on, with its date, and the record of the client's payment group
on the outcome date.

Source
------
The claims standard, "Prices" and "How rules read the tables" (101). The Work Programme's maximum prices by
group: Work and Pensions Committee, HC 162 (2013-14), chapter 5.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View

RULE = Rule(
    id="PBR101",
    version=1,
    title="Amount is not the price in force",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "outcomes": ("contract_id", "outcome"),
            "prices": ("contract_id", "outcome", "price_pence", "group", "from_date", "to_date", "per"),
        },
        optional={
            "clients": ("client_id", "group"),
            "volumes": ("contract_id", "outcome", "from_date", "to_date", "bands"),
        },
    ),
    message=(
        "The claim asks {amount_pence:money} for the outcome {outcome} of {outcome_date}; "
        "the price in force is {price_pence:money|none}."
    ),
)
OUTCOME = ["contract_id", "outcome"]
DAY = [*OUTCOME, "outcome_date"]
# A run of days on which nothing in an outcome's prices and bands changes, known by its first day.
RUN = [*OUTCOME, "since"]
NO_OUTCOME = "the terms at hand do not have the contract or the outcome"
NO_GROUP = "the price goes by the client's group, which is not known"
# Factors are held in millionths, so that the product with pence is exact and a half penny is a half penny.
MILLION = 1_000_000


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) that pays by the claim (2), flagged where its amount is no price."""
    prices = view.prices.filter(per="claim")
    bands = _bands(view.volumes)
    runs = _runs(view.outcomes, prices, bands)
    in_force = _in_force(runs, prices)
    named = in_force.filter(pl.col("group").is_not_null()).select(*RUN, "group", named_pence="price_pence")
    by_run = (
        runs.join(_without_group(in_force), on=RUN, how="left")
        .join(_in_force(runs, bands).group_by(RUN).agg(factors="factor"), on=RUN, how="left")
        .join(_per_claim(view.prices), on=OUTCOME, how="left")
    )
    by_day = _days(view.claims, runs).join(by_run, on=RUN, how="left")
    priced = (
        view.claims.join(view.clients.select("client_id", "group"), on="client_id", how="left")
        .join(by_day, on=DAY, how="left")
        .filter(pl.col("per_claim").is_null() | pl.col("per_claim"))
        .join(named, on=[*RUN, "group"], how="left")
        .with_columns(price_pence=_price())
    )
    excess = pl.col("amount_pence") - pl.col("price_pence")
    return priced.select(
        "claim_id",
        "outcome",
        "outcome_date",
        "amount_pence",
        "price_pence",
        "group",
        flagged=pl.when(_unknown()).then(None).otherwise(~_is_a_price()),
        why_not=pl.when(pl.col("since").is_null()).then(pl.lit(NO_OUTCOME)).otherwise(pl.lit(NO_GROUP)),
        at_risk_pence=pl.coalesce(excess.clip(lower_bound=0), "amount_pence"),
    )


def _bands(volumes: pl.LazyFrame) -> pl.LazyFrame:
    """Return the factors of the volume bands that are not 1, in millionths, one row each."""
    factor = (pl.col("bands").struct.field("price_factor") * MILLION).round().cast(pl.Int64)
    return (
        volumes.explode("bands")
        .select(*OUTCOME, "from_date", "to_date", factor=factor)
        .filter(pl.col("factor") != MILLION)
    )


def _runs(outcomes: pl.LazyFrame, *dated: pl.LazyFrame) -> pl.LazyFrame:
    """Return the first day of each run, for every outcome of the terms; the first run has no beginning."""
    starts = [outcomes.select(*OUTCOME, since=pl.date(1, 1, 1))]
    for terms in dated:
        starts.append(terms.select(*OUTCOME, since="from_date"))
        starts.append(terms.select(*OUTCOME, since=pl.col("to_date") + pl.duration(days=1)))
    return pl.concat(starts).drop_nulls("since").unique()


def _in_force(runs: pl.LazyFrame, terms: pl.LazyFrame) -> pl.LazyFrame:
    """Return each run with every row of `terms` in force on it, both ends included."""
    begun = pl.col("from_date").is_null() | (pl.col("from_date") <= pl.col("since"))
    not_ended = pl.col("to_date").is_null() | (pl.col("since") <= pl.col("to_date"))
    return runs.join(terms, on=OUTCOME, how="inner").filter(begun & not_ended)


def _days(claims: pl.LazyFrame, runs: pl.LazyFrame) -> pl.LazyFrame:
    """Return the run that each day on which an outcome is claimed lies in; none where the terms lack it."""
    return (
        claims.select(DAY)
        .unique()
        .join(runs, on=OUTCOME, how="inner")
        .filter(pl.col("since") <= pl.col("outcome_date"))
        .group_by(DAY)
        .agg(pl.col("since").max())
    )


def _without_group(prices: pl.LazyFrame) -> pl.LazyFrame:
    """Return by run the price without a group, whether groups matter, and the price if there is only one."""
    grouped = pl.col("group").is_not_null()
    return prices.group_by(RUN).agg(
        general_pence=pl.col("price_pence").filter(~grouped).first(),
        by_group=grouped.any(),
        only_pence=pl.when(pl.col("price_pence").n_unique() == 1).then(pl.col("price_pence").first()),
    )


def _per_claim(prices: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each outcome with prices whether any of them is paid by the claim."""
    return prices.group_by(OUTCOME).agg(per_claim=(pl.col("per") == "claim").any())


def _needs_group() -> pl.Expr:
    return pl.col("group").is_null() & pl.col("by_group")


def _unknown() -> pl.Expr:
    """Tell where the terms, or the client's group, leave the price open."""
    return pl.col("since").is_null() | (_needs_group() & pl.col("only_pence").is_null())


def _price() -> pl.Expr:
    """Return the price in force, null where there is none or it is open."""
    return (
        pl.when(_needs_group()).then("only_pence").otherwise(pl.coalesce("named_pence", "general_pence"))
    )  # (4)


def _is_a_price() -> pl.Expr:
    """Tell whether the amount is the price in force or a band's; false where no price is in force."""
    banded = (pl.col("price_pence") * pl.col("factors") + MILLION // 2) // MILLION  # (3)
    in_band = pl.col("factors").is_not_null() & banded.list.contains(pl.col("amount_pence"))
    in_force = pl.col("price_pence").is_not_null()
    return in_force & ((pl.col("amount_pence") == pl.col("price_pence")) | in_band)
