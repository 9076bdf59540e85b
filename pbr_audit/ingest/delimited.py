"""CSV files, plain and gzipped: fast, in flat memory, and never a row fewer than the file has."""

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader, StringIO
from itertools import chain
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from pbr_audit.dataset import TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ROW, Batch, Source
from pbr_audit.ingest.blocks import (
    BLOCK_BYTES,
    RefusedError,
    blocks,
    inspect,
    read_marks,
    refuse_ragged,
)
from pbr_audit.ingest.names import RESERVED, checked_names

# Polars parses outside Python's lock, so two threads keep two cores busy; blocks beyond those that are
# being parsed would only fill memory.
_THREADS = 2
_LOOK_AHEAD = 3

UNCERTAIN = (
    "is the first of {:,} records that the parser cannot tell apart; "
    "save the file again from a spreadsheet program as UTF-8 CSV"
)

_UTF8_MARK = b"\xef\xbb\xbf"
_MARK_BYTES = 4
_NOT_CSV = {
    (b"\xff\xfe", b"\xfe\xff"): "is UTF-16 text; save the file as UTF-8",
    (b"\x1f\x8b",): "is a gzip file; end its name in .csv.gz",
    (b"PK\x03\x04",): "is a zip archive or a workbook; unpack it, or end its name in .xlsx or .ods",
}
# Each with its name in a sentence and its spelling in TOML.
_DELIMITERS = {";": ("semicolon", ";"), "\t": ("tab", "\\t"), "|": ("vertical bar", "|"), ",": ("comma", ",")}


@dataclass(frozen=True)
class _Form:
    """What all blocks of a file share: its column names and its delimiter."""

    names: list[str]
    delimiter: str


@dataclass(frozen=True)
class _Part:
    """A parsed block without its text: rows, the lines that they took, and their places if some are blank."""

    frame: pl.DataFrame
    lines: int
    rows: npt.NDArray[np.uint32] | None


def read_delimited(source: Source, table_input: TableInput) -> Iterator[Batch]:
    """All rows of a CSV file in order; the first batch comes even where the file has a header only."""
    zipped = source.path.suffix.lower() == ".gz"
    try:
        with gzip.open(source.path) if zipped else source.path.open("rb") as stream:
            buffered = cast("BufferedReader", stream)
            _refuse_other_formats(source, buffered.peek(_MARK_BYTES))
            yield from _read(source, buffered, table_input)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{source.file}: is not a whole gzip file; ask for it again") from None


def _refuse_other_formats(source: Source, begin: bytes) -> None:
    for marks, what in _NOT_CSV.items():
        if begin.startswith(marks):
            raise InputError(f"{source.file}: {what}")


def _read(source: Source, stream: BinaryIO, table_input: TableInput) -> Iterator[Batch]:
    pieces = blocks(stream, BLOCK_BYTES)
    try:
        first = next(pieces, b"")
        form, lines, rest = _header(source, first, table_input)
    except RefusedError as refused:
        raise InputError(f"{source.file} row {refused.record + 1}: {refused.what}") from None
    if not rest:
        yield _empty(source, form)
    parsed = _in_order(chain([rest] if rest else [], pieces), form)
    while True:
        try:
            part = next(parsed)
        except StopIteration:
            return
        except RefusedError as refused:
            raise InputError(f"{source.file} row {lines + refused.record + 1}: {refused.what}") from None
        yield Batch(source, _numbered(part, lines + 1), blank_lines=part.lines - part.frame.height)
        lines += part.lines


def _header(source: Source, block: bytes, table_input: TableInput) -> tuple[_Form, int, bytes]:
    """The column names, the number of lines up to and with the header, and the block's remaining bytes."""
    delimiter = table_input.options.delimiter
    text = block.removeprefix(_UTF8_MARK)
    body = text.lstrip(b"\r\n")
    if not body:
        raise InputError(f"{source.file}: is empty; the first row must name the columns")
    lines = text[: len(text) - len(body)].count(b"\n")
    end = _first_record_end(body)
    record = body[:end]
    try:
        read_marks(record, delimiter.encode())
    except RefusedError as refused:
        raise RefusedError(lines, refused.what) from None
    cells = next(csv.reader(StringIO(record.decode(), newline=""), delimiter=delimiter, strict=True))
    names = checked_names(cells, source.file)
    if len(names) == 1:
        _refuse_other_delimiter(source, names[0], table_input)
    return _Form(names, delimiter), lines + 1, body[end:]


def _first_record_end(data: bytes) -> int:
    quotes, start = 0, 0
    while (newline := data.find(b"\n", start)) >= 0:
        quotes += data.count(b'"', start, newline)
        start = newline + 1
        if quotes % 2 == 0:
            return start
    return len(data)


def _refuse_other_delimiter(source: Source, name: str, table_input: TableInput) -> None:
    for other, (word, spelling) in _DELIMITERS.items():
        if other in name and other != table_input.options.delimiter:
            raise InputError(
                f"{source.file}: the header is one cell that holds a {word}; if that separates the columns, "
                f'write delimiter = "{spelling}" in audit.toml under [tables.{table_input.table}.options]'
            )


def _in_order(pieces: Iterator[bytes], form: _Form) -> Iterator[_Part]:
    """Parse blocks on all threads; give them out in the order of the file, an error in its place."""
    waiting: deque[Future[_Part]] = deque()
    end: RefusedError | None = None
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="csv") as pool:
        try:
            while True:
                while end is None and len(waiting) < _LOOK_AHEAD:
                    try:
                        piece = next(pieces)
                    except StopIteration:
                        break
                    except RefusedError as refused:
                        end = refused
                        break
                    waiting.append(pool.submit(_parse, piece, form))
                if not waiting:
                    break
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
    if end is not None:
        raise end


def _parse(piece: bytes, form: _Form) -> _Part:
    block = inspect(piece, form.delimiter.encode(), len(form.names))
    if not block.records:
        return _Part(_no_rows(form), block.lines, block.rows)
    try:
        frame = pl.read_csv(
            block.data,
            has_header=False,
            schema=dict.fromkeys(form.names, pl.String),
            infer_schema=False,
            separator=form.delimiter,
        )
    except pl.exceptions.PolarsError:
        # Its own message holds cells.
        frame = _no_rows(form)
    if frame.height != block.records:
        # A row too short and one too long keep the count of cells right.
        refuse_ragged(block, form.delimiter.encode(), len(form.names))
        raise RefusedError(0, UNCERTAIN.format(block.records))
    if block.holds_quotes:
        # "" is an empty cell too, in whichever way the exporting program wrote it.
        frame = frame.with_columns(pl.all().replace("", None))
    return _Part(frame, block.lines, block.rows)


def _numbered(part: _Part, first_row: int) -> pl.DataFrame:
    if part.rows is None:
        rows = pl.int_range(first_row, first_row + part.frame.height, dtype=pl.UInt32, eager=True)
    else:
        rows = pl.Series(part.rows) + first_row
    kept = [name for name in part.frame.columns if name not in RESERVED]
    return part.frame.select(*kept, rows.cast(pl.UInt32).alias(ROW))


def _no_rows(form: _Form) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(form.names, pl.String))


def _empty(source: Source, form: _Form) -> Batch:
    kept = [name for name in form.names if name not in RESERVED]
    return Batch(source, pl.DataFrame(schema={**dict.fromkeys(kept, pl.String), ROW: pl.UInt32}))
