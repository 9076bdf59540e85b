"""The begin of a delimited file: its delimiter, its header, and where its rows begin."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pbr_audit.dataset import TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import Source
from pbr_audit.ingest.cutting import Cutter
from pbr_audit.ingest.header_choice import FEWEST_KNOWN
from pbr_audit.ingest.header_evidence import known_in
from pbr_audit.ingest.known_headers import known_headers
from pbr_audit.ingest.names import RESERVED, checked_names
from pbr_audit.ingest.parsing import Form
from pbr_audit.ingest.records import Record, Records
from pbr_audit.ingest.separators import DELIMITERS, declared, delimiter_of
from pbr_audit.ingest.table_place import TablePlace, find_table
from pbr_audit.ingest.tolerant import doubt
from pbr_audit.ingest.windows_1252 import Repaired, repaired

_HEAD_BYTES = 256 << 10
_RECORDS = 200


@dataclass(frozen=True)
class Head:
    """What is known of a file before its first row is read.

    `kept` are the names of the columns that are handed on; `unnamed` those of them whose names are ours, for
    the header gives none, with their positions. `lines` is how many records and blank lines stand up to and
    with the header, whose own last line is `line`.
    """

    form: Form
    kept: tuple[str, ...]
    unnamed: Mapping[str, int]
    lines: int
    said: tuple[str, ...]
    line: bytes
    repaired: Repaired


def read_head(source: Source, cutter: Cutter, table_input: TableInput, *, guess: bool) -> Head:
    """Read up to and with the header, and leave the rows in `cutter`.

    Raises InputError, one sentence, where no header can be told.
    """
    data, is_last = cutter.lines()
    begin = _begin(data)
    cutter.put_back(data[len(begin) :])
    mended = repaired(begin, guess=guess)
    text = mended.data.decode("utf-8", "surrogateescape")
    delimiter, skipped = _delimiter(source, text, table_input)
    records = Records(delimiter)
    is_whole = is_last and len(begin) == len(data)
    first = list(islice(records.of(text[skipped:], is_last=is_whole), _RECORDS))
    if not any(record.text for record in first):
        raise InputError(f"{source.file}: is empty; the first row must name the columns")
    offset = 1 if skipped else 0
    cells = [*[[]] * offset, *(_cells(records, record) for record in first)]
    if not any(map(any, cells)):
        raise InputError(f"{source.file}: has no header; the first row must name the columns")
    found = _placed(source, cells, table_input)
    _refuse_broken(source, [*[None] * offset, *first], found.header)
    rows = cells[found.header.stop :]
    names, kept, unnamed = _columns(found, cells[found.header.stop - 1], rows)
    _refuse_other_delimiter(source, names, table_input)
    end = skipped + first[found.header.stop - 1 - offset].end
    cutter.put_back(text[end:].encode("utf-8", "surrogateescape"))
    line = first[found.header.stop - 1 - offset].text.encode("utf-8", "surrogateescape")
    return Head(Form(names, delimiter), kept, unnamed, found.header.stop, found.said, line, mended)


def _begin(data: bytes) -> bytes:
    """The first whole lines of `data`: no less than a line, no more than _HEAD_BYTES if there are several."""
    part = data[:_HEAD_BYTES]
    if len(part) == len(data):
        return data
    end = max(part.rfind(b"\n"), part.rfind(b"\r", 0, -1)) + 1
    return part[:end] if end else data


def _delimiter(source: Source, text: str, table_input: TableInput) -> tuple[str, int]:
    """The delimiter, and how many characters a line that declares it takes."""
    option = table_input.options.delimiter
    first = text.partition("\n")[0]
    mark = declared(first)
    skipped = 0 if mark is None else len(first) + 1
    if option is not None:
        return option, skipped
    where = f"[tables.{table_input.table}.options]"
    return mark or delimiter_of(text, source.file, where), skipped


def _cells(records: Records, record: Record) -> list[str]:
    if not record.text:
        return []
    return [record.text] if record.problem else records.cells(record)


def _placed(source: Source, cells: Sequence[list[str]], table_input: TableInput) -> TablePlace:
    """The first record that holds anything where it is plainly the header; else the table is looked for."""
    options = table_input.options
    known = known_headers(table_input)
    if options.header_row is None and options.header_rows is None:
        place = _plain_header(source, cells, known)
        if place is not None:
            return place
    return find_table(
        cells, source.file, known=known, header_row=options.header_row, header_rows=options.header_rows
    )


def _plain_header(source: Source, cells: Sequence[list[str]], known: frozenset[str]) -> TablePlace | None:
    at = next(index for index, row in enumerate(cells) if any(row))
    header = [cell.strip() for cell in cells[at]]
    if not all(header) or len(set(header)) < len(header):
        return None
    if len(known_in(header, known)) < FEWEST_KNOWN:
        rows = [row for row in cells[at + 1 :] if row]
        widths = Counter(map(len, rows))
        # A title may have the width of a note under the table, or hold the delimiter.
        if len(rows) > 1 and widths[len(header)] < max(widths.values()):
            return None
        if any(len(known_in(row, known)) >= FEWEST_KNOWN for row in rows):
            return None
    names = checked_names(header, source.file)
    return TablePlace(range(at, at + 1), tuple(range(len(header))), tuple(names), ())


def _columns(
    found: TablePlace, header: Sequence[str], rows: Sequence[list[str]]
) -> tuple[tuple[str, ...], tuple[str, ...], Mapping[str, int]]:
    """A name for every cell of a row, the names that are handed on, and those that the header lacks."""
    width = _width(found, header, rows)
    named = dict(zip(found.columns, found.names, strict=True))
    taken = set(found.names)
    names: list[str] = []
    unnamed: dict[str, int] = {}
    for position in range(width):
        if position in named:
            names.append(named[position])
            continue
        name = f"column {position + 1}"
        while name in taken:
            name += " again"
        names.append(name)
        if position not in found.beside:
            unnamed[name] = position
    own = {*found.names, *unnamed} - RESERVED
    return tuple(names), tuple(name for name in names if name in own), unnamed


def _width(found: TablePlace, header: Sequence[str], rows: Sequence[list[str]]) -> int:
    """How many cells a row has: as many as the header, but for blank cells at its end or at all rows'."""
    widths = Counter(len(row) for row in rows if row)
    own = len(header)
    if not widths or widths[own]:
        return own
    usual = max(widths, key=lambda width: (widths[width], width))
    beyond = [cell for row in [header, *rows] if row for cell in row[min(own, usual) :]]
    fits = usual > max(found.columns) and not any(cell.strip() for cell in beyond)
    return usual if fits else own


def _refuse_broken(source: Source, records: Sequence[Record | None], header: range) -> None:
    for index in header:
        record = records[index]
        problem = None if record is None else record.problem or doubt(record.text)
        if problem is not None:
            raise InputError(f"{source.file} row {index + 1}: {problem}")


def _refuse_other_delimiter(source: Source, names: Sequence[str], table_input: TableInput) -> None:
    """A delimiter that was written and divides nothing is a slip."""
    option = table_input.options.delimiter
    if option is None or len(names) > 1:
        return
    for other, word in DELIMITERS.items():
        if other in names[0] and other != option:
            raise InputError(
                f"{source.file}: the header is one cell that holds a {word}; correct delimiter in audit.toml "
                f"under [tables.{table_input.table}.options], or leave it out to have it told from the file"
            )
