"""`pbr-audit calibrate`: what it prints and writes, and how it ends."""

import csv
import os
import re
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import pytest

from pbr_audit.simulate import Config, simulate, write_world
from tests.cli.command_line import Command, command, write_dataset

pbr_audit = pytest.fixture(command)
SETTINGS = (
    {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0"},
    {"POLARS_MAX_THREADS": "3", "PYTHONHASHSEED": "7"},
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrate") / "world"
    write_world(simulate(Config(claims=20_000, seed=11, world="welfare", plants=())), folder, "parquet")
    return folder


def test_it_says_how_often_a_rule_asked_and_writes_the_same(
    pbr_audit: Command, world: Path, tmp_path: Path
) -> None:
    ran = pbr_audit(
        "calibrate", world, "--books", "3", "--select", "PBR70", "--select", "PBR503", "--out", tmp_path / "o"
    )
    assert (ran.code, ran.err) == (0, "")
    assert "3 books of each kind, seed 0" in ran.out
    assert "In 3 books in which nobody did anything, and providers differ by chance alone:" in ran.out
    assert "  PBR701  asked about somebody in " in ran.out
    assert "  PBR503  there is no score_counts table." in ran.out
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["calibration.csv", "calibration.html"]
    with (tmp_path / "o" / "calibration.csv").open(encoding="utf-8", newline="") as lines:
        rows = [(row["rule_id"], row["books"], row["cases"]) for row in csv.DictReader(lines)]
    assert ("PBR701", "nobody differs", "3") in rows
    assert ("", "providers differ", "3") in rows
    assert all((path.stat().st_mode & 0o077) == 0 for path in (tmp_path / "o").iterdir())


def test_a_seed_gives_the_same_bytes_whatever_the_threads(world: Path, tmp_path: Path) -> None:
    made = []
    for at, settings in enumerate(SETTINGS):
        out = tmp_path / str(at)
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "pbr_audit", "calibrate", str(world), "--out", str(out)),
                *("--books", "2", "--seed", "5", "--select", "PBR701"),
            ],
            env=os.environ | settings,
            check=True,
            capture_output=True,
        )
        said = ran.stdout.replace(str(out).encode(), b"")
        made.append([said, *(path.read_bytes() for path in sorted(out.iterdir()))])
    assert made[0] == made[1]


def test_without_a_statistical_rule_there_is_nothing_to_calibrate(pbr_audit: Command, tmp_path: Path) -> None:
    ran = pbr_audit("calibrate", write_dataset(tmp_path / "d"), "--select", "PBR101", "--out", tmp_path / "o")
    assert (ran.code, ran.err) == (
        2,
        "pbr-audit: no rule that is selected is statistical, so there is nothing to calibrate\n",
    )
    assert not (tmp_path / "o").exists()


def test_figures_that_name_no_client_are_told_to_give_no_book(pbr_audit: Command, tmp_path: Path) -> None:
    figures = "contract_id,provider_id,outcome,measured_value,count\nCPA01,S1,JOB,60,5\nCPA01,S1,JOB,65,9\n"
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "score_counts.csv").write_text(figures, encoding="utf-8")
    ran = pbr_audit("calibrate", tmp_path / "d", "--books", "2", "--out", tmp_path / "o")
    assert (ran.code, ran.err) == (0, "")
    assert "nobody can change places, and no book could be made" in " ".join(ran.out.split())
    assert "  PBR503  " in ran.out
    assert "0 clients" not in ran.out


def test_what_lies_in_the_folder_already_stays(pbr_audit: Command, world: Path, tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "mine.txt").write_text("mine", encoding="utf-8")
    ran = pbr_audit("calibrate", world, "--out", tmp_path / "o")
    assert ran.code == 2
    assert ran.err.endswith("is there already and not empty; name a new folder\n")


def test_nobodys_data_is_told(pbr_audit: Command, world: Path, tmp_path: Path) -> None:
    ran = pbr_audit("calibrate", world, "--books", "1", "--select", "PBR701", "--out", tmp_path / "o")
    page = (tmp_path / "o" / "calibration.html").read_text(encoding="utf-8")
    table = (tmp_path / "o" / "calibration.csv").read_text(encoding="utf-8")
    drawn = [b64decode(address).decode() for address in re.findall('base64,([^"]+)"', page)]
    # One for each kind of book without anybody acting, and one for the power.
    assert len(drawn) == 3
    for told in (ran.out, table, re.sub('base64,[^"]+', "", page), *drawn):
        assert "SB0" not in told
        assert "PR0" not in told
