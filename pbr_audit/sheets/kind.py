"""What a file that is named like a workbook is, by its first bytes."""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from pbr_audit.sheets.refusal import NOT_WHOLE, Refusal

OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_LOOKED_AT_BYTES = 1 << 16
_AGAIN = "open it in a spreadsheet program and save it as .xlsx"
_OLDEST = re.compile(rb"\x09[\x00\x02\x04\x08]")
_MARKS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (
        lambda text: "urn:schemas-microsoft-com:office:spreadsheet" in text,
        f"is an XML spreadsheet of 2003 under the name of a workbook; {_AGAIN}",
    ),
    (
        lambda text: "<office:document" in text,
        f"is a flat XML spreadsheet under the name of a workbook; {_AGAIN}",
    ),
    (
        lambda text: re.search(r"<(!doctype html|html|table|body|head)\b", text) is not None,
        f"is a web page (HTML) under the name of a workbook; {_AGAIN}",
    ),
    (
        lambda text: text.startswith("mime-version:"),
        f"is a web archive under the name of a workbook; {_AGAIN}",
    ),
    (lambda text: text.startswith("%pdf"), "is a PDF under the name of a workbook; ask for the table itself"),
)
_TEXT = "is text under the name of a workbook; give it a name that ends in .csv, or save it as .xlsx"


def is_archive(path: Path) -> bool:
    """Whether a workbook is a zip archive (XLSX, XLSM, XLSB, ODS) or else an old compound file (XLS).

    Refusal, with what the file seems to be, where it is neither.
    """
    with path.open("rb") as stream:
        first = stream.read(_LOOKED_AT_BYTES)
    # Before the other: a picture in an old workbook may end in what ends a zip archive.
    if first.startswith(OLE_MARK):
        return False
    if _is_zip(path):
        return True
    if _OLDEST.match(first):
        raise Refusal(f"is a workbook of a program older than Excel 5; {_AGAIN}")
    text = _decoded(first)
    if text is None:
        raise Refusal(NOT_WHOLE)
    raise Refusal(next((sentence for is_so, sentence in _MARKS if is_so(text)), _TEXT))


def _is_zip(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile as error:
        # Its directory says that it goes on in other files.
        raise Refusal(NOT_WHOLE) from error


def _decoded(first: bytes) -> str | None:
    """The beginning of a text in small letters, or None for a file that is not text."""
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return first.decode("utf-16", errors="ignore").lstrip("\ufeff \t\r\n").casefold()
    # A PDF goes on in bytes.
    if first.startswith(b"%PDF"):
        return "%pdf"
    if not first.strip() or b"\0" in first or first.startswith(b"PK"):
        return None
    return first.decode("utf-8-sig", errors="replace").lstrip().casefold()
