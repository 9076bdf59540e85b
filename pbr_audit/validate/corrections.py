"""Corrected rows and the rows for which they stand: a row that a person mended is one row, not two.

A file of corrected rejects says of each row where it stood (`ingest.corrected`). Where the row at that place
is rejected still, the corrected row stands in its stead, whatever becomes of it: so each row is missing once,
or not at all.
"""

from collections.abc import Callable, Iterator, Mapping

import polars as pl

from pbr_audit.ingest import Batch, Source
from pbr_audit.ingest.corrected import CORRECTED, FILE, SHEET, WAS_ROW
from pbr_audit.validate.compiled import ROW
from pbr_audit.validate.spool import SOURCE, Spool
from pbr_audit.validate.verdicts import REASONS

# A row may be corrected, rejected again and corrected again so many times; rows that name one another in a
# circle never come to an end, and none of them stands for another.
GENERATIONS = 100
PLACES: Mapping[str, pl.DataType] = {SOURCE: pl.UInt16(), ROW: pl.UInt32()}
_BY_SOURCE, _BY_ROW = "_by_source", "_by_row"
_SCHEMA: Mapping[str, pl.DataType] = {**PLACES, _BY_SOURCE: pl.UInt16(), _BY_ROW: pl.UInt32()}
_NONE = pl.DataFrame(schema=_SCHEMA)


class Corrections:
    """The corrected rows of one table, noted as its batches come by."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self._noted: dict[tuple[Source, int], pl.DataFrame] = {}

    def noting(self, batches: Callable[[], Iterator[Batch]]) -> Callable[[], Iterator[Batch]]:
        """Return `batches`, noting what comes by; they may be read several times."""

        def noted() -> Iterator[Batch]:
            for batch in batches():
                if batch.was is not None and batch.was.height:
                    self._noted[batch.source, batch.was[ROW].item(0)] = batch.was
                yield batch

        return noted

    def places(self, sources: Mapping[Source, int]) -> pl.DataFrame:
        """Return the places (`_source`, `_row`) for which corrected rows stand, and by which (`_by_…`).

        Where several rows stand for one place, the last in the order of reading does, and stands for the
        others too.
        """
        if not self._noted:
            return _NONE
        known = pl.DataFrame(
            [(source.file, source.sheet or "", index) for source, index in sources.items()],
            schema={FILE: pl.String, SHEET: pl.String, SOURCE: pl.UInt16},
            orient="row",
        )
        named = pl.concat(
            was.select(
                FILE,
                pl.col(SHEET).fill_null(""),
                pl.col(WAS_ROW).cast(pl.UInt32),
                pl.lit(sources[source], dtype=pl.UInt16).alias(_BY_SOURCE),
                pl.col(ROW).alias(_BY_ROW),
            )
            for (source, _), was in self._noted.items()
        )
        # A row of a file that has been saved over says where it stood in what is gone.
        pairs = named.join(known, on=[FILE, SHEET]).filter(pl.col(SOURCE) != pl.col(_BY_SOURCE))
        pairs = pairs.select(SOURCE, pl.col(WAS_ROW).alias(ROW), _BY_SOURCE, _BY_ROW).sort(
            _BY_SOURCE, _BY_ROW
        )
        return _ending(_by_the_last(pairs))


def _by_the_last(pairs: pl.DataFrame) -> pl.DataFrame:
    last = pairs.unique([SOURCE, ROW], keep="last", maintain_order=True)
    earlier = pairs.join(last, on=[SOURCE, ROW, _BY_SOURCE, _BY_ROW], how="anti")
    siblings = earlier.join(last, on=[SOURCE, ROW], suffix="_last").select(
        pl.col(_BY_SOURCE).alias(SOURCE),
        pl.col(_BY_ROW).alias(ROW),
        pl.col(f"{_BY_SOURCE}_last").alias(_BY_SOURCE),
        pl.col(f"{_BY_ROW}_last").alias(_BY_ROW),
    )
    return pl.concat([siblings, last]).unique([SOURCE, ROW], keep="last", maintain_order=True)


def _ending(pairs: pl.DataFrame) -> pl.DataFrame:
    """Leave out places whose chain of corrections runs in a circle."""
    following = pairs.select(
        pl.col(SOURCE).alias(_BY_SOURCE),
        pl.col(ROW).alias(_BY_ROW),
        pl.col(_BY_SOURCE).alias("_next_source"),
        pl.col(_BY_ROW).alias("_next_row"),
    )
    running = pairs
    for _ in range(GENERATIONS):
        running = running.join(following, on=[_BY_SOURCE, _BY_ROW]).select(
            SOURCE, ROW, pl.col("_next_source").alias(_BY_SOURCE), pl.col("_next_row").alias(_BY_ROW)
        )
        if running.is_empty():
            return pairs
    return pairs.join(running, on=[SOURCE, ROW], how="anti", maintain_order="left")


def say_corrected(rejected: Spool, places: pl.DataFrame, shown: Mapping[int, str]) -> None:
    """Add to the reasons of rejected rows that they were corrected since, and where."""
    if places.is_empty():
        return
    by = pl.col(_BY_SOURCE).cast(pl.Int64).replace_strict(shown, return_dtype=pl.String)
    said = pl.format(CORRECTED + "{} row {})", by, _BY_ROW)
    rows = (
        rejected.frame()
        .join(places.lazy(), on=[SOURCE, ROW])
        .with_columns(pl.col(REASONS).list.concat(pl.concat_list(said)))
        .drop(_BY_SOURCE, _BY_ROW)
        .sort(SOURCE, ROW)
        .collect()
    )
    for part in rows.partition_by(SOURCE, maintain_order=True):
        rejected.remove(part)
        rejected.add(part, part[SOURCE].item(0))


def counted_twice(table: str, accepted: Spool, places: pl.DataFrame) -> tuple[str, ...]:
    """Say how many corrected rows are accepted beside the row for which they stand."""
    if places.is_empty():
        return ()
    there = accepted.frame().select(SOURCE, ROW)
    by = there.rename({SOURCE: _BY_SOURCE, ROW: _BY_ROW})
    both = (
        places.lazy().join(there, on=[SOURCE, ROW], how="semi").join(by, on=[_BY_SOURCE, _BY_ROW], how="semi")
    )
    number = both.select(pl.len()).collect().item()
    if not number:
        return ()
    rows = "1 corrected row stands for a row" if number == 1 else f"{number:,} corrected rows stand for rows"
    said = (
        f"{table}: {rows} accepted as it stands in its own file, and both count; "
        "where that file was mended too, take its corrected rows out"
    )
    return (said,)
