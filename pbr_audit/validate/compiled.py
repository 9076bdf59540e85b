"""One pass over a batch: every cell cleaned and typed, every check of the model one flag a row.

The pass is built from the pandera model of the table, once for each set of columns and types, and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandera.polars as pa
import polars as pl

from pbr_audit.tables import Column, Further, claims_schema, table_of
from pbr_audit.validate.cells import HAS_AN_OFFSET, MISSING, UNREADABLE, clean, has_an_offset, typed
from pbr_audit.validate.closer import Closer, looked_at, unread
from pbr_audit.validate.counts import CONTRACT, Currencies
from pbr_audit.validate.looking import is_looked_at
from pbr_audit.validate.noticed import Noticed, by_symbol, shortened_numbers
from pbr_audit.validate.recorder import UnsupportedCheckError, expression_of, failing
from pbr_audit.validate.verdicts import Verdicts, either
from pbr_audit.validate.words import read_by_word

Outcomes = frozenset[tuple[str, str]]
Doubts = Mapping[str, Mapping[str, pl.Series]]
# How columns are written, by their names: hashable, because a pass is kept for each.
Written = tuple[tuple[str, str], ...]
NO_CONTRACTS = Currencies({})
# Bookkeeping columns, as no standard column is called.
ROW = "_row"
OFFSET = "_offset"


@dataclass(frozen=True)
class _Cells:
    """One column's expressions: over a batch as read, but `typed` and `offset` over clean cells.

    `may_differ` says whether cells may be written otherwise than in the standard's own form, and `written` in
    which format they are, where that is known.
    """

    column: Column
    quick: pl.Expr
    clean: pl.Expr
    typed: pl.Expr
    offset: pl.Expr
    checks: Mapping[str, pl.Expr]
    may_differ: bool
    written: str | None

    def need_cleaning(self, as_read: pl.Series, quick: pl.Series) -> bool:
        """Return whether some cell was not typed as it stands, or was nothing but blanks."""
        return quick.null_count() > as_read.null_count() or (quick.dtype == pl.String and (quick == "").any())


@dataclass(frozen=True)
class Pass:
    """The compiled pass for batches of one shape.

    `row_checks` are over typed rows with the columns `absent`, which they read and the source lacks.
    """

    table: str
    cells: Mapping[str, _Cells]
    row_checks: Mapping[str, pl.Expr]
    absent: tuple[pl.Expr, ...]

    def judge(
        self, batch: pl.DataFrame, doubts: Doubts | None = None, currencies: Currencies = NO_CONTRACTS
    ) -> Verdicts:
        """Judge `batch`: a column as read for each standard column that the source has, and `_row`.

        `doubts` holds, by column and reason, rows of which a cell is already known to be unreadable.
        """
        cleaned, rows = self._typed(batch)
        looked = self._looked(cleaned, rows, currencies)
        cleaned = cleaned.with_columns(one.found["cell"].alias(name) for name, one in looked.items())
        rows = rows.with_columns(one.values for one in looked.values())
        flags: dict[str, pl.Series] = {}
        unreadable_amounts = 0
        for name, cells in self.cells.items():
            values = rows[cells.column.typed_name]
            doubted, closer = (doubts or {}).get(name, {}), looked.get(name)
            missing = _missing(cells.column, cleaned[name], doubted, closer)
            unreadable = {**doubted, **_unreadable(cells, cleaned[name], values, closer)}
            flags |= {f"{name}: {reason}": flag for reason, flag in (missing | unreadable).items()}
            if name == "amount":
                unread_amount = either(list(unreadable.values()))
                unreadable_amounts = 0 if unread_amount is None else int(unread_amount.sum())
            flags |= _flagged(values.to_frame(), cells.checks)
        flags |= _flagged(rows.with_columns(self.absent), self.row_checks)
        raised = pl.DataFrame({reason: flag for reason, flag in flags.items() if flag.any()})
        return Verdicts(
            cleaned,
            self._completed(rows),
            raised,
            either(raised.get_columns()),
            unreadable_amounts,
            self._noticed(rows, looked),
            otherwise=any(one.otherwise for name, one in looked.items() if self.cells[name].written is None),
        )

    def _typed(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return clean and typed cells; most columns need no cleaning, which costs as much as typing.

        Columns that a format says how to read are null here: each of their cells gets a closer look.
        """
        rows = self._as_it_stands(batch)
        again = [
            cells
            for name, cells in self.cells.items()
            if cells.written is None and cells.need_cleaning(batch[name], rows[cells.column.typed_name])
        ]
        if not again:
            return batch, rows
        cleaned = batch.with_columns(cells.clean for cells in again)
        return cleaned, rows.with_columns(cleaned.select(ROW, *(cells.typed for cells in again)))

    def _as_it_stands(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Type cells without cleaning them, a column of few different words by its words."""
        plain = {name: cells for name, cells in self.cells.items() if cells.written is None}
        by_word = {name: read_by_word(batch[name], cells.quick) for name, cells in plain.items()}
        known = [values for values in by_word.values() if values is not None]
        rows = batch.select(*(cells.quick for name, cells in plain.items() if by_word[name] is None), ROW)
        if not known and len(plain) == len(self.cells):
            return rows
        later = (
            pl.lit(None, dtype=cells.column.typed_dtype).alias(cells.column.typed_name)
            for cells in self.cells.values()
            if cells.written is not None
        )
        names = [cells.column.typed_name for cells in self.cells.values()]
        return rows.with_columns(*known, *later).select(*names, ROW)

    def _looked(
        self, cleaned: pl.DataFrame, rows: pl.DataFrame, currencies: Currencies
    ) -> Mapping[str, Closer]:
        """Look closer at columns in a format of their own, and elsewhere at cells that were not read."""
        contracts = rows[CONTRACT] if CONTRACT in rows.columns else None
        looked: dict[str, Closer] = {}
        for name, cells in self.cells.items():
            values = rows[cells.column.typed_name]
            if not cells.may_differ:
                continue
            if cells.written is None and values.null_count() == cleaned[name].null_count():
                continue
            found = (
                unread(cleaned[name], values, self.table, cells.column)
                if cells.written is None
                else looked_at(cleaned[name], self.table, cells.column, cells.written)
            )
            looked[name] = found.in_its_currency(contracts, currencies)
        return looked

    def _noticed(self, rows: pl.DataFrame, looked: Mapping[str, Closer]) -> Noticed:
        missing: dict[tuple[str, str], int] = {}
        marked: dict[tuple[str, str], int] = {}
        for name, one in looked.items():
            missing |= by_symbol(name, one.found["missing"])
            marked |= by_symbol(name, one.found["marker"])
        texts = [cells.column for cells in self.cells.values() if cells.column.kind == "text"]
        shortened = {column.name: shortened_numbers(rows[column.typed_name]) for column in texts}
        return Noticed(missing, marked, {name: count for name, count in shortened.items() if count})

    def _completed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with the standard's default where a cell is empty."""
        columns = [cells.column for cells in self.cells.values()]
        return rows.with_columns(
            pl.col(column.typed_name).fill_null(column.default)
            for column in columns
            if column.default is not None and rows[column.typed_name].null_count()
        )


def _missing(
    column: Column, cleaned: pl.Series, doubted: Mapping[str, pl.Series], looked: Closer | None
) -> dict[str, pl.Series]:
    """Return by reason where a required cell is missing; null counts come first: they cost nothing."""
    if not (cleaned.null_count() and column.required and column.unless is None):
        return {}
    meant = {} if looked is None else looked.meanings()
    explained = either([*doubted.values(), *meant.values()])
    missing = cleaned.is_null() if explained is None else cleaned.is_null() & ~explained
    return {MISSING: missing, **meant}


def _unreadable(
    cells: _Cells, cleaned: pl.Series, values: pl.Series, looked: Closer | None
) -> dict[str, pl.Series]:
    """Return by reason where a cell that is there holds no value of its column's type."""
    if looked is not None:
        return looked.reasons()
    if values.null_count() == cleaned.null_count():
        return {}
    unreadable = values.is_null() & cleaned.is_not_null()
    if cells.column.kind != "datetime":
        return {UNREADABLE[cells.column.kind]: unreadable}
    offset = unreadable & cleaned.to_frame().with_columns(cells.offset.alias(OFFSET))[OFFSET]
    return {HAS_AN_OFFSET: offset, UNREADABLE["datetime"]: unreadable & ~offset}


def _flagged(rows: pl.DataFrame, checks: Mapping[str, pl.Expr]) -> dict[str, pl.Series]:
    return rows.select(fails.alias(reason) for reason, fails in checks.items()).to_dict() if checks else {}


@lru_cache(maxsize=64)
def schema_of(
    table: str, cohort_outcomes: Outcomes, known_outcomes: Outcomes, further: Further = ()
) -> pa.DataFrameSchema:
    """Return the pandera schema of a table under the contracts' outcomes, with `further` columns."""
    if table == "claims":
        return claims_schema(cohort_outcomes, known_outcomes)
    return table_of(table, further).model.to_schema()


@lru_cache(maxsize=512)
def compile_pass(
    table: str,
    shape: tuple[tuple[str, pl.DataType], ...],
    cohort_outcomes: Outcomes = frozenset(),
    known_outcomes: Outcomes = frozenset(),
    written: Written = (),
    *,
    further: Further = (),
) -> Pass:
    """Return the pass for batches whose columns, `_row` aside, have these names and types.

    `written` names the columns whose cells are to be read in a format other than the standard's own;
    `further` are columns beyond the standard's.
    """
    schema = schema_of(table, cohort_outcomes, known_outcomes, further)
    standard = table_of(table, further).columns
    formats = dict(written)
    cells = {name: _cells(standard[name], dtype, schema, formats.get(name)) for name, dtype in shape}
    there = {of_column.column.typed_name for of_column in cells.values()}
    read = {name for check in schema.checks for name in expression_of(check).meta.root_names()}
    return Pass(
        table=table,
        cells=cells,
        row_checks={str(check.error): failing(check) for check in schema.checks},
        absent=tuple(
            pl.lit(None, dtype=standard[name].typed_dtype).alias(name) for name in sorted(read - there)
        ),
    )


def _cells(column: Column, dtype: pl.DataType, schema: pa.DataFrameSchema, written: str | None) -> _Cells:
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
        may_differ=is_looked_at(column, dtype),
        written=written if is_looked_at(column, dtype) else None,
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
