"""Cells become values: blanks to null, the rest strictly to the column's type, or null where that cannot be.

Nothing is guessed and nothing is rounded. What is not null when clean and null when typed is *unreadable*.
"""

from collections.abc import Mapping

import polars as pl

from pbr_audit.money import pence_of
from pbr_audit.tables import Column

# [0-9] and not \d, which also means the digits of other scripts.
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?$"
OFFSET = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)? ?(?:[Zz]|[+-][0-9]{2}:?(?:[0-9]{2})?)$"
NUMBER = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
INTEGER = r"^[+-]?[0-9]{1,18}(?:\.0*)?$"

DAY_FORMAT = "%Y-%m-%d"
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"
SECOND_FORMAT = "%Y-%m-%dT%H:%M:%S%.f"
# Above this a float no longer holds every whole number.
EXACT_IN_A_FLOAT = 2**53

UNREADABLE: Mapping[str, str] = {
    "text": "is not text",
    "choice": "is not text",
    "date": "is not a date (expected YYYY-MM-DD)",
    "datetime": "is not a date and time (expected YYYY-MM-DDTHH:MM:SS)",
    "number": "is not a number (expected 1234.5)",
    "integer": "is not a whole number (expected 1234)",
    "money": "is not an amount in pounds and pence (expected 1234.50)",
}
MISSING = "is missing"
HAS_AN_OFFSET = "has an offset from UTC (expected local time, YYYY-MM-DDTHH:MM:SS)"


def clean(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Trim text; null for what is empty, and for the not-a-number by which some programs mean empty."""
    if dtype == pl.String:
        text = column.str.strip_chars()
        return pl.when(text != "").then(text)
    return column.fill_nan(None) if dtype.is_float() else column


def typed(cell: pl.Expr, dtype: pl.DataType, column: Column) -> pl.Expr:
    """Read clean cells of `dtype` as the type of `column` in a typed table; null where they cannot be."""
    return _READERS[column.kind](cell, dtype)


def key_of(cells: pl.Series) -> pl.Series:
    """Read cells of a key column, which is text, as the pass reads them."""
    cleaned = cells.to_frame().select(clean(pl.col(cells.name), cells.dtype))
    return cleaned.select(_text(pl.col(cells.name), cells.dtype)).to_series()


def has_an_offset(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Whether a clean cell of a datetime column was refused for its offset, which gets its own reason."""
    if dtype == pl.String:
        return cell.str.contains(OFFSET)
    return pl.lit(isinstance(dtype, pl.Datetime) and dtype.time_zone is not None)


def _text(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return cell
    if dtype.is_float():
        # A column of whole numbers with a gap comes out of many programs as floats: 17.0 is the id 17.
        whole = (cell == cell.floor()) & (cell.abs() < EXACT_IN_A_FLOAT)
        return (
            pl.when(whole)
            .then(cell.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(cell.cast(pl.String))
        )
    if dtype.is_nested() or dtype in {pl.Binary, pl.Object}:
        return pl.lit(None, dtype=pl.String)
    return cell.cast(pl.String)


def _date(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        # The pattern stands first because to_date alone takes 2016-1-5 and signs and blanks within.
        return pl.when(cell.str.contains(DATE)).then(cell.str.to_date(DAY_FORMAT, strict=False))
    if dtype == pl.Date:
        return cell
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return pl.when(cell.dt.truncate("1d") == cell).then(cell.dt.date())
    return pl.lit(None, dtype=pl.Date)


def _datetime(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        text = pl.when(cell.str.contains(MOMENT)).then(cell.str.replace(" ", "T", literal=True))
        return pl.coalesce(
            text.str.to_datetime(SECOND_FORMAT, strict=False, time_unit="us"),
            text.str.to_datetime(MINUTE_FORMAT, strict=False, time_unit="us"),
            _date(cell, dtype).cast(pl.Datetime("us")),
        )
    if dtype == pl.Date or (isinstance(dtype, pl.Datetime) and dtype.time_zone is None):
        return cell.cast(pl.Datetime("us"))
    return pl.lit(None, dtype=pl.Datetime("us"))


def _number(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        return _finite(pl.when(cell.str.contains(NUMBER)).then(cell.cast(pl.Float64, strict=False)))
    return _finite(cell.cast(pl.Float64)) if dtype.is_numeric() else pl.lit(None, dtype=pl.Float64)


def _finite(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_finite()).then(value)


def _integer(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String:
        digits = cell.str.replace(r"\.0*$", "").str.strip_prefix("+")
        return pl.when(cell.str.contains(INTEGER)).then(digits.cast(pl.Int64, strict=False))
    if dtype.is_float():
        whole = (cell == cell.floor()) & (cell.abs() < EXACT_IN_A_FLOAT)
        return pl.when(whole).then(cell.cast(pl.Int64, strict=False))
    if dtype.is_decimal():
        return pl.when(cell == cell.floor()).then(cell.cast(pl.Int64, strict=False))
    if dtype.is_integer():
        return cell.cast(pl.Int64, strict=False)
    return pl.lit(None, dtype=pl.Int64)


def _money(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.String or dtype.is_numeric():
        return pence_of(cell, dtype)
    return pl.lit(None, dtype=pl.Int64)


_READERS = {
    "text": _text,
    "choice": _text,
    "date": _date,
    "datetime": _datetime,
    "number": _number,
    "integer": _integer,
    "money": _money,
}
