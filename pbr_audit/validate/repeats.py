"""Repeated keys: of identical rows the first is kept, of conflicting rows none is.

This is the rare path, so it reads the sources again: only the rows whose key's hash occurs more than once are
looked at, exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.ingest import Source
from pbr_audit.tables import Table
from pbr_audit.validate.compiled import ROW
from pbr_audit.validate.judging import Judged, Reading, Wanted
from pbr_audit.validate.keys import Hashes
from pbr_audit.validate.rejects import IDENTICAL, kept_rows
from pbr_audit.validate.spool import SOURCE
from pbr_audit.validate.verdicts import REASONS

# So many hashes are resolved in one reading; their rows are held in memory.
HASHES_AT_ONCE = 200_000
_PLACE, _FIRST, _DIFFERS, _WHY = "_place", "_first", "_differs", "_why"
# A place is the source's index and the row in one number, in the order in which rows are read.
_ROW_BITS = 32


@dataclass(frozen=True)
class Repeats:
    """Rows of one source to be rejected for their key, as the rejects' spool keeps them, with all reasons."""

    source: int
    kept: pl.DataFrame


@dataclass(frozen=True)
class _Part:
    """The rows of a batch whose key may repeat; `contents` are what they say, with their places."""

    judged: Judged
    contents: pl.DataFrame

    def holding(self, corrected: pl.Series) -> pl.DataFrame:
        """Return the contents without rows that are rejected already and were corrected since."""
        rejected = self.judged.verdicts.rejected
        if rejected is None or corrected.is_empty():
            return self.contents
        return self.contents.filter(~(rejected & self.contents[_PLACE].is_in(corrected.implode())))


def repeats(
    reading: Reading, key: str, candidates: Hashes, sources: dict[Source, int], corrected: pl.DataFrame
) -> Iterator[Repeats]:
    """Find the rows that repeat `key`, in one reading of the sources for each HASHES_AT_ONCE candidates.

    `corrected` holds the places (`_source`, `_row`) for which a corrected row was read. Of these, rows that
    would be rejected anyway do not count as holders of their key: the corrected row has it now.
    """
    places = corrected.select(_place(pl.col(SOURCE), pl.col(ROW)).alias(_PLACE)).to_series()
    for start in range(0, len(candidates), HASHES_AT_ONCE):
        wanted = Wanted(key, candidates[start : start + HASHES_AT_ONCE])
        yield from _resolved(reading, wanted, sources, places)


def _resolved(
    reading: Reading, wanted: Wanted, sources: dict[Source, int], corrected: pl.Series
) -> Iterator[Repeats]:
    parts = [
        _Part(judged, _contents(reading.standard, judged))
        for judged in reading.judged(sources, wanted)
        if judged.raw.height
    ]
    contents = pl.concat([part.holding(corrected) for part in parts], how="diagonal")
    shown = {index: source.shown for source, index in sources.items()}
    why = _why(contents, wanted.key, shown)
    replaced = why.filter(pl.col(_PLACE).is_in(corrected.implode()))
    if replaced.height:
        others = contents.join(replaced, on=_PLACE, how="anti", maintain_order="left")
        why = pl.concat([replaced, _why(others, wanted.key, shown)])
    for part in parts:
        reasons = part.contents.select(_PLACE).join(why, on=_PLACE, how="left", maintain_order="left")[_WHY]
        rejected = reasons.is_not_null()
        if rejected.any():
            judged = part.judged
            own = judged.verdicts.reasons(rejected).to_frame()
            both = own.select(pl.col(REASONS).list.concat(reasons.filter(rejected))).to_series()
            yield Repeats(judged.source, kept_rows(judged, rejected, both))


def _contents(table: Table, judged: Judged) -> pl.DataFrame:
    """Return what rows say: each cell's value, and beside it the cell as it stands where it is unreadable."""
    cleaned, typed = judged.verdicts.cleaned, judged.verdicts.typed
    columns = [table.columns[name] for name in cleaned.columns if name != ROW]
    unreadable = [
        _unread(cleaned[column.name], typed[column.typed_name]).alias(f"{column.name} as it stands")
        for column in columns
        if typed[column.typed_name].null_count() > cleaned[column.name].null_count()
    ]
    place = typed.select(_place(pl.lit(judged.source), pl.col(ROW)).alias(_PLACE)).to_series()
    return typed.drop(ROW).hstack([*unreadable, place])


def _place(source: pl.Expr, row: pl.Expr) -> pl.Expr:
    return source.cast(pl.UInt64) * pl.lit(2**_ROW_BITS) + row.cast(pl.UInt64)


def _unread(cells: pl.Series, values: pl.Series) -> pl.Series:
    """Return the cells that no value stands for, as text; null elsewhere.

    A readable cell says what its value says: as text it could differ from the same value in another file.
    """
    texts = pl.DataFrame([_as_text(cells).alias("text"), values.is_null().alias("unread")])
    return texts.select(pl.when("unread").then("text")).to_series()


def _as_text(cells: pl.Series) -> pl.Series:
    """Return cells of any type as text that is equal where they are."""
    no_text = cells.dtype.is_nested() or cells.dtype in {pl.Binary, pl.Object}
    return (cells.hash() if no_text else cells).cast(pl.String)


def _why(contents: pl.DataFrame, key: str, shown: Mapping[int, str]) -> pl.DataFrame:
    """Return `_place` and `_why`, the reason against each row that its key rejects; others are left out."""
    cells = [name for name in contents.columns if name not in {key, _PLACE}]
    unlike_the_first = [pl.col(name).ne_missing(pl.col(name).first().over(key)) for name in cells]
    rows = contents.select(
        key,
        _PLACE,
        pl.col(_PLACE).first().over(key).alias(_FIRST),
        pl.any_horizontal(pl.lit(value=False), *unlike_the_first).alias(_DIFFERS),
    )
    second = pl.col(_PLACE).filter(pl.col(_DIFFERS)).first().over(key)
    conflicting = pl.col(_DIFFERS).any().over(key)
    other = pl.when(conflicting & ~pl.col(_DIFFERS)).then(second).otherwise(pl.col(_FIRST)).cast(pl.Int64)
    file = (other // 2**_ROW_BITS).replace_strict(shown, return_dtype=pl.String)
    place = pl.format("{} row {}", file, other % 2**_ROW_BITS)
    differs = pl.format(f"{key}: repeats with different contents (also at {{}})", place)
    same = pl.format(f"{key}{IDENTICAL} (first at {{}})", place)
    why = pl.when(conflicting).then(differs).when(pl.col(_PLACE) != pl.col(_FIRST)).then(same)
    return rows.select(_PLACE, why.alias(_WHY)).drop_nulls(_WHY)
