"""Tables that stand side by side in one sheet, blank columns between them."""

from dataclasses import replace
from itertools import pairwise

from pbr_audit.errors import InputError
from pbr_audit.ingest.cell_kinds import text_at
from pbr_audit.ingest.header_choice import FEWEST_KNOWN
from pbr_audit.ingest.header_evidence import SAMPLE_ROWS, Candidate, Rows, known_in

# Two places are `3 and 4`, three are `3 to 5`.
FEWEST_TO = 2
# One row less may be a cell that is empty.
FEWEST_ROWS_APART = 2


def without_other_tables(
    rows: Rows, where: str, found: Candidate, known: frozenset[str]
) -> tuple[Candidate, tuple[int, ...]]:
    """Return the table whose names are known, and the columns of those beside it.

    Blank columns inside one table are common, so groups of columns are tables of their own only where they
    share names or end at different rows. InputError where it cannot be told which table is meant.
    """
    groups = _groups(found.columns)
    if len(groups) == 1 or (found.is_complete and not _end_apart(rows, found, groups)):
        return found, ()
    parts = [_part(found, group) for group in groups]
    ours = [part for part in parts if len(known_in(part.names, known)) >= FEWEST_KNOWN]
    others = [part for part in parts if part not in ours]
    if len(ours) == 1 and not any(
        known_in(part.names, known) - known_in(ours[0].names, known) for part in others
    ):
        return ours[0], tuple(column for part in others for column in part.columns)
    if sum(len(part.columns) > 1 and part.is_complete for part in parts) <= 1:
        # A header with a gap or a name twice: names are checked next, and say which.
        return found, ()
    raise InputError(
        f"{where}: tables stand side by side, columns {_spans(groups)}; give each a file or sheet of its own"
    )


def _groups(columns: tuple[int, ...]) -> list[tuple[int, ...]]:
    groups: list[tuple[int, ...]] = [columns[:1]]
    for before, column in pairwise(columns):
        if column == before + 1:
            groups[-1] += (column,)
        else:
            groups.append((column,))
    return groups


def _part(found: Candidate, group: tuple[int, ...]) -> Candidate:
    kept = [place for place, column in enumerate(found.columns) if column in group]
    return replace(
        found,
        columns=group,
        names=tuple(found.names[place] for place in kept),
        profiles=tuple(found.profiles[place] for place in kept),
    )


def _end_apart(rows: Rows, found: Candidate, groups: list[tuple[int, ...]]) -> bool:
    """Tell whether of two groups, both filled without gaps, one goes on where the other has ended."""
    below = rows[found.header.stop : found.header.stop + SAMPLE_ROWS]
    ends = []
    for group in groups:
        full = [index for index, row in enumerate(below) if all(text_at(row, column) for column in group)]
        some = [index for index, row in enumerate(below) if any(text_at(row, column) for column in group)]
        if len(group) > 1 and full and full == some:
            ends.append(full[-1])
    return bool(ends) and max(ends) - min(ends) >= FEWEST_ROWS_APART


def _spans(groups: list[tuple[int, ...]]) -> str:
    return ", and ".join(spans(group) for group in groups)


def spans(columns: tuple[int, ...]) -> str:
    """Return positions as people count them: `3`, `3 to 5`, `3, 4 and 7`."""
    numbers = [column + 1 for column in columns]
    if len(numbers) > FEWEST_TO and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return " and ".join(filter(None, [", ".join(map(str, numbers[:-1])), str(numbers[-1])]))
