"""Parquet files: types are kept, records are numbered from 1."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.ingest import parquet, parquet_process
from tests.unit.reading import read, read_batches, refusal, written


def parquet_file(folder: Path, **columns: object) -> Path:
    """Write columns to `claims.parquet`."""
    path = folder / "claims.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


def test_types_are_kept_and_records_are_numbered_from_1(tmp_path: Path) -> None:
    amounts = pl.Series(["12.50", "7.00"]).cast(pl.Decimal(18, 2))
    path = parquet_file(tmp_path, n=[1, 2], day=[date(2016, 1, 2), None], amount=amounts)
    frame = read(path)
    assert frame.schema == {
        "n": pl.Int64(),
        "day": pl.Date(),
        "amount": pl.Decimal(18, 2),
        "_row": pl.UInt32(),
    }
    assert frame.rows() == [(1, date(2016, 1, 2), Decimal("12.50"), 1), (2, None, Decimal("7.00"), 2)]


def test_slices_are_the_whole_file_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_SLICE_CELLS", 7)
    monkeypatch.setattr(parquet, "_LEAST_SLICE_ROWS", 1)
    path = parquet_file(tmp_path, n=list(range(100)))
    parts = read_batches(path)
    assert [part.frame.height for part in parts] == [7] * 14 + [2]
    assert read(path).rows() == [(number, number + 1) for number in range(100)]


def test_a_file_without_rows_gives_one_empty_batch(tmp_path: Path) -> None:
    (batch,) = read_batches(parquet_file(tmp_path, a=pl.Series([], dtype=pl.Int8)))
    assert batch.frame.schema == {"a": pl.Int8(), "_row": pl.UInt32()}


def test_encoded_text_is_text_and_an_untyped_column_is_empty_text(tmp_path: Path) -> None:
    coded = pl.Series(["paid", "submitted"], dtype=pl.Categorical)
    frame = read(parquet_file(tmp_path, status=coded, note=[None, None]))
    assert frame.schema == {"status": pl.String(), "note": pl.String(), "_row": pl.UInt32()}
    assert frame["status"].to_list() == ["paid", "submitted"]


def test_names_are_trimmed_and_the_programs_own_columns_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    pl.DataFrame({" a ": ["x"], "_row": [7], "_source": ["y"]}).write_parquet(path)
    assert read(path).rows(named=True) == [{"a": "x", "_row": 1}]


def test_a_name_with_brackets_is_a_name_and_no_pattern(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, a=["x"]).rename(tmp_path / "claims-[1] Q3 *.parquet")
    assert read(path).height == 1


def test_a_column_named_like_a_pattern_of_names_is_one_column(tmp_path: Path) -> None:
    frame = read(parquet_file(tmp_path, **{"a": [1], "*": [2], "^a.*$": [3]}))
    assert frame.rows(named=True) == [{"a": 1, "* (column 2)": 2, "^a.*$ (column 3)": 3, "_row": 1}]


@pytest.mark.parametrize("cells", [[["a"]], [{"a": 1}], [b"a"]])
def test_a_column_of_lists_records_or_bytes_is_refused(tmp_path: Path, cells: list[object]) -> None:
    assert refusal(parquet_file(tmp_path, a=["x"], amount=cells)) == (
        "claims.parquet: column 2 holds lists, records or bytes, which no table has; "
        "write it as text, or leave it out"
    )


def test_lists_records_and_bytes_in_a_column_of_no_table_are_kept_as_text(tmp_path: Path) -> None:
    path = parquet_file(
        tmp_path,
        a=["x", "y"],
        lists=[[1, 2], None],
        records=[{"b": "é", "c": 1.5}, {"b": None, "c": 2.0}],
        raw=[b"\x00\xff", None],
    )
    assert read(path).rows() == [
        ("x", "[1,2]", '{"b":"é","c":1.5}', "00ff", 1),
        ("y", None, '{"b":null,"c":2.0}', None, 2),
    ]


def test_a_reader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_process, "_BEGIN", "import time; time.sleep(60)")
    monkeypatch.setattr(parquet_process, "MOST_SECONDS", 0.2)
    assert refusal(parquet_file(tmp_path, a=["x"])) == f"claims.parquet: {parquet_process.TOO_LONG}"


def test_a_reader_that_ends_itself_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_process, "_BEGIN", "import os; os.abort()")
    assert refusal(parquet_file(tmp_path, a=["x"])) == f"claims.parquet: {parquet_process.NOT_WHOLE}"


def test_a_slice_beyond_all_tables_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_process, "MOST_SLICE_BYTES", 1000)
    path = parquet_file(tmp_path, a=["x" * 10_000])
    assert refusal(path) == f"claims.parquet: {parquet_process.TOO_MUCH}"


def test_a_file_whose_name_is_no_text_is_read(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, a=["x"]).rename(tmp_path / os.fsdecode(b"claims-\xff.parquet"))
    assert read(path)["a"].to_list() == ["x"]


def test_two_names_that_differ_in_blanks_only_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.parquet"
    pl.DataFrame({"a": [1], "a ": [2]}).write_parquet(path)
    sentence = "columns 1 and 2 of the header have the same name; rename or delete one of them"
    assert refusal(path) == f"claims.parquet: {sentence}"


def test_a_file_without_columns_of_its_own_is_refused(tmp_path: Path) -> None:
    sentence = "claims.parquet: has no columns; write it again with the columns of its table"
    assert refusal(parquet_file(tmp_path, _row=[1])) == sentence


@pytest.mark.parametrize("content", [b"", b"claim_id\nC1\n", b"PAR1" + b"\x00" * 40 + b"PAR1"])
def test_what_is_no_parquet_file_is_refused(tmp_path: Path, content: bytes) -> None:
    sentence = "claims.parquet: is not a whole Parquet file; write it again, or ask for it again"
    assert refusal(written(tmp_path, "claims.parquet", content)) == sentence


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    content = parquet_file(tmp_path, a=list(range(1000))).read_bytes()
    sentence = "claims.parquet: is not a whole Parquet file; write it again, or ask for it again"
    assert refusal(written(tmp_path, "claims.parquet", content[: len(content) // 2])) == sentence
