"""One table of claims in all the ways in which people write it: formats, encodings, orders, spellings."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

import polars as pl

from tests.unit.workbooks import ods, xlsx

ISO, DAY_FIRST, MONTH_FIRST, TYPED = "iso", "day-first", "month-first", "typed"
PLAIN, POUNDS = "plain", "pounds"
DELIMITED = ("csv", "tsv", "txt")
KINDS = (*DELIMITED, "xlsx", "ods", "parquet", "jsonl", "json")
LAST_MONTH = 12
# Bytes of Windows-1252 that are a character in UTF-8 too: nobody can tell which was meant.
IN_BOTH = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


@dataclass(frozen=True)
class Pence:
    """An amount of money."""

    pence: int


# Text stands for itself, in columns of dates and amounts too: there it is a cell that cannot be read.
Cell = str | date | Pence | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class File:
    """How one of a table's files is written."""

    kind: str = "csv"
    encoding: str = "utf-8"
    delimiter: str = ","
    line_end: str = "\n"
    quote_all: bool = False


@dataclass(frozen=True)
class Writing:
    """How a table is written: in which files, its rows and columns in which order, and its cells how.

    Row n stands in file `places[n]`, before those with a greater number in `order`.
    """

    files: tuple[File, ...] = (File(),)
    places: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    dates: str = ISO
    money: str = PLAIN


def write(folder: Path, table: str, rows: Sequence[Row], writing: Writing) -> None:
    """Write the files of a table into a folder."""
    names = [*writing.columns, *(name for name in rows[0] if name not in writing.columns)]
    ordered = sorted(range(len(rows)), key=lambda at: (_of(writing.order, at), at))
    dates = {name: writing.dates if _decided(rows, name, writing.dates) else ISO for name in names}
    for number, file in enumerate(writing.files):
        own = [rows[at] for at in ordered if _of(writing.places, at) % len(writing.files) == number]
        if not own and file.kind in {"json", "jsonl"}:
            # Without a record such a file has no columns, and is refused.
            continue
        cells = [[_spelt(row[name], dates[name], writing.money) for name in names] for row in own]
        _write_file(folder / f"{table}-{number + 1}.{file.kind}", names, cells, file)


def _of(numbers: Sequence[int], at: int) -> int:
    return numbers[at] if at < len(numbers) else 0


def _decided(rows: Sequence[Row], name: str, dates: str) -> bool:
    """Tell whether a column has a date that can only be read in the order in which it is to be written."""
    if dates not in {DAY_FIRST, MONTH_FIRST}:
        return True
    return any(day.day > LAST_MONTH for row in rows if isinstance(day := row[name], date))


def _spelt(cell: Cell, dates: str, money: str) -> Cell | float:
    if isinstance(cell, date):
        pattern = {ISO: "%Y-%m-%d", DAY_FIRST: "%d/%m/%Y", MONTH_FIRST: "%m/%d/%Y"}.get(dates)
        return cell if pattern is None else cell.strftime(pattern)
    if isinstance(cell, Pence) and money != TYPED:
        sign, (pounds, pence) = "-" if cell.pence < 0 else "", divmod(abs(cell.pence), 100)
        return f"{sign}£{pounds:,}.{pence:02}" if money == POUNDS else f"{sign}{pounds}.{pence:02}"
    return cell


def _write_file(path: Path, names: list[str], cells: list[list[Cell | float]], file: File) -> None:
    if file.kind in DELIMITED:
        path.write_bytes(_delimited([names, *([_text(cell) for cell in line] for line in cells)], file))
    elif file.kind == "xlsx":
        xlsx(path, {"Sheet1": [names, *([_number(cell) for cell in line] for line in cells)]})
    elif file.kind == "ods":
        ods(path, {"Sheet1": [names, *([_number(cell) for cell in line] for line in cells)]})
    elif file.kind == "parquet":
        columns = zip(*cells, strict=True) if cells else [()] * len(names)
        pl.DataFrame(
            [_series(name, list(column)) for name, column in zip(names, columns, strict=True)]
        ).write_parquet(path)
    else:
        records = [dict(zip(names, map(_json, line), strict=True)) for line in cells]
        lines = [json.dumps(record, ensure_ascii=False) for record in records]
        text = "[" + ",\n".join(lines) + "]" if file.kind == "json" else "\n".join(lines) + "\n"
        path.write_text(text, encoding=file.encoding if file.encoding != "cp1252" else "utf-8")


def _delimited(lines: list[list[str]], file: File) -> bytes:
    stream = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if file.quote_all else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=file.delimiter, lineterminator=file.line_end, quoting=quoting).writerows(
        lines
    )
    text = stream.getvalue()
    if file.encoding == "cp1252":
        try:
            found = text.encode("cp1252")
        except UnicodeEncodeError:
            return text.encode()
        return text.encode() if IN_BOTH.search(found) else found
    return text.encode(file.encoding)


def _text(cell: Cell | float) -> str:
    if isinstance(cell, Pence):
        return f"{Decimal(cell.pence) / 100:f}"
    return cell.isoformat() if isinstance(cell, date) else "" if cell is None else str(cell)


def _number(cell: Cell | float) -> object:
    if isinstance(cell, Pence):
        return cell.pence / 100
    return cell


def _json(cell: Cell | float) -> object:
    if isinstance(cell, Pence):
        return cell.pence / 100
    return cell.isoformat() if isinstance(cell, date) else cell


def _series(name: str, cells: list[Cell | float]) -> pl.Series:
    """A column with its own type where all its cells are of it, else of text."""
    there = [cell for cell in cells if cell is not None]
    if there and all(isinstance(cell, Pence) for cell in there):
        exact = [None if cell is None else Decimal(_text(cell)) for cell in cells]
        return pl.Series(name, exact, dtype=pl.Decimal(18, 2))
    if there and all(isinstance(cell, date) for cell in there):
        return pl.Series(name, cells, dtype=pl.Date)
    return pl.Series(name, [None if cell is None else _text(cell) for cell in cells], dtype=pl.String)
