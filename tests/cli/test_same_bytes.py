"""The same input gives the same bytes, whatever the machine's threads, hash seed and time zone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pbr_audit.packs import shipped_rules
from pbr_audit.simulate import Config, Plant, simulate, write_world

CONTRACTS = shipped_rules().parent / "fixtures" / "contracts"
SETTINGS = (
    {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0", "TZ": "UTC"},
    {"POLARS_MAX_THREADS": "2", "PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland"},
    {"POLARS_MAX_THREADS": "5", "PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "C"},
)


def outputs(dataset: Path, out: Path, settings: dict[str, str]) -> dict[str, bytes]:
    """Run in a process of its own and return its files, the manifest without its timings."""
    subprocess.run(
        [sys.executable, "-m", "pbr_audit", "run", str(dataset), "--out", str(out), "--max-rejects", "1"],
        env=os.environ | settings,
        check=True,
        capture_output=True,
    )
    files = {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.*"))}
    manifest = json.loads(files["manifest.json"])
    assert manifest.pop("timings")
    return files | {"manifest.json": json.dumps(manifest).encode()}


@pytest.mark.parametrize("name", ["handmade", "demo"])
def test_every_output_is_the_same_for_any_threads_hash_seed_and_time_zone(name: str, tmp_path: Path) -> None:
    first, *others = (
        outputs(CONTRACTS / name, tmp_path / str(at), settings) for at, settings in enumerate(SETTINGS)
    )
    assert "findings.parquet" in first
    for other in others:
        assert other.keys() == first.keys()
        assert [name for name in first if first[name] != other[name]] == []


def test_people_found_by_linkage_are_the_same_for_any_threads_hash_seed_and_order_of_rows(
    tmp_path: Path,
) -> None:
    families = ("registered-twice", "at-two-providers", "sent-round-again")
    plants = tuple(Plant(family, 0.004) for family in families)
    world = simulate(Config(claims=6_000, seed=3, world="welfare", plants=plants))
    write_world(world, tmp_path / "world", "csv")
    (tmp_path / "world" / "audit.toml").write_text(
        'standard = "0.1"\nname = "One world"\n[select]\nrules = ["PBR30"]\n', encoding="utf-8"
    )
    made = [
        outputs(tmp_path / "world", tmp_path / f"out{at}", settings) for at, settings in enumerate(SETTINGS)
    ]
    lines = (tmp_path / "world" / "clients.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "world" / "clients.csv").write_text("".join([lines[0], *lines[:0:-1]]), encoding="utf-8")
    turned = outputs(tmp_path / "world", tmp_path / "turned", SETTINGS[0])
    first, *others = made
    assert b"PBR303" in first["findings.csv"]
    assert all(other == first for other in others)
    assert turned["findings.csv"] == first["findings.csv"]
    assert turned["findings.parquet"] == first["findings.parquet"]
