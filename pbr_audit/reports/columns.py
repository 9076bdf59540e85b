"""What a reader is given of what the program holds: pounds for pence, text for lists, no formulas."""

import re
from collections.abc import Callable

import polars as pl

PENCE = "_pence"
LIST_SEPARATOR = "|"
# What a spreadsheet takes for a formula, or strips until one appears.
FORMULA = r"^[=+\-@\t\r\n]"
# A signed number is no formula, and must stay one that can be added up.
PLAIN_NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
GUARD = "'"


def money_columns_out(frame: pl.DataFrame, pounds: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """Return `frame` with every `…_pence` column as pounds under its outside name.

    The one place where that happens. `pounds` is `money.to_decimal` (for Parquet) or `money.to_text`.
    """
    return frame.select(
        pounds(pl.col(name)).alias(name.removesuffix(PENCE)) if name.endswith(PENCE) else pl.col(name)
        for name in frame.columns
    )


def lists_joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `frame` with lists as text, their members joined with `|`."""
    return frame.with_columns(pl.selectors.list().list.join(LIST_SEPARATOR))


def guarded(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return `frame` with an apostrophe before each text cell that a spreadsheet would run, and their number.

    The seam for everything that a spreadsheet might do to a cell; a header is a cell too. Numbers, the
    negative ones with them, stay as they are.
    """
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    runs = frame.select(pl.col(texts).str.contains(FORMULA) & ~pl.col(texts).str.contains(PLAIN_NUMBER))
    headers = {name: f"{GUARD}{name}" for name in frame.columns if re.match(FORMULA, name)}
    touched = {name: count for name in texts if (count := int(runs[name].sum()))}
    safe = frame.with_columns(
        pl.when(runs[name]).then(GUARD + pl.col(name)).otherwise(pl.col(name)).alias(name) for name in touched
    )
    return safe.rename(headers), sum(touched.values()) + len(headers)
