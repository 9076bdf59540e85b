"""JSON lines and JSON arrays of flat objects; a number keeps the text in which it was written.

A reader that makes floats of numbers turns 1234.50 into 1234.5 and a long id into another one.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import polars as pl

from pbr_audit.dataset import TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import ASIDE, ROW, Batch, Source
from pbr_audit.ingest.json_layout import Kind, Layout, layout_of, wrapped
from pbr_audit.ingest.json_nested import nested_texts
from pbr_audit.ingest.json_text import (
    CUT_OFF,
    NO_JSON,
    TOO_DEEP,
    Doubled,
    JsonError,
    JsonText,
    Value,
    elements,
)
from pbr_audit.ingest.known_headers import known_headers
from pbr_audit.ingest.names import RESERVED, checked_names
from pbr_audit.ingest.opening import opened
from pbr_audit.tables.synonyms import plain

_BATCH_RECORDS = 50_000

NO_OBJECT = "is not an object; write each row as {...}"
TWICE = "names one column twice; rename one of them"
NESTED = "holds a list or an object in a cell; write one column for each value in it"
HALF = "holds half a character, or bytes that are no UTF-8; write it again as UTF-8"
NO_NAMES = ": has no column whose name is text; write it again as UTF-8"

Record = dict[str, str | None]


@dataclass(frozen=True)
class _Found:
    """A record, or its text and why it cannot be a row."""

    record: Record
    text: str = ""
    problem: str | None = None


def read_json(source: Source, table_input: TableInput) -> Iterator[Batch]:
    """Every record of the file as a row, every value as text, or set aside; `_row` counts records from 1.

    The file is read twice: a column may turn up in the last record for the first time, and all batches of a
    source have the same columns. Raises InputError for what holds no records, or cannot be read on.
    """
    reading = _Reading(source, table_input)
    layout = reading.layout()
    keys = dict.fromkeys(key for found in reading.found(layout) for key in found.record)
    broken = frozenset(key for key in keys if not _is_text({key: key}))
    if len(broken) == len(keys):
        raise InputError(f"{source.file}{NO_NAMES if broken else reading.nothing(layout)}")
    for key in broken:
        del keys[key]
    names = checked_names([key.strip() or f"column {at}" for at, key in enumerate(keys, 1)], source.file)
    kept = {key: name for key, name in zip(keys, names, strict=True) if name not in RESERVED}
    part: list[_Found] = []
    done = 0
    for found in reading.found(layout):
        part.append(found if broken.isdisjoint(found.record) else _half(found.record))
        if len(part) == _BATCH_RECORDS:
            yield _batch(source, part, kept, done, ())
            done += len(part)
            part = []
    yield _batch(source, part, kept, done, tuple(reading.said(layout)))


def _batch(
    source: Source, part: list[_Found], kept: dict[str, str], done: int, said: tuple[str, ...]
) -> Batch:
    rows: list[tuple[int, Record]] = []
    aside: list[tuple[int, str, str]] = []
    for number, found in enumerate(part, start=done + 1):
        if found.problem is None:
            rows.append((number, found.record))
        else:
            aside.append((number, _shown(found.text), found.problem))
    try:
        frame = _frame(rows, kept)
    except UnicodeEncodeError:
        broken = [row for row in rows if not _is_text(row[1])]
        frame = _frame([row for row in rows if _is_text(row[1])], kept)
        aside += [(number, _half(record).text, HALF) for number, record in broken]
    return Batch(
        source,
        frame,
        aside=pl.DataFrame(sorted(aside), schema=ASIDE, orient="row") if aside else None,
        said=said,
    )


def _frame(rows: list[tuple[int, Record]], kept: dict[str, str]) -> pl.DataFrame:
    columns = [
        pl.Series(name, [record.get(key) for _, record in rows], dtype=pl.String)
        for key, name in kept.items()
    ]
    return pl.DataFrame([*columns, pl.Series(ROW, [number for number, _ in rows], dtype=pl.UInt32)])


def _half(record: Record) -> _Found:
    return _Found({}, json.dumps(record, ensure_ascii=True), HALF)


def _is_text(record: Record) -> bool:
    try:
        "".join(cell for cell in record.values() if cell).encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    return text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "backslashreplace").decode(
        "utf-8", "backslashreplace"
    )


def _is_escaped(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


class _Reading:
    """One file, opened anew for each pass over it."""

    def __init__(self, source: Source, table_input: TableInput) -> None:
        self._source = source
        self._encoding = table_input.options.encoding
        self._known = known_headers(table_input)
        self._opened: tuple[str, ...] = ()
        self._is_open = False

    def layout(self) -> Layout:
        with self._text() as text:
            try:
                return layout_of(text)
            except JsonError as error:
                problem = f"{self._source.file}: {error}"
        raise InputError(problem)

    def said(self, layout: Layout) -> Iterator[str]:
        yield from self._opened
        if layout.kind is Kind.WRAPPED:
            yield f"{self._source.file}: its records were read from the one list of objects in it"
        if self._is_open:
            yield (
                f"{self._source.file}: ends without its closing bracket; "
                "ask whether records are missing at its end"
            )

    def found(self, layout: Layout) -> Iterator[_Found]:
        """Every record; InputError where the text cannot be read on."""
        number = 0
        with self._text() as text:
            try:
                for found in self._of(text, layout):
                    number += 1
                    yield found
            except JsonError as error:
                problem = f"{self._source.file} record {number + 1}: {error}"
            else:
                self._is_open = text.is_open
                return
        raise InputError(problem)

    def nothing(self, layout: Layout) -> str:
        """Say why there is not one record: what is wrong with the first, if there is any."""
        problem = next((found.problem for found in self.found(layout) if found.problem), None)
        return (
            f" record 1: {problem}" if problem else ": holds no records; write one JSON object for each row"
        )

    @contextmanager
    def _text(self) -> Iterator[JsonText]:
        with opened(self._source, self._encoding) as text:
            self._opened = text.said
            yield JsonText(text.stream)

    def _of(self, text: JsonText, layout: Layout) -> Iterator[_Found]:
        if layout.kind is Kind.LINES:
            yield from self._lines(text)
            return
        text.mark()
        values = elements(text) if layout.kind is Kind.ARRAY else wrapped(text, layout.member)
        for value in values:
            yield self._element(text, value)
        if layout.kind is Kind.ARRAY and text.mark():
            raise JsonError("stands behind the closing bracket; write one array of objects")

    def _element(self, text: JsonText, value: Value) -> _Found:
        if value.problem is None:
            return self._flat(text, value)
        if text.mark() != "{":
            raise JsonError(value.problem)
        written = text.broken()
        return _Found({}, written, _why(text, value.problem))

    def _lines(self, text: JsonText) -> Iterator[_Found]:
        while text.mark():
            value = text.value()
            if value.problem is not None:
                written = text.rest_of_line()
                yield _Found({}, written, _why(text, value.problem))
            elif isinstance(value.value, dict):
                yield self._flat(text, value)
            else:
                yield _Found({}, text.rest_of_line(), NO_OBJECT)

    def _flat(self, text: JsonText, value: Value) -> _Found:
        """An object whose values are cells. A nested value is the text of a column that no table has."""
        record = value.value
        if not isinstance(record, dict):
            return _Found({}, text.written(), NO_OBJECT)
        if isinstance(record, Doubled):
            return _Found({}, text.written(), TWICE)
        cells: Record = {}
        nested: list[str] = []
        for key, cell in record.items():
            # Most cells are text, and a function call for each would cost as much as reading it.
            if cell.__class__ is str and cell:
                cells[key] = cell
            elif cell is None or isinstance(cell, str | bool):
                cells[key] = _cell(cell)
            elif plain(key) in self._known:
                return _Found({}, text.written(), NESTED)
            else:
                nested.append(key)
                cells[key] = None
        if nested:
            # Read again, for what was a number and what was text can no longer be told.
            again = nested_texts(text.written(), nested)
            if again is None:
                return _Found({}, text.written(), TOO_DEEP)
            cells |= again
        return _Found(cells)


def _why(text: JsonText, problem: str) -> str:
    """Why a record is no JSON: at the end of the file it is one that was not written to its end."""
    return CUT_OFF if problem == NO_JSON and not text.mark() else problem


def _cell(value: object) -> str | None:
    """A value that is no list and no object, as a CSV file would hold it; an empty text is an empty cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) and value else None
