"""Frames as bytes: Parquet, CSV and JSON lines that depend on the rows alone, not on threads or chunks."""

from typing import BinaryIO

import polars as pl

from pbr_audit.money import to_decimal, to_text
from pbr_audit.reports.columns import guarded, lists_joined, money_columns_out

ROW_GROUP = 262_144
PAGE_BYTES = 1 << 20
LINES_AT_ONCE = 10_000
COMPRESSION_LEVEL = 3


def write_parquet(frame: pl.DataFrame, file: BinaryIO) -> None:
    """Write `frame` with money as Decimal(18,2)."""
    # Chunks are left over from how many threads there were, and row groups would follow them.
    money_columns_out(frame, to_decimal).rechunk().write_parquet(
        file,
        compression="zstd",
        compression_level=COMPRESSION_LEVEL,
        row_group_size=ROW_GROUP,
        data_page_size=PAGE_BYTES,
    )


def write_csv(frame: pl.DataFrame, file: BinaryIO) -> int:
    """Write `frame` with money as text and lists joined; return how many cells were guarded."""
    return write_csv_as_read(money_columns_out(frame, to_text), file)


def write_csv_as_read(frame: pl.DataFrame, file: BinaryIO) -> int:
    """Write rows of somebody else's columns, whose names tell no units; return as `write_csv` does."""
    rows, cells = guarded(lists_joined(frame))
    # Text of no characters and no text are one empty cell; unlike, they would be `""` and nothing.
    texts = pl.selectors.string()
    rows = rows.with_columns(pl.when(texts != "").then(texts))
    rows.write_csv(file, line_terminator="\n")
    return cells


def write_json_lines(frame: pl.DataFrame, file: BinaryIO, *, json_column: str) -> None:
    """Write a line for each row, money as text; `json_column` holds JSON, and stands last as what it says.

    A number that JSON cannot say (infinity, not-a-number) is null.
    """
    rows = money_columns_out(frame, to_text)
    others = pl.struct(pl.all().exclude(json_column)).struct.json_encode().str.strip_suffix("}")
    last = pl.col(json_column).fill_null("{}")
    line = pl.concat_str(others, pl.lit(f',"{json_column}":'), last, pl.lit("}"))
    # In slices, because a row's text is several times its size.
    for part in rows.iter_slices(LINES_AT_ONCE):
        # One column without quotes is the lines as they are, and none of them becomes a Python string.
        part.select(line).write_csv(file, include_header=False, quote_style="never", line_terminator="\n")
