"""Lines that are not UTF-8 in a file that otherwise may be: read as Windows-1252 where that explains them."""

import re
from dataclasses import dataclass

_MARK = b"\xef\xbb\xbf"
# Bytes that are one character in UTF-8: beside a byte that is none, no encoding explains the line.
_UTF8_CHARACTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")


@dataclass(frozen=True)
class Repaired:
    """Whole lines as UTF-8; how many were read as Windows-1252, how many began with a byte-order mark.

    A line that is in neither encoding, or in both, stays as it is, so that it is still no UTF-8.
    """

    data: bytes
    windows_lines: int
    marks: int


def repaired(data: bytes, *, guess: bool, header: bytes = b"") -> Repaired:
    """Return whole lines as UTF-8, without byte-order marks in front of `header`; see `Repaired`.

    Files that were put together from several hold such marks, also in front of a quoted cell. Anywhere else
    the character is text. Without a header it is looked for at the begin of `data` alone.
    """
    marks = 0
    if _MARK in data:
        pattern = rb"(?:\A|(?<=[\r\n]))\xef\xbb\xbf(?=\"|" + re.escape(header) + rb"[\r\n])"
        data, marks = re.subn(pattern if header else rb"\A(?:\xef\xbb\xbf)+", b"", data)
    if not guess or is_utf8(data):
        return Repaired(data, 0, marks)
    line_end = b"\n" if b"\n" in data else b"\r"
    lines = data.split(line_end)
    changed = 0
    for index, line in enumerate(lines):
        if not line.isascii() and not is_utf8(line):
            text = _windows_1252(line)
            if text is not None:
                lines[index] = text
                changed += 1
    return Repaired(line_end.join(lines), changed, marks)


def is_utf8(line: bytes) -> bool:
    """Tell whether bytes are UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _windows_1252(line: bytes) -> bytes | None:
    if any(is_utf8(found.group()) for found in _UTF8_CHARACTER.finditer(line)):
        return None
    try:
        return line.decode("cp1252").encode()
    except UnicodeDecodeError:
        return None
