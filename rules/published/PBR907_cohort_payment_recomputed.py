"""The published payment for a cohort is not what its published rate earns by the contract's own terms.

What it flags
-------------
A row of published performance for a cohort's outcome whose amount differs by more than `tolerance_pence`
from what the terms give for its figures: more than they give, or less. No amount is at risk: no claim is
named; the difference is the finding's effect, in pounds, above nothing where more was paid.

Method
------
The rate is achieved / cohort_size: a share of people or, where the terms' `measure` is `frequency`, a mean
number of events a person. The baseline is the row's `expected` where it has one, else the outcome's
`baseline`. The improvement is baseline - rate where the terms say `at_most`, rate - baseline where they say
`at_least`. The terms and the price are those in force on the last day of the row's period; of prices that
without a group.

The cohort earns where its improvement is above nothing, at least the `threshold` (where there is one; that
share of the baseline where the terms say `threshold_of_baseline`) and, where the terms have a
`significance`, the exact one-sided probability of a rate this good or better, were the baseline the truth,
is at most that: binomial for shares, Poisson for frequencies. It earns the price once (`per = "cohort"`),
the price for each outcome more or fewer than the baseline gives (`per = "outcome_avoided"`: improvement
times cohort_size, not rounded; rates count to nine decimals), or the price for each that is counted in
`achieved` (`per = "claim"`). It earns nothing where an outcome that it stands `instead_of` is earned, by
these rules, by another row of the same contract and provider.

Where the rate is worse than the baseline and the terms have a `[[deduction]]` in force, that is taken off:
once, or for each outcome worse; with `only_if_significant`, only where the exact one-sided probability of a
rate this bad or worse is at most the `significance`, or 0.05 where the terms have none. The result is
rounded to the nearest penny, a half penny away from nothing.

Example
-------
Of PR01's cohort of 1,000 in 2016-Q1, 440 reoffended; the baseline is 48.2 %, an outcome avoided is worth
£1,000.00, and a rate is paid where it is significantly better at 5 %. 440 or fewer has a probability of 0.4
%, so 42 outcomes avoided, 0.042 of 1,000, earn £42,000.00, which PR05 was paid for the same figures. PR01
was paid £45,000.00: a query. PR02, with 470 of 1,000, is not significantly better, earns nothing, and was
paid nothing.

Why ask
-------
A cohort's payment is one large sum from a few published figures, and everybody can work it out again.
Formulas that were applied wrongly have paid millions before anybody did.

Innocent explanations
---------------------
The payment rests on later figures than those published, on unrounded rates, or on an adjustment for case
mix that the row does not show. A part was paid in advance or held back. The published test of significance
is another one.

Not flagged
-----------
1. A difference of at most `tolerance_pence`.
2. Rows of contracts and outcomes that the terms do not have, and of outcomes whose kind is not cohort: they
   are not looked at.
3. A cohort that earns nothing and was paid nothing.

Assumptions
-----------
Rows are taken one by one, those too that give one figure several times, as its releases do. Where several
rows of one figure are queries, they are one query, which tells of the row with the greatest difference,
more or less. Not assessable is a row without an amount, with a cohort of nobody, with fewer than none
achieved or, but for a frequency, more than all, without a baseline (for shares one from 0 to 1), without a
direction in the terms, of a period that is none, or without a price in force where it would earn one; and
one that would earn something, where of the outcome that it stands instead of no row is known to earn, and
one is without what it takes to tell (its amount aside).

Ask for
-------
The working behind the payment: cohort, rate, baseline as adjusted, the test, and the price applied.

Source
------
The claims standard (`kind = "cohort"`, `per`, `deduction`, `instead_of`). Probation contracts were paid on
binary reoffending only where it was significantly below the 2011 baseline, with deductions where
significantly above (Ministry of Justice, final results, 2021 and 2022); a wrong formula was likely to pay
£31 million of bonuses in the Work Programme (NAO, HC 266, 2014).
"""

import polars as pl

from pbr_audit.rule import OUTCOME, VERSION, Needs, Param, Params, Rule, View, in_force, period_end
from pbr_audit.rule.cohorts import BILLION, DIGITS, FREQUENCY, with_rates

