"""A person takes rejects/claims.csv, mends its cells, adds the file, and runs again."""

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.cli.command_line import Command, Ran, command, write_dataset

HEADER = (
    "claim_id,contract_id,provider_id,tier,client_id,outcome,outcome_date,submitted_date,amount,advisor_id"
)
GOOD = "C1,CPA01,PR01,prime,P2,JOB,2016-05-02,2016-05-09,1200.00,=1+1"
BAD_DATE = "B1,CPA01,PR01,prime,P3,JOB,a day in May,2016-05-09,1200.00,=2+2"
BAD_AMOUNT = "B2,CPA01,PR01,prime,P4,JOB,2016-05-04,2016-05-09,lots,'=3"
Row = dict[str, str]


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def claims(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def rejects(out: Path, table: str = "claims") -> list[Row]:
    with (out / "rejects" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def counts(out: Path, table: str = "claims") -> Any:
    content = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["tables"][table]
    return tuple(content[name] for name in ("read", "accepted", "rejected", "replaced"))


def mended(row: Row) -> Row:
    """Mend what BAD_DATE and BAD_AMOUNT have wrong."""
    good = {"a day in May": "2016-05-03", "lots": "1200.00"}
    return {name: good.get(cell, cell) for name, cell in row.items()}


def rerun(pbr_audit: Command, folder: Path, out: Path) -> Ran:
    ran = pbr_audit("run", folder, "--out", out, "--max-rejects", "0")
    assert ran.code in {0, 3}, ran.err
    return ran


def test_rejects_give_file_row_column_and_reason_beside_the_row_as_read(
    pbr_audit: Command, tmp_path: Path
) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE))
    assert rerun(pbr_audit, folder, tmp_path / "out").code == 3
    (row,) = rejects(tmp_path / "out")
    assert list(row) == ["_file", "_sheet", "_row", "_column", "_reasons", *HEADER.split(",")]
    assert row["_column"] == "outcome_date"
    assert row["_reasons"].startswith("outcome_date: is not a date")
    assert (row["_file"], row["_row"], row["outcome_date"]) == ("claims.csv", "3", "a day in May")


def test_mended_rows_are_accepted_and_the_rows_they_stand_for_are_counted_as_replaced(
    pbr_audit: Command, tmp_path: Path
) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE, BAD_AMOUNT))
    rerun(pbr_audit, folder, tmp_path / "out")
    assert counts(tmp_path / "out") == (3, 1, 2, 0)
    save(folder / "claims-corrected.csv", [mended(row) for row in rejects(tmp_path / "out")])
    ran = rerun(pbr_audit, folder, tmp_path / "again")
    assert ran.code == 0
    assert counts(tmp_path / "again") == (5, 3, 2, 2)
    assert (
        "claims: 2 rows (2 corrected since, 0 left: 0.0 % of those read), listed in rejects/claims.csv"
        in ran.out
    )
    first, second = rejects(tmp_path / "again")
    assert first["_reasons"].endswith("|corrected since (at claims-corrected.csv row 2)")
    assert second["_reasons"].endswith("|corrected since (at claims-corrected.csv row 3)")


def test_the_guard_before_formulas_is_taken_off_again_and_only_the_guard(
    pbr_audit: Command, tmp_path: Path
) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE, BAD_AMOUNT))
    rerun(pbr_audit, folder, tmp_path / "out")
    assert [row["advisor_id"] for row in rejects(tmp_path / "out")] == ["'=2+2", "''=3"]
    # Still bad, so that the cells show in the next rejects as they were read.
    save(folder / "claims-corrected.csv", rejects(tmp_path / "out"))
    rerun(pbr_audit, folder, tmp_path / "again")
    assert counts(tmp_path / "again") == (5, 1, 4, 2)
    of_corrected = [row for row in rejects(tmp_path / "again") if row["_file"] == "claims-corrected.csv"]
    assert [row["advisor_id"] for row in of_corrected] == ["'=2+2", "''=3"]


def test_a_header_that_was_guarded_is_itself_again(pbr_audit: Command, tmp_path: Path) -> None:
    header = HEADER.replace("advisor_id", "=who")
    text = claims(GOOD, BAD_DATE).replace(HEADER, header)
    mapping = 'standard = "0.1"\n[tables.claims.columns]\nadvisor_id = "=who"\n'
    folder = write_dataset(tmp_path / "data", claims_csv=text, **{"audit.toml": mapping})
    rerun(pbr_audit, folder, tmp_path / "out")
    (row,) = rejects(tmp_path / "out")
    assert "'=who" in row
    save(folder / "claims-corrected.csv", [mended(row)])
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again") == (3, 2, 1, 1)


