"""Pieces of well-formed delimited text as frames: parsed by Polars, counted independently."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pbr_audit.ingest.blocks import DoubtError, inspect, refuse_ragged


@dataclass(frozen=True)
class Form:
    """What all pieces of a file share: the name of every cell of a row, in order, and what stands between."""

    names: tuple[str, ...]
    delimiter: str

    def empty(self) -> pl.DataFrame:
        """The file's columns without a row."""
        return pl.DataFrame(schema=dict.fromkeys(self.names, pl.String))


@dataclass(frozen=True)
class Part:
    """A parsed piece without its text: its rows, and how many rows, other records and blank lines it took.

    `rows` are the places of the rows among these, from 0, where others stand between; `aside` is such a
    place, the text and the reason of each record that is no row.
    """

    frame: pl.DataFrame
    lines: int
    rows: npt.NDArray[np.uint32] | None = None
    aside: list[tuple[int, str, str]] = field(default_factory=list)


def parse(piece: bytes, form: Form) -> Part:
    """Parse whole records; DoubtError for text that can be read in more ways than one, or ragged rows."""
    mark, columns = form.delimiter.encode(), len(form.names)
    block = inspect(piece, mark, columns)
    if not block.records:
        return Part(form.empty(), block.lines, block.rows)
    frame = parsed(block.data, form)
    if frame.height != block.records:
        # A row too short and one too long keep the count of cells right.
        refuse_ragged(block, mark, columns)
        raise DoubtError("the parser counts other rows")
    if block.holds_quotes:
        frame = with_empty_cells(frame)
    return Part(frame, block.lines, block.rows)


def parsed(data: bytes, form: Form) -> pl.DataFrame:
    """All rows of text without blank lines, or none where the parser refuses it: the caller counts."""
    try:
        return pl.read_csv(
            data,
            has_header=False,
            schema=dict.fromkeys(form.names, pl.String),
            infer_schema=False,
            separator=form.delimiter,
        )
    except pl.exceptions.PolarsError:
        # Its own message holds cells.
        return form.empty()


def with_empty_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Take two quotation marks with nothing between them as an empty cell too."""
    return frame.with_columns(pl.all().replace("", None))
