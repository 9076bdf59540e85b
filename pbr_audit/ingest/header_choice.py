"""Which rows are the header: decided by evidence, and refused where that leaves a doubt.

A row of data that became the header would be lost, and its cells would be names in messages: so a person is
asked for `header_row` wherever the rows speak for more than one answer, or for none.
"""

from collections.abc import Iterator

from pbr_audit.errors import InputError
from pbr_audit.ingest.cell_kinds import Cells, Kind, filled, kind_of, text_at
from pbr_audit.ingest.header_evidence import (
    Candidate,
    Rows,
    is_wordy,
    known_in,
    like_rows,
    weigh,
)

# One known name may stand in a row of data by chance, two different ones hardly.
FEWEST_KNOWN = 2
# Where no name is known: under titles, columns of figures or dates that the header has to be unlike.
FEWEST_TYPED = 2
# Above a table of words alone: lines of several cells, such as a report's parameters and groups of names.
MOST_LINES_ABOVE = 2
# Of a first row that lacks names: the share of the cells below that stand under one.
MOST_NAMED = 0.6
# Titles and notes above a header take no more rows than this.
DEEPEST_ROW = 60

WRITE = (
    "write header_row, the number of the row that names the columns, in audit.toml under this table's options"
)


def written_header(rows: Rows, where: str, header_row: int, levels: int, known: frozenset[str]) -> Candidate:
    """Take the header that audit.toml names, whatever it looks like; InputError where nothing is there."""
    header = range(header_row - levels, header_row)
    if header.start < 0:
        raise InputError(
            f"{where}: audit.toml gives more header_rows than header_row allows; correct one of them"
        )
    if header.stop > len(rows):
        raise InputError(
            f"{where}: audit.toml gives header_row = {header_row}, but the header is looked for in the first "
            f"{len(rows)} rows only; correct header_row"
        )
    found = weigh(rows, header, known)
    if found is None:
        raise InputError(
            f"{where}: audit.toml gives header_row = {header_row}, but a row there is blank; correct it"
        )
    return found


def told_header(rows: Rows, where: str, levels: int | None, known: frozenset[str]) -> Candidate:
    """Tell the header by its known names, else by its unlikeness to the rows; InputError where in doubt."""
    found = _by_names(rows, where, levels, known) or _by_likeness(rows, levels, known)
    if found is None:
        raise InputError(f"{where}: no row can be told to be the header; {WRITE}")
    above = next((row for row in range(found.header.start) if _is_row(rows, row, found)), None)
    if above is not None:
        raise InputError(
            f"{where}: row {above + 1} looks like a row of the table, and stands above row "
            f"{found.header.stop}, which looks like its header; {WRITE}"
        )
    return found


def _by_names(rows: Rows, where: str, levels: int | None, known: frozenset[str]) -> Candidate | None:
    """Return the rows with most known names, two or more; a single one is enough where it stands alone."""
    deepest = rows[:DEEPEST_ROW]
    hits = [(index, len(known_in(row, known)), len(filled(row))) for index, row in enumerate(deepest)]
    promising = [index for index, found, cells in hits if found >= FEWEST_KNOWN or 0 < found == cells == 1]
    weighed = [found for index in promising for found in _readings(rows, index, levels, known)]
    weighed = [found for found in weighed if not found.likeness and is_well_known(found)]
    if not weighed:
        return None
    most = max(found.hits for found in weighed)
    best = [found for found in weighed if found.hits == most]
    whole = [found for found in best if found.is_complete] or best
    first = whole[0]
    # The header may be repeated on each page of a report; other names are another table's, or a doubt.
    other = next((found for found in whole if found.names != first.names), None)
    if other is not None:
        raise InputError(
            f"{where}: rows {first.header.stop} and {other.header.stop} both look like the header; {WRITE}, "
            "or give each table a file or sheet of its own"
        )
    return first


def is_well_known(found: Candidate) -> bool:
    """Tell whether known names are too many to be values: three, two of up to four names, or the only one."""
    named = sum(bool(name) for name in found.names)
    few = found.hits == FEWEST_KNOWN and named <= 2 * FEWEST_KNOWN
    return found.hits > FEWEST_KNOWN or few or found.hits == len(found.columns) == 1


