"""A cohort's published rate against its baseline, in the direction in which the terms pay.

A rate is a share of people or, where the measure is `frequency`, a mean number of events a person.
"""

import polars as pl

from pbr_audit.stats import rate_tails

FREQUENCY = (pl.col("measure") == "frequency").fill_null(value=False)
# Rates count to this many digits, so that 0.482 - 0.382 is 0.1 and half a penny is half a penny.
DIGITS = 9
BILLION = 10**DIGITS


def with_rates(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what a cohort's figures are worth: `rate`, `better_billionths`, `improvement` and two chances.

    `rows` have `cohort_size` and `achieved` of one published figure each, `expected` where it has one, and
    `baseline`, `direction` and `measure` of the terms. The baseline becomes the expected rate where there is
    one, and null where it can be none. What is better is how many more or fewer than the baseline gives, and
    the improvement its share of the cohort; both are above nothing where the rate is better. The chances are
    exact and one-sided: `chance` of a rate this good or better, `chance_of_worse` of one this bad or worse,
    were the baseline the truth.
    """
    baseline = pl.coalesce("expected", "baseline")
    at_most = pl.col("direction") == "at_most"
    rows = rows.with_columns(
        baseline=pl.when((baseline >= 0) & (FREQUENCY | (baseline <= 1))).then(baseline),
        rate=pl.when(pl.col("cohort_size") > 0).then(pl.col("achieved") / pl.col("cohort_size")),
    )
    # Wider whole numbers than others need: a share in billionths, times people, times pence.
    given = (pl.col("baseline") * BILLION).round().cast(pl.Int128) * pl.col("cohort_size")
    fewer = given - pl.col("achieved").cast(pl.Int128) * BILLION
    in_all = pl.when(pl.col("cohort_size") > 0).then(pl.col("cohort_size")) * BILLION
    rows = rows.with_columns(better_billionths=pl.when(at_most).then(fewer).otherwise(fewer * -1))
    rows = rows.with_columns(improvement=(pl.col("better_billionths") / in_all).round(DIGITS))
    size, reached = rows["cohort_size"].to_numpy(), rows["achieved"].to_numpy()
    share = rows["baseline"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    few, many = map(pl.Series, rate_tails(reached, size, share, rows.select(FREQUENCY).to_series()))
    return rows.with_columns(
        chance=pl.when(at_most).then(few).otherwise(many),
        chance_of_worse=pl.when(at_most).then(many).otherwise(few),
    )
