"""Rejected rows: as they were read, with where they stood and every reason."""

from dataclasses import dataclass

import polars as pl

from pbr_audit.ingest import REASON, TEXT, Mapped, Source
from pbr_audit.ingest.corrected import CORRECTED
from pbr_audit.validate.compiled import ROW
from pbr_audit.validate.counts import AMOUNT, CONTRACT, Currencies, Tally
from pbr_audit.validate.judging import Judged
from pbr_audit.validate.spool import SOURCE
from pbr_audit.validate.verdicts import REASONS

FILE = "_file"
SHEET = "_sheet"
COLUMN = "_column"
# Typed values that are kept beside the row as read: to add up the rejected pence over what is kept, and to
# see whether the rejected rows are like the rest. Names of sources are trimmed: none begins with a blank.
TYPED = " typed "
KEPT = (
    *(
        AMOUNT,
        CONTRACT,
        "provider_id",
        "outcome",
        "tier",
        "decision",
        "event",
        "activity_type",
        "period",
        "area",
    ),
    *("outcome_date", "submitted_date", "referral_date", "measured_date", "activity_date", "start_date"),
    *("measured_value", "risk_score"),
)
# Notes and totals: no rows of the table, so nothing of it is missing.
BESIDE = "beside the table: "
NO_COLUMN = ""
IDENTICAL = ": repeats an identical row"
ELSEWHERE = r" \((?:first |also )?at .*\)$"
_OF_COLUMN = r"^([a-z_]+): "
_REASON = pl.col(REASONS).str.replace(ELSEWHERE, "").alias("reason")
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

        `_file`, `_sheet` (null where there is none), `_row`; `_column`, the source's own headers of the cells
        that have to be looked at; `_reasons`, a list of `column: reason` by the columns of the standard; and,
        where records were set aside that are no rows of the table, `_text`, such a record as it stands in the
        file.
        """
        index = pl.col(SOURCE).cast(pl.Int64)
        files = [source.file for source in self.sources]
        sheets = [source.sheet for source in self.sources]
        names = self.kept.collect_schema().names()
        ours = {SOURCE, ROW, COLUMN, REASONS, TEXT}
        own = [name for name in names if name not in ours and not name.startswith(TYPED)]
        text = [TEXT] if TEXT in names else []
        kept = self.kept.sort(SOURCE, ROW) if self.rows <= SORTED_ROWS else self.kept
        return kept.select(
            pl.lit(pl.Series(files, dtype=pl.String)).gather(index).alias(FILE),
            pl.lit(pl.Series(sheets, dtype=pl.String)).gather(index).alias(SHEET),
            ROW,
            COLUMN,
            REASONS,
            *text,
            *own,
        )

    def reasons(self) -> pl.DataFrame:
        """Count the rows by `reason`, most frequent first; a row with two reasons counts under both.

        In which other place a key stands is left out here.
        """
        counted = self.kept.select(REASONS).explode(REASONS).group_by(_REASON).len("rows")
        return counted.sort("rows", "reason", descending=[True, False]).collect()

    def reasons_by_source(self) -> pl.DataFrame:
        """Count the rows by `source` (an index into `sources`) and `reason`, in that order of sources."""
        rows = self.kept.select(pl.col(SOURCE).cast(pl.Int64).alias("source"), REASONS).explode(REASONS)
        counted = rows.select("source", _REASON).group_by("source", "reason").len("rows")
        return counted.sort("source", "rows", "reason", descending=[False, True, False]).collect()

    def rows_by_source(self) -> pl.DataFrame:
        """Count the rows by `source`, an index into `sources`."""
        return (
            self.kept.group_by(pl.col(SOURCE).cast(pl.Int64).alias("source"))
            .len("rows")
            .sort("source")
            .collect()
        )

    def missing(self) -> pl.LazyFrame:
        """The kept rows that the table lacks: not beside it, not corrected since, no mere copies."""
        return self.kept.filter(~is_beside() & ~is_replaced() & ~_is_copy())

    def missing_by_column(self) -> list[tuple[str, int]]:
        """Count by column of the standard the missing rows in which it is missing or cannot be read.

        In a record that is no row of the table that is every column; those are under NO_COLUMN.
        """
        name = pl.element().str.extract(_OF_COLUMN).fill_null(NO_COLUMN)
        column = pl.col(REASONS).list.eval(name).list.unique()
        counted = (
            self.missing().select(column.alias("column")).explode("column").group_by("column").len("rows")
        )
        return list(counted.sort("column").collect().iter_rows())

    def standing(self) -> tuple[int, int]:
        """Count the notes and totals beside the table, and the rows for which a corrected row was read."""
        replaced, beside = is_replaced(), is_beside() & ~is_replaced()
        counts = self.kept.select(beside.sum().alias("beside"), replaced.sum().alias("replaced")).collect()
        return counts["beside"].item(), counts["replaced"].item()


def is_replaced() -> pl.Expr:
    """Return which kept rows have a corrected row in their stead."""
    return pl.col(REASONS).list.eval(pl.element().str.starts_with(CORRECTED)).list.any()


def is_beside() -> pl.Expr:
    """Return which kept rows are notes or totals beside the table."""
    return pl.col(REASONS).list.eval(pl.element().str.starts_with(BESIDE)).list.any()


def _is_copy() -> pl.Expr:
    """Return which kept rows have nothing against them but that they repeat another one."""
    return pl.col(REASONS).list.eval(pl.element().str.contains(IDENTICAL, literal=True)).list.all()


def kept_rows(judged: Judged, rejected: pl.Series, reasons: pl.Series) -> pl.DataFrame:
    """Return the rows where `rejected` is true as the spool keeps them, with reasons and typed values."""
    raw, typed = judged.raw.filter(rejected), judged.verdicts.typed.filter(rejected)
    beside = [typed[name].alias(f"{TYPED}{name}") for name in KEPT if name in typed.columns]
    as_text = [_as_text(name, dtype) for name, dtype in raw.schema.items() if name != ROW]
    kept = raw.select(pl.lit(judged.source, dtype=pl.UInt16).alias(SOURCE), ROW, *as_text)
    return kept.hstack([_columns(reasons, judged.mapping), reasons, *beside])


def _columns(reasons: pl.Series, mapping: Mapped) -> pl.Series:
    """Return the source's own headers of the reasons, each once; those of one calculation are joined."""
    headers = {name: " + ".join(mapping.headers(name)) or name for name in mapping.columns}
    own = pl.element().str.extract(_OF_COLUMN).replace(headers)
    return reasons.to_frame().select(
        pl.col(REASONS).list.eval(own).list.drop_nulls().list.unique(maintain_order=True).alias(COLUMN)
    )[COLUMN]