# What of an outcome's terms a cohort's payment goes by.
TERMS = (
    "measure",
    "direction",
    "baseline",
    "threshold",
    "threshold_of_baseline",
    "significance",
    "instead_of",
)
RULE = Rule(
    id="PBR907",
    version=3,
    title="Cohort payment recomputed",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="provider",
    key=("provider_id", "contract_id", "outcome"),
    about_a_period=True,
    by="contract_id",
    needs=Needs(
        required={
            "performance": (
                "contract_id",
                "provider_id",
                "period",
                "outcome",
                "cohort_size",
                "achieved",
                "amount_pence",
            ),
            "outcomes": (*VERSION, "kind", *TERMS),
            "prices": (*VERSION, "price_pence", "group", "per"),
        },
        optional={
            "performance": ("expected",),
            "deductions": (*VERSION, "deduction_pence", "per", "only_if_significant"),
        },
    ),
    params={
        "tolerance_pence": Param(
            100, unit="pence", low=0, why="published rates are rounded, and so is what is paid on them"
        ),
    },
    message=(
        "The payment for {outcome} in {period} is {amount_pence:money}; {sum} gives {earned_pence:money} by "
        "the contract's terms."
    ),
)
WHOSE = ("contract_id", "provider_id")
FIGURE = (*WHOSE, "outcome", "period")
USUAL_SIGNIFICANCE = 0.05


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameter decides later
    """Return every published row of a cohort's outcome (2), with the terms in force at its period's end."""
    rows = view.performance.with_row_index("row").with_columns(day=period_end(pl.col("period")))
    terms = _at(rows, view.outcomes.filter(kind="cohort"), TERMS)
    prices = _at(
        rows,
        view.prices.filter(pl.col("group").is_null()).rename({"per": "paid_per"}),
        ("price_pence", "paid_per"),
    )
    deductions = _at(
        rows,
        view.deductions.rename({"per": "deducted_per"}),
        ("deduction_pence", "deducted_per", "only_if_significant"),
    )
    cohorts = view.outcomes.filter(kind="cohort").select(OUTCOME).unique()
    return (
        rows.join(cohorts, on=OUTCOME, how="semi")
        .join(terms, on="row", how="left")
        .join(prices, on="row", how="left")
        .join(deductions, on="row", how="left")
        .drop("row")
    )


