"""One Parquet file in slices, and the process that reads them first.

Polars' reader asks the system for whatever memory a damaged file says that it needs, and where it does not
get it the process ends, past every `except`. So each slice is read in a process of its own before it is read
where it is needed: see `ingest.parquet_process`. This module imports nothing of the package, for it is to
start fast.
"""

import json
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import polars as pl
import polars.selectors as cs

LENGTH = struct.Struct(">Q")
PLAIN, TEXT, NESTED, BYTES = "plain", "text", "nested", "bytes"


class Slices:
    """A Parquet file, of which slices are read; whatever Polars raises or does not survive."""

    def __init__(self, name: str) -> None:
        """Look at the file's schema and count its rows."""
        self._frame = pl.scan_parquet(_path(name), glob=False)
        schema = self._frame.collect_schema()
        self.names = schema.names()
        self.kinds = [_kind(dtype) for dtype in schema.dtypes()]
        self.rows = int(self._frame.select(pl.len()).collect().item())

    def read(self, positions: Sequence[int], start: int, step: int) -> pl.DataFrame:
        """Return `step` rows from `start` of the columns at `positions`, named by them."""
        columns = [
            _column(self.names[position], self.kinds[position]).alias(str(position)) for position in positions
        ]
        return self._frame.slice(start, step).select(columns).collect()


def main() -> None:
    """Answer on standard output what a file holds and that its slices can be read, file after file.

    A question is two lines of JSON: the file; then, after the answer with the columns' names, their kinds and
    the number of rows, the positions of the columns and the rows of a slice. Of each slice the answer is its
    rows and its bytes in memory. The process ends with its questions, or with a file that cannot be read.
    """
    answers, questions = sys.stdout.buffer, sys.stdin.buffer
    try:
        while name := questions.readline():
            file = Slices(json.loads(name))
            _send(answers, {"names": file.names, "kinds": file.kinds, "rows": file.rows})
            question = json.loads(questions.readline())
            for start in range(0, max(file.rows, 1), question["step"]):
                part = file.read(question["columns"], start, question["step"])
                _send(answers, {"rows": part.height, "bytes": part.estimated_size()})
    except (BrokenPipeError, ValueError):
        # The parent wants no more of it.
        sys.exit(0)


def _path(name: str) -> str:
    """The file under a name that Polars takes: bytes that are no text it does not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"/dev/fd/{os.open(name, os.O_RDONLY)}"
    return name


def _send(stream: BinaryIO, answer: Mapping[str, object]) -> None:
    message = json.dumps(answer).encode()
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
