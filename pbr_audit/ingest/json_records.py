"""JSON lines and JSON arrays of flat objects; a number keeps the text in which it was written.

A reader that makes floats of numbers turns 1234.50 into 1234.5 and a long id into another one.
"""

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ROW, Batch, Source
from pbr_audit.ingest.names import RESERVED, checked_names
from pbr_audit.tables import TABLES

_CHUNK_BYTES = 1 << 20
_BATCH_RECORDS = 50_000
# An object that does not end within this many characters is no record of a table.
_LONGEST_RECORD = 64 << 20
_SPACE = " \t\r\n"

Record = dict[str, str | None]


def read_json(source: Source) -> Iterator[Batch]:
    """All records of the file, every value as text; `_row` counts records from 1.

    The file is read twice: a column may turn up in the last record for the first time, and all batches of a
    source have the same columns.
    """
    keys: dict[str, object] = {}
    for value in _values(source):
        if isinstance(value, dict):
            keys.update(value)
    if not keys:
        raise InputError(f"{source.file}: holds no records; write one JSON object for each row")
    names = checked_names(list(keys), source.file)
    kept = {key: name for key, name in zip(keys, names, strict=True) if name not in RESERVED}
    rows: list[Record] = []
    done = 0
    for record in _records(source):
        rows.append(record)
        if len(rows) == _BATCH_RECORDS:
            yield _batch(source, rows, kept, done)
            done += len(rows)
            rows = []
    if rows:
        yield _batch(source, rows, kept, done)


def _batch(source: Source, rows: list[Record], kept: dict[str, str], done: int) -> Batch:
    try:
        columns = [
            pl.Series(name, [row.get(key) for row in rows], dtype=pl.String) for key, name in kept.items()
        ]
    except UnicodeEncodeError:
        problem = f"{source.file}: holds half a character (a lone surrogate); write the file again as UTF-8"
    else:
        numbers = pl.int_range(done + 1, done + len(rows) + 1, dtype=pl.UInt32, eager=True)
        return Batch(source, pl.DataFrame([*columns, numbers.alias(ROW)]))
    raise InputError(problem)


def _records(source: Source) -> Iterator[Record]:
    for number, value in enumerate(_values(source), start=1):
        if not isinstance(value, dict):
            raise InputError(f"{source.file} record {number}: is not an object; write each row as {{...}}")
        yield {
            # Most cells are text, and a function call for each would cost as much as reading it.
            key: cell if cell.__class__ is str and cell else _text(source, number, key, cell)
            for key, cell in value.items()
        }


def _text(source: Source, number: int, key: str, cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        # An empty text is an empty cell.
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    # Any other key than the standard's may be somebody's data.
    name = key if any(key in table.columns for table in TABLES.values()) else "a key"
    raise InputError(
        f"{source.file} record {number}: {name} holds a list or an object; "
        "write one column for each value in it"
    )


def _values(source: Source) -> Iterator[object]:
    """The values of an array, or those that follow each other; no more than a chunk and a value is held."""
    with source.path.open("rb") as stream:
        text = _Text(source, stream)
        if text.next_mark() == "[":
            yield from _array(source, text)
        else:
            number = 0
            while text.next_mark():
                number += 1
                yield text.value(number)


def _array(source: Source, text: "_Text") -> Iterator[object]:
    text.skip()
    number = 0
    while text.next_mark() != "]":
        number += 1
        yield text.value(number)
        mark = text.next_mark()
        if mark == ",":
            text.skip()
        elif mark != "]":
            raise InputError(
                f"{source.file} record {number}: is not followed by a comma or by the closing bracket; "
                "write the file again as JSON"
            )
    text.skip()
    if text.next_mark():
        raise InputError(f"{source.file}: goes on after its closing bracket; write one array of objects")


class _Text:
    """The file's text, of which only the part that is being looked at is held."""

    def __init__(self, source: Source, stream: BinaryIO) -> None:
        self._source = source
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8-sig")()
        self._json = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=str, parse_int=str, parse_constant=_no_number
        )
        self._held = ""
        self._at = 0
        self._ended = False
        self._record = 0

    def next_mark(self) -> str:
        """The next character that is no blank, left in place; empty at the end of the file."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._held) or not self._more():
                return self._held[self._at : self._at + 1]

    def skip(self) -> None:
        self._at += 1

    def value(self, number: int) -> object:
        """Read one value, which is the file's record `number`."""
        self._record = number
        while True:
            try:
                value, end = self._json.raw_decode(self._held, self._at)
            except ValueError:
                # Either the value goes on in the next part of the file, or it is no JSON.
                if self._more():
                    continue
                problem = "is not valid JSON; write the file again, one object for each row"
            except RecursionError:
                problem = "is nested too deeply; write one flat object for each row"
            else:
                # A number at the end of what is held may go on; objects and arrays cannot.
                self._at = end
                return value
            raise InputError(f"{self._source.file} record {number}: {problem}")

    def _more(self) -> bool:
        """Take the next part of the file in; False at its end."""
        if self._ended:
            return False
        rest = self._held[self._at :]
        if len(rest) > _LONGEST_RECORD:
            raise InputError(
                f"{self._source.file}: holds a record of over 64 million characters; check its brackets"
            )
        part = self._stream.read(max(_CHUNK_BYTES, len(rest)))
        self._ended = not part
        try:
            self._held = rest + self._decode.decode(part, final=self._ended)
        except UnicodeDecodeError:
            problem = f"{self._source.file}: is not valid UTF-8; save the file as UTF-8"
        else:
            self._at = 0
            return True
        raise InputError(problem)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise InputError(
                f"{self._source.file} record {self._record}: names one column twice; rename one of them"
            )
        return found


def _no_number(_: str) -> str:
    raise ValueError
