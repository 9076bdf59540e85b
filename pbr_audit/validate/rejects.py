"""Rejected rows: as they were read, with where they stood and every reason."""

from dataclasses import dataclass

import polars as pl

from pbr_audit.ingest import REASON, TEXT, Source
from pbr_audit.validate.compiled import ROW
from pbr_audit.validate.counts import AMOUNT, CONTRACT, Currencies, Tally
from pbr_audit.validate.judging import Judged
from pbr_audit.validate.spool import SOURCE
from pbr_audit.validate.verdicts import REASONS

FILE = "_file"
SHEET = "_sheet"
# Typed, and kept beside the row as read so that the rejected pence are added up over what is kept.
KEPT_AMOUNT = f"_{AMOUNT}"
KEPT_CONTRACT = f"_{CONTRACT}"
ELSEWHERE = r" \((?:first|also) at .*\)$"
# More than this are given in the order in which they were set aside, which is the order of the files but for
# repeated keys: a sort would hold them all in memory.
SORTED_ROWS = 2_000_000


@dataclass(frozen=True)
class Rejects:
    """The rejected rows of a table; `rows` of them."""

    rows: int
    kept: pl.LazyFrame
    sources: tuple[Source, ...]

    @property
    def frame(self) -> pl.LazyFrame:
        """The rows as read, all text: the sources' own columns side by side, after these.

        `_file`, `_sheet` (null where there is none), `_row` and `_reasons`, a list of `column: reason`; where
        records were set aside that are no rows of the table, `_text` too, such a record as it stands in the
        file.
        """
        index = pl.col(SOURCE).cast(pl.Int64)
        files = [source.file for source in self.sources]
        sheets = [source.sheet for source in self.sources]
        own = pl.all().exclude(SOURCE, ROW, REASONS, TEXT, KEPT_AMOUNT, KEPT_CONTRACT)
        text = [TEXT] if TEXT in self.kept.collect_schema() else []
        kept = self.kept.sort(SOURCE, ROW) if self.rows <= SORTED_ROWS else self.kept
        return kept.select(
            pl.lit(pl.Series(files, dtype=pl.String)).gather(index).alias(FILE),
            pl.lit(pl.Series(sheets, dtype=pl.String)).gather(index).alias(SHEET),
            ROW,
            REASONS,
            *text,
            own,
        )

    def reasons(self) -> pl.DataFrame:
        """Count the rows by `reason`, most frequent first; a row with two reasons counts under both.

        In which other place a key stands is left out here.
        """
        reason = pl.col(REASONS).list.explode().str.replace(ELSEWHERE, "").alias("reason")
        counted = self.kept.select(reason).group_by("reason").len("rows")
        return counted.sort("rows", "reason", descending=[True, False]).collect()


def kept_rows(raw: pl.DataFrame, typed: pl.DataFrame, reasons: pl.Series, source: int) -> pl.DataFrame:
    """Return rejected rows as the spool keeps them: `raw`, the reasons, the typed amount and contract."""
    beside = [typed[name].alias(f"_{name}") for name in (AMOUNT, CONTRACT) if name in typed.columns]
    as_text = [_as_text(name, dtype) for name, dtype in raw.schema.items() if name != ROW]
    kept = raw.select(pl.lit(source, dtype=pl.UInt16).alias(SOURCE), ROW, *as_text)
    return kept.hstack([reasons, *beside])


def rejected_rows(judged: Judged) -> pl.DataFrame:
    """Return the rows of a batch that its own verdicts reject, of which there is at least one."""
    verdicts = judged.verdicts
    rejected = verdicts.rejected
    if rejected is None:
        raise ValueError("no row of this batch is rejected")
    return kept_rows(
        judged.raw.filter(rejected),
        verdicts.typed.filter(rejected),
        verdicts.reasons(rejected),
        judged.source,
    )


def aside_rows(aside: pl.DataFrame, source: int) -> pl.DataFrame:
    """Return records that a reader set aside as the spool keeps rejected rows, with no cells of their own."""
    return aside.select(
        pl.lit(source, dtype=pl.UInt16).alias(SOURCE), ROW, TEXT, pl.concat_list(REASON).alias(REASONS)
    )


def kept_tally(currencies: Currencies, kept: pl.DataFrame) -> Tally:
    """Count kept rows and add up their amounts, as for typed rows."""
    beside = {KEPT_AMOUNT: AMOUNT, KEPT_CONTRACT: CONTRACT}
    typed = kept.select(pl.col(name).alias(plain) for name, plain in beside.items() if name in kept.columns)
    return Tally(kept.height, currencies.tally(typed).pence)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Object or dtype.is_nested():
        return pl.lit(f"a value of type {dtype.base_type()}").alias(name)
    if dtype == pl.Binary:
        return column.bin.encode("hex").alias(name)
    return column.cast(pl.String)