def test_own_headers_name_the_column_to_look_at_and_are_mapped_again(
    pbr_audit: Command, tmp_path: Path
) -> None:
    header = HEADER.replace("outcome_date", "When").replace("amount", "Fee")
    mapping = 'standard = "0.1"\n[tables.claims]\nfiles = ["returns/*.csv"]\n[tables.claims.columns]\n'
    mapping += 'outcome_date = "When"\namount = "Fee"\n'
    folder = write_dataset(tmp_path / "data", **{"audit.toml": mapping})
    (folder / "claims.csv").unlink()
    (folder / "returns").mkdir()
    (folder / "returns" / "north.csv").write_text(claims(GOOD, BAD_DATE, BAD_AMOUNT).replace(HEADER, header))
    rerun(pbr_audit, folder, tmp_path / "out")
    assert [row["_column"] for row in rejects(tmp_path / "out")] == ["When", "Fee"]
    save(folder / "returns" / "corrected.csv", [mended(row) for row in rejects(tmp_path / "out")])
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again") == (5, 3, 2, 2)


def test_a_row_that_is_still_bad_is_missing_once_through_any_number_of_corrections(
    pbr_audit: Command, tmp_path: Path
) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE, BAD_AMOUNT))
    rerun(pbr_audit, folder, tmp_path / "out")
    date, amount = rejects(tmp_path / "out")
    save(folder / "claims-corrected.csv", [mended(date), amount])
    ran = rerun(pbr_audit, folder, tmp_path / "again")
    assert ran.code == 3
    assert counts(tmp_path / "again") == (5, 2, 3, 2)
    # The whole file of rejects is saved again: the two rows that were corrected are no rows any more.
    save(folder / "claims-corrected-2.csv", [mended(row) for row in rejects(tmp_path / "again")])
    third = rerun(pbr_audit, folder, tmp_path / "third")
    assert third.code == 0, third.out
    done = [row for row in rejects(tmp_path / "third") if row["_file"] == "claims-corrected-2.csv"]
    assert {row["_reasons"] for row in done} == {"beside the table: was corrected in an earlier run already"}
    assert counts(tmp_path / "third")[1] == 3


def test_the_last_of_two_corrections_of_one_row_counts(pbr_audit: Command, tmp_path: Path) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE))
    rerun(pbr_audit, folder, tmp_path / "out")
    save(folder / "claims-corrected-1.csv", rejects(tmp_path / "out"))
    save(folder / "claims-corrected-2.csv", [mended(row) for row in rejects(tmp_path / "out")])
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again") == (4, 2, 2, 2)


def test_rows_that_repeat_a_key_are_corrected_by_giving_one_of_them_its_own(
    pbr_audit: Command, tmp_path: Path
) -> None:
    twin = GOOD.replace("P2", "P9")
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, twin))
    rerun(pbr_audit, folder, tmp_path / "out")
    assert counts(tmp_path / "out") == (2, 0, 2, 0)
    first, second = rejects(tmp_path / "out")
    assert first["_column"] == "claim_id"
    save(folder / "claims-corrected.csv", [second | {"claim_id": "C2"}])
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again") == (3, 2, 1, 1)
    save(folder / "claims-corrected.csv", [first, second | {"claim_id": "C2"}])
    assert rerun(pbr_audit, folder, tmp_path / "third").code == 0
    assert counts(tmp_path / "third") == (4, 2, 2, 2)


def test_rows_that_still_repeat_a_key_after_correction_are_missing_once_each(
    pbr_audit: Command, tmp_path: Path
) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, GOOD.replace("P2", "P9")))
    rerun(pbr_audit, folder, tmp_path / "out")
    save(folder / "claims-corrected.csv", rejects(tmp_path / "out"))
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 3
    assert counts(tmp_path / "again") == (4, 0, 4, 2)


def test_a_place_whose_row_is_accepted_is_not_replaced_by_a_stale_correction(
    pbr_audit: Command, tmp_path: Path
) -> None:
    """The file was exported anew: at the row that was bad another one stands now, and it stays."""
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE))
    rerun(pbr_audit, folder, tmp_path / "out")
    save(folder / "claims-corrected.csv", [mended(row) for row in rejects(tmp_path / "out")])
    (folder / "claims.csv").write_text(claims(GOOD, GOOD.replace("C1", "C7")))
    ran = rerun(pbr_audit, folder, tmp_path / "again")
    assert counts(tmp_path / "again") == (3, 3, 0, 0)
    said = " ".join(ran.out.split())
    assert (
        "claims: 1 corrected row stands for a row accepted as it stands in its own file, and both count; where "
        "that file was mended too, take its corrected rows out"
    ) in said


