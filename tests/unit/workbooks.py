"""Small workbooks that tests write, and take apart."""

import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import odswriter
import xlsxwriter  # type: ignore[import-untyped]

Lines = Sequence[Sequence[object]]
Sheets = dict[str, Lines]


def xlsx(path: Path, sheets: Sheets, *, hidden: Sequence[str] = ()) -> Path:
    """Write sheets to an XLSX file."""
    formats = {"default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(path), formats) as book:
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, line in enumerate(lines):
                for column, cell in enumerate(line):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(row, column, cell, stamp)
                    elif isinstance(cell, str):
                        sheet.write_string(row, column, cell)
                    elif cell is not None:
                        sheet.write(row, column, cell)
    return path


def ods(path: Path, sheets: Sheets) -> Path:
    """Write sheets to an ODS file."""
    with path.open("wb") as stream, odswriter.writer(stream) as book:
        for name, lines in sheets.items():
            sheet = book.new_sheet(name)
            for line in lines:
                sheet.writerow(line)
    return path


def edited(path: Path, part: str, old: str, new: str) -> None:
    """Change the text of one part of a workbook, as a program that writes them otherwise would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part], parts[part].decode()
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
