"""A published amount is a hundred or more times, or a hundredth or less of, what it is held against.

What it flags
-------------
A row of published performance whose amount, divided by what can be expected of it, is 100, 1,000, 10,000,
100,000 or 1,000,000, or one of these turned upside down, to within `tolerance`: pounds written as pence,
thousands as pounds, or the other way round. No amount is at risk: the rule asks in which unit a figure is
written.

Method
------
What can be expected is the row's planned amount, where that is above nothing; else the amount an outcome of
the same series, the median of its other periods (at least `least_others` of them, this one left out), times
the number achieved. A period that is there several times counts once, with the median of its rows' amounts
an outcome; rows of one period with the same amount and the same number achieved are one for it. Of an even
number the median is the mean of the middle two. A ratio is close to a power of ten where it lies between
the power divided by 1 + `tolerance` and the power times 1 + `tolerance`, ends included. Of several rows of
one figure that are queries, one query tells of the one with the greatest amount.

Example
-------
PR01 published £1,200,000.00 for 2016-Q1, for which £12,000.00 was planned: a query, a hundred times as
much. PR02 published £12,100.00 for a plan of £12,000.00.

Why ask
-------
Money in the wrong unit goes unseen where tables are long, and everything that is ranked, added or argued
from it is wrong by the same factor.

Innocent explanations
---------------------
The row is right and the plan is in another unit. A period carries the whole year's settlement, and the
ratio is a hundred by chance. The series changed its currency or its price.

Not flagged
-----------
1. Amounts of nothing or below, and rows without an amount.
2. Ratios that are not close to a power of ten of at least a hundred: a plan missed by a factor of ten
   happens.
3. Other periods without an amount above nothing or without anything achieved: they say nothing of the
   amount an outcome.

Assumptions
-----------
Rows of one contract, provider and outcome are one series. A row with neither a plan nor enough other
periods, or whose own number achieved is none where the series is needed, is not assessable. In a series of
which most periods are in the wrong unit the right ones are asked about.

Ask for
-------
The table in the publisher's own file, with the unit in which its column is headed.

Source
------
The claims standard, the table of published performance, and arithmetic.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="PBR905",
    version=2,
    title="Published amount in another unit",
    family="validity",
    severity="high",
    basis="arithmetic",
    subject="provider",
    key=("provider_id", "contract_id", "outcome"),
    about_a_period=True,
    by="provider_id",
    needs=Needs(
        required={
            "performance": ("contract_id", "provider_id", "period", "outcome", "achieved", "amount_pence"),
        },
        optional={"performance": ("planned_amount_pence",)},
    ),
    params={
        "tolerance": Param(
            0.05,
            unit="of the ratio",
            low=0.0,
            high=1.0,
            why="actual amounts are near their plans; a ratio this near to a hundred is rarely chance",
        ),
        "least_others": Param(
            4, unit="periods", low=1, why="a median of fewer periods may itself be in the wrong unit"
        ),
    },
    message=(
        "The amount for {outcome} in {period}, {amount_pence:money}, is {ratio:number} times the "
        "{expected_pence:money} that {against} give."
    ),
)
SERIES = ("contract_id", "provider_id", "outcome")
FIGURE = (*SERIES, "period")
TOLD = ("amount_pence", "expected_pence", "ratio", "against")
POWERS = (2, 3, 4, 5, 6)


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every published amount above nothing (1), flagged where its ratio is a power of ten (2)."""
    planned = pl.when(pl.col("planned_amount_pence") > 0).then("planned_amount_pence")
    rows = _with_others(view.performance.unique().with_columns(planned=planned), p)
    expected = pl.coalesce("planned", pl.col("others_pence") * pl.col("achieved"))
    judged = (
        rows.filter(pl.col("amount_pence") > 0)
        .with_columns(expected=pl.when(expected > 0).then(expected))
        .with_columns(ratio=pl.col("amount_pence") / pl.col("expected"))
        .select(
            *FIGURE,
            "amount_pence",
            "ratio",
            expected_pence=pl.col("expected").round().cast(pl.Int64),
            against=pl.when(pl.col("planned").is_not_null())
            .then(pl.lit("its planned amount would"))
            .otherwise(pl.lit("its other periods would")),
            flagged=pl.any_horizontal(
                pl.col("ratio").is_between(power / (1 + p.tolerance), power * (1 + p.tolerance))
                for n in POWERS
                for power in (10.0**n, 10.0**-n)
            ),
            why_not=pl.lit("there is no planned amount, nor enough other periods to hold the amount against"),
        )
    )
    # Several rows of one figure are one query, which tells of the greatest amount.
    told = judged.filter("flagged").sort(TOLD, descending=True)
    others = judged.filter(pl.col("flagged").eq_missing(other=True).not_())
    return pl.concat([told.with_columns(pl.col(TOLD).first().over(FIGURE)), others])


def _with_others(rows: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Add the median amount an outcome of the series' other periods (3), null where they are too few."""
    each_pence = pl.col("amount_pence") / pl.col("achieved")
    each = (
        rows.filter((pl.col("amount_pence") > 0) & (pl.col("achieved") > 0))
        .unique([*FIGURE, "amount_pence", "achieved"])
        .group_by(FIGURE)
        .agg(each_pence=each_pence.median())
        .rename({"period": "other"})
    )
    others = (
        rows.filter(pl.col("planned").is_null(), pl.col("achieved") > 0)
        .select(FIGURE)
        .unique()
        .join(each, on=SERIES, how="inner")
        .filter(pl.col("period") != pl.col("other"))
        .group_by(FIGURE)
        .agg(others_pence=pl.col("each_pence").median(), others=pl.len())
        .filter(pl.col("others") >= p.least_others)
    )
    return rows.join(others, on=FIGURE, how="left")
