"""What a reader is given of what the program holds: pounds for pence, text for lists, no formulas."""

from collections.abc import Callable

import polars as pl

from pbr_audit import formulas

PENCE = "_pence"
LIST_SEPARATOR = "|"


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
    runs = frame.select(formulas.would_run(pl.col(texts)).sum())
    touched = {name: count for name in texts if (count := int(runs[name].item()))}
    safe = frame.with_columns(formulas.guarded(pl.col(name)).alias(name) for name in touched)
    names = pl.DataFrame({"name": pl.Series(frame.columns, dtype=pl.String)})
    named = names.select(formulas.guarded(pl.col("name"))).to_series()
    headers = {name: guarded for name, guarded in zip(frame.columns, named, strict=True) if name != guarded}
    return safe.rename(headers), sum(touched.values()) + len(headers)
