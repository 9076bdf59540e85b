"""Where the table stands among a source's first records: its header, its columns, what is above them."""

from collections.abc import Iterator
from dataclasses import dataclass

from pbr_audit.errors import InputError
from pbr_audit.ingest.beside import spans, without_other_tables
from pbr_audit.ingest.cell_kinds import filled
from pbr_audit.ingest.header_choice import FEWEST_TYPED, is_well_known, told_header, written_header
from pbr_audit.ingest.header_evidence import Candidate, Rows
from pbr_audit.ingest.names import checked_names
from pbr_audit.ingest.under_table import Under

__all__ = ["TablePlace", "Under", "find_table"]


@dataclass(frozen=True)
class TablePlace:
    """The table's place among `rows`; indexes count from 0, sentences from 1.

    `columns` are the positions of the cells that are columns, `names` their names. A row below the header
    with nothing in `columns` is no row of the table. `beside` are columns of another table, deliberately
    left out and said. What stands in any further column has no name: the reader gives it one, and says so.
    """

    header: range
    columns: tuple[int, ...]
    names: tuple[str, ...]
    said: tuple[str, ...]
    beside: tuple[int, ...] = ()


def find_table(
    rows: Rows,
    where: str,
    *,
    known: frozenset[str],
    header_row: int | None = None,
    header_rows: int | None = None,
) -> TablePlace:
    """Find the table among the first some 200 records of a source, blank ones included: `rows[0]` is row 1.

    `known` are header names that are expected, folded by `plain`; `header_row` and `header_rows` are what
    audit.toml says. Raises InputError, one sentence without a cell's value, where no header can be told.
    """
    if not any(filled(row) for row in rows):
        raise InputError(f"{where}: is empty; the first row must name the columns")
    if header_row is not None:
        found = written_header(rows, where, header_row, header_rows or 1, known)
    else:
        found = told_header(rows, where, header_rows, known)
    if header_row is None or not found.is_complete:
        found, beside = without_other_tables(rows, where, found, known)
    else:
        beside = ()
    if header_row is None and not is_well_known(found) and found.typed < FEWEST_TYPED:
        # What lacks a name may be a row that lacks a cell.
        checked_names(found.names, where, found.columns)
    said = tuple(f"{where}: {sentence}" for sentence in _said(rows, found, beside))
    named = [(column, name) for column, name in zip(found.columns, found.names, strict=True) if name]
    columns = tuple(column for column, _ in named)
    names = tuple(checked_names([name for _, name in named], where, columns))
    return TablePlace(found.header, columns, names, said, beside)


def _said(rows: Rows, found: Candidate, beside: tuple[int, ...]) -> Iterator[str]:
    above = [index for index in range(found.header.start) if filled(rows[index])]
    if len(above) == 1:
        yield f"row {above[0] + 1} stands above the header and is not read as a row"
    elif above:
        yield f"rows {spans(tuple(above))} stand above the header and are not read as rows"
    if len(found.header) > 1:
        yield f"rows {spans(tuple(found.header))} together name the columns"
    if beside:
        columns = f"columns {spans(beside)} hold" if len(beside) > 1 else f"column {spans(beside)} holds"
        yield f"{columns} another table, beside this one after a blank column, and are not read"
