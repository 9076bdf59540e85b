"""The published amount stays the same to the penny while the results that it is paid for change.

What it flags
-------------
A run of at least `least_periods` consecutive periods in which one provider's amount for one outcome is the
same amount above nothing, while the number achieved is not the same throughout. No amount is at risk: the
rule says that a payment did not move with the results, not what is owed.

Method
------
The periods of one provider, contract and outcome are put in order. A run is as long as possible a stretch
of periods, each the next one after the one before (2016-Q4, 2017-Q1), with one amount. Each run is a
finding of its own, known by its first period. A series is examined once for each run, of one period or of
many. Its severity is `low`: equal instalments are an honest way of paying.

Example
-------
PR01's amount is £12,000.00 in 2016-Q1, 2016-Q2, 2016-Q3 and 2016-Q4, in which 30, 22, 41 and 35 people
achieved the outcome: a query. PR02's amounts are £12,000.00, £8,800.00, £16,400.00 and £14,000.00 for the
same numbers.

Why ask
-------
Under payment by results the amount follows the results. Where it does not, either nothing is paid by
results, or the amounts published are not the amounts paid, or the results were made to fit.

Innocent explanations
---------------------
The amounts are instalments that are settled at the year's end, a fee for service, or a monthly payment in
advance. The outcome is capped, and every period reached the cap. The table repeats a planned amount.

Not flagged
-----------
1. Amounts of nothing or below, and rows without an amount, which end a run.
2. Runs of fewer periods than `least_periods`.
3. Runs in which the number achieved is the same throughout: the price may well be.
4. A gap in the periods, which ends a run, as does a period that is none of the calendar.

Assumptions
-----------
Years, quarters and months of one series are three series. A period that is there twice for one series, with
two different amounts or numbers, leaves the whole series not assessable, which is then examined once, as
one row; equal rows count once. The amount is the one for this outcome alone.

Ask for
-------
The payment schedule, and the reconciliation of instalments with results.

Source
------
The claims standard, the table of published performance. The fee for service of the 2013 proposal for
probation contracts was paid in twelve equal monthly payments in arrears, with a reconciliation at the
year's end (Justice Committee, HC 1004, chapter 3).
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="PBR903",
    version=2,
    title="Amounts flat while results change",
    family="plan-vs-actual",
    severity="low",
    basis="arithmetic",
    subject="provider",
    key=("provider_id", "contract_id", "outcome", "first_period"),
    by="provider_id",
    needs=Needs(
        required={
            "performance": ("contract_id", "provider_id", "period", "outcome", "achieved", "amount_pence"),
        },
    ),
    params={
        "least_periods": Param(
            3,
            unit="periods",
            low=2,
            why="two equal amounts may be chance where prices are few; three in a row are a pattern",
        ),
    },
    message=(
        "The amount for {outcome} is {amount_pence:money} in each of {periods} periods from {first_period} "
        "to {last_period}, in which {fewest} to {most} were achieved."
    ),
)
SERIES = ("contract_id", "provider_id", "outcome", "kind")
# The number of a period among all of its kind, so that the next one has the next number.
YEAR = pl.col("period").str.slice(0, 4).cast(pl.Int64, strict=False)
PART = pl.col("period").str.slice(5).str.strip_prefix("Q").cast(pl.Int64, strict=False)
KINDS = {"^[0-9]{4}$": 1, "^[0-9]{4}-Q[1-4]$": 4, "^[0-9]{4}-(0[1-9]|1[0-2])$": 12}


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every run of equal amounts, flagged where it is long enough and its results differ (2, 3)."""
    rows = (
        view.performance.unique()
        .with_columns(kind=_kind())
        .filter(pl.col("kind").is_not_null())  # (4)
        .with_columns(number=YEAR * pl.col("kind") + PART.fill_null(1))
        .with_columns(twice=pl.struct(*SERIES, "number").is_duplicated())
        .with_columns(unclear=pl.col("twice").any().over(SERIES))
    )
    paid = rows.filter((pl.col("amount_pence") > 0) | pl.col("unclear"))  # (1)
    runs = (
        paid.with_columns(run=pl.when("unclear").then(0).otherwise(_run()))  # one row for the whole series
        .group_by(*SERIES, "run")
        .agg(
            pl.col("amount_pence").first(),
            pl.col("unclear").first(),
            first_period=pl.col("period").sort_by("number").first(),
            last_period=pl.col("period").sort_by("number").last(),
            periods=pl.len(),
            fewest=pl.col("achieved").min(),
            most=pl.col("achieved").max(),
        )
    )
    flat = (pl.col("periods") >= p.least_periods) & (pl.col("fewest") < pl.col("most"))
    return runs.select(
        *SERIES[:3],
        "amount_pence",
        "first_period",
        "last_period",
        "periods",
        "fewest",
        "most",
        flagged=pl.when(~pl.col("unclear")).then(flat),
        why_not=pl.when("unclear").then(pl.lit("a period is there twice with different figures")),
    )


def _kind() -> pl.Expr:
    """Return how many periods of this kind a year has; null for a period that is none."""
    kinds = [
        pl.when(pl.col("period").str.contains(pattern)).then(pl.lit(count))
        for pattern, count in KINDS.items()
    ]
    return pl.coalesce(*kinds)


def _run() -> pl.Expr:
    """Return a number that stays the same while the amount does and each period is the next one."""
    next_period = pl.col("number").diff() == 1
    same_amount = pl.col("amount_pence").diff() == 0
    goes_on = (next_period & same_amount).fill_null(value=False)
    return (~goes_on).cum_sum().over(SERIES, order_by="number")
