"""Single slips of a keyboard, on columns of text: one letter or digit, and dates."""

import numpy as np
import polars as pl

from pbr_audit.simulate.columns import Ints

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
ROWS_OF_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {
    key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
    for row in (*ROWS_OF_KEYS, "1234567890")
    for place, key in enumerate(row)
}
REPLACED, EXCHANGED, DROPPED, DOUBLED = range(4)
# Names lose and gain letters; numbers of a fixed length rarely do.
NAME_SHARES = (0.4, 0.2, 0.2, 0.2)
NUMBER_SHARES = (0.6, 0.35, 0.05, 0.0)
FIRST_LETTER_SHARE = 0.08


def mistyped(rng: np.random.Generator, text: pl.Series, *, number: bool = False, spare: int = 0) -> pl.Series:
    """Return text with one slip in each value: a letter replaced, two exchanged, one dropped or doubled.

    The first `spare` letters stay as they are, and the first of a name mostly does. Null stays null; a slip
    may, rarely, leave a value as it was.
    """
    count = len(text)
    length = text.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    low = np.where(rng.random(count) < FIRST_LETTER_SHARE, 0, 1) if not number else np.zeros(count, np.int64)
    low = np.minimum(np.maximum(low, spare), np.maximum(length - 1, 0))
    at = low + (rng.random(count) * np.maximum(length - low, 1)).astype(np.int64)
    shares = NUMBER_SHARES if number else NAME_SHARES
    kind = np.searchsorted(np.cumsum(shares)[:-1], rng.random(count), side="right")
    # The last letter has none behind it to be exchanged with.
    at = np.where((kind == EXCHANGED) & (at == length - 1) & (at > low), at - 1, at)
    drawn = DIGITS if number else LETTERS
    frame = pl.DataFrame(
        {
            "text": text,
            "at": at,
            "kind": kind,
            "near": rng.random(count) < 0.6,  # noqa: PLR2004
            "which": rng.integers(0, 2, count),
            "drawn": pl.Series(list(drawn)).gather(rng.integers(0, len(drawn), count)),
        }
    )
    here = pl.col("text").str.slice("at", 1)
    near = here.str.to_lowercase().replace_strict(NEIGHBOURS, default=None, return_dtype=pl.String)
    letter = pl.coalesce(
        pl.when("near").then(near.str.slice(pl.col("which") % near.str.len_chars(), 1)), "drawn"
    )
    letter = pl.when(here == here.str.to_uppercase()).then(letter.str.to_uppercase()).otherwise(letter)
    head, tail = pl.col("text").str.slice(0, "at"), pl.col("text").str.slice(pl.col("at") + 1)
    after = tail.str.slice(0, 1)
    return frame.select(
        pl.when(pl.col("kind") == REPLACED)
        .then(pl.concat_str(head, letter, tail))
        .when(pl.col("kind") == EXCHANGED)
        .then(pl.concat_str(head, after, here, tail.str.slice(1)))
        .when(pl.col("kind") == DROPPED)
        .then(pl.concat_str(head, tail))
        .otherwise(pl.concat_str(head, here, here.str.to_lowercase(), tail))
        .alias("text")
    ).to_series()


def day_and_month_exchanged(dates: pl.Series) -> pl.Series:
    """Return dates with day and month exchanged; those after the 12th of a month stay."""
    day = pl.col("born")
    return (
        dates.alias("born")
        .to_frame()
        .select(
            pl.when(day.dt.day() <= 12)  # noqa: PLR2004 - no month is greater
            .then(pl.date(day.dt.year(), day.dt.day(), day.dt.month()))
            .otherwise(day)
        )
        .to_series()
    )


def date_mistyped(rng: np.random.Generator, dates: pl.Series) -> pl.Series:
    """Return dates with another day, month or year, as one wrong digit makes them."""
    count = len(dates)
    kind: Ints = rng.integers(0, 10, count)
    years = np.array([-10, -1, 1, 10])[rng.integers(0, 4, count)]
    frame = pl.DataFrame(
        {"born": dates, "kind": kind, "by": rng.integers(1, 10, count), "years": years.astype(np.int32)}
    )
    year, month, day = (
        getattr(pl.col("born").dt, part)().cast(pl.Int32) for part in ("year", "month", "day")
    )
    short = day.clip(1, 28)
    return frame.select(
        pl.when(pl.col("kind") < 4)  # noqa: PLR2004
        .then(pl.date(year, month, (day - 1 + pl.col("by")) % 28 + 1))
        .when(pl.col("kind") < 7)  # noqa: PLR2004
        .then(pl.date(year, (month - 1 + pl.col("by")) % 12 + 1, short))
        .otherwise(pl.date(year + pl.col("years"), month, short))
        .alias("born")
    ).to_series()
