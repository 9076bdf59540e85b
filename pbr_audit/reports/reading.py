"""What was read of each table, and what was set aside, as the summary and the report tell it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.reports.amounts import in_order
from pbr_audit.reports.folder import REJECTS
from pbr_audit.validate import Counts, Validated

# A reason that names the row's twin is one reason, whatever the place of the twin.
PLACE_OF_TWIN = r" \((?:also|first) at .*\)$"


@dataclass(frozen=True)
class Pence:
    """Pence read, accepted and rejected in one currency."""

    read: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class TableRead:
    """One table; `reasons` for its rejects with the number of rows, most frequent first."""

    name: str
    counts: Counts
    pence: Mapping[str, Pence]
    reasons: tuple[tuple[str, int], ...]

    @property
    def rejects_file(self) -> str:
        """The file that lists the rejected rows, below the folder of the run."""
        return f"{REJECTS}/{self.name}.csv"

    @property
    def rejected_percent(self) -> str:
        """The share of rows that were rejected."""
        return f"{self.counts.rejected_share:.1%}".replace("%", " %")


def tables_read(validated: Validated) -> tuple[TableRead, ...]:
    """Return every table in the order of the data set; a row with two reasons counts under both."""
    return tuple(
        TableRead(name, table.counts, _pence(table.counts), _reasons(table.rejects.reasons()))
        for name, table in validated.tables.items()
    )


def _pence(counts: Counts) -> dict[str, Pence]:
    read, accepted, rejected = (
        part or {} for part in (counts.read_pence, counts.accepted_pence, counts.rejected_pence)
    )
    return {
        currency: Pence(read.get(currency, 0), accepted.get(currency, 0), rejected.get(currency, 0))
        for currency in in_order({*read, *accepted, *rejected})
    }


def _reasons(counted: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    kinds = (
        counted.group_by(pl.col("reason").str.replace(PLACE_OF_TWIN, ""))
        .agg(pl.col("rows").sum())
        .sort("rows", "reason", descending=[True, False])
    )
    return tuple(kinds.iter_rows())
