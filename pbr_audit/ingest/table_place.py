"""Where the table stands among a source's first records: its header, its columns, what is above them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pbr_audit.errors import InputError
from pbr_audit.ingest.names import checked_names
from pbr_audit.ingest.under_table import Under

__all__ = ["TablePlace", "Under", "find_table"]

Rows = Sequence[Sequence[str | None]]


@dataclass(frozen=True)
class TablePlace:
    """The table's place among `rows`; indexes count from 0, sentences from 1.

    `columns` are the positions of the cells that are columns, `names` their names. A row below the header
    with nothing in `columns` is no row of the table. `beside` are columns of another table, deliberately
    left out and said; what stands in any further column has no name.
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

    `known` are header names that are expected, folded by `plain`. Raises InputError, one sentence without a
    cell's value, where no header can be told.
    """
    del known
    first = next((index for index, row in enumerate(rows) if any(cell for cell in row)), None)
    if first is None:
        raise InputError(f"{where}: is empty; the first row must name the columns")
    last = first if header_row is None else header_row - 1
    header = range(last + 1 - (header_rows or 1), last + 1)
    columns = tuple(index for index, cell in enumerate(rows[last]) if cell and cell.strip())
    names = checked_names([rows[last][index] for index in columns], where)
    return TablePlace(header, columns, tuple(names), ())
