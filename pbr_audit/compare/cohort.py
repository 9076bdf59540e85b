"""The cohort as it is read: every row of its files accounted for, and one frame of the accepted people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from pbr_audit.dataset import DataSet, TableInput, open_dataset
from pbr_audit.errors import ConfigurationError
from pbr_audit.ingest import Mapped, Source, batches, mapped
from pbr_audit.tables import TABLES
from pbr_audit.validate import Contracts, Counts, Reading, require_covariates, validate_table

TABLE: Final = "cohort"
TREATED: Final = "treated"


@dataclass(frozen=True)
class Cohort:
    """Accepted people, sorted by `person_id`: whatever order the files are in, the pairs are the same.

    `covariates` by name: "number" or "text". `said` are sentences on how the files were read.
    """

    dataset: DataSet
    people: pl.DataFrame
    covariates: Mapping[str, str]
    counts: Counts
    said: tuple[str, ...]


@contextmanager
def reading(path: Path) -> Iterator[Cohort]:
    """Read the cohort of the data set at `path`, a folder or an audit.toml.

    Raises PbrAuditError where there is none, where nothing says what to compare on, and where nobody is left.
    """
    dataset = open_dataset(path)
    if TABLE not in dataset.tables:
        raise ConfigurationError(
            f"{dataset.name}: has no cohort; put cohort.csv into the folder, or name its files in audit.toml "
            "under [tables.cohort]"
        )
    given = dataset.tables[TABLE]
    if not given.further:
        raise ConfigurationError(
            f"{dataset.name}: nothing says what people are compared on; name covariates in audit.toml, "
            f'such as [tables.cohort.covariates] age = "number"{_perhaps(given, dataset)}'
        )
    with TemporaryDirectory(prefix="pbr-audit-") as work:
        table = validate_table(_reading(given, dataset), Path(work) / TABLE)
        table.counts.assert_complete()
        people = table.frame.drop("_source", "_row").sort("person_id").collect()
        require_covariates(dataset, TABLE, table.columns)
        yield Cohort(dataset, people, dict(given.further), table.counts, table.said)


def _reading(given: TableInput, dataset: DataSet) -> Reading:
    pool = _pool(given, dataset)

    def mapping(source: Source, schema: Mapping[str, pl.DataType], *, waived: frozenset[str]) -> Mapped:
        found = mapped(given, source, schema, waived=waived | ({TREATED} if pool else frozenset()))
        if TREATED in found.columns or not pool:
            return found
        is_treated = pl.lit("false" if source.path in pool else "true", dtype=pl.String)
        return Mapped({**found.columns, TREATED: is_treated}, found.doubts)

    return Reading(
        TABLE,
        mapping,
        lambda: chain.from_iterable([batches(given, dataset)]),
        Contracts(),
        given.formats,
        further=given.further,
    )


def _pool(given: TableInput, dataset: DataSet) -> frozenset[Path]:
    """Return the files that hold the pool alone; ConfigurationError where they are not of the cohort's."""
    named = dataset.comparing.pool or ()
    files = {dataset.shown(path): path for path in given.files}
    for name in named:
        if name not in files:
            raise ConfigurationError(
                "audit.toml: comparison.pool names a file that is none of the cohort's; name it under "
                "[tables.cohort] files too"
            )
    return frozenset(files[name] for name in named)


def _perhaps(given: TableInput, dataset: DataSet) -> str:
    """Say which columns the first file has that could be covariates."""
    batch = next(batches(given, dataset), None)
    taken = set(TABLES[TABLE].columns) | {"_row"}
    others = [] if batch is None else [f'"{name}"' for name in batch.frame.columns if name not in taken]
    return f" (further columns of the file: {', '.join(others)})" if others else ""
