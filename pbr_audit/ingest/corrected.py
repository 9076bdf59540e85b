"""Rejected rows that come back: a person took `rejects/TABLE.csv`, mended its cells and added the file.

Such a file is told by the columns that the program wrote into it. They say where a row stood and why it was
rejected; they are no part of the row.
"""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pbr_audit.formulas import unguarded
from pbr_audit.ingest.batch import REASON, ROW, TEXT, Batch

_MARKS = frozenset({"_file", "_row"})
# No source can have a column of these names, because names are trimmed.
FILE, SHEET, WAS_ROW, _REASONS = " file", " sheet", " row", " reasons"
_KEPT = {"_file": FILE, "_sheet": SHEET, "_row": WAS_ROW, "_reasons": _REASONS}
# How the reason begins by which a rejected row says that a corrected one was read in its stead.
CORRECTED = "corrected since (at "
DONE = "beside the table: was corrected in an earlier run already"


def names_of_corrected(names: Sequence[str]) -> list[str]:
    """Return the names of a source's columns, of a file of rejects under names that `came_back` knows.

    Headers were guarded like cells, and are as they were again.
    """
    if not _MARKS.issubset(names):
        return list(names)
    own = pl.Series("name", names, dtype=pl.String).to_frame().select(unguarded(pl.col("name")))
    return [_KEPT.get(name, name) for name in own.to_series()]


def came_back(batch: Batch) -> Batch:
    """Return a batch of corrected rejects as one of its table; any other batch as it is.

    What the program added is taken out again: its columns, the apostrophes before formulas, records that
    nobody filled in (their own cells are empty: they are no rows) and rows that were corrected elsewhere.
    `was` then says of every row where it stood before.
    """
    if WAS_ROW not in batch.frame.columns:
        return batch
    own = [name for name in batch.frame.columns if name not in {*_KEPT.values(), ROW}]
    texts = [name for name in own if batch.frame[name].dtype == pl.String]
    added = [name for name in _KEPT.values() if name in batch.frame.columns]
    frame = batch.frame.with_columns(
        *(unguarded(pl.col(name)) for name in texts), *(pl.col(name).cast(pl.String) for name in added)
    )
    nothing = pl.lit(value=False)
    filled = frame.filter(pl.any_horizontal(nothing, *(_holds_something(frame, name) for name in own)))
    done = nothing
    if _REASONS in added:
        done = pl.col(_REASONS).str.contains(CORRECTED, literal=True).fill_null(value=False)
    rows = filled.filter(~done)
    text = pl.concat_str(
        pl.lit(""), *(pl.col(name).cast(pl.String).fill_null("") for name in own), separator=","
    )
    aside = filled.filter(done).select(ROW, text.str.slice(1).alias(TEXT), pl.lit(DONE).alias(REASON))
    return replace(
        batch,
        frame=rows.select(*own, ROW),
        blank_lines=batch.blank_lines + frame.height - filled.height,
        aside=pl.concat([batch.aside, aside]).sort(ROW) if batch.aside is not None else aside,
        was=rows.select(ROW, *(_place(name, added) for name in (FILE, SHEET)), _row_of(pl.col(WAS_ROW))),
    )


def _holds_something(frame: pl.DataFrame, name: str) -> pl.Expr:
    column = pl.col(name)
    is_text = frame[name].dtype == pl.String
    return column.str.strip_chars().fill_null("") != "" if is_text else column.is_not_null()


def _place(name: str, added: Sequence[str]) -> pl.Expr:
    """Return the file or the sheet, null where the cell is empty or the column is gone."""
    if name not in added:
        return pl.lit(None, dtype=pl.String).alias(name)
    text = unguarded(pl.col(name)).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _row_of(cell: pl.Expr) -> pl.Expr:
    """Return the number of a row, null where it is none; a spreadsheet may have made 7.0 of a 7."""
    return cell.str.strip_chars().str.replace(r"\.0*$", "").cast(pl.UInt32, strict=False)
