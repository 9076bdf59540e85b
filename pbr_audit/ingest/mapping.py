"""From a source's headers to the standard's columns: renamed, computed, constant, words translated."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.dataset import TableInput
from pbr_audit.ingest.batch import Source


@dataclass(frozen=True)
class Doubt:
    """A reason against a row that only the mapping can see: a source cell of an expression is not a number.

    `flag` is Boolean over the batch's frame (never null); a row where it is true has `reason` against the
    standard column `column`: `column breaches (needed for achieved) is not a number`.
    """

    column: str
    flag: pl.Expr
    reason: str


@dataclass(frozen=True)
class Mapped:
    """Expressions over a batch's frame, one for each standard column that the source has.

    A column from a header keeps the source's type (String for CSV, JSON and workbooks). Constants are
    String, written as a cell would be (`0.95`, `2016-12-31`, `true`). An expression for a number or an
    integer gives a numeric type, for money a Decimal, for other columns text, date or Boolean. Value maps
    are applied. Nothing is trimmed.
    """

    columns: Mapping[str, pl.Expr]
    doubts: tuple[Doubt, ...]


def mapped(
    table_input: TableInput,
    source: Source,
    schema: Mapping[str, pl.DataType],
    *,
    waived: frozenset[str] = frozenset(),
) -> Mapped:
    """How the columns of one source, `schema` of its batches' frames, become the standard's columns.

    Raises InputError where a required column is missing (bar those in `waived`), or where `audit.toml`
    names a header that the source does not have.
    """
    raise NotImplementedError(table_input, source, schema, waived)
