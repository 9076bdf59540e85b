"""Parquet files, read slice by slice: types are kept, and memory stays flat however large the file is."""

from collections.abc import Iterator

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ROW, Batch, Source
from pbr_audit.ingest.names import RESERVED, checked_names

# A slice is this many cells: some 20 MB of typed columns, some 100 MB of long text.
_SLICE_CELLS = 2_400_000
_LEAST_SLICE_ROWS = 10_000


def read_parquet(source: Source) -> Iterator[Batch]:
    """All rows of a Parquet file; `_row` counts from 1, for such a file has no header row."""
    try:
        yield from _read(source)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        # The reader's own message may hold what it found.
        problem = f"{source.file}: is not a whole Parquet file; write it again, or ask for it again"
    else:
        return
    raise InputError(problem)


def _read(source: Source) -> Iterator[Batch]:
    frame = pl.scan_parquet(source.path, glob=False)
    schema = frame.collect_schema()
    names = checked_names(schema.names(), source.file)
    columns = [
        _column(source, position, name, trimmed, schema[name])
        for position, (name, trimmed) in enumerate(zip(schema.names(), names, strict=True), start=1)
        if trimmed not in RESERVED
    ]
    if not columns:
        raise InputError(f"{source.file}: has no columns; write it again with the columns of its table")
    rows = int(frame.select(pl.len()).collect().item())
    step = max(_LEAST_SLICE_ROWS, _SLICE_CELLS // len(columns))
    for start in range(0, max(rows, 1), step):
        part = frame.slice(start, step).select(columns).collect()
        if part.height != min(step, rows - start):
            raise InputError(
                f"{source.file}: holds fewer rows than it says; write it again, or ask for it again"
            )
        yield Batch(source, part.with_columns(_numbers(start + 1, part.height)))


def _numbers(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, dtype=pl.UInt32, eager=True).alias(ROW)


def _column(source: Source, position: int, name: str, trimmed: str, dtype: pl.DataType) -> pl.Expr:
    """One column under its trimmed name; encoded text becomes text, an untyped column empty text."""
    column = pl.col(name).alias(trimmed)
    if dtype in (pl.Categorical, pl.Enum, pl.Null):
        return column.cast(pl.String)
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise InputError(
            f"{source.file}: column {position} holds lists, records or bytes, which no table has; "
            "write it as text, or leave it out"
        )
    return column
