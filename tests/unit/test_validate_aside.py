"""Records that cannot be rows of the table: read and rejected, as they stand in the file."""

from functools import partial
from pathlib import Path

import polars as pl

from pbr_audit.ingest import Batch, Source
from pbr_audit.ingest.batch import ASIDE
from pbr_audit.validate import run
from pbr_audit.validate.judging import Contracts, Reading, same_names
from pbr_audit.validate.run import ValidTable
from tests.unit.validating import CLAIM


def valid(folder: Path, *batches: Batch) -> ValidTable:
    """Validate batches of claims."""
    reading = Reading("claims", partial(same_names, "claims"), lambda: iter(batches), Contracts())
    return run._table(reading, folder)


def batch(rows: list[int], aside: list[int], *said: str) -> Batch:
    """Make a batch of claims at `rows`, with records set aside at `aside`."""
    claims = [CLAIM | {"claim_id": f"K{row}"} for row in rows]
    frame = pl.DataFrame(claims, schema=dict.fromkeys(CLAIM, pl.String))
    return Batch(
        Source("claims.csv", Path("claims.csv")),
        frame.with_columns(pl.Series("_row", rows, dtype=pl.UInt32)),
        aside=pl.DataFrame(
            [(row, f"text {row}", "has 2 cells") for row in aside], schema=ASIDE, orient="row"
        ),
        said=said,
    )


def test_records_set_aside_are_read_and_rejected_with_their_text_and_reason(tmp_path: Path) -> None:
    table = valid(tmp_path, batch([2, 4], [3]), batch([5], [6, 7]), batch([8], []))
    table.counts.assert_complete()
    assert (table.counts.read, table.counts.accepted, table.counts.rejected) == (7, 4, 3)
    assert table.rows_by_source == (7,)
    rejected = table.rejects.frame.collect()
    assert rejected.select("_file", "_row", "_reasons", "_text").rows() == [
        ("claims.csv", row, ["has 2 cells"], f"text {row}") for row in (3, 6, 7)
    ]
    assert table.rejects.reasons().rows() == [("has 2 cells", 3)]


def test_a_batch_may_hold_nothing_but_records_set_aside(tmp_path: Path) -> None:
    table = valid(tmp_path, batch([], [2, 3]))
    table.counts.assert_complete()
    assert (table.counts.read, table.counts.accepted, table.counts.rejected) == (2, 0, 2)


def test_rejected_rows_and_records_set_aside_stand_side_by_side(tmp_path: Path) -> None:
    both = batch([2], [3])
    bad = both.frame.with_columns(pl.lit("x").alias("amount"))
    table = valid(tmp_path, Batch(both.source, bad, aside=both.aside))
    rejected = table.rejects.frame.select("_row", "_text", "claim_id", "amount").collect()
    assert rejected.rows() == [(2, None, "K2", "x"), (3, "text 3", None, None)]


def test_what_the_readers_say_is_said_once_in_order(tmp_path: Path) -> None:
    table = valid(tmp_path, batch([2], [], "one", "two"), batch([3], [], "two", "three"))
    assert table.said == ("one", "two", "three")
