"""Days from one date to another, as contract terms count them."""

import polars as pl


def days_from(start: pl.Expr, end: pl.Expr, *, business: pl.Expr) -> pl.Expr:
    """Return the days from `start` to `end`: 0 on the same day, below 0 where `end` is earlier.

    Where `business` is true only Mondays to Fridays count: those after the earlier day, up to and including
    the later one, so that Friday to Monday is 1 and Friday to Saturday 0. Bank holidays are not known.
    """
    forwards = _business_days_after(start, end)
    backwards = -_business_days_after(end, start)
    calendar = (end - start).dt.total_days()
    return (
        pl.when(business)
        .then(pl.when(end >= start).then(forwards).otherwise(backwards).cast(pl.Int64))
        .otherwise(calendar)
    )


def days_in_words(days: pl.Expr, *, business: pl.Expr) -> pl.Expr:
    """Return `1 day`, `91 days`, `-3 days` or `15 working days`, for a finding's sentence."""
    kind = pl.when(business).then(pl.lit(" working")).otherwise(pl.lit(""))
    unit = pl.when(days.abs() == 1).then(pl.lit(" day")).otherwise(pl.lit(" days"))
    return pl.concat_str(days.cast(pl.String), kind, unit)


def _business_days_after(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    # Polars counts the first day and leaves the last one out; contracts do the reverse.
    next_day = pl.duration(days=1)
    return pl.business_day_count(first + next_day, last + next_day)
