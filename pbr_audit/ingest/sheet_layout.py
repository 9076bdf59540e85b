"""What a sheet's own XML says before the workbook reader is let near it.

Three things that the reader (calamine) does not tell: how large a block of cells it will ask memory for
(one far corner cell makes it ask for hundreds of gigabytes and end the process), which cells hold an error
such as #REF! (it gives them out as empty) and which formulas were never calculated (likewise).
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from xml.parsers import expat

# A reader holds each cell of the block between the outermost ones in some 30 bytes.
MOST_CELLS = 50_000_000
MOST_INFLATED_BYTES = 2 << 30
MOST_ERRORS = 100_000
_PART_BYTES = 1 << 20

# What a damaged or encrypted zip archive, or XML that is none, makes the standard library raise.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)

Place = tuple[int, int]
Attributes = Mapping[str, str]


@dataclass
class Layout:
    """Places are (row, column), both counted from 0 at the sheet's upper left corner."""

    errors: dict[Place, str] = field(default_factory=dict)
    not_calculated: list[Place] = field(default_factory=list)
    _rows: tuple[int, int] | None = None
    _columns: tuple[int, int] | None = None

    @property
    def cells(self) -> int:
        """The number of cells in the smallest block that holds all that is not empty."""
        if self._rows is None or self._columns is None:
            return 0
        return (self._rows[1] - self._rows[0] + 1) * (self._columns[1] - self._columns[0] + 1)

    @property
    def columns(self) -> tuple[int, int]:
        """The first and the last column that hold something."""
        return self._columns or (0, -1)

    def fill(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Take in that the cells from (row, column) on hold something."""
        low, high = self._rows or (row, row)
        self._rows = min(low, row), max(high, row + rows - 1)
        low, high = self._columns or (column, column)
        self._columns = min(low, column), max(high, column + columns - 1)
        if self.cells > MOST_CELLS:
            raise LayoutError("spreads over more than 50 million cells")

    def add_error(self, row: int, column: int, text: str) -> None:
        """Keep what an error cell shows."""
        if len(self.errors) == MOST_ERRORS:
            raise LayoutError("holds more than 100,000 error cells")
        self.errors[row, column] = text or "#ERROR!"


class LayoutError(Exception):
    """The file is no workbook, or its parts do not fit together; the message completes a sentence."""


def sheet_layout(workbook: zipfile.ZipFile, sheet: str) -> Layout:
    """Look at one sheet of an XLSX or ODS file; LayoutError where that cannot be done."""
    if sum(part.file_size for part in workbook.infolist()) > MOST_INFLATED_BYTES:
        raise LayoutError("unpacks to more than 2 GiB")
    layout = Layout()
    parts = {part.filename.replace("\\", "/").lower(): part.filename for part in workbook.infolist()}
    try:
        if "content.xml" in parts:
            _scan(workbook, parts["content.xml"], _OdsScan(layout, sheet))
        else:
            _scan(workbook, _xlsx_part(workbook, parts, sheet), _XlsxScan(layout))
    except _BROKEN as error:
        raise LayoutError("holds parts that do not fit together") from error
    return layout


class _Scan:
    """A pass over one XML part; names are taken without their namespace prefix."""

    parser: expat.XMLParserType

    def begin(self, name: str, attributes: Attributes) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """Take in what only the end of the part decides."""

    def collect(self, text: list[str]) -> None:
        self.parser.CharacterDataHandler = text.append


def _scan(workbook: zipfile.ZipFile, part: str, scan: _Scan) -> None:
    # Expanded entities are limited by expat itself; external ones are never fetched.
    parser = expat.ParserCreate()
    parser.buffer_text = True
    scan.parser = parser
    parser.StartElementHandler = scan.begin
    with workbook.open(part) as stream:
        while piece := stream.read(_PART_BYTES):
            parser.Parse(piece)
    parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keywords
    scan.finish()


class _ElementScan(_Scan):
    def __init__(self, local: str) -> None:
        self._local = local
        self.found: list[Attributes] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        if name.rpartition(":")[2] == self._local:
            self.found.append(attributes)


class _XlsxScan(_Scan):
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._row, self._column = -1, -1
        self._is_error = self._is_formula = self._is_text = False
        self._value: list[str] = []
        # Where the layout already knows of filled cells; most sheets have millions.
        self._filled_row, self._filled = -1, range(0)

    def begin(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            if self._is_error or self._is_formula:
                self._close_cell()
            self._open_cell(attributes)
        elif local == "v" or local == "is":  # noqa: PLR1714  # a tuple costs twice, for every cell
            if self._row != self._filled_row or self._column not in self._filled:
                self._fill()
            if self._is_error or self._is_formula:
                self.collect(self._value)
        elif local == "f":
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
            self._layout.not_calculated.append((self._row, self._column))
        self._value.clear()
        self._is_error = self._is_formula = False


class _OdsScan(_Scan):
    def __init__(self, layout: Layout, sheet: str) -> None:
        self._layout = layout
        self._sheet = sheet
        self._here = False
        self._row = self._next_row = 0
        self._column = self._next_column = 0
        self._repeated = 1
        self._is_error = False
        self._value: list[str] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        local = name.rpartition(":")[2]
        if local == "table" and "table:name" in attributes:
            self._close_cell()
            self._here = attributes["table:name"] == self._sheet
            self._row = self._next_row = 0
        elif not self._here:
            return
        elif local == "table-row":
            self._close_cell()
            self._row, self._repeated = self._next_row, _repeats(attributes, "table:number-rows-repeated")
            self._next_row += self._repeated
            self._column = self._next_column = 0
        elif local in ("table-cell", "covered-table-cell"):
            self._close_cell()
            self._open_cell(attributes)

    def finish(self) -> None:
        self._close_cell()

    def _open_cell(self, attributes: Attributes) -> None:
        columns = _repeats(attributes, "table:number-columns-repeated")
        self._column = self._next_column
        self._next_column += columns
        if "office:value-type" in attributes or "calcext:value-type" in attributes:
            self._layout.fill(self._row, self._column, self._repeated, columns)
        if attributes.get("calcext:value-type") == "error":
            self._is_error = True
            self.collect(self._value)

    def _close_cell(self) -> None:
        if self._is_error:
            self.parser.CharacterDataHandler = None
            value = "".join(self._value).strip()
            for row in range(self._row, self._row + self._repeated):
                for column in range(self._column, self._next_column):
                    self._layout.add_error(row, column, value)
            self._value.clear()
            self._is_error = False


def _repeats(attributes: Attributes, name: str) -> int:
    return max(1, int(attributes.get(name, "1")))


@cache
def _column_index(letters: str) -> int:
    """A is 0, Z 25, AA 26."""
    if not re.fullmatch(r"[A-Z]{1,3}", letters):
        raise ValueError
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _xlsx_part(workbook: zipfile.ZipFile, parts: Mapping[str, str], sheet: str) -> str:
    """The zip's part that holds the sheet: the workbook names it by an id, its relations by a path."""
    main = "xl/workbook.xml"
    if "_rels/.rels" in parts:
        for attributes in _elements(workbook, parts["_rels/.rels"], "Relationship"):
            if attributes.get("Type", "").endswith("/officeDocument"):
                main = attributes["Target"].lstrip("/")
    folder, file = posixpath.split(main)
    sheets = _elements(workbook, parts[main.lower()], "sheet")
    relation = next((_relation_id(found) for found in sheets if found.get("name") == sheet), None)
    relations = _elements(
        workbook, parts[posixpath.join(folder, "_rels", f"{file}.rels").lower()], "Relationship"
    )
    target = {found["Id"]: found["Target"] for found in relations}[relation or ""].replace("\\", "/")
    path = (
        target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
    )
    return parts[path.lower()]


def _relation_id(attributes: Attributes) -> str | None:
    """`r:id`, whatever prefix the file has for the namespace of relations; `sheetId` is another thing."""
    return next((value for key, value in attributes.items() if key.endswith(":id")), None)


def _elements(workbook: zipfile.ZipFile, part: str, local: str) -> list[Attributes]:
    """The attributes of all elements of one name, in order."""
    scan = _ElementScan(local)
    _scan(workbook, part, scan)
    return scan.found
