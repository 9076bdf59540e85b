"""The layout of a sheet of an XLSX or XLSM file."""

import posixpath
import re
import zipfile
from functools import cache
from string import ascii_uppercase

from pbr_audit.sheets.layout import Layout
from pbr_audit.sheets.xml_scan import PART_BYTES, Attributes, Parts, Scan, elements, scan_part

# What only the slow look at every cell can place: an error, a formula, a column past ZZ. Fewer columns than
# that make a block of cells that the limit of the process's memory holds in check. They are searched for with
# capitals as A, digits as 0 and blanks left out: plain searches take a twentieth of an expression's time.
_FOLDED = bytes.maketrans(b"'0123456789" + ascii_uppercase.encode(), b'"' + b"0" * 10 + b"A" * 26)
_BLANKS = b" \t\r\n"
_WORTH_A_LOOK = (b't="e"', b'"AAA0', b'="&')
_MAYBE_FORMULAS = (b"<f", b":f")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_OVERLAP_BYTES = 256
_ONE_BYTE_MARKS = (b"<", b"\xef\xbb\xbf<")


def xlsx_layout(archive: zipfile.ZipFile, parts: Parts, sheet: str, layout: Layout) -> bool:
    """Look at one sheet; False where every cell's own text is all there is, and none was looked at."""
    part = sheet_part(archive, parts, sheet)
    if not _is_worth_a_look(archive, part):
        return False
    scan_part(archive, part, _XlsxScan(layout))
    return True


def _is_worth_a_look(archive: zipfile.ZipFile, part: str) -> bool:
    """Search a sheet's bytes; the pass over its elements takes three times as long as the reader itself."""
    with archive.open(part) as stream:
        piece = stream.read(PART_BYTES)
        # UTF-16 hides what is searched for.
        if not piece.startswith(_ONE_BYTE_MARKS) or b"\0" in piece[:8]:
            return True
        before = b""
        while piece:
            searched = before + piece
            folded = searched.translate(_FOLDED, _BLANKS)
            if any(mark in folded for mark in _WORTH_A_LOOK):
                return True
            if any(mark in folded for mark in _MAYBE_FORMULAS) and _FORMULA.search(searched):
                return True
            before, piece = piece[-_OVERLAP_BYTES:], stream.read(PART_BYTES)
    return False


class _XlsxScan(Scan):
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._row, self._column = -1, -1
        self._is_error = self._is_formula = self._is_text = False
        self._value: list[str] = []
        self._formula = "f"
        # Where the layout already knows of filled cells; most sheets have millions.
        self._filled_row, self._filled = -1, range(0)

    def begin(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            if self._is_error or self._is_formula:
                self._close_cell()
            # With the prefix of the cell: below the cells, sparklines and the like have an `xm:f`.
            self._formula = f"{name[:-1]}f"
            self._open_cell(attributes)
        elif local == "v" or local == "is":  # noqa: PLR1714  # a tuple costs twice, for every cell
            if self._row != self._filled_row or self._column not in self._filled:
                self._fill()
            if self._is_error or self._is_formula:
                self.collect(self._value)
        elif name == self._formula:
            self._is_formula = True
        elif local == "row":
            self._close_cell()
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1

    def finish(self) -> None:
        self._close_cell()

    def _open_cell(self, attributes: Attributes) -> None:
        kind = attributes.get("t")
        self._is_error, self._is_formula, self._is_text = kind == "e", False, kind == "str"
        place = attributes.get("r")
        if place is None:
            self._column += 1
            return
        letters = place.rstrip("0123456789")
        self._row, self._column = int(place[len(letters) :]) - 1, _column_index(letters)

    def _fill(self) -> None:
        self._layout.fill(self._row, self._column)
        self._filled_row, (low, high) = self._row, self._layout.columns
        self._filled = range(low, high + 1)

    def _close_cell(self) -> None:
        if not (self._is_error or self._is_formula):
            return
        self.parser.CharacterDataHandler = None
        value = "".join(self._value).strip()
        if self._is_error:
            self._layout.add_error(self._row, self._column, value)
        elif not value and not self._is_text:
            # A formula's empty text is written as text; this one has no result at all.
            self._layout.not_calculated.setdefault(self._row, []).append(self._column)
        self._value.clear()
        self._is_error = self._is_formula = False


@cache
def _column_index(letters: str) -> int:
    """A is 0, Z 25, AA 26."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters):
        raise ValueError
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def sheet_part(archive: zipfile.ZipFile, parts: Parts, sheet: str) -> str:
    """The zip's part that holds the sheet: the workbook names it by an id, its relations by a path."""
    main = "xl/workbook.xml"
    if "_rels/.rels" in parts:
        for attributes in elements(archive, parts["_rels/.rels"], "Relationship"):
            if attributes.get("Type", "").endswith("/officeDocument"):
                main = attributes["Target"].lstrip("/")
    folder, file = posixpath.split(main)
    sheets = elements(archive, parts[main.lower()], "sheet")
    relation = next((_relation_id(found) for found in sheets if found.get("name") == sheet), None)
    relations = elements(
        archive, parts[posixpath.join(folder, "_rels", f"{file}.rels").lower()], "Relationship"
    )
    target = {found["Id"]: found["Target"] for found in relations}[relation or ""].replace("\\", "/")
    path = (
        target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    )
    return parts[path.lower()]


def _relation_id(attributes: Attributes) -> str | None:
    """`r:id`, whatever prefix the file has for the namespace of relations; `sheetId` is another thing."""
    return next((value for key, value in attributes.items() if key.endswith(":id")), None)
