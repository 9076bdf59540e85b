"""What a sheet's own records say before the workbook reader is let near it.

Three things that the reader (calamine) does not tell: how large a block of cells it will ask memory for
(one far corner cell makes it ask for hundreds of gigabytes and end the process), which cells hold an error
such as #REF! (it gives them out as empty) and which formulas were never calculated (likewise).
"""

from dataclasses import dataclass, field

from pbr_audit.sheets.limits import MOST_CELLS
from pbr_audit.sheets.refusal import TOO_LARGE, Refusal

MOST_ERRORS = 1_000_000
# What the binary formats number.
ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


@dataclass
class Layout:
    """Places are (row, column), both counted from 0 at the sheet's upper left corner.

    `errors` holds what error cells show, by row and then by column; `not_calculated` the columns of formulas
    without a stored result, by row.
    """

    most_cells: int = MOST_CELLS
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    not_calculated: dict[int, list[int]] = field(default_factory=dict)
    _error_cells: int = 0
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
        if self.cells > self.most_cells:
            raise Refusal(f"spreads over more than {_in_words(self.most_cells)} cells; {TOO_LARGE}")

    def add_error(self, row: int, column: int, text: str) -> None:
        """Keep what an error cell shows."""
        self._error_cells += 1
        if self._error_cells > MOST_ERRORS:
            raise Refusal(f"holds more than {_in_words(MOST_ERRORS)} error cells; {TOO_LARGE}")
        self.errors.setdefault(row, {})[column] = text or "#ERROR!"


def _in_words(number: int) -> str:
    millions, rest = divmod(number, 1_000_000)
    return f"{number:,}" if rest else f"{millions} million"
