"""Small files, read through the front door: what the tests of readers share."""

from pathlib import Path

import polars as pl

from pbr_audit.dataset import DataSet, Options, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest import Batch, batches


def read_batches(path: Path, **given: str) -> list[Batch]:
    """Read `path` as claims; `given` are the table's `sheet`, `delimiter` and `encoding`."""
    options = Options(delimiter=given.get("delimiter"), encoding=given.get("encoding"))
    table_input = TableInput("claims", (path,), sheet=given.get("sheet"), options=options)
    return list(batches(table_input, DataSet(path.parent, "test")))


def read(path: Path, **given: str) -> pl.DataFrame:
    """Read all rows of `path`."""
    return pl.concat([batch.frame for batch in read_batches(path, **given)])


def rows(path: Path, **given: str) -> list[tuple[object, ...]]:
    """Read all rows of `path`, each with its row number last."""
    return read(path, **given).rows()


def aside(path: Path, **given: str) -> list[tuple[int, str, str]]:
    """Read the records of `path` that are set aside: row, text and reason."""
    return [
        row for batch in read_batches(path, **given) if batch.aside is not None for row in batch.aside.rows()
    ]


def said(path: Path, **given: str) -> list[str]:
    """Read what is said about how `path` was read."""
    return [sentence for batch in read_batches(path, **given) for sentence in batch.said]


def refusal(path: Path, **given: str) -> str:
    """Read a file that is to be refused; the sentence."""
    try:
        read(path, **given)
    except InputError as error:
        return str(error)
    raise AssertionError("the file was read")


def written(folder: Path, name: str, content: bytes | str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
