"""One pass over a batch: every cell cleaned and typed, every check of the model one flag a row.

The pass is built from the pandera model of the table, once for each set of columns and types, and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandera.polars as pa
import polars as pl

from pbr_audit.tables import TABLES, Column, claims_schema
from pbr_audit.validate.cells import HAS_AN_OFFSET, MISSING, UNREADABLE, clean, has_an_offset, typed
from pbr_audit.validate.recorder import UnsupportedCheckError, expression_of, failing
from pbr_audit.validate.verdicts import Verdicts, either
from pbr_audit.validate.words import read_by_word

Outcomes = frozenset[tuple[str, str]]
Doubts = Mapping[str, Mapping[str, pl.Series]]
# Bookkeeping columns, as no standard column is called.
ROW = "_row"
OFFSET = "_offset"


@dataclass(frozen=True)
class _Cells:
    """One column's expressions: over a batch as read, but `typed` and `offset` over clean cells."""

    column: Column
    quick: pl.Expr
    clean: pl.Expr
    typed: pl.Expr
    offset: pl.Expr
    checks: Mapping[str, pl.Expr]

    def need_cleaning(self, as_read: pl.Series, quick: pl.Series) -> bool:
        """Return whether some cell was not typed as it stands, or was nothing but blanks."""
        return quick.null_count() > as_read.null_count() or (quick.dtype == pl.String and (quick == "").any())


