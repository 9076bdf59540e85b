"""What was read of each table, and what was set aside, as the summary and the report tell it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pbr_audit.reports.amounts import in_order
from pbr_audit.reports.folder import REJECTS
from pbr_audit.validate import Counts, Validated, ValidTable

# Files beyond these are in `rejects/TABLE.csv` only.
FILES_SHOWN = 50
REASONS_OF_A_FILE = 10


@dataclass(frozen=True)
class Pence:
    """Pence read, accepted and rejected in one currency."""

    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class FileRejects:
    """The rejects of one file or sheet: of how many rows, with reasons and rows, the most frequent first."""

    shown: str
    read: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]
    more_reasons: int


@dataclass(frozen=True)
class TableRead:
    """One table; `reasons` for its rejects with the number of rows, most frequent first.

    `files` are those with rejects, the most first, where the table has several files; `more_files` are not
    among them.
    """

    name: str
    counts: Counts
    pence: Mapping[str, Pence]
    reasons: tuple[tuple[str, int], ...]
    files: tuple[FileRejects, ...] = ()
    more_files: int = 0

    @property
    def rejects_file(self) -> str:
        """The file that lists the rejected rows, below the folder of the run."""
        return f"{REJECTS}/{self.name}.csv"

    @property
    def rejected_percent(self) -> str:
        """The share of the table's rows that are rejected and left so."""
        return f"{self.counts.rejected_share:.1%}".replace("%", " %")

    @property
    def rejected_in_words(self) -> str:
        """How much of the table the rejected rows are, and which of them leave no gap."""
        counts = self.counts
        parts = []
        if counts.replaced:
            parts.append(f"{counts.replaced:,} corrected since")
        if counts.beside:
            parts.append(f"{counts.beside:,} beside the table")
        share = f"{self.rejected_percent} of those read"
        return ", ".join([*parts, f"{counts.left:,} left: {share}"]) if parts else share


def tables_read(validated: Validated) -> tuple[TableRead, ...]:
    """Return every table in the order of the data set; a row with two reasons counts under both."""
    return tuple(
        TableRead(
            name,
            table.counts,
            _pence(table.counts),
            tuple(table.rejects.reasons().iter_rows()),
            *_files(table),
        )
        for name, table in validated.tables.items()
    )


def _files(table: ValidTable) -> tuple[tuple[FileRejects, ...], int]:
    """Return the files with the most rejects of a table of several, and how many others have some."""
    if not table.counts.rejected or len(table.sources) == 1:
        return (), 0
    reasons: dict[int, list[tuple[str, int]]] = {}
    for source, reason, rows in table.rejects.reasons_by_source().iter_rows():
        reasons.setdefault(source, []).append((reason, rows))
    rejected = dict(table.rejects.rows_by_source().iter_rows())
    order = sorted(rejected, key=lambda source: (-rejected[source], source))
    files = tuple(
        FileRejects(
            table.sources[source].shown,
            table.rows_by_source[source],
            rejected[source],
            tuple(reasons[source][:REASONS_OF_A_FILE]),
            max(0, len(reasons[source]) - REASONS_OF_A_FILE),
        )
        for source in order[:FILES_SHOWN]
    )
    return files, max(0, len(order) - FILES_SHOWN)


def _pence(counts: Counts) -> dict[str, Pence]:
    read, accepted, rejected = (
        part or {} for part in (counts.read_pence, counts.accepted_pence, counts.rejected_pence)
    )
    return {
        currency: Pence(read.get(currency, 0), accepted.get(currency, 0), rejected.get(currency, 0))
        for currency in in_order({*read, *accepted, *rejected})
    }
