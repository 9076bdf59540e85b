"""`cast(x as ...)`: what becomes what.

What cannot be read is null, so not assessable; a cast never stops a run.
"""

from collections.abc import Callable

import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression.kinds import Kind, Typed, finite, in_calendar

TARGETS = {"integer": Kind.INTEGER, "double": Kind.DOUBLE, "text": Kind.TEXT, "date": Kind.DATE}


def cast(part: Typed, to: str, where: str) -> Typed:
    """`part` as another kind, or a sentence where no cell of its kind could be read so."""
    target = TARGETS[to]
    done = CASTS.get((part.kind, target))
    if part.kind in {target, Kind.NULL}:
        return Typed(part.cast(target), target, part.noun, part.weight + 1, growth=part.growth)
    if done is None:
        raise ConfigurationError(f"{where}: {part.says} and cannot be cast to {to}; leave the cast out")
    return Typed(done(part.expr), target, f"cast(... as {to})", part.weight + 1, growth=part.growth)


CASTS: dict[tuple[Kind, Kind], Callable[[pl.Expr], pl.Expr]] = {
    (Kind.DOUBLE, Kind.INTEGER): lambda x: x.cast(pl.Int64, strict=False),
    (Kind.TEXT, Kind.INTEGER): lambda x: x.cast(pl.Int64, strict=False),
    (Kind.BOOLEAN, Kind.INTEGER): lambda x: x.cast(pl.Int64),
    (Kind.INTEGER, Kind.DOUBLE): lambda x: x.cast(pl.Float64),
    (Kind.TEXT, Kind.DOUBLE): lambda x: finite(x.cast(pl.Float64, strict=False)),
    (Kind.INTEGER, Kind.TEXT): lambda x: x.cast(pl.String),
    (Kind.DOUBLE, Kind.TEXT): lambda x: x.cast(pl.String),
    (Kind.BOOLEAN, Kind.TEXT): lambda x: x.cast(pl.String),
    (Kind.DATE, Kind.TEXT): lambda x: in_calendar(x).dt.to_string("%Y-%m-%d"),
    (Kind.DATETIME, Kind.DATE): lambda x: x.dt.date(),
    # Polars itself reads ' 2016-1-1' as a date; the rest of the program does not.
    (Kind.TEXT, Kind.DATE): lambda x: in_calendar(
        x.str.extract("^([0-9]{4}-[0-9]{2}-[0-9]{2})$", 1).str.to_date("%Y-%m-%d", strict=False)
    ),
}
