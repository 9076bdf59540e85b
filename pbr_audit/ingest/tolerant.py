"""Pieces of text that is not well-formed: each record becomes a row, or is set aside with its reason."""

import re

import numpy as np
import polars as pl

from pbr_audit.ingest.parsing import Form, Part, parsed, with_empty_cells
from pbr_audit.ingest.records import Form as Written
from pbr_audit.ingest.records import Record, Records
from pbr_audit.ingest.windows_1252 import is_utf8

NUL = "holds a NUL byte; export the file again as UTF-8 text"
NO_TEXT = (
    "holds bytes that are no text in the file's encoding; "
    "export it again as UTF-8, or write its encoding in audit.toml"
)
# How Python holds bytes that are no text.
_NO_TEXT = re.compile("[\udc80-\udcff]")


class Tolerant:
    """Reads the pieces of one file, one after another."""

    def __init__(self, form: Form) -> None:
        """Prepare for rows of `form`."""
        self._form = form
        self._records = Records(form.delimiter, len(form.names))

    def read(self, data: bytes, *, is_last: bool) -> tuple[Part, bytes]:
        """Read whole lines; a record that may go on behind them is given back, unless they are the last.

        Raises RefusedError where too many quotation marks stay open for the file to be a table.
        """
        is_text = is_utf8(data)
        text = data.decode("utf-8", "surrogateescape")
        doubtful = "\0" in text or not is_text
        lines, end = 0, 0
        good: list[str] = []
        rows: list[int] = []
        aside: list[tuple[int, str, str]] = []
        for record in self._records.of(text, is_last=is_last):
            end = record.end
            reason = record.problem or (doubt(record.text) if doubtful else None)
            if reason is None and self._records.is_row(record) and record.text:
                good.append(self._written(record))
                rows.append(lines)
            elif reason is not None or record.text.strip(" "):
                why = reason or ragged(len(self._records.cells(record)), len(self._form.names))
                aside.append((lines, _shown(record.text), why))
            lines += 1
        part = Part(self._frame(good), lines, np.array(rows, dtype=np.uint32), aside)
        return part, text[end:].encode("utf-8", "surrogateescape")

    def _written(self, record: Record) -> str:
        """The record as the parser has to be given it."""
        # The parser would take a byte-order mark at the very begin for none of the text.
        if record.form is not Written.LOOSE and not record.text.startswith("\ufeff"):
            return record.text
        cells = self._records.cells(record)
        return self._form.delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells)

    def _frame(self, good: list[str]) -> pl.DataFrame:
        if not good:
            return self._form.empty()
        text = "\n".join(good)
        frame = parsed(text.encode(), self._form)
        if frame.height != len(good):
            frame = self._cell_by_cell(good)
        return with_empty_cells(frame) if '"' in text or len(self._form.names) == 1 else frame

    def _cell_by_cell(self, good: list[str]) -> pl.DataFrame:
        lines = [next(self._records.of(line, is_last=True)) for line in good]
        cells = [self._records.cells(line) for line in lines]
        return pl.DataFrame(cells, schema=dict.fromkeys(self._form.names, pl.String), orient="row")


def ragged(cells: int, columns: int) -> str:
    """The reason against a record that has another number of cells than the header."""
    return (
        f"has {cells} cell{'' if cells == 1 else 's'} where the header has {columns}; "
        "quote a cell that holds the delimiter, and give every row the same number of cells"
    )


def doubt(text: str) -> str | None:
    """Why a record is no text, if it is none."""
    if "\0" in text:
        return NUL
    return NO_TEXT if _NO_TEXT.search(text) else None


def _shown(text: str) -> str:
    """A record as text that every output can hold; bytes that are none by their numbers."""
    return text.replace("\0", "\\x00").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
