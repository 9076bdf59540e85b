"""The invented world as files: the same bytes each time, valid, whole, and in an empty folder only."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import pbr_audit.simulate.world
from pbr_audit.audit import configuration, reading
from pbr_audit.errors import UsageError
from pbr_audit.simulate import Config, simulate, write_simulation, write_world
from tests.cli.command_line import command

__all__ = ["run"]
run = pytest.fixture(command, name="run")

SIMULATE = "import sys; from pbr_audit.cli import main; main(sys.argv[1:])"


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes_for_any_threads_and_hash_seed(
    file_format: str, tmp_path: Path
) -> None:
    made = []
    for threads in ("1", "2"):
        out = tmp_path / threads
        arguments = ("simulate", str(out), "--claims", "3000", "--seed", "9", "--format", file_format)
        environment = os.environ | {
            "POLARS_MAX_THREADS": threads,
            "PYTHONHASHSEED": threads,
            "TZ": f"UTC{threads}",
        }
        subprocess.run(
            [sys.executable, "-c", SIMULATE, *arguments], env=environment, check=True, capture_output=True
        )
        made.append(digests(out))
    assert made[0] == made[1]
    assert "truth/asked.toml" in made[0]


def test_another_seed_gives_another_world(tmp_path: Path) -> None:
    tables = [simulate(Config(claims=2_000, seed=seed)).tables["claims"] for seed in (1, 2)]
    assert not tables[0].equals(tables[1])


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
@pytest.mark.parametrize("world", ["welfare", "rehabilitation"])
def test_validation_accepts_every_row(world: str, file_format: str, tmp_path: Path) -> None:
    write_simulation(Config(claims=5_000, seed=2, world=world), tmp_path / "out", file_format)  # type: ignore[arg-type]
    dataset, terms = configuration(tmp_path / "out")
    with reading(dataset, terms) as validated:
        assert set(validated.tables) >= {"claims", "clients", "events", "referrals", "performance"}
        assert {name: table.counts.rejected for name, table in validated.tables.items()} == dict.fromkeys(
            validated.tables, 0
        )


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_a_world_of_many_blocks_is_the_same_written_at_once_or_block_by_block(
    file_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pbr_audit.simulate.world, "BLOCK_CLIENTS", 300)
    config = Config(claims=4_000, seed=6, world="rehabilitation")
    world = simulate(config)
    assert world.tables["claims"]["claim_id"].is_unique().all()
    assert world.tables["clients"].height > 600
    write_simulation(config, tmp_path / "blocks", file_format)  # type: ignore[arg-type]
    write_world(world, tmp_path / "once", file_format)  # type: ignore[arg-type]
    if file_format == "csv":
        assert digests(tmp_path / "blocks") == digests(tmp_path / "once")
        return
    parts = pl.concat([pl.read_parquet(path) for path in sorted((tmp_path / "blocks" / "claims").iterdir())])
    assert parts.equals(pl.read_parquet(tmp_path / "once" / "claims.parquet"))


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(UsageError, match=r"is there already and not empty; name a new folder$"):
        write_simulation(Config(claims=1_000), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_says_what_was_planted(run: object, tmp_path: Path) -> None:
    assert callable(run)
    out = tmp_path / "out"
    ran = run("simulate", out, "--claims", "1000", "--seed", "3", "--plant", "PBR202=0.01:2")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"{out}: an invented contract of about 1,000 claims, seed 3.\nPlanted:\n  PBR202 after-death: 10 acts\n"
    )
    truth = pl.read_csv(out / "truth" / "planted.csv")
    assert truth.filter(pl.col("role") == "planted").height == 10
    assert set(truth["rule_id"]) == {"PBR202"}


def test_the_command_refuses_to_plant_in_an_honest_world(run: object, tmp_path: Path) -> None:
    assert callable(run)
    ran = run("simulate", tmp_path / "out", "--honest", "--plant", "PBR202=0.01")
    assert ran.code == 2
    assert ran.err == "pbr-audit: --honest plants nothing; leave it or --plant out\n"


def test_the_simulator_imports_no_rule_and_no_engine() -> None:
    look = "import sys, pbr_audit.simulate; print(*(n for n in sys.modules if n.startswith('pbr_audit.')))"
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[1] for name in ran.stdout.split()}
    assert loaded <= {"simulate", "errors", "money", "new_folder", "periods", "tables", "terms", "toml_file"}
