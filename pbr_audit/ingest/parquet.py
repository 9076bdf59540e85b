"""Parquet files, read slice by slice: types are kept, and memory stays flat however large the file is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import polars as pl

from pbr_audit.dataset import TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ROW, Batch, Source
from pbr_audit.ingest.known_headers import known_headers
from pbr_audit.ingest.names import RESERVED, checked_names
from pbr_audit.ingest.parquet_process import NOT_WHOLE, ParquetProcess
from pbr_audit.parquet_slices import BYTES, NESTED, Slices
from pbr_audit.tables.synonyms import plain

# A slice is this many cells: some 20 MB of typed columns, some 100 MB of long text.
_SLICE_CELLS = 2_400_000
_LEAST_SLICE_ROWS = 10_000
_MOST_ROWS = 2**32 - 1


def read_parquet(source: Source, table_input: TableInput) -> Iterator[Batch]:
    """All rows of a Parquet file; `_row` counts from 1, for such a file has no header row.

    A column of lists, records or bytes that no table has is handed on as text, as JSON or hexadecimal digits.
    Raises InputError for a file that is damaged, or whose table's own column is such a one.
    """
    with ParquetProcess(source) as process:
        names, kinds, rows = process.schema()
        if not names:
            raise InputError(f"{source.file}: has no columns; write it again with the columns of its table")
        if rows > _MOST_ROWS:
            raise InputError(f"{source.file}: has more than {_MOST_ROWS:,} rows; split it into several files")
        trimmed = checked_names(names, source.file)
        _refuse_nested(source, table_input, trimmed, kinds)
        kept = {position: name for position, name in enumerate(trimmed) if name not in RESERVED}
        if not kept:
            raise InputError(f"{source.file}: has no columns; write it again with the columns of its table")
        step = max(_LEAST_SLICE_ROWS, _SLICE_CELLS // len(kept))
        process.ask(list(kept), step)
        file = None
        for start in range(0, max(rows, 1), step):
            # Read there first and then here: a file that ends its reader ends the other process only.
            readable = process.readable_rows()
            file = file or _opened(source)
            part = _read(source, file, list(kept), start, step)
            part = part.rename({str(position): name for position, name in kept.items()})
            if not part.height == readable == min(step, rows - start):
                raise InputError(
                    f"{source.file}: holds fewer rows than it says; write it again, or ask for it again"
                )
            yield Batch(source, part.with_columns(_numbers(start + 1, part.height)))


def _opened(source: Source) -> Slices:
    with _one_sentence(source):
        return Slices(str(source.path))


def _read(source: Source, file: Slices, positions: Sequence[int], start: int, step: int) -> pl.DataFrame:
    with _one_sentence(source):
        return file.read(positions, start, step)


@contextmanager
def _one_sentence(source: Source) -> Iterator[None]:
    """Turn whatever the reader raises, panics too, into InputError; its own messages may hold cells."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        problem = f"{source.file}: {NOT_WHOLE}"
    else:
        return
    raise InputError(problem)


def _refuse_nested(
    source: Source, table_input: TableInput, names: Sequence[str], kinds: Sequence[str]
) -> None:
    known = known_headers(table_input)
    for position, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1):
        if kind in {NESTED, BYTES} and plain(name) in known:
            raise InputError(
                f"{source.file}: column {position} holds lists, records or bytes, which no table has; "
                "write it as text, or leave it out"
            )


def _numbers(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, dtype=pl.UInt32, eager=True).alias(ROW)
