"""Money is whole pence: read strictly, held as Int64, written exactly.

Nothing here passes through a float that was not one in the source. Text that is not plainly an amount
becomes null, which the validation reports; it is never rounded into one. The bound everywhere is that of
the standard's Decimal(18,2): sixteen digits of pounds.
"""

import re
from decimal import Decimal

import polars as pl

# Spelled out as [0-9], because \d also means the digits of other scripts.
AMOUNT_PATTERN = r"^-?[0-9]{1,16}(?:\.[0-9]{1,2})?$"
MAX_PENCE = 10**18 - 1
PENCE_PER_POUND = 100
DECIMAL = pl.Decimal(18, 2)
_PENNY_PLACES = 2
_SYMBOLS = {"GBP": "£"}


def parse_pence_text(column: pl.Expr) -> pl.Expr:
    """Turn text such as `1234.50` into Int64 pence; null where it is not an amount in pounds and pence.

    Blanks around it are ignored. A leading `+`, `.50`, `5.`, a half-penny, a thousands separator and a
    currency sign are not typed. Exact over the whole range: the text goes to a decimal, never to a float.
    """
    text = column.str.strip_chars()
    # The pattern stands first because Polars cuts a third decimal off in silence when it casts to Decimal.
    amount = pl.when(text.str.contains(AMOUNT_PATTERN)).then(text.cast(DECIMAL, strict=False))
    return amount.to_physical().cast(pl.Int64)


def pence_of(column: pl.Expr, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    """Turn a typed source's pounds into Int64 pence; null where finer than a penny or too large.

    A float counts as what its shortest decimal form says: 0.1 is ten pence, 0.1 + 0.2 is no amount.
    Raises TypeError for a type that cannot hold an amount (a date, a boolean, a list).
    """
    if dtype == pl.String:
        return parse_pence_text(column)
    if isinstance(dtype, pl.Decimal):
        return _pence_of_decimal(column, dtype.scale)
    if dtype.is_integer():
        return _within_bounds(_bounded(column.cast(pl.Int128, strict=False)) * PENCE_PER_POUND)
    if dtype.is_float():
        # The text of a float is its shortest form; a whole number is written with one decimal, `12.0`.
        return parse_pence_text(column.cast(pl.String))
    if dtype == pl.Null:
        return column.cast(pl.Int64)
    message = f"a column of type {dtype} cannot hold amounts"
    raise TypeError(message)


def _pence_of_decimal(column: pl.Expr, scale: int) -> pl.Expr:
    """Take a Decimal by its physical value, a whole number of units of 10**-scale, to pence."""
    units = column.to_physical().cast(pl.Int128)
    if scale <= _PENNY_PLACES:
        # Bounded before it is multiplied: the product of a Decimal(38, 0) could wrap round.
        return _within_bounds(_bounded(units) * 10 ** (_PENNY_PLACES - scale))
    # The literal is typed because Polars would otherwise squeeze a large power into an Int64.
    units_per_penny = pl.lit(10 ** (scale - _PENNY_PLACES), dtype=pl.Int128)
    return _within_bounds(pl.when(units % units_per_penny == 0).then(units // units_per_penny))


def _bounded(units: pl.Expr) -> pl.Expr:
    return pl.when(units.is_between(-MAX_PENCE, MAX_PENCE)).then(units)


def _within_bounds(pence: pl.Expr) -> pl.Expr:
    return _bounded(pence).cast(pl.Int64)


def to_decimal(pence: pl.Expr) -> pl.Expr:
    """Turn Int64 pence into Decimal(18,2) pounds, as Parquet files hold them."""
    return _pounds(pence).cast(DECIMAL)


def to_text(pence: pl.Expr) -> pl.Expr:
    """Turn Int64 pence into text `1234.50`, as CSV and JSON files hold it; exact over all of Int64."""
    return _pounds(pence).cast(pl.String)


def _pounds(pence: pl.Expr) -> pl.Expr:
    return pence.cast(pl.Decimal(20, 0)) * pl.lit(Decimal("0.01"))


def shown(pence: int, currency: str = "GBP") -> str:
    """Show an amount to people: `£1,234.50`, `-£0.05`; other currencies by their code, `EUR 1,234.50`."""
    pounds, rest = divmod(abs(pence), PENCE_PER_POUND)
    unit = _SYMBOLS.get(currency, f"{currency} ")
    return f"{'-' if pence < 0 else ''}{unit}{pounds:,}.{rest:02d}"


def parse_amount(text: str) -> int:
    """Read one amount such as `1200.00` to pence, as strictly as `parse_pence_text`.

    Raises ValueError, whose sentence does not hold the text.
    """
    stripped = text.strip()
    # fullmatch, because Python's `$` would let a line break pass.
    if re.fullmatch(AMOUNT_PATTERN, stripped) is None:
        message = 'is not an amount in pounds and pence; write it as "1234.50"'
        raise ValueError(message)
    return int(Decimal(stripped).scaleb(_PENNY_PLACES))
