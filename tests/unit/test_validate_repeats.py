"""Repeated keys: of identical rows the first is kept, of conflicting rows none."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pbr_audit.validate import repeats, run, spool
from pbr_audit.validate.keys import Ledger, among, hashes_of
from tests.unit.validating import CLAIM, accepted, csv, rejected, validated, validated_claims


def test_of_identical_rows_the_first_is_kept(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {}, {}, {})

    assert accepted(claims, "claim_id", "_row") == [("K1", 2)]
    assert rejected(claims) == [
        ("claims.csv", 3, ["claim_id: repeats an identical row (first at claims.csv row 2)"]),
        ("claims.csv", 4, ["claim_id: repeats an identical row (first at claims.csv row 2)"]),
    ]


def test_rows_are_identical_by_what_they_say_and_not_by_how_it_is_written(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"amount": "1200.00", "status": "submitted"},
        {"amount": " 1200 ", "status": ""},
    )

    assert accepted(claims, "_row") == [(2,)]


def test_of_conflicting_rows_none_is_kept(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {"amount": "1"}, {"amount": "2"}, {"claim_id": "K2"})

    assert accepted(claims, "claim_id") == [("K2",)]
    assert rejected(claims) == [
        ("claims.csv", 2, ["claim_id: repeats with different contents (also at claims.csv row 3)"]),
        ("claims.csv", 3, ["claim_id: repeats with different contents (also at claims.csv row 2)"]),
    ]
    assert claims.counts.rejected_pence == {"GBP": 300}


def test_a_copy_among_conflicting_rows_is_told_of_the_row_that_differs(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {"amount": "1"}, {"amount": "1"}, {"amount": "2"})

    assert [reasons for _, _, reasons in rejected(claims)] == [
        ["claim_id: repeats with different contents (also at claims.csv row 4)"],
        ["claim_id: repeats with different contents (also at claims.csv row 4)"],
        ["claim_id: repeats with different contents (also at claims.csv row 2)"],
    ]


def test_a_key_that_a_rejected_row_uses_is_used(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {}, {"amount": "x"})

    assert accepted(claims, "claim_id") == []
    assert rejected(claims) == [
        ("claims.csv", 2, ["claim_id: repeats with different contents (also at claims.csv row 3)"]),
        (
            "claims.csv",
            3,
            [
                "amount: is not an amount in pounds and pence (expected 1234.50)",
                "claim_id: repeats with different contents (also at claims.csv row 2)",
            ],
        ),
    ]


def test_unreadable_cells_are_compared_as_they_stand(tmp_path: Path) -> None:
    claims = validated_claims(
        tmp_path / "data",
        {"claim_id": "K1", "amount": "x"},
        {"claim_id": "K1", "amount": "y"},
        {"claim_id": "K2", "amount": "x"},
        {"claim_id": "K2", "amount": "x"},
    )

    whys = [reasons[-1] for _, _, reasons in rejected(claims)]

    assert whys == [
        "claim_id: repeats with different contents (also at claims.csv row 3)",
        "claim_id: repeats with different contents (also at claims.csv row 2)",
        "amount: is not an amount in pounds and pence (expected 1234.50)",
        "claim_id: repeats an identical row (first at claims.csv row 4)",
    ]


def test_missing_keys_do_not_repeat_each_other(tmp_path: Path) -> None:
    claims = validated_claims(tmp_path / "data", {"claim_id": ""}, {"claim_id": " "})

    assert [reasons for _, _, reasons in rejected(claims)] == [["claim_id: is missing"]] * 2


def test_a_key_is_repeated_across_files(tmp_path: Path) -> None:
    claims = validated(
        tmp_path / "data",
        {
            "claims/a.csv": csv({"claim_id": "K1"}, {"claim_id": "K2", "amount": "1"}),
            "claims/b.csv": csv({"claim_id": "K2", "amount": "2"}, {"claim_id": "K1"}),
        },
    ).tables["claims"]

    assert accepted(claims, "claim_id", "_source", "_row") == [("K1", 0, 2)]
    assert rejected(claims) == [
        ("claims/a.csv", 3, ["claim_id: repeats with different contents (also at claims/b.csv row 2)"]),
        ("claims/b.csv", 2, ["claim_id: repeats with different contents (also at claims/a.csv row 3)"]),
        ("claims/b.csv", 3, ["claim_id: repeats an identical row (first at claims/a.csv row 2)"]),
    ]


def test_a_column_that_one_file_lacks_counts_as_empty_there(tmp_path: Path) -> None:
    claims = validated(
        tmp_path / "data",
        {"claims/a.csv": csv({}), "claims/b.csv": csv({"advisor_id": ""})},
    ).tables["claims"]

    assert accepted(claims, "_source") == [(0,)]


def test_a_table_of_keys_alone_keeps_the_first_of_each(tmp_path: Path) -> None:
    files = {"employers.csv": "employer_id\nE1\nE1\nE2\n"}

    employers = validated(tmp_path / "data", files).tables["employers"]

    assert accepted(employers, "employer_id", "_row") == [("E1", 2), ("E2", 4)]


def test_a_table_without_a_unique_column_may_repeat_rows(tmp_path: Path) -> None:
    text = "client_id,provider_id,activity_date\nC1,PR01,2016-01-05\nC1,PR01,2016-01-05\n"

    activities = validated(tmp_path / "data", {"activities.csv": text}).tables["activities"]

    assert activities.counts.accepted == 2


def test_large_tables_give_the_same_through_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"claim_id": f"K{number % 70}", "amount": f"{number % 7}"} for number in range(100)]
    rows += [{"claim_id": f"L{number}", "tier": "x" if number % 5 == 0 else "prime"} for number in range(50)]
    files = {"claims/a.csv": csv(*rows[:80]), "claims/b.csv": csv(*rows[80:])}
    small = validated(tmp_path / "small", files).tables["claims"]

    monkeypatch.setattr(spool, "MEMORY_BYTES", 0)
    monkeypatch.setattr(run, "RUN_KEYS", 8)
    monkeypatch.setattr(repeats, "HASHES_AT_ONCE", 3)
    large = validated(tmp_path / "large", files).tables["claims"]

    assert large.frame.sort("_source", "_row").collect().equals(small.frame.sort("_source", "_row").collect())
    assert rejected(large) == rejected(small)
    assert large.counts == small.counts
    assert small.counts.rejected > 0


def test_files_of_the_spool_can_be_read_by_their_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MEMORY_BYTES", 0)

    validated_claims(tmp_path / "data", {})

    (folder,) = tmp_path.rglob("accepted")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["000000.arrow"]


def test_the_ledger_finds_the_same_keys_in_one_run_and_in_many(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    keys = pl.Series(rng.integers(0, 3_000, 5_000)).cast(pl.String)
    expected = np.sort(hashes_of(keys.filter(keys.is_duplicated()).unique()))
    one, many = Ledger(tmp_path / "one"), Ledger(tmp_path / "many", run_keys=700)
    for start in range(0, len(keys), 300):
        one.add(keys[start : start + 300])
        many.add(keys[start : start + 300])

    assert one.repeated().tolist() == expected.tolist()
    assert many.repeated().tolist() == expected.tolist()
    assert len(list((tmp_path / "many").iterdir())) > 1
    assert not (tmp_path / "one").exists()


def test_a_ledger_of_no_keys_has_no_repeated_ones(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.add(pl.Series([None, None], dtype=pl.String))

    assert ledger.repeated().tolist() == []


def test_hashes_are_looked_up_in_a_sorted_list() -> None:
    in_order = np.array([2, 5, 9], dtype=np.uint64)

    assert among(np.array([1, 2, 9, 10], dtype=np.uint64), in_order).tolist() == [False, True, True, False]


def test_every_claim_here_is_valid_by_itself(tmp_path: Path) -> None:
    assert rejected(validated_claims(tmp_path / "data", CLAIM)) == []
