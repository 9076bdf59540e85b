"""The layout of a sheet of an ODS file."""

import zipfile

from pbr_audit.sheets.layout import Layout
from pbr_audit.sheets.xml_scan import Attributes, Scan, scan_part

CONTENT = "content.xml"


def ods_layout(archive: zipfile.ZipFile, part: str, sheet: str, layout: Layout) -> None:
    """Look at one sheet; all sheets stand in one part."""
    scan_part(archive, part, _OdsScan(layout, sheet))


class _OdsScan(Scan):
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
        elif "table:formula" in attributes:
            self._layout.fill(self._row, self._column, self._repeated, columns)
            for row in range(self._row, self._row + self._repeated):
                self._layout.not_calculated.setdefault(row, []).extend(range(self._column, self._next_column))
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
