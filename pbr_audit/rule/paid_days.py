"""The days that a claim pays for: the span in which they lie, and how many of its days they are."""

import polars as pl

NO_INTERVAL = "the terms give the sustainment no interval"
NO_DAYS = "the claim does not say on which days it was earned"
ENDS_FIRST = "the period ends before it begins"
# More days than any span has: a greater measure is a slip, and does not fit a whole number.
MOST_DAYS = 100_000


def with_paid_days(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Add `first_day`, `last_day`, `span_days` and `paid_days` to claims with the terms of their outcomes.

    A period that the claim gives is its span, else the interval of a sustainment up to the outcome; all of
    their days are paid for. Else a milestone measured in days pays for so many of those from the first day
    of work to the outcome, wherever they lie; how many is null where it has no measured value. `no_span`
    says why a claim that pays for days has no span; one that pays for none has neither.
    """
    given = pl.col("period_start").is_not_null() & pl.col("period_end").is_not_null()
    sustained = ~given & (pl.col("kind") == "sustainment")
    in_days = ~given & (pl.col("kind") == "milestone") & pl.col("measure").str.starts_with("days")
    first_day = (
        pl.when(given)
        .then("period_start")
        .when(sustained)
        .then(pl.col("outcome_date") - pl.duration(days=pl.col("interval_days") - 1))
        .when(in_days)
        .then("job_start_date")
    )
    no_span = (
        pl.when(pl.col("last_day") < pl.col("first_day"))
        .then(pl.lit(ENDS_FIRST))
        .when(sustained & pl.col("first_day").is_null())
        .then(pl.lit(NO_INTERVAL))
        .when(in_days & pl.col("first_day").is_null())
        .then(pl.lit(NO_DAYS))
    )
    span_days = (pl.col("last_day") - pl.col("first_day")).dt.total_days() + 1
    measured_days = pl.col("measured_value").floor().clip(0, MOST_DAYS).cast(pl.Int64)
    some = pl.when(measured_days.is_not_null()).then(pl.min_horizontal(measured_days, "span_days"))
    return (
        claims.with_columns(
            first_day=first_day, last_day=pl.when(given).then("period_end").otherwise("outcome_date")
        )
        .with_columns(no_span=no_span)
        .with_columns(first_day=pl.when(pl.col("no_span").is_null()).then("first_day"))
        .with_columns(span_days=span_days)
        .with_columns(paid_days=pl.when(in_days).then(some).otherwise("span_days"))
    )
