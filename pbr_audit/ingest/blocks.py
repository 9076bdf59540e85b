"""Blocks of whole records of delimited text, each looked at before a parser sees it.

Parsers lose rows in silence: on some malformed text they return fewer rows, fill short rows with nulls, or
none of either and no error. So records and cells are counted here, independently and with plain byte
searches, and a block passes only where its text can be read in one way.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_NEWLINE, _RETURN, _QUOTE = b'\n\r"'


class DoubtError(Exception):
    """A block can be read in more ways than one, or holds rows of other widths; the tolerant path decides."""


@dataclass(frozen=True)
class Block:
    """Whole records without blank lines: `records` of them, among `lines` lines with the blank ones.

    `rows` holds the place of each record among the lines, where blank lines stand between them.
    """

    data: bytes
    records: int
    lines: int
    rows: npt.NDArray[np.uint32] | None
    holds_quotes: bool


def inspect(data: bytes, delimiter: bytes, columns: int) -> Block:
    """Count the records of a block and take out its blank lines.

    Raises DoubtError for text that can be read in more ways than one, and for a wrong number of cells in
    all: with a parser that refuses rows that are too long, none is too short either.
    """
    codes, inside = read_marks(data, delimiter)
    rows, lines = None, _outside(codes, inside, _NEWLINE) + (not data.endswith(b"\n"))
    if _may_hold_blank_lines(codes):
        data, rows = _without_blank_lines(codes, inside)
        codes = np.frombuffer(data, dtype=np.uint8)
        inside = None if inside is None else _inside_quotes(codes)
    records = lines if rows is None else len(rows)
    block = Block(data, records, lines, rows, inside is not None)
    cells = _outside(codes, inside, delimiter[0]) + records
    if cells != records * columns:
        refuse_ragged(block, delimiter, columns)
    return block


def read_marks(data: bytes, delimiter: bytes) -> tuple[Codes, Mask | None]:
    """The bytes as numbers, and which of them stand inside quotes (None where there are no quotes at all).

    Raises DoubtError for NUL bytes, invalid UTF-8, byte-order marks at the begin of a line, bare carriage
    returns and stray quotation marks.
    """
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError:
            raise DoubtError("invalid UTF-8") from None
        if b"\n\xef\xbb\xbf" in data or data.startswith(b"\xef\xbb\xbf"):
            raise DoubtError("byte-order mark")
    if b"\0" in data:
        raise DoubtError("NUL byte")
    codes = np.frombuffer(data, dtype=np.uint8)
    inside = _inside_quotes(codes) if b'"' in data else None
    if b"\r" in data:
        _refuse_bare_returns(codes, inside)
    if inside is not None:
        _refuse_stray_quotes(codes, delimiter[0])
    return codes, inside


def refuse_ragged(block: Block, delimiter: bytes, columns: int) -> None:
    """Raise DoubtError where a record has another number of cells than `columns`."""
    if not block.records:
        return
    codes = np.frombuffer(block.data, dtype=np.uint8)
    inside = _inside_quotes(codes) if block.holds_quotes else None
    delimiters = _places(codes, inside, delimiter[0])
    cells = np.diff(np.searchsorted(delimiters, _line_ends(codes, inside)), prepend=0) + 1
    if (cells != columns).any():
        raise DoubtError("ragged rows")


def _inside_quotes(codes: Codes) -> Mask:
    """For each byte, whether it stands between quotation marks; an opening mark counts as inside."""
    # The running count wraps round at 256, which leaves its lowest bit right.
    return (np.cumsum(codes == _QUOTE, dtype=np.uint8) & 1).view(np.bool_)


def _places(codes: Codes, inside: Mask | None, code: int) -> npt.NDArray[np.intp]:
    found = codes == code
    return np.flatnonzero(found if inside is None else found & ~inside)


def _outside(codes: Codes, inside: Mask | None, code: int) -> int:
    found = codes == code
    return int(np.count_nonzero(found if inside is None else found & ~inside))


def _may_hold_blank_lines(codes: Codes) -> bool:
    """Whether a line end follows the block's begin or another line end; in quotes it may be no line."""
    line_begins = codes[1:][codes[:-1] == _NEWLINE]
    return bool(
        codes[0] in (_NEWLINE, _RETURN) or ((line_begins == _NEWLINE) | (line_begins == _RETURN)).any()
    )


def _refuse_bare_returns(codes: Codes, inside: Mask | None) -> None:
    """Inside quotes a carriage return is text; outside, half the world's readers take it as a line end."""
    bare = codes == _RETURN
    bare[:-1] &= codes[1:] != _NEWLINE
    if inside is not None:
        bare &= ~inside
    if bare.any():
        raise DoubtError("bare carriage return")


def _refuse_stray_quotes(codes: Codes, delimiter: int) -> None:
    """An opening mark must begin a cell, a closing one end it; a doubled mark closes and opens again."""
    quotes = np.flatnonzero(codes == _QUOTE)
    if len(quotes) % 2:
        raise DoubtError("open quotation mark")
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, codes[opening - 1], _NEWLINE)
    after = np.append(codes, np.uint8(_NEWLINE))[closing + 1]
    begins = (before == delimiter) | (before == _NEWLINE) | (before == _QUOTE)
    ends = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
    if not (begins.all() and ends.all()):
        raise DoubtError("stray quotation mark")


def _line_ends(codes: Codes, inside: Mask | None) -> npt.NDArray[np.intp]:
    ends = _places(codes, inside, _NEWLINE)
    whole = len(ends) and ends[-1] == len(codes) - 1
    return ends if whole else np.append(ends, len(codes))


def _without_blank_lines(codes: Codes, inside: Mask | None) -> tuple[bytes, npt.NDArray[np.uint32]]:
    """The text without its blank lines, and the places of the lines that stay."""
    ends = _line_ends(codes, inside)
    starts = np.concatenate([[0], ends[:-1] + 1])
    length = ends - starts
    blank = (length == 0) | ((length == 1) & (codes[np.minimum(starts, len(codes) - 1)] == _RETURN))
    keep = np.ones(len(codes) + 1, dtype=np.bool_)
    keep[starts[blank]] = False
    keep[ends[blank]] = False
    return codes[keep[:-1]].tobytes(), np.flatnonzero(~blank).astype(np.uint32)
