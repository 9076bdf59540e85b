"""From a source's headers to the standard's columns: renamed, computed, constant, words translated."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pbr_audit.dataset import Constant, Expression, Header, OneOf, Scalar, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ROW, Source
from pbr_audit.ingest.computed import Doubt, computed, reads_only
from pbr_audit.tables import Column, Table, table_of
from pbr_audit.tables.cohort import YES_AND_NO, YES_OR_NO


@dataclass(frozen=True)
class Mapped:
    """Expressions over a batch's frame, one for each standard column that the source has.

    A column from a header keeps the source's type (String for CSV, JSON and workbooks). Constants are String,
    written as a cell would be (`0.95`, `2016-12-31`, `true`). An expression for a number or an integer gives
    Float64 or Int64, for money a Decimal, for text String, for a date what it computes. A column with a value
    map is String. Cells are not trimmed otherwise.
    """

    columns: Mapping[str, pl.Expr]
    doubts: tuple[Doubt, ...]

    def headers(self, column: str) -> tuple[str, ...]:
        """The source's own headers from which a standard column comes; none for a constant."""
        return tuple(self.columns[column].meta.root_names()) if column in self.columns else ()


def mapped(
    table_input: TableInput,
    source: Source,
    schema: Mapping[str, pl.DataType],
    *,
    waived: frozenset[str] = frozenset(),
) -> Mapped:
    """How the columns of one source, `schema` of its batches' frames, become the standard's columns.

    Raises InputError where a required column is missing (bar those in `waived`), or where `audit.toml` names
    a header that the source does not have; ConfigurationError where an expression cannot be compiled.
    """
    table = table_of(table_input.table, table_input.further)
    headers = {name: dtype for name, dtype in schema.items() if name != ROW}
    columns: dict[str, pl.Expr] = {}
    doubts: list[Doubt] = []
    for column in table.columns.values():
        given = table_input.columns.get(column.name)
        if isinstance(given, OneOf):
            given = _only_one(
                given, f"{source.shown}: audit.toml tables.{table.name}.columns.{column.name}", headers
            )
        if given is None and column.name in headers:
            given = Header(column.name)
        if given is None:
            continue
        expr, against = _expression(given, column, table, source, headers)
        words = table_input.values.get(column.name)
        if column.choices == YES_OR_NO and column.closed:
            words = {**YES_AND_NO, **(words or {})}
        columns[column.name] = expr if words is None else _translated(expr, words)
        doubts += against
    _require(table, source, columns, headers, waived)
    return Mapped(columns, tuple(doubts))


def _expression(
    given: Header | Expression | Constant,
    column: Column,
    table: Table,
    source: Source,
    headers: Mapping[str, pl.DataType],
) -> tuple[pl.Expr, tuple[Doubt, ...]]:
    if isinstance(given, Constant):
        return pl.lit(_written(given.value), dtype=pl.String), ()
    where = f"{source.shown}: audit.toml tables.{table.name}.columns.{column.name}"
    if isinstance(given, Expression):
        return computed(given.text, column, headers, where)
    name = given.name.strip()
    if name in headers:
        return pl.col(name), ()
    if reads_only(given.name, headers):
        return computed(given.name, column, headers, where)
    raise InputError(
        f'{where} names the header "{name}", which is not there; correct it{_perhaps([name], headers)}'
    )


def _only_one(given: OneOf, where: str, headers: Iterable[str]) -> Header | None:
    """The one header of `given` that this source has; none where it has none of them."""
    present = [name for name in headers if name in {name.strip() for name in given.names}]
    if len(present) > 1:
        raise InputError(
            f"{where} names {len(given.names)} headers, and this file has {len(present)} of them; keep one"
        )
    return Header(present[0]) if present else None


def _written(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _translated(expr: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    """A source's own words as the standard's; others stay, and validation judges them."""
    pairs = {word.strip(): meant for word, meant in words.items()}
    return expr.cast(pl.String).str.strip_chars().replace(pairs)


def _require(
    table: Table,
    source: Source,
    columns: Mapping[str, pl.Expr],
    headers: Iterable[str],
    waived: frozenset[str],
) -> None:
    required = [column.name for column in table.columns.values() if column.required]
    missing = [name for name in required if name not in columns and name not in waived]
    if not missing:
        return
    hint = _perhaps(missing, headers)
    if len(missing) == 1:
        what, how = f"column {missing[0]} is missing", "add it, or name its header"
    else:
        what, how = f"columns {_listed(missing)} are missing", "add them, or name their headers"
    raise InputError(
        f"{source.shown}: the required {what}; {how} in audit.toml under [tables.{table.name}.columns]{hint}"
    )


def _perhaps(names: list[str], headers: Iterable[str]) -> str:
    """A hint at headers that differ from `names` in case and blanks only; others may be data."""
    plain = {_plain(name) for name in names}
    close = [f'"{header}"' for header in headers if _plain(header) in plain]
    return f" (did you mean the header{'' if len(close) == 1 else 's'} {_listed(close)}?)" if close else ""


def _plain(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name).casefold()


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
