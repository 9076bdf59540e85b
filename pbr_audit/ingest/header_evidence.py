"""What speaks for a row as the table's header: names that are expected, and unlikeness to the rows below."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pbr_audit.ingest.cell_kinds import Cells, Kind, Profile, agrees, filled, kind_of, profile, text_at
from pbr_audit.tables.synonyms import plain

# So many rows below the header are looked at.
SAMPLE_ROWS = 100

Rows = Sequence[Cells]


@dataclass(frozen=True)
class Candidate:
    """A row, or several, weighed as the header; `names` are its columns' names, empty where one has none.

    `hits` is how many different known names it holds, `likeness` how many of its cells could stand among the
    figures, dates or codes below them; `profiles` are of the columns below.
    """

    header: range
    columns: tuple[int, ...]
    names: tuple[str, ...]
    hits: int
    likeness: int
    profiles: tuple[Profile, ...] = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Every column has a name, and no two have the same."""
        return all(self.names) and len(set(self.names)) == len(self.names)

    @property
    def typed(self) -> int:
        """How many columns have a name, and figures or dates below it."""
        pairs = zip(self.names, self.profiles, strict=True)
        return sum(bool(name) and below.is_typed for name, below in pairs)


def weigh(rows: Rows, header: range, known: frozenset[str]) -> Candidate | None:
    """Weigh rows as the header; None where one of them is blank."""
    chosen = rows[header.start : header.stop]
    if not all(filled(row) for row in chosen):
        return None
    below = rows[header.stop : header.stop + SAMPLE_ROWS]
    columns = tuple(sorted({position for row in chosen for position in filled(row)} | _block(below)))
    profiles = tuple(profile([text_at(row, column) for row in below]) for column in columns)
    names = _joined(chosen, columns, known)
    hits = known_in([cell for row in chosen for cell in row], known) | known_in(names, known)
    likeness = sum(like_rows(row, columns, profiles, known) for row in chosen)
    likeness += _recurring(chosen[-1], below, columns, known)
    return Candidate(header, columns, names, len(hits), likeness, profiles)


def known_in(cells: Cells, known: frozenset[str]) -> frozenset[str]:
    """Return the known names among the cells; `Provider:` is the label of a parameter, not a header."""
    texts = [cell.strip() for cell in cells if cell]
    return known & {plain(text) for text in texts if not text.endswith(":")}


def like_rows(
    row: Cells, columns: Sequence[int], profiles: Sequence[Profile], known: frozenset[str] = frozenset()
) -> int:
    """Count the cells that could stand among their column's figures, dates or codes; no known name can."""
    cells = [text_at(row, column) for column in columns]
    pairs = zip(cells, profiles, strict=True)
    return sum(agrees(cell, below) and plain(cell) not in known for cell, below in pairs)


def is_header_again(row: Cells, header: Cells) -> bool:
    """Tell whether a row repeats the header, cell by cell."""
    last = max(len(row), len(header))
    return all(text_at(row, at) == text_at(header, at) for at in range(last))


def is_wordy(header: Cells) -> bool:
    """Tell whether all filled cells can be names: words or years, and words somewhere."""
    kinds = [kind_of(text_at(header, position)) for position in filled(header)]
    return Kind.WORDS in kinds and all(kind in {Kind.WORDS, Kind.YEAR} for kind in kinds)


def _block(below: Rows) -> set[int]:
    """Positions that rows fill, down to the first blank line under them: farther down notes may stand.

    One cell alone may be a note, above or below: it counts only where no row has more.
    """
    positions: set[int] = set()
    for row in below:
        here = filled(row)
        if not here and positions:
            return positions
        if len(here) > 1:
            positions |= set(here)
    return positions or {position for row in below for position in filled(row)}


def _recurring(header: Cells, below: Rows, columns: Sequence[int], known: frozenset[str]) -> int:
    """Count the would-be names that stand again among the values below them, as a row's values do.

    One in three is no evidence, for a column `other` may hold the word; one that speaks for the header is.
    """
    others = [row for row in below if not is_header_again(row, header)]
    names = {column: text_at(header, column) for column in columns}
    again = [
        name for column, name in names.items() if name and any(text_at(row, column) == name for row in others)
    ]
    is_evidence = len(again) > len(columns) // 3 or any(plain(name) in known for name in again)
    return len(again) if is_evidence else 0


def _joined(header: Rows, columns: Sequence[int], known: frozenset[str]) -> tuple[str, ...]:
    """One name a column. An upper row's names reach right over gaps, as merged cells do.

    A lower name that is expected and unique stays as it is: `Area` beside groups of years is no part of one.
    """
    names = [text_at(header[-1], column) for column in columns]
    for upper in reversed(header[:-1]):
        counts = Counter(names)
        group = ""
        for place, column in enumerate(columns):
            own, name = text_at(upper, column), names[place]
            group = own or group
            if not name:
                names[place] = own
            elif group and not (counts[name] == 1 and plain(name) in known):
                names[place] = f"{group} {name}"
    return tuple(names)
