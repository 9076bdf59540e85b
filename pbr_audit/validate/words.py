"""Columns of few different words (dates, codes, tariff amounts): each word is read once, not each cell.

Reading a day or an amount costs several times what telling words apart does, and most columns of claims
repeat a few hundred words in tens of thousands of rows.
"""

import polars as pl

# Below this the bookkeeping costs more than it saves.
LEAST_ROWS = 5_000
# Of a thousand cells too many differ where dates are spread over two years.
SAMPLE_ROWS = 5_000
# The share of different words, in the sample and in all, above which each cell is read.
MOST_DIFFERENT = 0.5


def read_by_word(cells: pl.Series, reading: pl.Expr) -> pl.Series | None:
    """Return `reading` of a column of text; None where there is nothing to gain or a word reads as null.

    What reads as null needs a closer look, which the caller takes cell by cell.
    """
    if cells.dtype != pl.String or len(cells) < LEAST_ROWS or _differ(cells.head(SAMPLE_ROWS)):
        return None
    words = cells.drop_nulls().unique()
    if words.is_empty() or len(words) > MOST_DIFFERENT * len(cells):
        return None
    values = words.to_frame().select(reading).to_series()
    if values.null_count():
        return None
    if values.dtype == pl.String and (values == words).all():
        return cells.alias(values.name)
    # A null word is a null place, which gathers a null.
    return values.gather(cells.cast(pl.Enum(words)).to_physical())


def _differ(cells: pl.Series) -> bool:
    return cells.n_unique() > MOST_DIFFERENT * len(cells)
