"""One data set in every format that is read gives the same findings, byte for byte."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import odswriter
import polars as pl
import pytest

from tests.cli.command_line import Command, command
from tests.house.repository import ROOT

DEMO = ROOT / "fixtures" / "contracts" / "demo"
TABLES = {
    "claims": ("claims-prime", "claims-subcontractors"),
    "clients": ("clients",),
    "events": ("events",),
    "performance": ("performance",),
}


def text(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def as_gzip(source: Path, folder: Path) -> None:
    (folder / f"{source.stem}.csv.gz").write_bytes(gzip.compress(source.read_bytes()))


def as_parquet_text(source: Path, folder: Path) -> None:
    text(source).write_parquet(folder / f"{source.stem}.parquet")


def as_parquet_typed(source: Path, folder: Path) -> None:
    """Write dates as dates and amounts as decimals; the rows that cannot be typed have nothing there."""
    frame = text(source)
    dates = [name for name in frame.columns if name.endswith("_date") or name == "date_of_birth"]
    amounts = [name for name in frame.columns if name.endswith("amount")]
    frame.with_columns(
        pl.col(dates).str.to_date("%Y-%m-%d", strict=False),
        pl.col(amounts).cast(pl.Decimal(18, 2), strict=False),
    ).write_parquet(folder / f"{source.stem}.parquet")


def as_json_lines(source: Path, folder: Path) -> None:
    text(source).write_ndjson(folder / f"{source.stem}.jsonl")


def as_xlsx(source: Path, folder: Path) -> None:
    text(source).write_excel(folder / f"{source.stem}.xlsx", worksheet="Sheet1")


def as_ods(source: Path, folder: Path) -> None:
    frame = text(source)
    with (folder / f"{source.stem}.ods").open("wb") as file, odswriter.writer(file) as workbook:
        sheet = workbook.new_sheet("Sheet1")
        sheet.writerow(frame.columns)
        sheet.writerows([cell or "" for cell in row] for row in frame.iter_rows())


FORMATS: dict[str, Callable[[Path, Path], None]] = {
    "csv.gz": as_gzip,
    "parquet of text": as_parquet_text,
    "parquet of types": as_parquet_typed,
    "jsonl": as_json_lines,
    "xlsx": as_xlsx,
    "ods": as_ods,
}


@pytest.fixture
def pbr_audit(capsys: pytest.CaptureFixture[str]) -> Command:
    return command(capsys)


def findings(pbr_audit: Command, folder: Path) -> dict[str, bytes]:
    out = folder / "results"
    ran = pbr_audit("run", folder, "--out", out, "--max-rejects", "1", "--as-of", "2017-12-31")
    assert (ran.code, ran.err) == (0, "")
    names = ("findings.csv", "findings.jsonl", "findings.parquet", "flagged_claims.csv", "coverage.csv")
    return {name: (out / name).read_bytes() for name in names}


@pytest.mark.parametrize("name", FORMATS)
def test_the_demo_in_another_format_has_the_same_findings(
    pbr_audit: Command, tmp_path: Path, name: str
) -> None:
    for folder in ("csv", "other"):
        shutil.copytree(DEMO / "contracts", tmp_path / folder / "contracts")
    for stems in TABLES.values():
        for stem in stems:
            shutil.copy(DEMO / f"{stem}.csv", tmp_path / "csv")
            FORMATS[name](DEMO / f"{stem}.csv", tmp_path / "other")
    expected = findings(pbr_audit, tmp_path / "csv")
    planted = text(DEMO / "truth" / "planted.csv")
    assert pl.read_csv(expected["findings.csv"], infer_schema=False).height == planted.height
    assert findings(pbr_audit, tmp_path / "other") == expected
