"""XLS and XLSB workbooks, as small as the reader takes them: no library writes them any more."""

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_DATE_FORMAT = 14
ERROR_CODES = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#N/A": 0x2A}


@dataclass(frozen=True)
class Day:
    """A date as a workbook keeps it: a count of days from its epoch."""

    serial: float


@dataclass(frozen=True)
class Formula:
    """A formula whose stored result is an error."""

    error: str


Cell = str | float | Day | Formula | None
Lines = Sequence[Sequence[Cell]]
Values = Sequence[Sequence[str | float | None]]


def xls(path: Path, lines: Lines, *, epoch_1904: bool = False, encrypted: bool = False) -> Path:
    """Write one sheet, Claims, to an XLS file (BIFF8 in a compound file)."""
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 0, 0, 0))
    if encrypted:
        begin += _record(0x2F, b"\1\0" + bytes(52))
    begin += _record(0x22, struct.pack("<H", epoch_1904))
    # Two cell styles: plain, and a date's.
    begin += b"".join(_record(0xE0, struct.pack("<HH", 0, kind) + bytes(16)) for kind in (0, _DATE_FORMAT))
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, line in enumerate(lines):
        sheet += b"".join(_biff_cell(row, column, cell) for column, cell in enumerate(line))
    sheet += _record(0x0A, b"")
    name = b"\x06\x00Claims"
    start = len(begin) + 4 + 6 + len(name) + 4
    begin += _record(0x85, struct.pack("<IBB", start, 0, 0) + name) + _record(0x0A, b"")
    path.write_bytes(_compound("Workbook", begin + sheet))
    return path


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _biff_cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, isinstance(cell, Day))
    if cell is None:
        return b""
    if isinstance(cell, str):
        if cell in ERROR_CODES:
            return _record(0x205, place + bytes([ERROR_CODES[cell], 1]))
        return _record(0x204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
    if isinstance(cell, Formula):
        result = bytes([2, 0, ERROR_CODES[cell.error], 0, 0, 0, 0xFF, 0xFF])
        return _record(0x06, place + result + bytes(6) + struct.pack("<H", 3) + b"\x1e\1\0")
    return _record(0x203, place + struct.pack("<d", cell.serial if isinstance(cell, Day) else cell))


def _compound(name: str, stream: bytes) -> bytes:
    """A compound file of one stream: header, sector table, directory, stream."""
    # A stream of 4,096 bytes and more needs no table of small sectors.
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    table_sectors = 1
    while table_sectors * (_SECTOR // 4) < table_sectors + 1 + sectors:
        table_sectors += 1
    first = table_sectors + 1
    chain = [_TABLE] * table_sectors + [_END] + [*range(first + 1, first + sectors), _END]
    chain += [_FREE] * (table_sectors * (_SECTOR // 4) - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIII", 0, table_sectors, table_sectors, 0, 4096)
    header += struct.pack("<IIII", _END, 0, _END, 0)
    parts = [*range(table_sectors), *[_FREE] * (109 - table_sectors)]
    header += struct.pack("<109I", *parts)
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, first, len(stream))
    directory = directory.ljust(_SECTOR, b"\0")
    return header + struct.pack(f"<{len(chain)}I", *chain) + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(16 + 4 + 16)
    return entry + struct.pack("<II", start, size) + bytes(4)


def xlsb(path: Path, lines: Values, *, row_step: int = 1) -> Path:
    """Write one sheet, Claims, to an XLSB file; row n stands in row n times `row_step`."""
    names = _wide("rId1") + _wide("Claims")
    book = _b_record(131, b"") + _b_record(143, b"") + _b_record(156, struct.pack("<II", 0, 1) + names)
    book += _b_record(144, b"") + _b_record(132, b"")
    width = max(map(len, lines), default=1)
    extent = struct.pack("<IIII", 0, (len(lines) - 1) * row_step, 0, width - 1)
    sheet = _b_record(129, b"") + _b_record(148, extent) + _b_record(145, b"")
    for row, line in enumerate(lines):
        sheet += _b_record(0, struct.pack("<I", row * row_step) + bytes(13))
        for column, cell in enumerate(line):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, str) and cell in ERROR_CODES:
                sheet += _b_record(3, place + bytes([ERROR_CODES[cell]]))
            elif isinstance(cell, str):
                sheet += _b_record(6, place + _wide(cell))
            elif cell is not None:
                sheet += _b_record(5, place + struct.pack("<d", cell))
    sheet += _b_record(146, b"") + _b_record(130, b"")
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    return path


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _b_record(kind: int, data: bytes) -> bytes:
    """Kind and length take one byte for every seven bits."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(data)
    while True:
        head += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + data
