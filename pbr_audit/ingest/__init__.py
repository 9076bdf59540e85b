"""Readers: the files of a table come out as batches of rows, every row with its file, sheet and row number."""

from collections.abc import Iterator

from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.ingest.batch import ROW, Batch, Source
from pbr_audit.ingest.mapping import Doubt, Mapped, mapped

__all__ = ["ROW", "Batch", "Doubt", "Mapped", "Source", "batches", "mapped"]


def batches(table_input: TableInput, dataset: DataSet) -> Iterator[Batch]:
    """All rows of a table, file after file in the order of `table_input.files`, rows in the order of the file.

    Memory stays flat: a batch is some 8 MiB of text, and only a few are held at once. Raises InputError, one
    sentence, for a file that cannot be read whole as a table; no row is ever left out in silence.
    """
    raise NotImplementedError(table_input, dataset)
