"""People planted twice under two numbers are found by linkage, and nobody else is.

A small world, to notice a change; `benchmarks/duplicate_clients.py` measures on larger ones and many seeds.
"""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.audit import audit
from pbr_audit.simulate import Config, Plant, simulate, write_world
from pbr_audit.testing.truth import Score, scores

FAMILIES = ("registered-twice", "at-two-providers", "sent-round-again")
RULES = ("PBR302", "PBR303", "PBR304")
CLAIMS, RATE, SEED = 17_000, 0.004, 78
LEAST_RECALL = 0.93
LEAST_PRECISION = 0.98


def judged(world: str, folder: Path) -> tuple[Score, ...]:
    made = simulate(
        Config(
            claims=CLAIMS, seed=SEED, world=world, plants=tuple(Plant(family, RATE) for family in FAMILIES)
        )
    )
    write_world(made, folder, "parquet")
    with audit(folder, select=RULES) as result:
        sure = result.findings.filter(pl.col("severity") != "info")
        return scores(sure, made.truth, list(RULES))


@pytest.mark.parametrize("world", ["welfare", "rehabilitation"])
def test_who_stands_twice_under_two_numbers_is_found_and_nobody_else(world: str, tmp_path: Path) -> None:
    found = judged(world, tmp_path / "world")
    assert [score.rule_id for score in found if score.acts < 50] == []
    assert [score for score in found if score.recall < LEAST_RECALL] == []
    assert [score for score in found if score.precision < LEAST_PRECISION] == []
