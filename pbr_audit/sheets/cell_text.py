"""A cell as the text that a person sees in it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

Cell = str | float | bool | int | date | datetime | time | timedelta
Line = list[str | None]

# Spreadsheet programs keep and show fifteen significant digits; what follows is noise of binary fractions.
_NUMBER_FORMAT = ".15g"
_LONG_NUMBER = 1e15


class Texts:
    """Makes text of cells, and counts the numbers of each column that are too long for a spreadsheet.

    `long_numbers` counts numbers of sixteen digits or more before the point by their columns, from 0.
    """

    def __init__(self) -> None:
        """Begin with no number counted."""
        self.long_numbers: dict[int, int] = {}
        self._has_long = False
        self._of: dict[type, Callable[[Any], str]] = {
            float: self._float,
            int: self._int,
            bool: lambda cell: "true" if cell else "false",
            date: date.isoformat,
            datetime: datetime.isoformat,
            time: time.isoformat,
            timedelta: duration,
        }

    def line(self, cells: Sequence[Cell]) -> Line:
        """The cells of one row; an empty cell is None. Dates and times are as ISO 8601 has them."""
        # Most cells are text, and a call for each of them is half of the time.
        line = [(cell or None) if type(cell) is str else self._of[type(cell)](cell) for cell in cells]
        if self._has_long:
            self._has_long = False
            for column, cell in enumerate(cells):
                if isinstance(cell, float | int) and abs(cell) >= _LONG_NUMBER:
                    self.long_numbers[column] = self.long_numbers.get(column, 0) + 1
        return line

    def _float(self, cell: float) -> str:
        if cell >= _LONG_NUMBER or cell <= -_LONG_NUMBER:
            self._has_long = True
        return number(cell)

    def _int(self, cell: int) -> str:
        if abs(cell) >= _LONG_NUMBER:
            self._has_long = True
        return str(cell)


def number(cell: float) -> str:
    """Fifteen significant digits, without an exponent."""
    if cell.is_integer():
        return str(int(cell))
    shown = format(cell, _NUMBER_FORMAT)
    if "e" not in shown:
        return shown
    # 1e-07 is how no person writes an amount or an identifier.
    mantissa, _, exponent = shown.partition("e")
    places = len(mantissa.lstrip("-").replace(".", "")) - 1 - int(exponent)
    return format(cell, f".{places}f")


def duration(cell: timedelta) -> str:
    """Hours, of which there may be more than a day's, minutes and seconds."""
    seconds = round(cell.total_seconds())
    minutes, seconds_left = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{seconds_left:02}"
