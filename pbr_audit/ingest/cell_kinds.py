"""What a cell seems to hold, by its look alone: a figure, a date, a year or words."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

# A column is of figures or dates where so large a share of its cells is; the rest may be shorthand or notes.
TYPED_SHARE = 0.8

_FIGURE = re.compile(r"[-+(]?\s*[£$€¥]?\s*[-+]?(\d[\d,.'\u00a0\u202f ]*|\.\d+)\s*[%€£$]?\)?-?")
_DATE = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}([-/.])\d{1,2}\3\d{2,4}( \d{1,2}:\d{2}.*)?"
)
_YEAR = re.compile(r"(19|20)\d\d")
# Published tables write these where a figure is missing, suppressed or not applicable.
_SHORTHAND = re.compile(r"\[\w{1,4}\]|\.{1,3}|[-\u2013\u2014:*~#x]|n/?a|null|none", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")

Cells = Sequence[str | None]


class Kind(Enum):
    """What a cell seems to hold; NONE is an empty one, or shorthand for a missing figure."""

    NONE = "none"
    FIGURE = "figure"
    DATE = "date"
    YEAR = "year"
    WORDS = "words"


def filled(cells: Cells) -> list[int]:
    """Return the positions of the cells that hold more than blanks."""
    return [index for index, cell in enumerate(cells) if cell and cell.strip()]


def text_at(cells: Cells, position: int) -> str:
    """Return the trimmed cell; empty where the row is shorter."""
    return (cells[position] or "").strip() if position < len(cells) else ""


def kind_of(cell: str) -> Kind:
    """Tell what a trimmed cell seems to hold."""
    if not cell or _SHORTHAND.fullmatch(cell):
        return Kind.NONE
    if _YEAR.fullmatch(cell):
        return Kind.YEAR
    if _DATE.fullmatch(cell):
        return Kind.DATE
    return Kind.FIGURE if _FIGURE.fullmatch(cell) else Kind.WORDS


@dataclass(frozen=True)
class Profile:
    """What a column's cells have in common; `shape` is that of codes: `PR01` is `a9`, `2016-Q3` is `9-a9`."""

    kind: Kind
    shape: str | None = None

    @property
    def is_typed(self) -> bool:
        """Figures, dates or years."""
        return self.kind in {Kind.FIGURE, Kind.DATE, Kind.YEAR}


def profile(cells: Sequence[str]) -> Profile:
    """Tell what a column's trimmed cells have in common; of kind NONE where that is nothing."""
    kinds = [kind for kind in map(kind_of, cells) if kind is not Kind.NONE]
    for kind in (Kind.YEAR, Kind.DATE, Kind.FIGURE, Kind.WORDS):
        # Years are figures too: a column of counts may hold 2016.
        alike = {kind, Kind.YEAR} if kind is Kind.FIGURE else {kind}
        if kinds and sum(found in alike for found in kinds) >= TYPED_SHARE * len(kinds):
            return Profile(kind, _shape_of(cells) if kind is Kind.WORDS else None)
    return Profile(Kind.NONE)


def agrees(cell: str, column: Profile) -> bool:
    """Tell whether a cell could stand among a column's figures, dates or codes: so it is no header there.

    A year above a column of figures is a header of published tables.
    """
    if column.kind is Kind.WORDS:
        return column.shape is not None and shape(cell) == column.shape
    return column.is_typed and kind_of(cell) is column.kind


def shape(cell: str) -> str:
    """Letters become `a`, digits `9`, each run one sign."""
    return _DIGITS.sub("9", _LETTERS.sub("a", cell))


def _shape_of(cells: Sequence[str]) -> str | None:
    shapes = Counter(shape(cell) for cell in cells if cell)
    common, times = shapes.most_common(1)[0]
    return common if "9" in common and times >= TYPED_SHARE * shapes.total() else None
