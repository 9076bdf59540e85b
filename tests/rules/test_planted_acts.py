"""The rules find what a simulated world says was planted, and nothing in a world where nobody acts.

Small worlds, to notice a change; `benchmarks/planted.py` measures on large ones and many seeds.
"""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.audit import audit
from pbr_audit.simulate import Config, simulate, write_world
from pbr_audit.simulate.families import FAMILIES
from pbr_audit.testing.truth import Score, scores

WORLDS = ("welfare", "rehabilitation")
CLAIMS = 17_000
SEED = 77
LEAST_RECALL = 0.99
LEAST_PRECISION = 0.99
LEAST_ACTS = 50
# What honest worlds do that is asked about all the same, for information and no more: one prime serves
# another, hostels and appointees share numbers, and twins may be one person.
STATED = ("PBR302", "PBR303", "PBR305", "PBR807")


def planted_in(world: str) -> set[str]:
    """Return the rules of which acts are planted; the others are held to the honest worlds alone."""
    return {family.rule_id for family in FAMILIES if family.usual and world in family.worlds}


def judged(folder: Path, config: Config) -> tuple[Score, ...]:
    """Return each record or contract rule's findings held against the world's truth."""
    world = simulate(config)
    write_world(world, folder, "parquet")
    with audit(folder) as result:
        rules = [
            outcome.loaded.rule.id
            for outcome in result.outcomes
            if outcome.loaded.rule.basis in {"arithmetic", "contract", "record", "linkage"}
        ]
        allowed = {"assessed", "not_assessable", "not_applicable"}
        assert {outcome.status for outcome in result.outcomes} <= allowed
        planted = [
            outcome for outcome in result.outcomes if outcome.loaded.rule.id in planted_in(config.world)
        ]
        assert {outcome.status for outcome in planted} <= {"assessed", "not_assessable"}
        stated = pl.col("rule_id").is_in(STATED) & (pl.col("severity") == "info")
        return scores(result.findings.filter(~stated), world.truth, rules)


@pytest.mark.parametrize("world", WORLDS)
def test_what_was_planted_is_found_and_little_else(world: str, tmp_path: Path) -> None:
    every = judged(tmp_path / "world", Config(claims=CLAIMS, seed=SEED, world=world))
    found = [score for score in every if score.rule_id in planted_in(world)]
    assert {score.rule_id for score in found if score.acts < LEAST_ACTS} == set()
    assert [score for score in found if score.recall < LEAST_RECALL] == []
    assert [score for score in found if score.precision < LEAST_PRECISION] == []


@pytest.mark.parametrize("world", WORLDS)
def test_an_honest_world_is_silent(world: str, tmp_path: Path) -> None:
    found = judged(tmp_path / "world", Config(claims=CLAIMS, seed=SEED, world=world, plants=()))
    assert {score.rule_id: score.flagged for score in found if score.flagged} == {}
