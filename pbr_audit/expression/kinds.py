"""What a part of a condition is: a number, a text, a date.

A mistake is found before a run, in words, not in the middle of one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

import polars as pl

from pbr_audit.expression.tree import Scalar, shown

FIRST_DAY = date.min.toordinal() - date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal() - date(1970, 1, 1).toordinal()


class Kind(Enum):
    """The kinds, by the names of their types in SQL."""

    INTEGER = "integer"
    DOUBLE = "double"
    TEXT = "text"
    DATE = "date"
    DATETIME = "timestamp"
    BOOLEAN = "boolean"
    NULL = "null"

    @property
    def called(self) -> str:
        """What a sentence calls it."""
        return CALLED[self]


CALLED = {
    Kind.INTEGER: "a number",
    Kind.DOUBLE: "a number",
    Kind.TEXT: "text",
    Kind.DATE: "a date",
    Kind.DATETIME: "a date and time",
    Kind.BOOLEAN: "true or false",
    Kind.NULL: "null",
}
NUMBERS = frozenset({Kind.INTEGER, Kind.DOUBLE})
DAYS = frozenset({Kind.DATE, Kind.DATETIME})

DTYPES: dict[Kind, pl.DataType] = {
    Kind.INTEGER: pl.Int64(),
    Kind.DOUBLE: pl.Float64(),
    Kind.TEXT: pl.String(),
    Kind.DATE: pl.Date(),
    Kind.DATETIME: pl.Datetime("us"),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.NULL: pl.Null(),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of a condition, ready for Polars.

    `noun` is what a sentence calls it; `weight` how many Polars nodes it is; `constant` its value where that
    was written in the condition (`written`) or given as a parameter; `growth` how many times longer it can
    make a text.
    """

    expr: pl.Expr
    kind: Kind
    noun: str
    weight: int = 1
    constant: Scalar | None = None
    written: bool = False
    growth: float = 1.0

    @property
    def says(self) -> str:
        """`column "achieved" is a number`, `a literal is text`."""
        return f"{self.noun} is {self.kind.called}"

    def cast(self, kind: Kind) -> pl.Expr:
        """The same values as `kind`; only for the widenings that `common` offers."""
        if self.kind == kind:
            return self.expr
        if self.kind == Kind.DATE:
            return in_calendar(self.expr).cast(DTYPES[kind])
        return self.expr.cast(DTYPES[kind])


def common(parts: Sequence[Typed]) -> Kind | None:
    """The kind in which `parts` can be compared, or None; null goes with anything."""
    kinds = {part.kind for part in parts} - {Kind.NULL}
    if len(kinds) <= 1:
        return next(iter(kinds), Kind.NULL)
    if kinds <= NUMBERS:
        return Kind.DOUBLE
    return Kind.DATETIME if kinds <= DAYS else None


def unlike(parts: Sequence[Typed]) -> tuple[Typed, Typed]:
    """The first two of `parts` that have no common kind, for a sentence; only where `common` is None."""
    return next((one, other) for one in parts for other in parts if common((one, other)) is None)


def of_scalar(value: object) -> Kind | None:
    """The kind of a literal or parameter, or None where a column could not hold it."""
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int):
        return Kind.INTEGER if -(2**63) <= value < 2**63 else None
    if isinstance(value, float):
        return Kind.DOUBLE if math.isfinite(value) else None
    kinds = ((str, Kind.TEXT), (datetime, Kind.DATETIME), (date, Kind.DATE))
    return next((kind for class_, kind in kinds if isinstance(value, class_)), None)


def of_column(name: str, dtype: pl.DataType) -> Typed | None:
    """The column `name` with a dtype that cannot surprise: wide numbers, no NaN, plain text.

    None for what no condition reads.

    Narrow integers are widened first: as unsigned numbers, 1 - 2 would be 4,294,967,295.
    """
    column = pl.col(name)
    noun = f"column {shown(name)}"
    if dtype.is_integer():
        return Typed(column.cast(pl.Int64, strict=False), Kind.INTEGER, noun)
    if dtype.is_float() or dtype.is_decimal():
        return Typed(finite(column.cast(pl.Float64)), Kind.DOUBLE, noun)
    # Compared with ==, since a schema may hold the class pl.String as well as pl.String().
    if any(dtype == text for text in (pl.String, pl.Categorical, pl.Enum)):
        return Typed(column.cast(pl.String), Kind.TEXT, noun)
    if dtype == pl.Datetime and getattr(dtype, "time_zone", None) is None:
        return Typed(column.cast(pl.Datetime("us"), strict=False), Kind.DATETIME, noun)
    plain = ((pl.Boolean, Kind.BOOLEAN), (pl.Date, Kind.DATE), (pl.Null, Kind.NULL))
    return next((Typed(column, kind, noun) for class_, kind in plain if dtype == class_), None)


def finite(number: pl.Expr) -> pl.Expr:
    """Infinity and NaN become null.

    Polars holds NaN above every number, so that `NaN > 5` would be a finding.

    `replace` names its input once; `when(x.is_finite()).then(x)` would double a condition with each level of
    arithmetic.
    """
    return number.replace([float("nan"), float("inf"), float("-inf")], None)


def fits(number: pl.Expr) -> pl.Expr:
    """A 128-bit result as 64 bits; null, not a wrapped number, where it does not fit."""
    return number.cast(pl.Int64, strict=False)


def wide(part: Typed) -> pl.Expr:
    """A whole number, or a date's day number, in 128 bits: two of 64 added or multiplied fit there."""
    if part.kind == Kind.DATE:
        return part.expr.to_physical().cast(pl.Int128)
    return part.expr.cast(pl.Int64).cast(pl.Int128)


def as_date(day: pl.Expr) -> pl.Expr:
    """A 64-bit day number as a date; null outside the years 1 to 9999, where Polars can panic."""
    return (
        day.clip(FIRST_DAY - 1, LAST_DAY + 1)
        .replace([FIRST_DAY - 1, LAST_DAY + 1], None)
        .cast(pl.Int32)
        .cast(pl.Date)
    )


def in_calendar(day: pl.Expr) -> pl.Expr:
    """A date column's dates, null outside the years 1 to 9999."""
    return as_date(day.to_physical().cast(pl.Int64))
