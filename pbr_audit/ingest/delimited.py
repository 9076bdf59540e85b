"""Delimited text, plain and gzipped: fast, in flat memory, and never a record fewer than the file has."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from pbr_audit.dataset import TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ASIDE, ROW, Batch, Source
from pbr_audit.ingest.csv_head import Head, read_head
from pbr_audit.ingest.cutting import BLOCK_BYTES, Cutter
from pbr_audit.ingest.known_headers import known_headers
from pbr_audit.ingest.opening import opened
from pbr_audit.ingest.parsing import Part
from pbr_audit.ingest.pieces import Pieces
from pbr_audit.ingest.records import RefusedError
from pbr_audit.ingest.table_place import Under
from pbr_audit.ingest.under_rows import told


def read_delimited(source: Source, table_input: TableInput) -> Iterator[Batch]:
    """Every record of a delimited file, in order, as a row or set aside with its reason.

    The first batch comes even where the file has a header only. Raises InputError for what is no table.
    """
    with opened(source, table_input.options.encoding) as text:
        cutter = Cutter(text.stream, BLOCK_BYTES)
        try:
            head = read_head(source, cutter, table_input, guess=text.guess)
        except RefusedError as refused:
            raise InputError(f"{source.file} row 1: {refused}") from None
        pieces = Pieces(cutter, head.form, header=head.line, guess=text.guess)
        under = Under(head.kept, source.file, known_headers(table_input))
        yield from _batches(source, replace(head, said=(*text.said, *head.said)), pieces, under)


def _batches(source: Source, head: Head, pieces: Pieces, under: Under) -> Iterator[Batch]:
    """Give out each batch when the next one is there: what stands under the table is told in the last."""
    waiting: Batch | None = None
    filled: set[str] = set()
    lines = head.lines
    try:
        for part in pieces.parts():
            if waiting is not None:
                yield told(under, waiting, is_last=False, separator=head.form.delimiter)
            waiting = _batch(source, head, part, lines + 1)
            filled |= {name for name in head.unnamed if part.frame[name].count()}
            lines += part.lines
    except RefusedError as refused:
        raise InputError(f"{source.file} row {lines + 1}: {refused}") from None
    if waiting is None:
        waiting = _batch(source, head, Part(head.form.empty(), 0), lines + 1)
    last = told(under, waiting, is_last=True, separator=head.form.delimiter)
    yield replace(last, said=_said(source.file, head, pieces, filled))


def _batch(source: Source, head: Head, part: Part, first_row: int) -> Batch:
    if part.rows is None:
        rows = pl.int_range(first_row, first_row + part.frame.height, dtype=pl.UInt32, eager=True)
    else:
        rows = pl.Series(part.rows, dtype=pl.UInt32) + first_row
    odd = [(place + first_row, text, reason) for place, text, reason in part.aside]
    return Batch(
        source,
        part.frame.select(*head.kept, rows.cast(pl.UInt32).alias(ROW)),
        blank_lines=part.lines - part.frame.height - len(odd),
        aside=pl.DataFrame(odd, schema=ASIDE, orient="row") if odd else None,
    )


def _said(file: str, head: Head, pieces: Pieces, filled: set[str]) -> tuple[str, ...]:
    windows_lines = head.repaired.windows_lines + pieces.windows_lines
    marks = head.repaired.marks + pieces.marks
    said = [*head.said]
    if windows_lines:
        said.append(f"{file}: not UTF-8 and read as Windows-1252: {_lines(windows_lines)}")
    if marks:
        said.append(f"{file}: byte-order marks left out at the begin of {_lines(marks)} below the first")
    for name, position in head.unnamed.items():
        what = (
            f'has no name in the header; its cells are kept as "{name}"'
            if name in filled
            else "has neither a name nor cells"
        )
        said.append(f"{file}: column {position + 1} {what}")
    return tuple(said)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
