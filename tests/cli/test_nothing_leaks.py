"""What is in a cell stays in the files that exist to hold it: canaries in every column are looked for everywhere else."""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.tables import TABLES
from pbr_audit.testing.case import DEFAULT_CELLS
from tests.cli.command_line import Command, command, write_dataset

# Files that may hold no cell; findings, flagged claims, rejects and the report exist to hold some.
OPEN_FILES = ("manifest.json", "coverage.csv")


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def canaries(table: str) -> pl.DataFrame:
    """Return a table with a canary in every cell of one row, in every text cell of another, and a fine row.

    The first row's dates, numbers and words of closed vocabularies cannot be typed, so it is rejected with a
    reason for each.
    """
    columns = TABLES[table].columns.values()
    everywhere = {column.name: f"Canary-{table}-{column.name}-1" for column in columns}
    texts = {
        column.name: f"Canary-{table}-{column.name}-2"
        if column.kind == "text"
        else DEFAULT_CELLS.get(column.name)
        for column in columns
    }
    return pl.DataFrame([everywhere, texts], schema=dict.fromkeys(everywhere, pl.String))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    folder = write_dataset(tmp_path / "data")
    for table in TABLES:
        canaries(table).write_csv(folder / f"{table}.csv")
    return folder


def assert_no_canary(text: str) -> None:
    assert "Canary" not in text, text[max(0, text.find("Canary") - 200) :][:300]


def test_a_run_shows_no_cell_on_the_screen_in_the_manifest_or_in_the_coverage(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    ran = pbr_audit("run", dataset, "--out", tmp_path / "out")
    assert ran.code == 3
    assert_no_canary(ran.out + ran.err)
    for name in OPEN_FILES:
        assert_no_canary((tmp_path / "out" / name).read_text(encoding="utf-8"))
    rejects = (tmp_path / "out" / "rejects" / "claims.csv").read_text(encoding="utf-8")
    assert "Canary-claims-outcome_date-1" in rejects
    reasons = rejects.splitlines()[1]
    assert "outcome_date: is not a date (expected YYYY-MM-DD)" in reasons


@pytest.mark.parametrize("name", ["validate", "coverage"])
def test_validate_and_coverage_show_no_cell(pbr_audit: Command, dataset: Path, name: str) -> None:
    ran = pbr_audit(name, dataset)
    assert ran.code in {0, 3}
    assert_no_canary(ran.out + ran.err)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "xlsx"])
def test_a_file_without_its_header_shows_none_of_its_first_row(
    pbr_audit: Command, tmp_path: Path, suffix: str
) -> None:
    """The first row then stands where the header should, and must not be told as the names of columns."""
    folder = write_dataset(tmp_path / "data")
    (folder / "claims.csv").unlink()
    rows = pl.DataFrame({"Canary Smith": ["Canary Jones"], "Canary 1970-01-01": ["x"]})
    path = folder / f"claims.{suffix}"
    match suffix:
        case "csv":
            rows.write_csv(path)
        case "jsonl":
            rows.write_ndjson(path)
        case "parquet":
            rows.write_parquet(path)
        case _:
            rows.write_excel(path)
    ran = pbr_audit("run", folder, "--out", tmp_path / "out")
    assert ran.code == 2
    assert_no_canary(ran.out + ran.err)


def test_output_files_are_readable_by_their_owner_only(
    pbr_audit: Command, dataset: Path, tmp_path: Path
) -> None:
    pbr_audit("run", dataset, "--out", tmp_path / "out")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert files
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
