"""XLSX and ODS workbooks: the sheet that holds the table, each cell as the text that a person sees in it.

This module trusts that the file is what it seems: it looks at the layout first, but reads in this process.
"""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ROW, Batch, Source
from pbr_audit.ingest.names import RESERVED, checked_names
from pbr_audit.ingest.sheet_layout import Layout, LayoutError, Place, sheet_layout

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

NOT_WHOLE = "is not a whole workbook; save it again in a spreadsheet program, or ask for it again"

_OLE_MARK = b"\xd0\xcf\x11\xe0"
_BATCH_ROWS = 20_000
# Spreadsheet programs keep and show fifteen significant digits; what follows is noise of binary fractions.
_NUMBER_FORMAT = ".15g"

Cell = str | float | bool | int | date | datetime | time | timedelta
Line = list[str | None]


def read_workbook(source: Source, table: str) -> Iterator[Batch]:
    """All rows of one sheet: that which `source.sheet` names, or the one that can be meant."""
    book = _open(source)
    source = replace(source, sheet=_chosen_sheet(source, book, table))
    layout = _layout(source)
    with _one_sentence(source.shown):
        sheet = book.get_sheet_by_name(source.sheet or "")
    _refuse_lost_cells(source, layout, sheet)
    lines = _lines(source, sheet, layout)
    header_row, header = next(((row, line) for row, line in lines if any(line)), (0, []))
    if sheet.start is None or not header:
        raise InputError(f"{source.shown}: is empty; the first row must name the columns")
    yield from _batches(source, lines, header_row, header, sheet.start[1])


def _refuse_lost_cells(source: Source, layout: Layout, sheet: "CalamineSheet") -> None:
    """Refuse a sheet with cells that the reader would pass over."""
    if layout.not_calculated:
        raise InputError(
            f"{source.shown} {_shown(layout.not_calculated[0])}: holds a formula without a stored result; "
            "open the workbook in a spreadsheet program, save it, and try again"
        )
    (top, left), (bottom, right) = sheet.start or (0, 0), sheet.end or (-1, -1)
    for row, column in layout.errors:
        if not (top <= row <= bottom and left <= column <= right):
            raise InputError(
                f"{source.shown} {_shown((row, column))}: holds an error value outside the table; "
                "clear the cell"
            )


def _batches(
    source: Source, lines: Iterator[tuple[int, Line]], header_row: int, header: Line, first_column: int
) -> Iterator[Batch]:
    """The rows below the header that hold anything, under the columns that the header names."""
    named = [index for index, name in enumerate(header) if name and name.strip()]
    names = checked_names([header[index] for index in named], source.shown)
    kept = {name: index for name, index in zip(names, named, strict=True) if name not in RESERVED}
    unnamed = [index for index in range(len(header)) if index not in named]
    previous = header_row
    first = True
    filled = ((row, line) for row, line in lines if any(cell is not None for cell in line))
    while (part := list(islice(filled, _BATCH_ROWS))) or first:
        for row, line in part:
            stray = next((index for index in unnamed if line[index] is not None), None)
            if stray is not None:
                raise InputError(
                    f"{source.shown} {_shown((row - 1, stray + first_column))}: stands in a column that has "
                    f"no name in row {header_row}; name the column, or clear the cell"
                )
        rows = pl.Series(ROW, [row for row, _ in part], dtype=pl.UInt32)
        columns = [
            pl.Series(name, [line[at] for _, line in part], dtype=pl.String) for name, at in kept.items()
        ]
        last = part[-1][0] if part else previous
        yield Batch(source, pl.DataFrame([*columns, rows]), blank_lines=last - previous - len(part))
        previous, first = last, False


