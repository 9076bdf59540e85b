"""Standard columns that `audit.toml` computes from a source's columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import Compiled, columns_read, compile_expression
from pbr_audit.tables import Column

NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
NUMERIC_KINDS = frozenset({"number", "integer", "money"})
# Below it, a few operations on doubles stay within a twentieth of a tenth of a penny of the exact result.
MOST_POUNDS = 1e11
# Finer than any fraction of a penny that people ask for, coarser than the noise of doubles.
MONEY = pl.Decimal(38, 4)
# Up to so many columns, each may be found to be text or a number; more are taken as all of one.
MOST_COLUMNS_APART = 6

Schema = Mapping[str, pl.DataType]


@dataclass(frozen=True)
class Doubt:
    """A reason against a row that only the mapping can see: a source cell of an expression is not a number.

    `flag` is Boolean over the batch's frame (never null); a row where it is true has `reason` against the
    standard column `column`: `column breaches (needed for achieved) is not a number`.
    """

    column: str
    flag: pl.Expr
    reason: str


def computed(text: str, target: Column, schema: Schema, where: str) -> tuple[pl.Expr, tuple[Doubt, ...]]:
    """Compile `text` over a source's columns: the value of `target` in each row, and what speaks against it.

    For a number, an integer or an amount, text columns are parsed strictly as numbers, bar those that the
    expression itself treats as text. Amounts are calculated in doubles and come out as decimals of four
    places, so that a result in whole pence is exact and one that is not still shows it.
    """
    if target.kind not in NUMERIC_KINDS:
        compiled = compile_expression(text, schema, where=where)
        is_text = target.kind in ("text", "choice")
        return compiled.expr.cast(pl.String) if is_text else compiled.expr, ()
    compiled, numbers = _compiled(text, schema, where)
    if compiled.dtype not in (pl.Int64, pl.Float64, pl.Null):
        raise ConfigurationError(f"{where}: the expression gives no number, and {target.name} needs one")
    value = _over_numbers(compiled, numbers)
    doubts = tuple(
        Doubt(
            target.name,
            pl.col(name).is_not_null() & (_trimmed(name) != "") & _number(name).is_null(),
            f"column {name} (needed for {target.name}) is not a number",
        )
        for name in numbers
    )
    if target.kind != "money":
        return value, doubts
    too_large = Doubt(
        target.name,
        (value.abs() >= MOST_POUNDS).fill_null(value=False),
        "is too large to be calculated to the penny",
    )
    amount = pl.when(value.abs() < MOST_POUNDS).then(value.cast(pl.Float64)).round(MONEY.scale).cast(MONEY)
    return amount, (*doubts, too_large)


def reads_only(text: str, schema: Schema) -> bool:
    """Whether `text` is an allowed expression that reads columns of `schema`, and at least one."""
    try:
        read = columns_read(text, "")
    except ConfigurationError:
        return False
    return bool(read) and read <= schema.keys()


def _compiled(text: str, schema: Schema, where: str) -> tuple[Compiled, tuple[str, ...]]:
    """The expression with as many of its text columns read as numbers as it allows, and those columns."""
    read = columns_read(text, where)
    texts = sorted(name for name in read if name in schema and schema[name] == pl.String)
    refusal: ConfigurationError | None = None
    for numbers in _most_first(texts):
        try:
            typed = {**schema, **dict.fromkeys(numbers, pl.Float64())}
            return compile_expression(text, typed, where=where), numbers
        except ConfigurationError as error:
            refusal = refusal or error
    raise refusal or ConfigurationError(where)


def _most_first(names: list[str]) -> Iterator[tuple[str, ...]]:
    if len(names) > MOST_COLUMNS_APART:
        yield from (tuple(names), ())
        return
    for count in range(len(names), -1, -1):
        yield from combinations(names, count)


def _over_numbers(compiled: Compiled, numbers: tuple[str, ...]) -> pl.Expr:
    """The compiled expression over a frame in which `numbers` are parsed first.

    The expression names its columns as the source does, where they hold text; so it is evaluated over a small
    frame of its own.
    """
    if not numbers:
        return compiled.expr
    columns = [
        _number(name).alias(name) if name in numbers else pl.col(name) for name in sorted(compiled.columns)
    ]

    def evaluated(cells: pl.Series) -> pl.Series:
        return cells.struct.unnest().select(compiled.expr).to_series()

    return pl.struct(columns).map_batches(evaluated, return_dtype=compiled.dtype, is_elementwise=True)


def _trimmed(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars()


def _number(name: str) -> pl.Expr:
    # The pattern stands first, because a cast also takes inf and nan.
    text = _trimmed(name)
    return pl.when(text.str.contains(NUMBER)).then(text.cast(pl.Float64, strict=False))
