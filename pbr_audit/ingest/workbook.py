"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): each cell as the text that a person sees in it.

They are read in a process of their own (`workbook_process`); here its rows become a table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from pbr_audit.dataset import Options, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import REASON, ROW, TEXT, Batch, Source
from pbr_audit.ingest.known_headers import known_headers
from pbr_audit.ingest.names import RESERVED, checked_names
from pbr_audit.ingest.table_place import TablePlace, Under, find_table
from pbr_audit.ingest.workbook_process import WorkbookProcess
from pbr_audit.ingest.workbook_sheets import chosen_sheets
from pbr_audit.tables.synonyms import plain

_BATCH_ROWS = 20_000
_BATCH_BYTES = 4 << 20
# Where the table and its header are looked for, and how many rows a last batch has at least: what stands
# under the table is told from the rows before it.
_HEAD_ROWS = 200
_LAST_ROWS = 1_000
_FEWEST_EXPECTED = 2

_Rows = Sequence[Sequence[str | None]]

NOT_CALCULATED = (
    "holds a formula without a stored result; "
    "open the workbook in a spreadsheet program, save it, and try again"
)


@dataclass(frozen=True)
class _Table:
    """The table of one sheet; columns by their numbers in the sheet, from 1.

    `unnamed` are those that hold cells under a header that has no name for them.
    """

    source: Source
    place: TablePlace
    columns: Mapping[str, int]
    unnamed: frozenset[int]
    known: frozenset[str]

    @property
    def header_row(self) -> int:
        return self.place.header.stop

    def shown(self, number: int) -> str:
        """A column in a sentence: a header that nobody expects may be somebody's data."""
        name = next((name for name, at in self.columns.items() if at == number), "")
        expected = number not in self.unnamed and plain(name) in self.known
        return f"column {number} ({name})" if expected else f"column {number}"


@dataclass(frozen=True)
class _Part:
    """Some rows of a table; of its last part, how many cells of each column hold too long a number."""

    frame: pl.DataFrame
    not_calculated: frozenset[int] = frozenset()
    long_numbers: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(
            pl.concat([self.frame, other.frame], rechunk=True),
            self.not_calculated | other.not_calculated,
            {**self.long_numbers, **other.long_numbers},
        )


def read_workbook(source: Source, table_input: TableInput) -> Iterator[Batch]:
    """All rows of the sheets that `source.sheet` names, or of the one that can be meant."""
    with WorkbookProcess(source) as book:
        names, said = chosen_sheets(source, book, table_input.table)
        for name in names:
            for batch in _sheet(book, replace(source, sheet=name), table_input):
                yield replace(batch, said=(*said, *batch.said))
                said = []


def _sheet(book: WorkbookProcess, source: Source, table_input: TableInput) -> Iterator[Batch]:
    """All rows of one sheet; what was noticed on the way is said with the last batch."""
    rows = max(_HEAD_ROWS, (table_input.options.header_row or 0) + _HEAD_ROWS)
    head = book.ask({"ask": "first", "sheet": source.sheet, "rows": rows})
    table = _table(book, source, head["first"], table_input)
    under = Under(table.place.names, source.shown, table.known)
    previous = table.header_row
    for part, is_last in _with_last(_parts(book, table)):
        reasons = _reasons(part, under.reasons(part.frame.select(*table.place.names, ROW), is_last=is_last))
        numbers = part.frame[ROW]
        last = numbers[-1] if len(numbers) else previous
        yield Batch(
            source,
            part.frame.filter(reasons.is_null()).select(pl.exclude(RESERVED - {ROW})),
            blank_lines=last - previous - len(numbers),
            aside=_aside(part.frame, reasons),
            said=_said(table, head["merged"], part.long_numbers) if is_last else (),
        )
        previous = last


def _table(book: WorkbookProcess, source: Source, first: _Rows, table_input: TableInput) -> _Table:
    """Where the table stands; a column that holds cells under no name is one of it all the same."""
    known = known_headers(table_input)
    place = _place(source, first, known, table_input.options)
    taken = {index + 1 for index in (*place.columns, *place.beside)}
    unnamed: list[int] = []
    # All lines are as long as the longest; a further pass over the rows is for those with a gap.
    if not taken.issuperset(range(1, max(map(len, first), default=0) + 1)):
        below = {"ask": "columns", "sheet": source.sheet, "below": place.header.stop}
        unnamed = [number for number in book.ask(below)["columns"] if number not in taken]
    columns = {name: index + 1 for name, index in zip(place.names, place.columns, strict=True)}
    for number in unnamed:
        name = f"column {number}"
        while name in columns:
            name += " again"
        columns[name] = number
    return _Table(source, place, columns, frozenset(unnamed), known)


