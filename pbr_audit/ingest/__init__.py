"""Readers: the files of a table come out as batches of rows, each row with its file, sheet and number."""

from collections.abc import Callable, Iterator
from pathlib import Path

from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.dataset.discovery import WORKBOOKS
from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import REASON, ROW, TEXT, Batch, Source
from pbr_audit.ingest.computed import Doubt
from pbr_audit.ingest.corrected import came_back
from pbr_audit.ingest.delimited import read_delimited
from pbr_audit.ingest.json_records import read_json
from pbr_audit.ingest.mapping import Mapped, mapped
from pbr_audit.ingest.parquet import read_parquet
from pbr_audit.ingest.workbook import read_workbook

__all__ = ["REASON", "ROW", "TEXT", "Batch", "Doubt", "Mapped", "Source", "batches", "mapped"]

Reader = Callable[[Source, TableInput], Iterator[Batch]]

_TEXT = {".csv": read_delimited, ".tsv": read_delimited, ".txt": read_delimited}
_JSON = {".json": read_json, ".jsonl": read_json, ".ndjson": read_json}
_PACKED = {f"{ending}.gz": reader for ending, reader in (_TEXT | _JSON).items()}
READERS: dict[str, Reader] = {
    **_TEXT,
    **_JSON,
    **_PACKED,
    ".parquet": read_parquet,
    **dict.fromkeys(WORKBOOKS, read_workbook),
}


def batches(table_input: TableInput, dataset: DataSet) -> Iterator[Batch]:
    """All rows of a table, file after file in the order of `table_input.files`, rows in the file's order.

    Memory stays flat: a batch is some 4 MiB of text, and only a few are held at once. Raises InputError, one
    sentence, for a file that cannot be read whole as a table; no row is ever left out in silence.
    """
    for path in table_input.files:
        yield from _read(path, table_input, dataset.shown(path))


def _read(path: Path, table_input: TableInput, shown: str) -> Iterator[Batch]:
    reader = next((READERS[ending] for ending in READERS if path.name.lower().endswith(ending)), None)
    if reader is None:
        raise InputError(f"{shown}: is of no format that is read; save it as one of {', '.join(READERS)}")
    try:
        if not path.is_file():
            found = "is a folder" if path.is_dir() else "is not there"
            raise InputError(f"{shown}: {found}; name a file that holds the table {table_input.table}")
        # A sheet's name is of no concern to files that have no sheets.
        sheet = table_input.sheet if reader is read_workbook else None
        yield from map(came_back, reader(Source(shown, path, sheet), table_input))
    except OSError as error:
        reason = (error.strerror or "the system gives no reason").lower()
        problem = f"{shown}: cannot be read ({reason}); check the file and who may read it"
    else:
        return
    raise InputError(problem)