def _lines(source: Source, sheet: "CalamineSheet", layout: Layout) -> Iterator[tuple[int, Line]]:
    """Each row's number as the spreadsheet shows it, and its cells as text."""
    first_column = sheet.start[1] if sheet.start else 0
    errors: dict[int, dict[int, str]] = {}
    for (row, column), text in layout.errors.items():
        errors.setdefault(row, {})[column - first_column] = text
    with _one_sentence(source.shown):
        # The iterator gives the empty rows above the first cell too, so its count is the sheet's own.
        for index, cells in enumerate(sheet.iter_rows()):
            line = [_text(cell) for cell in cells]
            for place, text in errors.get(index, {}).items():
                line[place] = text
            yield index + 1, line


def _text(cell: Cell) -> str | None:
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _number(cell: float) -> str:
    if cell.is_integer():
        return str(int(cell))
    text = format(cell, _NUMBER_FORMAT)
    if "e" not in text:
        return text
    # 1e-07 is how no person writes an amount or an identifier.
    places = len(text.partition("e")[0].lstrip("-").replace(".", "")) - 1 - int(text.partition("e")[2])
    return format(cell, f".{places}f")


def _shown(place: Place) -> str:
    row, column = place
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"cell {letters}{row + 1}"


def _chosen_sheet(source: Source, book: "CalamineWorkbook", table: str) -> str:
    from python_calamine import SheetTypeEnum  # noqa: PLC0415  # see _open

    sheets = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if source.sheet is not None:
        if source.sheet in sheets:
            return source.sheet
        raise InputError(
            f"{source.file}: has no sheet {source.sheet}; its sheets are {', '.join(sheets)}; "
            f"correct sheet in audit.toml under [tables.{table}]"
        )
    if len(sheets) == 1:
        return sheets[0]
    if not sheets:
        raise InputError(f"{source.file}: has no sheet with cells; save the table as a worksheet")
    alike = [sheet for sheet in sheets if _plain(sheet) == _plain(table)]
    if len(alike) == 1:
        return alike[0]
    filled = [sheet for sheet in sheets if _holds_cells(source, sheet)]
    if len(filled) == 1:
        return filled[0]
    raise InputError(
        f"{source.file}: has the sheets {', '.join(sheets)}; "
        f"name the one to read in audit.toml under [tables.{table}] as sheet"
    )


def _holds_cells(source: Source, sheet: str) -> bool:
    """Spreadsheet programs once gave each new workbook three sheets, two of which stayed empty."""
    return _layout(replace(source, sheet=sheet)).cells > 0


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _layout(source: Source) -> Layout:
    try:
        with zipfile.ZipFile(source.path) as workbook:
            return sheet_layout(workbook, source.sheet or "")
    except LayoutError as error:
        problem = f"{error}; save the table as CSV, or copy it into a new workbook"
    except zipfile.BadZipFile:
        problem = NOT_WHOLE
    raise InputError(f"{source.shown}: {problem}")


@contextmanager
def _one_sentence(where: str) -> Iterator[None]:
    """Turn whatever the reader raises, panics too, into InputError; its own messages may hold cells."""
    from python_calamine import CalamineError, PasswordError  # noqa: PLC0415  # see _open

    try:
        yield
    except PasswordError:
        problem = "is protected by a password; save it without one"
    except (CalamineError, OSError, ValueError, OverflowError):
        problem = NOT_WHOLE
    except InputError:
        raise
    except BaseException as error:
        # A panic in Rust derives from nothing narrower.
        if type(error).__name__ != "PanicException":
            raise
        problem = NOT_WHOLE
    else:
        return
    raise InputError(f"{where}: {problem}")


def _open(source: Source) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  # a native library that only workbooks need

    with _one_sentence(source.file):
        # The reader would guess at the format of a file that is none of those that it is named as.
        if not zipfile.is_zipfile(source.path):
            with source.path.open("rb") as stream:
                if stream.read(len(_OLE_MARK)) == _OLE_MARK:
                    raise InputError(
                        f"{source.file}: is protected by a password or an old .xls workbook; "
                        "save it as .xlsx without a password"
                    )
            raise ValueError
        return CalamineWorkbook.from_path(str(source.path))
