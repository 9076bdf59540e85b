"""Notes and totals under a table, taken out of its rows and set aside."""

from dataclasses import replace

import polars as pl

from pbr_audit.ingest.batch import REASON, ROW, TEXT, Batch
from pbr_audit.ingest.table_place import Under


def told(under: Under, batch: Batch, *, is_last: bool, separator: str) -> Batch:
    """Return the batch with its notes and totals among the records set aside, with the reasons of `under`.

    `separator` stands between a row's cells in `_text`.
    """
    reasons, of_aside = under.both(batch.frame, batch.aside, is_last=is_last)
    aside = None if batch.aside is None else batch.aside.with_columns(of_aside.alias(REASON))
    beside = reasons.is_not_null()
    if not beside.any():
        return replace(batch, aside=aside)
    cells = [pl.col(name).fill_null("") for name in batch.frame.columns if name != ROW]
    taken = batch.frame.with_columns(reasons.alias(REASON)).filter(beside)
    taken = taken.select(ROW, pl.concat_str(cells, separator=separator).alias(TEXT), REASON)
    return replace(
        batch,
        frame=batch.frame.filter(~beside),
        aside=taken if aside is None else pl.concat([aside, taken]).sort(ROW),
    )
