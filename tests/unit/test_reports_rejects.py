"""What the report and the summary say of rows that were set aside, by file and by what became of them."""

from pathlib import Path

import pytest

from pbr_audit.dataset import open_dataset
from pbr_audit.reports import reading as reading_module
from pbr_audit.reports import reading_summary
from pbr_audit.reports.reading import FileRejects, tables_read
from tests.unit.validating import csv, terms, validated


def bad(number: int) -> dict[str, str]:
    return {"claim_id": f"K{number}", "amount": "x", "tier": "y" if number % 2 else "prime"}


def files() -> dict[str, str]:
    return {
        "claims-a.csv": csv(bad(1), {"claim_id": "K2"}),
        "claims-b.csv": csv(*(bad(number) for number in range(10, 13)), {"claim_id": "K20"}),
        "claims-c.csv": csv({"claim_id": "K30"}),
    }


AMOUNT = "amount: is not an amount in pounds and pence (expected 1234.50)"
TIER = "tier: is not one of prime, subcontractor"


def test_the_files_of_a_table_are_told_by_their_rejects_the_most_first(tmp_path: Path) -> None:
    (claims,) = tables_read(validated(tmp_path / "data", files()))
    assert claims.files == (
        FileRejects("claims-b.csv", 4, 3, ((AMOUNT, 3), (TIER, 1)), 0),
        FileRejects("claims-a.csv", 2, 1, ((AMOUNT, 1), (TIER, 1)), 0),
    )
    assert claims.more_files == 0


def test_files_and_reasons_beyond_a_page_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "FILES_SHOWN", 1)
    monkeypatch.setattr(reading_module, "REASONS_OF_A_FILE", 1)
    (claims,) = tables_read(validated(tmp_path / "data", files()))
    assert claims.files == (FileRejects("claims-b.csv", 4, 3, ((AMOUNT, 3),), 1),)
    assert claims.more_files == 1


def test_one_file_needs_no_table_by_file(tmp_path: Path) -> None:
    (claims,) = tables_read(validated(tmp_path / "data", {"claims.csv": csv(bad(1))}))
    assert claims.files == ()
    assert claims.reasons == ((AMOUNT, 1), (TIER, 1))


def test_notes_beside_the_table_and_corrected_rows_are_no_share_of_what_is_missing(tmp_path: Path) -> None:
    lines = csv(*({"claim_id": f"K{number}"} for number in range(8)), bad(8), bad(9)).splitlines()
    corrected = f"_file,_row,{lines[0]}\nclaims.csv,10,{lines[-2].replace(',x', ',1.00')}\n"
    folder = tmp_path / "data"
    found = validated(
        folder, {"claims.csv": "\n".join([*lines, "", "Source: our own"]), "claims-new.csv": corrected}
    )
    counts = found.tables["claims"].counts
    assert (counts.read, counts.accepted, counts.rejected) == (12, 9, 3)
    assert (counts.beside, counts.replaced, counts.left) == (1, 1, 1)
    assert counts.rejected_share == 1 / 10
    said = reading_summary(open_dataset(folder), terms(CPA01="GBP"), found)
    assert "  claims: 3 rows (1 corrected since, 1 beside the table, 1 left: 10.0 % of those read)\n" in said
    assert found.auditable(0.1)
    assert not found.auditable(0.09)
