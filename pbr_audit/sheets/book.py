"""One workbook, opened: its sheets, and the cells of each as text."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from pbr_audit.sheets.archive import checked_size
from pbr_audit.sheets.cell_text import Line, Texts
from pbr_audit.sheets.kind import is_archive
from pbr_audit.sheets.layout import Layout
from pbr_audit.sheets.limits import Limits, confine
from pbr_audit.sheets.ods import CONTENT, ods_layout
from pbr_audit.sheets.refusal import NOT_WHOLE, PROTECTED, Refusal
from pbr_audit.sheets.xls import xls_layout
from pbr_audit.sheets.xlsb import BOOK, xlsb_layout
from pbr_audit.sheets.xlsx import xlsx_layout
from pbr_audit.sheets.xml_scan import parts_of, whole_parts


class Book:
    """A workbook under limits; Refusal for what cannot be read as one.

    `sheets` are the names of its worksheets in order, each with whether it is hidden; `seconds` is how long
    it may take for an answer.
    """

    def __init__(self, path: str, limits: Limits) -> None:
        """Look at the file at `path`, and open it."""
        self._path = path
        self._limits = limits
        self._is_archive = is_archive(Path(path))
        self._inflated_bytes = self._unpacked_bytes()
        self.seconds = limits.seconds_for(self._inflated_bytes)
        self._confine(cells=0)
        with _one_sentence():
            self._book = _opened(path)
            self.sheets = [
                (sheet.name, sheet.visible != SheetVisibleEnum.Visible)
                for sheet in self._book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet
            ]
        self._last: tuple[str, SheetCells] | None = None

    def sheet(self, name: str) -> "SheetCells":
        """The sheet of this name; the last one is kept."""
        if self._last is None or self._last[0] != name:
            self._last = None
            layout = self._layout(name)
            self._confine(layout.cells)
            with _one_sentence():
                self._last = name, SheetCells(self._book.get_sheet_by_name(name), layout)
        return self._last[1]

    def _confine(self, cells: int) -> None:
        confine(self._limits.memory_for(self._inflated_bytes, cells), self.seconds)

    def _unpacked_bytes(self) -> int:
        if not self._is_archive:
            return Path(self._path).stat().st_size
        with whole_parts(), zipfile.ZipFile(self._path) as archive:
            return checked_size(archive, self._limits.inflated_bytes)

    def _layout(self, sheet: str) -> Layout:
        layout = Layout(self._limits.cells)
        if not self._is_archive:
            with whole_parts():
                names = [found.name for found in self._book.sheets_metadata]
                xls_layout(Path(self._path).read_bytes(), names.index(sheet), len(names), layout)
            return layout
        with whole_parts(), zipfile.ZipFile(self._path) as archive:
            parts = parts_of(archive)
            if CONTENT in parts:
                ods_layout(archive, parts[CONTENT], sheet, layout)
            elif BOOK in parts:
                xlsb_layout(archive, parts, sheet, layout)
            else:
                xlsx_layout(archive, parts, sheet, layout)
        return layout


class SheetCells:
    """The filled rows of one sheet, each with its number and its cells from column A on, as text."""

    def __init__(self, sheet: CalamineSheet, layout: Layout) -> None:
        """Take the sheet and what its layout says that the reader does not."""
        self._sheet = sheet
        self._errors = layout.errors
        self._not_calculated = layout.not_calculated
        columns = [column for errors in layout.errors.values() for column in errors]
        columns += [column for waiting in layout.not_calculated.values() for column in waiting]
        columns += [sheet.start[1], sheet.end[1]] if sheet.start and sheet.end else []
        # Of every line, from column A on.
        self._width = max(columns, default=-1) + 1
        self._texts = Texts()

    @property
    def merged(self) -> list[tuple[int, int]]:
        """The first and the last row of each block of merged cells; none where the format does not say."""
        ranges = self._sheet.merged_cell_ranges or []
        return [(first[0] + 1, last[0] + 1) for first, last in ranges]

    @property
    def long_numbers(self) -> dict[int, int]:
        """How many numbers of each column are too long for a spreadsheet; of the last pass over the rows."""
        left = self._sheet.start[1] if self._sheet.start else 0
        return {left + column + 1: count for column, count in self._texts.long_numbers.items()}

    def not_calculated(self, row: int) -> list[int]:
        """The columns of a row in which a formula has no stored result."""
        return [column + 1 for column in self._not_calculated.get(row - 1, ())]

    def first(self, rows: int) -> list[Line]:
        """The first so many rows from the first filled one, after those above it, empty ones included."""
        first: list[Line] = []
        until = 0
        for row, line in self.lines():
            until = until or row + rows
            if row >= until:
                break
            first.extend([] for _ in range(row - 1 - len(first)))
            first.append(line)
        return first

    def lines(self, below: int = 0) -> Iterator[tuple[int, Line]]:
        """Each filled row under row `below`; all lines have the same length."""
        self._texts = Texts()
        last = 0
        for row, line in self._read_lines(below):
            last = row
            for column, shown in self._errors.get(row - 1, {}).items():
                line[column] = shown
            if any(cell is not None for cell in line) or row - 1 in self._not_calculated:
                yield row, line
        # The reader may end before cells that it takes for empty.
        beyond = {*self._errors, *self._not_calculated}
        for index in sorted(index for index in beyond if index >= max(last, below)):
            errors = self._errors.get(index, {})
            yield index + 1, [errors.get(column) for column in range(self._width)]

    def _read_lines(self, below: int) -> Iterator[tuple[int, Line]]:
        if self._sheet.start is None or self._sheet.end is None:
            return
        left: Line = [None] * self._sheet.start[1]
        right: Line = [None] * (self._width - self._sheet.end[1] - 1)
        with _one_sentence():
            # The iterator gives the empty rows above the first cell too, so its count is the sheet's own.
            for row, cells in enumerate(self._sheet.iter_rows(), start=1):
                if row > below:
                    line = self._texts.line(cells)
                    yield row, [*left, *line, *right] if left or right else line


def _opened(path: str) -> CalamineWorkbook:
    """The workbook, of whatever format: by the name that it has, else by what is in it."""
    try:
        return CalamineWorkbook.from_path(path)
    except PasswordError:
        raise
    except CalamineError:
        return CalamineWorkbook.from_filelike(BytesIO(Path(path).read_bytes()))


@contextmanager
def _one_sentence() -> Iterator[None]:
    """Turn whatever the reader raises, panics too, into Refusal; its own messages may hold cells."""
    try:
        yield
    except PasswordError as error:
        raise Refusal(PROTECTED) from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Refusal(NOT_WHOLE) from error
    except (Refusal, MemoryError, GeneratorExit):
        raise
    except BaseException as error:
        # A panic in Rust derives from nothing narrower.
        if type(error).__name__ != "PanicException":
            raise
        raise Refusal(NOT_WHOLE) from error
