"""The process that reads one Parquet file, slice by slice.

Polars' reader asks the system for whatever memory a damaged file says that it needs, and where it does not
get it the process ends, past every `except`. So it ends here, and the parent goes on: see
`ingest.parquet_process`. This module imports nothing of the package, for it is to start fast.
"""

import io
import json
import os
import struct
import sys
from typing import BinaryIO

import polars as pl
import polars.selectors as cs

LENGTH = struct.Struct(">Q")
PLAIN, TEXT, NESTED, BYTES = "plain", "text", "nested", "bytes"


def main() -> None:
    """Answer on standard output what the file at `sys.argv[1]` holds, then the slices that are asked for.

    The first answer is JSON: the columns' names, their kinds and the number of rows. The question is a line
    of JSON: the positions of the columns, and the rows of a slice. Each slice is an Arrow file.
    """
    answers = sys.stdout.buffer
    try:
        frame = pl.scan_parquet(_path(sys.argv[1]), glob=False)
        schema = frame.collect_schema()
        rows = int(frame.select(pl.len()).collect().item())
        kinds = [_kind(dtype) for dtype in schema.dtypes()]
        _send(answers, json.dumps({"names": schema.names(), "kinds": kinds, "rows": rows}).encode())
        question = json.loads(sys.stdin.buffer.readline())
        columns = [
            _column(name, kind).alias(str(position))
            for position, (name, kind) in enumerate(zip(schema.names(), kinds, strict=True))
            if position in question["columns"]
        ]
        for start in range(0, max(rows, 1), question["step"]):
            part = io.BytesIO()
            frame.slice(start, question["step"]).select(columns).collect().write_ipc(part)
            _send(answers, part.getvalue())
    except BrokenPipeError:
        # The parent wants no more of it.
        sys.exit(0)


def _path(name: str) -> str:
    """The file under a name that Polars takes: bytes that are no text it does not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"/dev/fd/{os.open(name, os.O_RDONLY)}"
    return name


def _send(stream: BinaryIO, message: bytes) -> None:
    stream.write(LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def _kind(dtype: pl.DataType) -> str:
    if dtype in (pl.Categorical, pl.Enum, pl.Null):
        return TEXT
    if dtype in (pl.Binary, pl.Object):
        return BYTES
    return NESTED if dtype.is_nested() else PLAIN


def _column(name: str, kind: str) -> pl.Expr:
    """A column as the parent takes it: encoded and untyped text as text, lists and records as JSON."""
    # By its name alone: to `pl.col` a `*` is all columns.
    column = cs.by_name(name).as_expr()
    if kind == TEXT:
        return column.cast(pl.String)
    if kind == BYTES:
        return column.bin.encode("hex")
    if kind == NESTED:
        # JSON is written of records only: {"":...} is one with this column alone.
        written = pl.struct(column.alias("")).struct.json_encode().str.slice(4).str.head(-1)
        return pl.when(column.is_not_null()).then(written)
    return column
