"""Which sheets of a workbook hold the table."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import Source
from pbr_audit.ingest.workbook_process import WorkbookProcess

_PATTERN = re.compile(r"[*?]")
MOST_NAMED = 20


def chosen_sheets(source: Source, book: WorkbookProcess, table: str) -> tuple[list[str], list[str]]:
    """The names of the sheets to read, and sentences on those that were passed over.

    `source.sheet` is a sheet's name, or a pattern (`*`, `2016-*`) for a table that stands in several sheets;
    without it the sheet is read that alone can be meant. InputError where none or several can be.
    """
    names = [name for name, _ in book.sheets]
    hidden = [name for name, is_hidden in book.sheets if is_hidden]
    if source.sheet is not None and (source.sheet in names or not _PATTERN.search(source.sheet)):
        return [_named(source.sheet, source, names, table)], []
    if not names:
        raise InputError(f"{source.file}: has no sheet with cells; save the table as a worksheet")
    if source.sheet is not None:
        return _all_of(source.sheet, source, book, table)
    if len(names) == 1:
        return names, _said_hidden(source, hidden, "hidden, and is read all the same")
    alike = [name for name in names if _plain(name) == _plain(table)]
    if len(alike) == 1:
        return alike, []
    filled = [name for name in names if _is_filled(book, name)]
    seen = [name for name in filled if name not in hidden]
    if len(filled) == 1:
        return filled, _said_hidden(source, [*{*filled} & {*hidden}], "hidden, and is read all the same")
    if len(seen) == 1:
        passed_over = [name for name in filled if name in hidden]
        return seen, _said_hidden(source, passed_over, "hidden, and is not read")
    raise InputError(
        f"{source.file}: has the sheets {_listed(names)}; "
        f"name the one to read in audit.toml under [tables.{table}] as sheet, "
        'or write sheet = "*" there if each of them holds a part of the table'
    )


def _all_of(pattern: str, source: Source, book: WorkbookProcess, table: str) -> tuple[list[str], list[str]]:
    meant = [(name, is_hidden) for name, is_hidden in book.sheets if fnmatchcase(name, pattern)]
    filled = [(name, is_hidden) for name, is_hidden in meant if _is_filled(book, name)]
    read = [name for name, is_hidden in filled if not is_hidden]
    if not read:
        raise InputError(
            f"{source.file}: no sheet that is shown and holds cells matches {pattern}; "
            f"its sheets are {_listed([name for name, _ in book.sheets])}; "
            f"correct sheet in audit.toml under [tables.{table}]"
        )
    passed_over = [name for name, is_hidden in filled if is_hidden]
    return read, _said_hidden(source, passed_over, "hidden, and is not read")


def _named(sheet: str, source: Source, names: Sequence[str], table: str) -> str:
    if sheet in names:
        return sheet
    raise InputError(
        f"{source.file}: has no sheet {sheet}; its sheets are {_listed(names)}; "
        f"correct sheet in audit.toml under [tables.{table}]"
    )


def _said_hidden(source: Source, names: Sequence[str], what: str) -> list[str]:
    return [f"{source.file}: sheet {name} is {what}" for name in names]


def _is_filled(book: WorkbookProcess, name: str) -> bool:
    """Spreadsheet programs once gave each new workbook three sheets, two of which stayed empty."""
    return bool(book.ask({"ask": "filled", "sheet": name})["filled"])


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()
