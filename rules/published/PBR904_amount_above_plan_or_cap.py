"""A published amount is above what was planned for its period, or above what is left of the contract's cap.

What it flags
-------------
A row of published performance whose amount is more than `least_share` above its planned amount, or that
takes the amounts of its contract beyond the contract's cap. No amount is at risk: the rule says that two
published figures, or a figure and a term, do not go together, not what is owed.

Method
------
The amount is held against the row's own planned amount: it may be above it by `least_share` of it, rounded
down to a penny, and exactly that is allowed. Where the terms cap the whole contract, the contract's amounts
are also added up in the order of period, provider, outcome and amount; a row with an amount above nothing
after which the sum is above the cap is a query. Of several caps the lowest holds. Where a row is above
both, the sentence tells of the plan; of two rows of one figure, that which is furthest above is told. Its
severity is `medium`: programmes do overspend openly, by decision.

Example
-------
PR01 published £12,600.00 for 2016-Q1, for which £12,000.00 was planned: a query, £600.00 above. PR02
published £12,000.00, as planned. In contract CPA02, capped at £20,000.00, PR03 published £15,000.00 for
2016-Q1 and £7,000.00 for 2016-Q2: the second row is a query, £2,000.00 above what was left.

Why ask
-------
A payment by results that exceeds its plan has either bought more results than anybody budgeted for, or paid
more for each. A cap is the commissioner's only certain protection against a price that was set too high.

Innocent explanations
---------------------
The plan was revised and the table still shows the first one. A period carries arrears of earlier ones. A
variation raised the cap. The amount includes a fee for service, or tax, that the plan leaves out.

Not flagged
-----------
1. An amount equal to the plan or the cap, or above the plan by no more than `least_share` of it.
2. A row without a planned amount in a contract without a cap: it is not looked at.
3. Amounts of nothing or below after the cap was passed.
4. Caps for a client, for a contract's year, for some outcomes, for a group, or for a time: those are asked
   of claims by another rule.
5. The cap, where the contract's rows are of periods of several kinds (years and quarters; one that no
   calendar has is of the kind that it is written like, else of one more kind), or two rows are of one
   provider, outcome and period: added up, money would count twice. Rows that also have a plan are held
   against it; the others are not assessable.

Assumptions
-----------
Amounts are those of the contract's own currency. A row without an amount is not assessable, and counts as
nothing in the sum. A planned amount below nothing is no plan, and is not looked at.

Ask for
-------
The decision by which the plan or the cap was raised, and what the amount above it was paid for.

Source
------
The claims standard, the table of published performance and `cap`. Weighted volumes in probation contracts
ran 16 to 48 % below plan while the terms were re-cut in 2017 (NAO, HC 676): plans and payments part in both
directions.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="PBR904",
    version=2,
    title="Published amount above the plan or the cap",
    family="plan-vs-actual",
    severity="medium",
    basis="arithmetic",
    subject="provider",
    key=("provider_id", "contract_id", "outcome"),
    about_a_period=True,
    by="contract_id",
    needs=Needs(
        required={
            "performance": ("contract_id", "provider_id", "period", "outcome", "amount_pence"),
        },
        optional={
            "performance": ("planned_amount_pence",),
            "caps": ("contract_id", "per", "cap_pence", "outcomes", "group", "from_date", "to_date"),
        },
    ),
    params={
        "least_share": Param(
            0.0,
            unit="of the planned amount",
            low=0.0,
            why="a plan is a figure that was agreed; how much above it is worth a question is the reader's",
        ),
    },
    message=(
        "The amount for {outcome} in {period}, {amount_pence:money}, is {above_pence:money} above {what}."
    ),
)
ROW = ("contract_id", "provider_id", "outcome", "period")
TOLD = ("amount_pence", "planned_amount_pence", "cap_pence", "total_to_date_pence", "above_pence", "what")
ORDER = ("period", "provider_id", "outcome", "amount_pence")
# How a period is written tells its kind: 2016, 2016-Q3 or 2016-07.
KIND = pl.col("period").str.replace_all("[0-9]", "0")
MILLION = 1_000_000


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every published row that has a plan or a cap (2), flagged where it is above one of them."""
    rows = (
        view.performance.join(_caps(view.caps), on="contract_id", how="left")
        .with_columns(
            planned_amount_pence=pl.when(pl.col("planned_amount_pence") >= 0).then("planned_amount_pence"),
            adds_up=(KIND.n_unique().over("contract_id") == 1)
            & (pl.len().over(ROW).max().over("contract_id") == 1),
            total_pence=pl.col("amount_pence").fill_null(0).cum_sum().over("contract_id", order_by=ORDER),
        )
        .filter(pl.col("planned_amount_pence").is_not_null() | pl.col("cap_pence").is_not_null())
    )
    amount, planned = pl.col("amount_pence"), pl.col("planned_amount_pence")
    allowed_pence = planned * round(p.least_share * MILLION) // MILLION
    above_plan = (amount > planned + allowed_pence).fill_null(value=False)  # (1)
    above_cap = (pl.col("adds_up") & (pl.col("total_pence") > pl.col("cap_pence")) & (amount > 0)).fill_null(
        value=False  # (3)
    )
    only_a_cap = planned.is_null() & ~pl.col("adds_up")  # (5)
    judged = rows.with_columns(above_plan=above_plan, above_cap=above_cap).select(
        *ROW,
        "amount_pence",
        "planned_amount_pence",
        "cap_pence",
        total_to_date_pence=pl.when("adds_up").then("total_pence"),
        above_pence=pl.when("above_plan")
        .then(amount - planned)
        .when("above_cap")
        .then(pl.min_horizontal(amount, pl.col("total_pence") - pl.col("cap_pence"))),
        what=pl.when("above_plan")
        .then(pl.lit("the amount that was planned"))
        .otherwise(pl.lit("what was left of the contract's cap")),
        flagged=pl.when(amount.is_not_null() & ~only_a_cap).then(pl.col("above_plan") | pl.col("above_cap")),
        why_not=pl.when(amount.is_null())
        .then(pl.lit("the row has no amount"))
        .when(only_a_cap)
        .then(pl.lit("the contract's rows cannot be added up, and there is no planned amount")),
    )
    # Two rows of one figure are one query, which tells of the one that is furthest above.
    told = judged.filter("flagged").sort("above_pence", *TOLD, descending=True, nulls_last=True)
    others = judged.filter(pl.col("flagged").eq_missing(other=True).not_())
    return pl.concat([told.with_columns(pl.col(TOLD).first().over(ROW)), others])


def _caps(caps: pl.LazyFrame) -> pl.LazyFrame:
    """Return the cap of each contract that is capped as a whole and for all time (4)."""
    whole = (
        (pl.col("per") == "contract")
        & (pl.col("outcomes").list.len() == 0)
        & pl.col("group").is_null()
        & pl.col("from_date").is_null()
        & pl.col("to_date").is_null()
    )
    return caps.filter(whole).group_by("contract_id").agg(pl.col("cap_pence").min())
