"""Lines under a table that are none of its rows: notes, totals, the header again; told by evidence only.

A row of the table that was taken for a note would leave the share of rows that could not be read, so what is
in doubt stays a row, and validation rejects it with its reason.
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import REASON, ROW, TEXT
from pbr_audit.ingest.header_evidence import known_in
from pbr_audit.ingest.line_evidence import is_total
from pbr_audit.ingest.line_judging import BESIDE, TOTAL, TOTAL_ABOVE, Line, Table

HEADER_AGAIN = f"{BESIDE}the header again"
EMPTY = f"{BESIDE}a line of empty cells"

# In a narrower table a line with one cell is a row that lacks the other.
FEWEST_COLUMNS = 3
# More lines than this do not stand under a table.
MOST_LINES = 200
# Where more than this share of rows follow a blank line, blank lines divide nothing.
MOST_GAPS = 0.05
# One known name may stand in a row of data by chance, two different ones hardly.
FEWEST_KNOWN = 2


class Under:
    """Tells notes and totals among a source's rows, batch after batch in order; one object a source."""

    def __init__(self, names: Sequence[str], where: str = "", known: frozenset[str] = frozenset()) -> None:
        """Take the table's column names in order, its source as it is shown, and the known names."""
        self._names = list(names)
        self._where = where
        self._known = known
        self._is_first = True

    def reasons(self, frame: pl.DataFrame, *, is_last: bool, aside: pl.DataFrame | None = None) -> pl.Series:
        """Return, for each row of a batch, null for a row of the table, else `beside the table: ...`.

        `frame` holds the columns as String and `_row`; `aside` the batch's records that are no rows.
        `is_last` marks the source's last batch: what stands under the table is told only there, and a total
        by its sum only where it is the first batch too. Raises InputError where another table begins under
        this one.
        """
        return self.both(frame, aside, is_last=is_last)[0]

    def both(
        self, frame: pl.DataFrame, aside: pl.DataFrame | None, *, is_last: bool
    ) -> tuple[pl.Series, pl.Series]:
        """Return `reasons`, and those of the records in `aside`: their own, or that they are notes."""
        there = set(frame.columns)
        names = [name for name in self._names if name in there]
        own = pl.Series(REASON, [], dtype=pl.String) if aside is None else aside[REASON]
        found: dict[int, str] = {}
        if len(names) > 1:
            self._refuse_another_table(frame, names)
            found = self._header_again(frame, names)
        if is_last and len(names) >= FEWEST_COLUMNS:
            body = _Body(frame, names, set(found), is_whole=self._is_first)
            found |= body.lines_beside(aside)
        self._is_first = False
        notes = own if aside is None else _looked_up(aside[ROW], found)
        return _looked_up(frame[ROW], found), notes.zip_with(notes.is_not_null(), own)

    def _header_again(self, frame: pl.DataFrame, names: list[str]) -> dict[int, str]:
        if not (frame[names[0]] == names[0]).any():
            return {}
        same = pl.all_horizontal(pl.col(name).str.strip_chars() == name for name in names)
        return dict.fromkeys(frame.filter(same)[ROW].to_list(), HEADER_AGAIN)

    def _refuse_another_table(self, frame: pl.DataFrame, names: list[str]) -> None:
        """Raise InputError where behind a blank line names stand again, this table's or others."""
        if self._known and all(frame[name].null_count() for name in names):
            # A spreadsheet writes a blank row as a line of empty cells.
            frame = frame.filter(~pl.all_horizontal(pl.col(name).is_null() for name in names))
        gaps = (frame[ROW].diff() > 1).fill_null(value=False)
        if not self._known or not 0 < gaps.sum() <= max(1, MOST_GAPS * frame.height):
            return
        # A title may stand between the blank line and the names.
        near = gaps | gaps.shift(1, fill_value=False) | gaps.shift(2, fill_value=False)
        for row, *cells in frame.filter(near).select(ROW, *names).iter_rows():
            known = known_in(cells, self._known)
            if len(known) >= FEWEST_KNOWN and len(known) == len({cell for cell in cells if cell}):
                raise InputError(
                    f"{self._where}: another table begins under this one, at row {row}; give each table a "
                    "file or sheet of its own"
                )


class _Body:
    """The last batch of a table, and the lines at its ends that are none of its rows."""

    def __init__(self, frame: pl.DataFrame, names: list[str], headers: set[int], *, is_whole: bool) -> None:
        self._rows = frame[ROW]
        self._cells = frame.select(pl.col(name).str.strip_chars().replace("", None) for name in names)
        self._headers = headers
        self._is_whole = is_whole

    def lines_beside(self, aside: pl.DataFrame | None) -> dict[int, str]:
        """Return the reason for each row that is a note or total at the end, or a total that comes first."""
        suffix, before = self._suffix(aside)
        table = self._table({line.row for line in suffix})
        found: dict[int, str] = {}
        after_blank = False
        for at, line in enumerate(suffix):
            after_blank |= line.row - before > 1
            before = line.row
            if line.is_empty:
                reason: str | None = EMPTY
                after_blank = True
            elif is_total(line.first) and self._is_total_under(suffix[at:], found):
                reason = TOTAL
            else:
                reason = table.note(line, after_blank=after_blank)
            if reason is not None:
                found[line.row] = reason
            elif line.row not in self._headers:
                # A row of the table: what stands above it is not under the table.
                found, after_blank = {}, False
        return found | self._total_above(found)

    def _is_total_under(self, lines: Sequence[Line], found: Mapping[int, str]) -> bool:
        """Tell whether the first of `lines` is a total of the rows above it that are not in `found`."""
        return self._table({line.row for line in lines} | set(found)).is_total(lines[0])

    def _total_above(self, found: dict[int, str]) -> dict[int, str]:
        if not self._is_whole or not len(self._rows) or self._rows[0] in found:
            return {}
        first = self._line(0)
        return {first.row: TOTAL_ABOVE} if self._table({first.row, *found}).is_total(first) else {}

    def _suffix(self, aside: pl.DataFrame | None) -> tuple[list[Line], int]:
        """Return the last lines that could stand under the table, in order, and the row before them."""
        suffix: list[Line] = []
        lines = 0
        for line in self._from_the_end(aside):
            lines += not line.is_empty
            if lines > MOST_LINES or not (line.is_alone or is_total(line.first)):
                return suffix[::-1], line.row
            suffix.append(line)
        return suffix[::-1], (suffix[-1].row - 1 if suffix else 0)

    def _from_the_end(self, aside: pl.DataFrame | None) -> Iterator[Line]:
        records = [] if aside is None else aside.select(ROW, TEXT).tail(MOST_LINES).rows()
        index = len(self._rows) - 1
        while index >= 0 or records:
            if records and (index < 0 or records[-1][0] > self._rows[index]):
                row, text = records.pop()
                yield Line(row, (), text or "")
            else:
                yield self._line(index)
                index -= 1

    def _line(self, index: int) -> Line:
        return Line(self._rows[index], self._cells.row(index))

    def _table(self, others: set[int]) -> Table:
        """The rows without the header where it stands again, and without `others`."""
        beside = self._rows.is_in(sorted(others | self._headers))
        return Table(self._cells.filter(~beside), is_whole=self._is_whole)


def _looked_up(rows: pl.Series, found: Mapping[int, str]) -> pl.Series:
    if not found:
        return pl.Series(REASON, [None], dtype=pl.String).new_from_index(0, len(rows))
    numbers = pl.Series(list(found), dtype=pl.UInt32)
    return rows.replace_strict(
        numbers, pl.Series(list(found.values())), default=None, return_dtype=pl.String
    ).alias(REASON)
