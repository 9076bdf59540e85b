"""What a reader hands on: some rows of one source, as they stand in the file, each with its row number."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

ROW = "_row"
TEXT = "_text"
REASON = "_reason"
ASIDE: Mapping[str, pl.DataType] = {ROW: pl.UInt32(), TEXT: pl.String(), REASON: pl.String()}


@dataclass(frozen=True)
class Source:
    """A file, or one sheet of a workbook; `file` is the name that people are shown."""

    file: str
    path: Path
    sheet: str | None = None

    @property
    def shown(self) -> str:
        """The source in a sentence: `claims.csv`, or `claims.xlsx sheet Claims`."""
        return self.file if self.sheet is None else f"{self.file} sheet {self.sheet}"


@dataclass(frozen=True)
class Batch:
    """Rows of one source: its own columns as read, and last `_row` (UInt32).

    `_row` is the number that a spreadsheet shows (the header is row 1); in Parquet and JSON it is the
    record's number from 1. Cells of CSV, JSON and workbooks are String, an empty cell is null; Parquet
    keeps its types. A source gives at least one batch, with no rows where the file has none, so that its
    header is always seen. All batches of a source have the same columns in the same order. Lines with
    nothing in them are no rows; they keep their numbers, and `blank_lines` says how many this batch passed
    over.

    `aside` holds the records that cannot be rows of the table: `_row` (UInt32), `_text` (the record as it
    stands in the file) and `_reason`, a fixed sentence. `said` are sentences on how the source was read;
    neither they nor the reasons hold a cell's value.

    `was` is there for a file of corrected rejects: of each row the place that it says it comes from (see
    `ingest.corrected`).
    """

    source: Source
    frame: pl.DataFrame
    blank_lines: int = 0
    aside: pl.DataFrame | None = None
    said: tuple[str, ...] = ()
    was: pl.DataFrame | None = None
