"""Blocks of records, held against Python's own CSV reader on generated text."""

import csv
from io import BytesIO, StringIO

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.ingest.blocks import DoubtError, inspect, refuse_ragged
from pbr_audit.ingest.cutting import Cutter

CELLS = st.text(st.sampled_from('ab ,"\n\r;é\u2028'), max_size=6)
TEXT = st.lists(st.sampled_from(["a", '"', '""', ",", "\n", "\r\n", "\r", "b", "é", "\n\n"]), max_size=40)


def as_csv(table: list[list[str]], line_end: str) -> bytes:
    """Write a table with every cell quoted that has to be: Python's own writer leaves some bare."""
    lines = [",".join(quoted(cell) if set(cell) & set(',"\n\r') else cell for cell in row) for row in table]
    return "".join(line + line_end for line in lines).encode()


def quoted(cell: str) -> str:
    """Put a cell in quotation marks."""
    return '"' + cell.replace('"', '""') + '"'


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_written_table_has_as_many_records_as_rows(table: list[list[str]], line_end: str) -> None:
    data = as_csv(table, line_end)
    block = inspect(data, b",", 3)
    assert block.records == block.lines == len(table)
    assert block.data == data


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=20),
    st.integers(min_value=1, max_value=50),
)
def test_blocks_of_any_size_join_to_the_file_and_end_between_records(
    table: list[list[str]], size: int
) -> None:
    data = as_csv(table, "\n")
    pieces = list(iter(Cutter(BytesIO(data), size).piece, b""))
    assert b"".join(pieces) == data
    assert sum(inspect(piece, b",", 2).records for piece in pieces) == len(table)


@given(TEXT, st.integers(min_value=1, max_value=9), st.integers(min_value=0, max_value=9))
def test_lines_of_any_size_join_to_the_file_and_end_where_lines_do(
    parts: list[str], size: int, more_than: int
) -> None:
    data = "".join(parts).encode()
    cutter = Cutter(BytesIO(data), size)
    pieces, is_last = [], False
    while not is_last:
        piece, is_last = cutter.lines(more_than)
        pieces.append(piece)
    assert b"".join(pieces) == data
    joined = 0
    for piece in pieces[:-1]:
        joined += len(piece)
        assert len(piece) > more_than
        assert piece[-1:] in b"\r\n"
        assert data[joined - 1 : joined + 1] != b"\r\n"


@given(TEXT)
def test_a_block_that_passes_reads_the_same_everywhere(parts: list[str]) -> None:
    text = "".join(parts)
    if not text:
        return
    try:
        block = inspect(text.encode(), b",", 2)
        refuse_ragged(block, b",", 2)
    except DoubtError:
        return
    expected = [row for row in csv.reader(StringIO(text, newline=""), strict=True) if row]
    assert block.records == len(expected)
    assert all(len(row) == 2 for row in expected)
    if block.records:
        parsed = pl.read_csv(
            block.data, has_header=False, schema={"a": pl.String, "b": pl.String}, infer_schema=False
        )
        assert [tuple(row) for row in expected] == [(a or "", b or "") for a, b in parsed.rows()]


@given(TEXT)
def test_every_line_is_a_record_or_blank(parts: list[str]) -> None:
    text = "".join(parts)
    if not text:
        return
    try:
        block = inspect(text.encode(), b",", 2)
    except DoubtError:
        return
    blank = sum(1 for row in csv.reader(StringIO(text, newline="")) if not row)
    assert block.lines == block.records + blank
