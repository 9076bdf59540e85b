"""Delimited text, record by record, where quotation marks and line ends are not what they should be.

A cell is quoted where it begins with a quotation mark, after blanks or not; anywhere else the mark is text. A
record ends at a line feed, a carriage return or both, outside quotes. A quoted cell has to end in front of a
delimiter or a line end: where it does not, or where it never ends, its first line is a record for itself and
reading goes on with the next line, so that one stray mark costs one record and not the rest of the file.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from io import StringIO
from itertools import accumulate
from typing import NamedTuple

OPEN_QUOTE = (
    "holds a quotation mark that is never closed; close it, or quote the whole cell and double the mark"
)
STRAY_QUOTE = "holds text after the end of a quoted cell; quote the whole cell and double the marks in it"
TOO_MANY_OPEN = (
    "is followed by very many quotation marks that are never closed; "
    "save the file again from a spreadsheet program as UTF-8 CSV"
)
# So many characters are held for a record to end; behind them its mark is taken as one that is never closed.
LONGEST_RECORD = 16 << 20
# Each open quotation mark is followed up until it proves to be stray; beyond this the file is refused.
_FREE_LINES = 1_000_000
_LINES_A_LINE = 20

_INSIDE = re.compile(r'[^"]*+(?:""[^"]*+)*+')


class RefusedError(Exception):
    """From a place on, the file cannot be read as a table at all; its text says why, and what to do."""


class Form(Enum):
    """How a record is written: without a mark, with cells in quotes, or with marks that need another look."""

    PLAIN = 0
    QUOTED = 1
    LOOSE = 2


class Record(NamedTuple):
    """A record without its line end; `end` is the place after it in the text.

    `problem` is why its cells cannot be told.
    """

    text: str
    form: Form
    end: int
    problem: str | None = None


class Records:
    """Records of tables with one delimiter; `columns` is how many cells a row has, where that is known."""

    def __init__(self, delimiter: str, columns: int | None = None) -> None:
        """Prepare the patterns of cells between `delimiter`."""
        blanks = " " if delimiter == "\t" else r"[ \t]"
        mark = re.escape(delimiter)
        cell = rf'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{mark}]*+)'
        self._delimiter = delimiter
        self._columns = columns
        self._opening = re.compile(rf'{blanks}*"')
        self._closing = re.compile(rf'"{blanks}*(?={mark}|\Z)')
        self._quoted = re.compile(rf"{cell}(?:{mark}{cell})*+")
        self._row = re.compile(rf"{cell}(?:{mark}{cell}){{{(columns or 1) - 1}}}")
        self._looked_at = 0
        self._looked_ahead = 0

    def of(self, text: str, *, is_last: bool) -> Iterator[Record]:
        """Give the records of whole lines in order; a blank line is an empty plain record.

        Unless the lines are the last ones, an open record at their end is left for more text. Raises
        RefusedError where so many quotation marks stay open that looking for their ends would never end.
        """
        lines = list(StringIO(text, newline=""))
        ends = list(accumulate(map(len, lines)))
        at = 0
        self._looked_at += len(lines)
        while at < len(lines):
            line = lines[at].rstrip("\r\n")
            stop, form, problem = at + 1, Form.PLAIN, None
            if '"' in line:
                form = Form.QUOTED if self._quoted.fullmatch(line) else Form.LOOSE
                if form is Form.LOOSE:
                    last, problem = self._last_line(lines, at)
                    if last is None and not is_last and ends[-1] - ends[at] < LONGEST_RECORD:
                        return
                    if problem is None and last is not None:
                        stop = last + 1
                        line = "".join(lines[at:stop]).rstrip("\r\n")
                        form = Form.QUOTED if self._quoted.fullmatch(line) else Form.LOOSE
                    else:
                        self._count_ahead(at, len(lines) - 1 if last is None else last)
                        problem = problem or OPEN_QUOTE
            yield Record(line, form, ends[stop - 1], problem)
            at = stop

    def is_row(self, record: Record) -> bool:
        """Tell whether a record has as many cells as a row of the table."""
        if record.form is Form.PLAIN:
            return record.text.count(self._delimiter) + 1 == self._columns
        if record.form is Form.QUOTED:
            return self._row.fullmatch(record.text) is not None
        return len(self.cells(record)) == self._columns

    def cells(self, record: Record) -> list[str]:
        """The cells of a record that has no problem."""
        if record.form is Form.PLAIN:
            return record.text.split(self._delimiter)
        cells: list[str] = []
        self._follow(record.text, cells)
        return cells

    def _last_line(self, lines: Sequence[str], first: int) -> tuple[int | None, str | None]:
        """Where the record that begins at line `first` ends, if it does; and what speaks against it."""
        inside = False
        rows_inside = False
        for at in range(first, len(lines)):
            line = lines[at].rstrip("\r\n")
            if inside and '"' not in line:
                rows_inside = rows_inside or self._is_whole_row(line)
                continue
            state = self._follow(line, None, inside=inside)
            if state is _State.STRAY:
                return at, STRAY_QUOTE if at == first else OPEN_QUOTE
            inside = state is _State.INSIDE
            if not inside:
                return self._ended(lines, first, at, rows_inside=rows_inside)
        return None, None

    def _ended(
        self, lines: Sequence[str], first: int, last: int, *, rows_inside: bool
    ) -> tuple[int, str | None]:
        """A record that is no row of the table, with rows in it, is a mark that stayed open until another."""
        if rows_inside:
            text = "".join(lines[first : last + 1]).rstrip("\r\n")
            if len(self.cells(Record(text, Form.LOOSE, 0))) != self._columns:
                return last, OPEN_QUOTE
        return last, None

    def _is_whole_row(self, line: str) -> bool:
        return (
            self._columns is not None
            and self._columns > 1
            and line.count(self._delimiter) + 1 == self._columns
        )

    def _follow(self, text: str, cells: list[str] | None, *, inside: bool = False) -> "_State":
        """Follow the cells of `text`, into `cells` if they are wanted; `inside` begins in a quoted cell."""
        at = 0
        while True:
            opening = None if inside else self._opening.match(text, at)
            if inside or opening is not None:
                begin = at if opening is None else opening.end()
                end = _end_inside(text, begin)
                if end == len(text):
                    return _State.INSIDE
                closing = self._closing.match(text, end)
                if closing is None:
                    return _State.STRAY
                cell, at, inside = text[begin:end].replace('""', '"'), closing.end(), False
            else:
                end = text.find(self._delimiter, at)
                end = len(text) if end < 0 else end
                cell, at = text[at:end], end
            if cells is not None:
                cells.append(cell)
            if at >= len(text):
                return _State.WHOLE
            at += 1

    def _count_ahead(self, first: int, last: int) -> None:
        self._looked_ahead += last - first
        if self._looked_ahead > _FREE_LINES + _LINES_A_LINE * self._looked_at:
            raise RefusedError(TOO_MANY_OPEN)


class _State(Enum):
    WHOLE = 0
    INSIDE = 1
    STRAY = 2


def _end_inside(text: str, begin: int) -> int:
    found = _INSIDE.match(text, begin)
    return begin if found is None else found.end()
