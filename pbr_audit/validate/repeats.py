"""Repeated keys: of identical rows the first is kept, of conflicting rows none is.

This is the rare path, so it reads the sources again: only the rows whose key's hash occurs more than once are
looked at, exactly.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.ingest import Source
from pbr_audit.tables import TABLES
from pbr_audit.validate.compiled import ROW
from pbr_audit.validate.judging import Reading
from pbr_audit.validate.keys import SEED, Hashes, among
from pbr_audit.validate.rejects import kept_rows
from pbr_audit.validate.verdicts import REASONS, Verdicts

# So many hashes are resolved in one reading; their rows are held in memory.
HASHES_AT_ONCE = 250_000
_PLACE, _FIRST, _WHY = "_place", "_first", "_why"
# A place is the source's index and the row in one number, in the order in which rows are read.
_ROW_BITS = 32


@dataclass(frozen=True)
class Repeats:
    """Rows of one source to be rejected for their key, as the rejects' spool keeps them, with all reasons."""

    source: int
    kept: pl.DataFrame


@dataclass(frozen=True)
class _Part:
    """The rows of a batch whose key may repeat."""

    source: int
    raw: pl.DataFrame
    typed: pl.DataFrame
    reasons: pl.Series
    places: pl.Series
    contents: pl.DataFrame


def repeats(reading: Reading, key: str, candidates: Hashes, sources: dict[Source, int]) -> Iterator[Repeats]:
    """Find the rows that repeat `key`, in one reading of the sources for each HASHES_AT_ONCE candidates."""
    for start in range(0, len(candidates), HASHES_AT_ONCE):
        yield from _resolved(reading, key, candidates[start : start + HASHES_AT_ONCE], sources)


def _resolved(
    reading: Reading, key: str, candidates: Hashes, sources: dict[Source, int]
) -> Iterator[Repeats]:
    parts = list(_parts(reading, key, candidates, sources))
    contents = pl.concat([part.contents for part in parts], how="diagonal")
    why = _why(contents, key, {index: source.shown for source, index in sources.items()})
    for part in parts:
        reasons = part.places.to_frame().join(why, on=_PLACE, how="left", maintain_order="left")[_WHY]
        rejected = reasons.is_not_null()
        if rejected.any():
            own = part.reasons.filter(rejected).to_frame()
            both = own.select(pl.col(REASONS).list.concat(reasons.filter(rejected))).to_series()
            yield Repeats(
                part.source,
                kept_rows(part.raw.filter(rejected), part.typed.filter(rejected), both, part.source),
            )


def _parts(reading: Reading, key: str, candidates: Hashes, sources: dict[Source, int]) -> Iterator[_Part]:
    for judged in reading.judged(sources):
        verdicts = judged.verdicts
        keys = verdicts.typed[key]
        hit = keys.is_not_null()
        hit &= pl.Series(among(keys.hash(SEED).to_numpy(), candidates))
        if not hit.any():
            continue
        typed = verdicts.typed.filter(hit)
        places = typed[ROW].cast(pl.UInt64) + (judged.source << _ROW_BITS)
        yield _Part(
            source=judged.source,
            raw=judged.raw.filter(hit),
            typed=typed,
            reasons=verdicts.reasons(hit),
            places=places.alias(_PLACE),
            contents=_contents(reading.table, verdicts, hit).with_columns(places.alias(_PLACE)),
        )


def _contents(table: str, verdicts: Verdicts, of: pl.Series) -> pl.DataFrame:
    """Return rows as text, to be compared: each cell's value, or the cell as it stands where unreadable."""
    cleaned, typed = verdicts.cleaned.filter(of), verdicts.typed.filter(of)
    columns = [TABLES[table].columns[name] for name in cleaned.columns if name != ROW]
    return pl.DataFrame(
        [
            pl.select(
                pl.coalesce(
                    pl.lit(typed[column.typed_name]).cast(pl.String),
                    pl.lit(cleaned[column.name]).cast(pl.String),
                )
            )
            .to_series()
            .alias(column.name)
            for column in columns
        ]
    )


def _why(contents: pl.DataFrame, key: str, shown: Mapping[int, str]) -> pl.DataFrame:
    """Return `_place` and `_why`, the reason against each row that its key rejects; others are left out."""
    cells = [name for name in contents.columns if name != _PLACE]
    first_of_key = pl.col(_FIRST).min().over(key)
    differs = pl.col(_FIRST) != first_of_key
    second = pl.col(_FIRST).filter(differs).min().over(key)
    rows = contents.with_columns(pl.col(_PLACE).min().over(cells).alias(_FIRST)).with_columns(
        conflicting=(differs.any().over(key)),
        other=pl.when(differs).then(first_of_key).otherwise(second),
    )
    copy = ~pl.col("conflicting") & (pl.col(_PLACE) != pl.col(_FIRST))
    where = pl.when("conflicting").then(pl.col("other")).otherwise(pl.col(_FIRST))
    place = pl.format(
        "{} row {}",
        (where.cast(pl.Int64) // 2**_ROW_BITS).replace_strict(shown, return_dtype=pl.String),
        where.cast(pl.Int64) % 2**_ROW_BITS,
    )
    return rows.filter(pl.col("conflicting") | copy).select(
        _PLACE,
        pl.when("conflicting")
        .then(pl.format(f"{key}: repeats with different contents (also at {{}})", place))
        .otherwise(pl.format(f"{key}: repeats an identical row (first at {{}})", place))
        .alias(_WHY),
    )
