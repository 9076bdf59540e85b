"""The error cells of a sheet of an XLS file (Excel 5 to 2003), which the reader gives out as empty.

Source: Microsoft, [MS-XLS] Excel Binary File Format, records BOUNDSHEET, BOOLERR and FORMULA.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from pbr_audit.sheets.compound import CompoundFile
from pbr_audit.sheets.layout import ERROR_TEXTS, Layout
from pbr_audit.sheets.refusal import NOT_WHOLE, Refusal

_BEGIN, _END, _SHEET, _VALUE, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0205, 0x0006
_VALUE_BYTES, _FORMULA_BYTES, _SHEET_BYTES = 8, 14, 6
# How the eight bytes of a formula's result say that it is no number, and that it is an error.
_NO_NUMBER, _IS_ERROR = b"\xff\xff", 2


class _Record(NamedTuple):
    kind: int
    start: int
    length: int


def xls_layout(data: bytes, index: int, sheets: int, layout: Layout) -> None:
    """Look for the errors in sheet `index`, from 0, of a workbook in which the reader sees so many sheets.

    Raises Refusal where its directory has another number of sheets: errors would be lost.
    """
    book = CompoundFile(data).stream("Workbook", "Book") or b""
    starts = [
        struct.unpack_from("<I", book, record.start)[0]
        for record in _records(book, 0)
        if record.kind == _SHEET and record.length >= _SHEET_BYTES
    ]
    if len(starts) != sheets:
        raise Refusal(NOT_WHOLE)
    for record in _records(book, starts[index]):
        row_and_column = _error_in(book, record)
        if row_and_column is not None:
            layout.add_error(*row_and_column)


def _error_in(book: bytes, record: _Record) -> tuple[int, int, str] | None:
    if record.kind == _VALUE and record.length >= _VALUE_BYTES:
        row, column, _, value, is_error = struct.unpack_from("<HHHBB", book, record.start)
        return (row, column, ERROR_TEXTS.get(value, "")) if is_error else None
    if record.kind == _FORMULA and record.length >= _FORMULA_BYTES:
        row, column, _, kind, value, mark = struct.unpack_from("<HHHBxB3x2s", book, record.start)
        if mark == _NO_NUMBER and kind == _IS_ERROR:
            return row, column, ERROR_TEXTS.get(value, "")
    return None


def _records(book: bytes, start: int) -> Iterator[_Record]:
    """The records from `start` to the end of the part that begins there; charts within it have their own."""
    depth = 0
    while start + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, start)
        if start + 4 + length > len(book):
            return
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield _Record(kind, start + 4, length)
        start += 4 + length
