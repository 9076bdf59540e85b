"""The layout of a sheet of an XLSB file: the records of a workbook in a zip archive.

Source: Microsoft, [MS-XLSB] Excel Binary File Format, records BrtBundleSh, BrtRowHdr and BrtCell….
"""

import posixpath
import struct
import zipfile
from collections.abc import Iterator

from pbr_audit.sheets.layout import ERROR_TEXTS, Layout
from pbr_audit.sheets.xml_scan import Parts, elements

BOOK = "xl/workbook.bin"
_RELATIONS = "xl/_rels/workbook.bin.rels"

_ROW, _ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
# Cells that hold something: 1 is a blank one.
_FILLED = range(2, 12)
_ERROR_AT = 8


def xlsb_layout(archive: zipfile.ZipFile, parts: Parts, sheet: str, layout: Layout) -> None:
    """Look at one sheet."""
    data = archive.read(_sheet_part(archive, parts, sheet))
    row = low = 0
    high = -1
    row_is_known = False
    for kind, start, length in _records(data):
        if kind in _FILLED:
            (column,) = struct.unpack_from("<I", data, start)
            if not (row_is_known and low <= column <= high):
                layout.fill(row, column)
                (low, high), row_is_known = layout.columns, True
            if kind in {_ERROR, _FORMULA_ERROR} and length > _ERROR_AT:
                layout.add_error(row, column, ERROR_TEXTS.get(data[start + _ERROR_AT], ""))
        elif kind == _ROW:
            (row,) = struct.unpack_from("<I", data, start)
            row_is_known = False


def _sheet_part(archive: zipfile.ZipFile, parts: Parts, sheet: str) -> str:
    book = archive.read(parts[BOOK])
    relation = ""
    for kind, start, _ in _records(book):
        if kind == _SHEET:
            found, after = _text(book, start + 8)
            name, _ = _text(book, after)
            relation = found if name == sheet else relation
    targets = {found["Id"]: found["Target"] for found in elements(archive, parts[_RELATIONS], "Relationship")}
    target = targets[relation].replace("\\", "/")
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    return parts[path.lower()]


def _text(data: bytes, start: int) -> tuple[str, int]:
    """A text and where it ends."""
    (length,) = struct.unpack_from("<I", data, start)
    end = start + 4 + 2 * length
    return data[start + 4 : end].decode("utf-16-le", "replace"), end


def _records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """The kind, start and length of each record; kind and length take one byte for every seven bits."""
    start, end = 0, len(data)
    while start + 2 <= end:
        kind = data[start]
        start += 1
        if kind & 0x80:
            kind = kind & 0x7F | data[start] << 7
            start += 1
        length = shift = 0
        while True:
            byte = data[start]
            start += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:  # noqa: PLR2004  # four bytes of seven bits
                break
        if start + length > end:
            raise ValueError
        yield kind, start, length
        start += length
