"""From arrays to polars columns: ids, dates, money and words."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pbr_audit.simulate.columns import MISSING, Array, Bools, Ints
from pbr_audit.simulate.days import DAY_SECONDS

MICROSECONDS = 1_000_000


def numbered(prefix: str, numbers: Ints, digits: int) -> pl.Series:
    """Return ids such as `CL000000012`; null where the number is missing."""
    series = pl.Series(numbers)
    text = pl.concat_str(pl.lit(prefix), pl.col("n").cast(pl.String).str.zfill(digits))
    return pl.DataFrame({"n": series}).select(pl.when(pl.col("n") != MISSING).then(text)).to_series()


def words(list_of_words: Sequence[str | None], places: Array) -> pl.Series:
    """Return words by their places in a list; null where a place is negative."""
    series = pl.Series(list_of_words, dtype=pl.String)
    wanted = pl.Series(places)
    if int(places.min(initial=0)) < 0:
        wanted = wanted.replace(wanted.filter(wanted < 0).unique(), None)
    return series.gather(wanted)


def dates(days: Ints) -> pl.Series:
    """Return dates; null where the day is missing."""
    series = pl.Series(np.where(days == MISSING, 0, days).astype(np.int32)).cast(pl.Date)
    return masked(series, days != MISSING)


def quarter_names(quarters: Ints) -> pl.Series:
    """Return calendar quarters as `2016-Q1`, from quarters since 1970-Q1."""
    frame = pl.DataFrame({"quarter": quarters})
    return frame.select(
        pl.format("{}-Q{}", 1970 + pl.col("quarter") // 4, pl.col("quarter") % 4 + 1)
    ).to_series()


def moments(days: Ints, seconds: Ints) -> pl.Series:
    """Return local moments; null where the day is missing."""
    total = np.where(days == MISSING, 0, days * DAY_SECONDS + seconds) * MICROSECONDS
    return masked(pl.Series(total).cast(pl.Datetime("us")), days != MISSING)


def pence(amounts: Ints, where: Bools | None = None) -> pl.Series:
    """Return whole pence; null elsewhere than `where`."""
    series = pl.Series(amounts.astype(np.int64))
    return series if where is None else masked(series, where)


def counts(numbers_of: Ints) -> pl.Series:
    """Return whole numbers; null where they are missing."""
    return masked(pl.Series(numbers_of.astype(np.int64)), numbers_of != MISSING)


def numbers(values: Array) -> pl.Series:
    """Return measures; null where they are NaN."""
    return pl.Series(values.astype(np.float64)).fill_nan(None)


def masked(series: pl.Series, where: Bools) -> pl.Series:
    """Return a series with nulls elsewhere than `where`."""
    if bool(where.all()):
        return series
    frame = pl.DataFrame({"value": series, "where": pl.Series(where)})
    return frame.select(pl.when("where").then("value")).to_series()