def rejected_rows(judged: Judged) -> pl.DataFrame:
    """Return the rows of a batch that its own verdicts reject, of which there is at least one."""
    verdicts = judged.verdicts
    rejected = verdicts.rejected
    if rejected is None:
        raise ValueError("no row of this batch is rejected")
    return kept_rows(judged, rejected, verdicts.reasons(rejected))


def aside_rows(aside: pl.DataFrame, source: int) -> pl.DataFrame:
    """Return records that a reader set aside as the spool keeps rejected rows, with no cells of their own."""
    return aside.select(
        pl.lit(source, dtype=pl.UInt16).alias(SOURCE),
        ROW,
        TEXT,
        pl.lit(None, dtype=pl.List(pl.String)).alias(COLUMN),
        pl.concat_list(REASON).alias(REASONS),
    )


def kept_tally(currencies: Currencies, kept: pl.DataFrame) -> Tally:
    """Count kept rows and add up their amounts, as for typed rows."""
    amounts = [name for name in (AMOUNT, CONTRACT) if f"{TYPED}{name}" in kept.columns]
    typed = kept.select(pl.col(f"{TYPED}{name}").alias(name) for name in amounts)
    return Tally(kept.height, currencies.tally(typed).pence)


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype == pl.Object or dtype.is_nested():
        return pl.lit(f"a value of type {dtype.base_type()}").alias(name)
    if dtype == pl.Binary:
        return column.bin.encode("hex").alias(name)
    return column.cast(pl.String)