def _by_likeness(rows: Rows, levels: int | None, known: frozenset[str]) -> Candidate | None:
    """Return the first rows that can be names and are unlike the figures and dates below them.

    The first row of all is the header by convention, where it names every column and is like no row. Where it
    leaves a name out it is returned too: which one is then said.
    """
    top = next(index for index, row in enumerate(rows) if filled(row))
    for index in range(top, min(len(rows), DEEPEST_ROW)):
        for found in _readings(rows, index, levels, known):
            lower = rows[found.header.stop - 1]
            if found.likeness or not found.is_complete or _is_figure_by_chance(lower, found):
                continue
            by_convention = found.header.start == top and len(found.header) == (levels or 1)
            kinds = {kind_of(text_at(lower, at)) for at in filled(lower)}
            if by_convention and Kind.WORDS in kinds and Kind.DATE not in kinds:
                return found
            if is_wordy(lower) and found.typed >= FEWEST_TYPED:
                return found
    return _with_gaps(rows, top, levels, known)


def _is_figure_by_chance(row: Cells, found: Candidate) -> bool:
    """Tell whether years above figures may as well be figures: years that name columns follow one another."""
    typed = [column for column, below in zip(found.columns, found.profiles, strict=True) if below.is_typed]
    years = sorted({text_at(row, at) for at in typed if kind_of(text_at(row, at)) is Kind.YEAR})
    return bool(years) and (len(years) == 1 or int(years[-1]) - int(years[0]) != len(years) - 1)


def _with_gaps(rows: Rows, top: int, levels: int | None, known: frozenset[str]) -> Candidate | None:
    """Return the first row where it can only be a header that lacks a name, or has one twice."""
    found = next(iter(_readings(rows, top, levels, known)), None)
    if found is None or found.likeness or not is_wordy(rows[top]):
        return None
    if all(found.names):
        return found
    named = {column for column, name in zip(found.columns, found.names, strict=True) if name}
    cells = [column in named for row in rows[top + 1 :] for column in filled(row)]
    is_most = len(named) > 1 and sum(cells) >= MOST_NAMED * len(cells)
    return found if is_most and found.typed else None


def _readings(rows: Rows, index: int, levels: int | None, known: frozenset[str]) -> Iterator[Candidate]:
    """Weigh a row as the header by itself, or where that leaves columns without their own name, in a pair."""
    if levels is not None:
        found = weigh(rows, range(index + 1 - levels, index + 1), known) if index + 1 >= levels else None
        yield from [found] if found else []
        return
    alone = weigh(rows, range(index, index + 1), known)
    if alone is not None:
        yield alone
        if not alone.is_complete:
            yield from _pairs(rows, index, known)


def _pairs(rows: Rows, index: int, known: frozenset[str]) -> Iterator[Candidate]:
    """Weigh a row with the one above it and the one below it, where that gives each column its own name."""
    for upper in (index - 1, index):
        if upper < 0 or upper + 1 >= len(rows):
            continue
        found = weigh(rows, range(upper, upper + 2), known)
        lower = weigh(rows, range(upper + 1, upper + 2), known)
        if found is None or lower is None or lower.is_complete:
            continue
        if found.is_complete and _is_pair(rows, found):
            yield found


def _is_pair(rows: Rows, found: Candidate) -> bool:
    """Tell whether two rows are group names over names: both of words or years, neither a title."""
    upper, lower = (rows[index] for index in found.header)
    if not is_wordy(lower) or not is_wordy([*upper, "years, perhaps"]):
        return False
    # A title is one cell, at the left; a group's name may stand there only if nothing else names the column.
    groups = filled(upper)
    return len(groups) > 1 or groups[0] != found.columns[0]


def _is_row(rows: Rows, index: int, found: Candidate) -> bool:
    """Tell whether a row above the header could be a row of the table."""
    row = rows[index]
    cells = [column for column in found.columns if text_at(row, column)]
    if not cells or text_at(row, cells[0]).endswith(":"):
        return False
    alike = like_rows(row, found.columns, found.profiles)
    if found.typed or alike:
        return alike >= FEWEST_TYPED or (alike > 0 and 2 * len(cells) >= len(found.columns))
    if len(found.columns) > 1:
        several = sum(len(filled(other)) > 1 for other in rows[: found.header.start])
        return len(cells) == len(found.columns) or (len(cells) > 1 and several > MOST_LINES_ABOVE)
    # A column of words alone: one line may be its title, two are rows.
    return sum(bool(filled(other)) for other in rows[: found.header.start]) > 1