def test_a_table_without_a_key_is_corrected_too(pbr_audit: Command, tmp_path: Path) -> None:
    events = "client_id,event,start_date\nP1,death,2016-05-02\nP2,custody,soon\n"
    folder = write_dataset(tmp_path / "data", events_csv=events)
    rerun(pbr_audit, folder, tmp_path / "out")
    save(
        folder / "events-corrected.csv",
        [row | {"start_date": "2016-01-05"} for row in rejects(tmp_path / "out", "events")],
    )
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again", "events") == (3, 2, 1, 1)


def test_a_file_of_corrections_that_is_saved_over_names_no_row_of_itself(
    pbr_audit: Command, tmp_path: Path
) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE, BAD_AMOUNT))
    rerun(pbr_audit, folder, tmp_path / "out")
    save(folder / "claims-corrected.csv", rejects(tmp_path / "out"))
    rerun(pbr_audit, folder, tmp_path / "again")
    of_corrected = [row for row in rejects(tmp_path / "again") if row["_file"] == "claims-corrected.csv"]
    save(folder / "claims-corrected.csv", of_corrected)
    rerun(pbr_audit, folder, tmp_path / "third")
    # Nothing says any more for which rows these stand: all four are missing.
    assert counts(tmp_path / "third") == (5, 1, 4, 0)


def test_a_format_that_the_first_file_decided_holds_in_the_small_corrected_one(
    pbr_audit: Command, tmp_path: Path
) -> None:
    """03/05/2016 alone could be read in two ways; beside 13/05/2016 in the same table it cannot."""
    day_first = [
        "D1,CPA01,PR01,prime,P1,JOB,13/05/2016,20/05/2016,1200.00,A",
        "D2,CPA01,PR01,prime,P2,JOB,02/05/2016,03/05/2016,1200.00,A",
        "D3,CPA01,PR01,prime,P3,JOB,a day in May,09/05/2016,1200.00,A",
    ]
    folder = write_dataset(tmp_path / "data", claims_csv=claims(*day_first))
    rerun(pbr_audit, folder, tmp_path / "out")
    (row,) = rejects(tmp_path / "out")
    save(folder / "claims-corrected.csv", [row | {"outcome_date": "03/05/2016"}])
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again") == (4, 3, 1, 1)


@pytest.mark.parametrize("suffix", ["xlsx", "jsonl", "parquet"])
def test_rejects_may_come_back_in_another_format(pbr_audit: Command, tmp_path: Path, suffix: str) -> None:
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, BAD_DATE, BAD_AMOUNT))
    rerun(pbr_audit, folder, tmp_path / "out")
    frame = pl.DataFrame([mended(row) for row in rejects(tmp_path / "out")])
    path = folder / f"claims-corrected.{suffix}"
    match suffix:
        case "xlsx":
            frame.with_columns(pl.col("_row").cast(pl.Int64)).write_excel(path)
        case "jsonl":
            frame.write_ndjson(path)
        case _:
            frame.with_columns(pl.col("_row").cast(pl.Int64)).write_parquet(path)
    assert rerun(pbr_audit, folder, tmp_path / "again").code == 0
    assert counts(tmp_path / "again") == (5, 3, 2, 2)


def test_a_record_that_was_set_aside_is_corrected_by_filling_its_own_cells(
    pbr_audit: Command, tmp_path: Path
) -> None:
    torn = "T1,CPA01,PR01,prime,P5,JOB,2016-05-03,2016-05-09,1200.00,A,one too many"
    folder = write_dataset(tmp_path / "data", claims_csv=claims(GOOD, torn, BAD_DATE))
    rerun(pbr_audit, folder, tmp_path / "out")
    aside, bad = rejects(tmp_path / "out")
    assert "one too many" in aside["_text"]
    filled = aside | dict(zip(HEADER.split(","), torn.split(","), strict=False))
    # The other row is left as it is in the rejects, so that only the record comes back mended.
    save(folder / "claims-corrected.csv", [filled])
    rerun(pbr_audit, folder, tmp_path / "again")
    assert counts(tmp_path / "again") == (4, 2, 2, 1)
    # A record that nobody filled in is no row, and stands for nothing.
    save(folder / "claims-corrected.csv", [aside, mended(bad)])
    rerun(pbr_audit, folder, tmp_path / "third")
    assert counts(tmp_path / "third") == (4, 2, 2, 1)