@dataclass(frozen=True)
class Pass:
    """The compiled pass for batches of one shape.

    `row_checks` are over typed rows with the columns `absent`, which they read and the source lacks.
    """

    cells: Mapping[str, _Cells]
    row_checks: Mapping[str, pl.Expr]
    absent: tuple[pl.Expr, ...]

    def judge(self, batch: pl.DataFrame, doubts: Doubts | None = None) -> Verdicts:
        """Judge `batch`: a column as read for each standard column that the source has, and `_row`.

        `doubts` holds, by column and reason, rows of which a cell is already known to be unreadable.
        """
        cleaned, rows = self._typed(batch)
        flags: dict[str, pl.Series] = {}
        unreadable_amounts = 0
        for name, cells in self.cells.items():
            values = rows[cells.column.typed_name]
            unread = _unread(cells, cleaned[name], values, dict((doubts or {}).get(name, {})))
            flags |= {f"{name}: {reason}": flag for reason, flag in unread.items()}
            if name == "amount":
                unreadable = either([flag for reason, flag in unread.items() if reason != MISSING])
                unreadable_amounts = 0 if unreadable is None else int(unreadable.sum())
            flags |= _flagged(values.to_frame(), cells.checks)
        flags |= _flagged(rows.with_columns(self.absent), self.row_checks)
        raised = pl.DataFrame({reason: flag for reason, flag in flags.items() if flag.any()})
        return Verdicts(
            cleaned, self._completed(rows), raised, either(raised.get_columns()), unreadable_amounts
        )

    def _typed(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return clean and typed cells; most columns need no cleaning, which costs as much as typing."""
        rows = self._as_it_stands(batch)
        again = [
            cells
            for name, cells in self.cells.items()
            if cells.need_cleaning(batch[name], rows[cells.column.typed_name])
        ]
        if not again:
            return batch, rows
        cleaned = batch.with_columns(cells.clean for cells in again)
        return cleaned, rows.with_columns(cleaned.select(ROW, *(cells.typed for cells in again)))

    def _as_it_stands(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Type cells without cleaning them, a column of few different words by its words."""
        by_word = {name: read_by_word(batch[name], cells.quick) for name, cells in self.cells.items()}
        known = [values for values in by_word.values() if values is not None]
        rows = batch.select(
            *(cells.quick for name, cells in self.cells.items() if by_word[name] is None), ROW
        )
        if not known:
            return rows
        names = [cells.column.typed_name for cells in self.cells.values()]
        return rows.with_columns(known).select(*names, ROW)

    def _completed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with the standard's default where a cell is empty."""
        columns = [cells.column for cells in self.cells.values()]
        return rows.with_columns(
            pl.col(column.typed_name).fill_null(column.default)
            for column in columns
            if column.default is not None and rows[column.typed_name].null_count()
        )


def _unread(
    cells: _Cells, cleaned: pl.Series, values: pl.Series, known: dict[str, pl.Series]
) -> dict[str, pl.Series]:
    """Return by reason where a cell is missing or unreadable; null counts come first: they cost nothing."""
    column, blanks, doubted = cells.column, cleaned.null_count(), either(list(known.values()))
    if blanks and column.required and column.unless is None:
        known[MISSING] = cleaned.is_null() if doubted is None else cleaned.is_null() & ~doubted
    if values.null_count() > blanks:
        unreadable = values.is_null() & cleaned.is_not_null()
        if column.kind == "datetime":
            offset = unreadable & cleaned.to_frame().with_columns(cells.offset.alias(OFFSET))[OFFSET]
            known[HAS_AN_OFFSET] = offset
            unreadable &= ~offset
        known[UNREADABLE[column.kind]] = unreadable
    return known


def _flagged(rows: pl.DataFrame, checks: Mapping[str, pl.Expr]) -> dict[str, pl.Series]:
    return rows.select(fails.alias(reason) for reason, fails in checks.items()).to_dict() if checks else {}


@lru_cache(maxsize=64)
def schema_of(table: str, cohort_outcomes: Outcomes, known_outcomes: Outcomes) -> pa.DataFrameSchema:
    """Return the pandera schema of a table under the contracts' outcomes."""
    if table == "claims":
        return claims_schema(cohort_outcomes, known_outcomes)
    return TABLES[table].model.to_schema()


@lru_cache(maxsize=512)
def compile_pass(
    table: str,
    shape: tuple[tuple[str, pl.DataType], ...],
    cohort_outcomes: Outcomes = frozenset(),
    known_outcomes: Outcomes = frozenset(),
) -> Pass:
    """Return the pass for batches whose columns, `_row` aside, have these names and types."""
    schema = schema_of(table, cohort_outcomes, known_outcomes)
    standard = TABLES[table].columns
    cells = {name: _cells(standard[name], dtype, schema) for name, dtype in shape}
    there = {of_column.column.typed_name for of_column in cells.values()}
    read = {name for check in schema.checks for name in expression_of(check).meta.root_names()}
    return Pass(
        cells=cells,
        row_checks={str(check.error): failing(check) for check in schema.checks},
        absent=tuple(
            pl.lit(None, dtype=standard[name].typed_dtype).alias(name) for name in sorted(read - there)
        ),
    )


def _cells(column: Column, dtype: pl.DataType, schema: pa.DataFrameSchema) -> _Cells:
    cell = pl.col(column.name)
    stripped = cell.str.strip_chars() if dtype == pl.String and column.kind in {"text", "choice"} else cell
    # A float that is no number would be written out as text: it is an empty cell.
    straight = cell.fill_nan(None) if dtype.is_float() else stripped
    return _Cells(
        column=column,
        quick=typed(straight, dtype, column).alias(column.typed_name),
        clean=clean(cell, dtype).alias(column.name),
        typed=typed(cell, dtype, column).alias(column.typed_name),
        offset=has_an_offset(cell, dtype),
        checks=_column_checks(column, schema),
    )


def _column_checks(column: Column, schema: pa.DataFrameSchema) -> dict[str, pl.Expr]:
    checks = schema.columns[column.name].checks
    if checks and column.kind == "money":
        # The model's amounts are decimals and the typed ones pence: a bound would be off by a hundred.
        message = f"the checks on column {column.name} cannot be compiled: amounts are held in pence"
        raise UnsupportedCheckError(message)
    return {f"{column.name}: {_said(check, column)}": failing(check, column.name) for check in checks}


def _said(check: pa.Check, column: Column) -> str:
    """Return the reason that a check gives, from its declaration; never from the cell."""
    if check.name == "isin":
        # In the standard's order: pandera keeps a set, whose order changes from run to run.
        return f"is not one of {', '.join(column.choices)}"
    return f"does not pass {check.error or check.name}"