def _at(rows: pl.LazyFrame, terms: pl.LazyFrame, names: tuple[str, ...]) -> pl.LazyFrame:
    """Return for each row the one block of terms that is in force on its day."""
    return (
        rows.select("row", "day", *OUTCOME)
        .join(terms, on=OUTCOME, how="inner")
        .filter(in_force("day"))
        .group_by("row")
        .agg(pl.col(names).first())
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return each row with what it earns, flagged where its amount is not that (1, 3)."""
    rows = with_rates(measures)
    of_baseline = pl.when("threshold_of_baseline").then("baseline").otherwise(1.0)
    least = (pl.col("threshold") * of_baseline).fill_null(float("-inf"))
    pays = (pl.col("improvement") > 0) & (pl.col("improvement") >= least.round(DIGITS))
    significant = pl.col("significance").is_null() | (pl.col("chance") <= pl.col("significance"))
    rows = rows.with_columns(unclear=_unclear()).with_columns(
        earns=pl.when(pl.col("unclear").is_null()).then(pays & significant)
    )
    return _told(_without_replaced(rows).with_columns(why_not=_why_not()), p)


def _without_replaced(rows: pl.DataFrame) -> pl.DataFrame:
    """Let what stands instead of an earned outcome earn nothing; `open` where nobody can tell if it is."""
    earned = rows.group_by(*WHOSE, instead_of="outcome").agg(replaced=pl.col("earns").any(ignore_nulls=False))
    numbered = rows.with_row_index("row")
    replaced = (
        numbered.select("row", *WHOSE, "instead_of")
        .explode("instead_of")
        .join(earned, on=[*WHOSE, "instead_of"], how="inner")
        .group_by("row")
        .agg(pl.col("replaced").any(ignore_nulls=False))
        .with_columns(open=pl.col("replaced").is_null())
    )
    return (
        numbered.join(replaced, on="row", how="left", maintain_order="left")
        .with_columns(earns=pl.col("earns") & ~pl.col("replaced").fill_null(value=False))
        .drop("row")
    )


def _unclear() -> pl.Expr:
    """Say why nobody can tell whether a row earns anything."""
    too_many = ~FREQUENCY & (pl.col("achieved") > pl.col("cohort_size"))
    impossible = (pl.col("cohort_size") <= 0) | (pl.col("achieved") < 0) | too_many
    return (
        pl.when(pl.col("day").is_null())
        .then(pl.lit("the period is none of the calendar"))
        .when(impossible)
        .then(pl.lit("the figures give no rate"))
        .when(pl.col("direction").is_null())
        .then(pl.lit("the terms do not say in which direction the rate is good"))
        .when(pl.col("baseline").is_null())
        .then(pl.lit("there is no baseline"))
    )


def _why_not() -> pl.Expr:
    """Say why a row's payment cannot be worked out."""
    return (
        pl.when(pl.col("amount_pence").is_null())
        .then(pl.lit("the row has no amount"))
        .when(pl.col("unclear").is_not_null())
        .then("unclear")
        .when(pl.col("earns") & pl.col("open"))
        .then(pl.lit("whether the outcome is earned that it stands instead of cannot be told"))
        .when(pl.col("earns") & pl.col("price_pence").is_null())
        .then(pl.lit("no price is in force"))
    )


def _told(rows: pl.DataFrame, p: Params) -> pl.DataFrame:
    # Counted in billionths, so that half a penny is half a penny.
    better, once = pl.col("better_billionths"), pl.lit(BILLION, dtype=pl.Int128)
    times = (
        pl.when(pl.col("paid_per") == "cohort")
        .then(once)
        .when(pl.col("paid_per") == "claim")
        .then(pl.col("achieved").cast(pl.Int128) * BILLION)
        .otherwise(better)
    )
    least = pl.col("significance").fill_null(USUAL_SIGNIFICANCE)
    deducts = (
        (pl.col("improvement") < 0)
        & pl.col("deduction_pence").is_not_null()
        & (~pl.col("only_if_significant") | (pl.col("chance_of_worse") <= least))
    )
    off = pl.when(pl.col("deducted_per") == "cohort").then(once * -1).otherwise(better)
    count = pl.when("earns").then(times).when(deducts).then(off).otherwise(once * 0)
    unit = pl.when("earns").then("price_pence").when(deducts).then("deduction_pence").otherwise(0)
    earned = count * unit
    nearest = ((earned.abs() + BILLION // 2) // BILLION * earned.sign()).cast(pl.Int64)
    difference = pl.col("amount_pence") - pl.col("earned_pence")
    judged = rows.with_columns(
        earned_pence=nearest, counted=(count / BILLION).round(4), unit_pence=unit
    ).select(
        *FIGURE,
        "amount_pence",
        "earned_pence",
        "cohort_size",
        "achieved",
        "rate",
        "baseline",
        "improvement",
        "chance",
        "counted",
        "unit_pence",
        "why_not",
        sum=_sum(),
        difference_pence=difference,
        effect=difference / 100,
        flagged=pl.when(pl.col("why_not").is_null()).then(difference.abs() > p.tolerance_pence),
    )
    # Several rows of one figure are one query, which tells of the greatest difference.
    furthest = pl.col("difference_pence").abs()
    figures = [name for name in judged.columns if name not in FIGURE]
    told = judged.filter("flagged").sort(furthest, *figures, descending=True, nulls_last=True)
    others = judged.filter(pl.col("flagged").eq_missing(other=True).not_())
    return pl.concat([told.with_columns(pl.col(figures).first().over(FIGURE)), others])


def _sum() -> pl.Expr:
    """Say in words what the figures of the row are."""
    rates = []
    for name in ("rate", "baseline"):
        percent = pl.concat_str((pl.col(name) * 100).round(2).cast(pl.String), pl.lit(" %"))
        rates.append(pl.when(FREQUENCY).then(pl.col(name).round(4).cast(pl.String)).otherwise(percent))
    return pl.concat_str(
        pl.lit("a rate of "),
        rates[0],
        pl.lit(" against "),
        rates[1],
        pl.lit(" in a cohort of "),
        pl.col("cohort_size"),
    )
