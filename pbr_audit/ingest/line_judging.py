"""Whether a line at a table's end or begin is a note or a total, judged by the table's own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pbr_audit.ingest.cell_kinds import Kind, Profile, profile
from pbr_audit.ingest.line_evidence import (
    FEWEST_SUMMED,
    figure,
    is_marked,
    is_note,
    is_ragged_note,
    is_sum,
    is_total,
)

BESIDE = "beside the table: "
NOTE = f"{BESIDE}a note under it"
TOTAL = f"{BESIDE}a total under it"
TOTAL_ABOVE = f"{BESIDE}a total above its rows"

# Of a column this many cells tell what it holds.
SAMPLE_ROWS = 1_000
# Text that a delimiter would split, in a record that is no row.
_DELIMITERS = frozenset(",;\t|")


@dataclass(frozen=True)
class Line:
    """A row of the table as read, or a record that was set aside: that has no cells, only its text."""

    row: int
    cells: Sequence[str | None]
    text: str = ""

    @property
    def filled(self) -> list[int]:
        """The places of its filled cells."""
        return [place for place, cell in enumerate(self.cells) if cell]

    @property
    def first(self) -> str:
        """Its first filled cell; of a record its text, without the delimiters that pad it."""
        return next((cell for cell in self.cells if cell), self.text.strip(' ,;\t|"'))

    @property
    def may_be_several_cells(self) -> bool:
        """A record with delimiters in it, that is not one quoted cell."""
        record = self.text.strip(" ,;\t|")
        is_quoted = len(record) > 1 and record[0] == record[-1] == '"' and '"' not in record[1:-1]
        return not is_quoted and bool(_DELIMITERS & set(record))

    @property
    def is_empty(self) -> bool:
        """Nothing but blanks in any cell."""
        return not self.filled and not self.text

    @property
    def is_alone(self) -> bool:
        """One filled cell, or a record that is no row."""
        return len(self.filled) <= 1


@dataclass(frozen=True)
class _Column:
    """The most words of a value, whether values begin like notes, whether a row has this one cell only."""

    words: int
    marked: bool
    alone: bool


class Table:
    """The rows of a table's last batch, its trimmed cells, that a line beside them is held against."""

    def __init__(self, body: pl.DataFrame, *, is_whole: bool) -> None:
        """Take the rows; `is_whole`: they are all the table's, so that its sums can be told."""
        self._body = body
        self._is_whole = is_whole
        self._columns: dict[int, _Column] = {}

    def note(self, line: Line, *, after_blank: bool) -> str | None:
        """Return that a line under the table is a note; None where it may be a row."""
        return NOTE if line.is_alone and self._is_note(line, after_blank=after_blank) else None

    def _is_note(self, line: Line, *, after_blank: bool) -> bool:
        place = line.filled[0] if line.filled else 0
        column = self._columns.get(place) or self._column(place)
        self._columns[place] = column
        if line.may_be_several_cells:
            return not column.marked and is_ragged_note(line.first)
        return is_note(
            line.first,
            after_blank=after_blank,
            is_usual=column.alone,
            values_words=column.words,
            values_marked=column.marked,
        )

    def _column(self, place: int) -> _Column:
        values = self._body.to_series(place).drop_nulls().unique()
        words = values.str.count_matches(r"[^\W_]+").max()
        others = [pl.col(name).is_null() for index, name in enumerate(self._body.columns) if index != place]
        alone = self._body.select(pl.all_horizontal(pl.nth(place).is_not_null(), *others).any()).item()
        return _Column(
            words=words if isinstance(words, int) else 0,
            marked=any(is_marked(value) for value in values.to_list()),
            alone=bool(alone),
        )

    def is_total(self, line: Line) -> bool:
        """Tell whether a row is a total: its word, and either a key that lacks or figures that are sums."""
        if not line.filled or not is_total(line.first) or self._body.height < FEWEST_SUMMED:
            return False
        others = line.filled[1:]
        figures = [place for place in others if figure(line.cells[place]) is not None]
        if figures and len(figures) == len(others) and self._lacks_a_key(line):
            return True
        return self._is_whole and self._are_sums(line, figures)

    def _lacks_a_key(self, line: Line) -> bool:
        """Tell whether a cell is empty that words or dates fill in every row of the table."""
        return any(
            not cell and held.kind in {Kind.WORDS, Kind.DATE} and not self._body.to_series(place).null_count()
            for place, (cell, held) in enumerate(zip(line.cells, self._profiles, strict=True))
        )

    def _are_sums(self, line: Line, figures: Sequence[int]) -> bool:
        """Tell whether at least half of the figures are sums; rates are none, and years are not added."""
        added = [place for place in figures if self._profiles[place].kind is Kind.FIGURE]
        sums = 0
        for place in added:
            total = figure(line.cells[place])
            sums += total is not None and is_sum(total, self._body.to_series(place).to_list())
        return sums > 0 and 2 * sums >= len(added)

    @cached_property
    def _profiles(self) -> list[Profile]:
        return [profile([cell for cell in column.head(SAMPLE_ROWS) if cell]) for column in self._body]