def _place(source: Source, first: _Rows, known: frozenset[str], options: Options) -> TablePlace:
    """Where the table stands; a first row with expected names is its header even where it leaves one out."""
    try:
        return find_table(
            first,
            source.shown,
            known=known,
            header_row=options.header_row,
            header_rows=options.header_rows,
        )
    except InputError:
        at = next((index for index, row in enumerate(first) if any(row)), 0)
        named = {
            index: name.strip()
            for index, name in enumerate(first[at] if first else ())
            if name and name.strip()
        }
        expected = len({plain(name) for name in named.values()} & known)
        if expected < _FEWEST_EXPECTED or options.header_row or options.header_rows:
            raise
        names = checked_names(list(named.values()), source.shown, tuple(named))
        return TablePlace(range(at, at + 1), tuple(named), tuple(names), ())


def _parts(book: WorkbookProcess, table: _Table) -> Iterator[_Part]:
    """The rows under the header that hold anything in the table's columns, in parts of some 4 MiB."""
    question = {
        "ask": "rows",
        "sheet": table.source.sheet,
        "below": table.header_row,
        "columns": list(table.columns.values()),
    }
    waiting: list[pl.DataFrame] = []
    not_calculated: set[int] = set()
    rows = size = 0
    for answer, length in book.ask_for_all(question):
        if "end" in answer:
            long_numbers = {int(number): int(count) for number, count in answer["long"]}
            waiting = waiting or [_frame(table, [], [[] for _ in table.columns])]
            yield _Part(pl.concat(waiting, rechunk=True), frozenset(not_calculated), long_numbers)
            return
        waiting.append(_frame(table, answer["rows"], answer["cells"]))
        not_calculated.update(answer["not_calculated"])
        rows, size = rows + waiting[-1].height, size + length
        if rows >= _BATCH_ROWS or size >= _BATCH_BYTES:
            yield _Part(pl.concat(waiting, rechunk=True), frozenset(not_calculated))
            waiting, not_calculated, rows, size = [], set(), 0, 0


def _frame(table: _Table, rows: Sequence[int], cells: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    numbers = pl.Series(ROW, rows, dtype=pl.UInt32)
    texts = [
        pl.Series(name, column, dtype=pl.String) for name, column in zip(table.columns, cells, strict=True)
    ]
    return pl.DataFrame([*texts, numbers])


def _with_last(parts: Iterator[_Part]) -> Iterator[tuple[_Part, bool]]:
    """Each part with whether it is the last, which is never a short one where there is one before it."""
    held = next(parts)
    for part in parts:
        if part.frame.height < _LAST_ROWS:
            held += part
        else:
            yield held, False
            held = part
    yield held, True


def _reasons(part: _Part, under: pl.Series) -> pl.Series:
    """Why each row is none of the table; null for those that are."""
    numbers = part.frame[ROW]
    if not part.not_calculated:
        return under
    waiting = numbers.is_in(sorted(part.not_calculated))
    stored = pl.Series([NOT_CALCULATED], dtype=pl.String).new_from_index(0, len(numbers))
    return under.zip_with(under.is_not_null() | ~waiting, stored)


def _aside(frame: pl.DataFrame, reasons: pl.Series) -> pl.DataFrame | None:
    if not reasons.is_not_null().any():
        return None
    cells = pl.concat_str(pl.exclude(ROW, REASON).fill_null(""), separator="\t").str.strip_chars_end("\t")
    return (
        frame.with_columns(reasons.alias(REASON))
        .filter(reasons.is_not_null())
        .select(ROW, cells.alias(TEXT), REASON)
    )


def _said(table: _Table, merged: Sequence[Sequence[int]], long_numbers: Mapping[int, int]) -> tuple[str, ...]:
    """What somebody has to know who compares the sheet with what was read of it."""
    shown = table.source.shown
    said = [
        f'{shown}: column {number} has no name in the header; its cells are kept as "{name}"'
        for name, number in table.columns.items()
        if number in table.unnamed
    ]
    under = sum(last > table.header_row for _, last in merged)
    if under:
        said.append(
            f"{shown}: under the header {counted(under, 'block')} of cells "
            f"{'is' if under == 1 else 'are'} merged; "
            "only the first cell of a block holds its value"
        )
    columns = set(table.columns.values())
    said += [
        f"{shown}, {table.shown(number)}: {counted(count, 'value')} "
        f"{'is a number' if count == 1 else 'are numbers'} of 16 digits or more, "
        "which a spreadsheet rounds; ask for the file with this column as text"
        for number, count in sorted(long_numbers.items())
        if number in columns
    ]
    return (*table.place.said, *said)


def counted(number: int, noun: str) -> str:
    """`1 value`, `40 values`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
