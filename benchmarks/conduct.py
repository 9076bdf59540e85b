"""What the statistical rules say of whole simulated worlds, through files and the whole run.

    .venv/bin/python -m benchmarks.conduct                     seeds 9401 to 9405, 150,000 claims each
    .venv/bin/python -m benchmarks.conduct --seeds 1 2 --families moved-up put-out

First honest worlds, whose providers differ in success, mix, lags, heaping and refusals: any finding is a
false lead, and at most one world in twenty should have one. Then the same worlds with a tenth of the
providers acting in one way: the share of them that the family's own rule finds, and the share of all
findings that are about somebody else. The worlds' honest variety is our own invention, as everywhere in
benchmarks/; a rule that is quiet here has passed one test of several.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pbr_audit.audit import audit
from pbr_audit.packs import load_pack
from pbr_audit.simulate import FAMILIES, Config, Plant, simulate, write_world

WORLDS = ("welfare", "rehabilitation")
ACTING = 0.1
ROW = "{:14} {:16} {:>6} {:>7} {:>7} {:>7} {:>7}  {}"


@dataclass(frozen=True)
class Told:
    """The providers that each rule asks about, those who acted, and what the rules answered."""

    asked: pl.DataFrame
    acting: frozenset[str]
    unassessed: tuple[str, ...]


def told(config: Config, rules: tuple[str, ...]) -> Told:
    """Simulate a world, audit its files with the statistical rules, and return whom they ask about."""
    world = simulate(config)
    acting = world.truth.filter(subject_type="provider")["subject_id"].unique()
    with TemporaryDirectory() as folder:
        write_world(world, Path(folder) / "world", "parquet")
        with audit(Path(folder) / "world", select=rules) as result:
            asked = result.findings.select("rule_id", "severity", "provider_id", "subject_id").unique()
            silent = tuple(
                outcome.loaded.rule.id
                for outcome in result.outcomes
                if outcome.loaded.rule.id in rules and outcome.status != "assessed"
            )
    return Told(asked, frozenset(acting), silent)


def statistical() -> tuple[str, ...]:
    """Return the ids of the shipped statistical rules."""
    rules = (loaded.rule for loaded in load_pack([], trust_code=False).rules)
    return tuple(rule.id for rule in rules if rule.basis == "statistical")


def line(world: str, what: str, seed: int, answer: Told, rule_id: str | None) -> str:
    """Return one line of the table; `rule_id` is the rule that should see what was planted."""
    wrong = answer.asked.filter(~pl.col("provider_id").is_in(list(answer.acting)))
    mine = answer.asked.filter(rule_id=rule_id) if rule_id else answer.asked.clear()
    found = len(answer.acting & set(mine["provider_id"].drop_nulls()))
    by_rule = dict(wrong.group_by("rule_id").len().sort("rule_id").iter_rows())
    return ROW.format(
        world,
        what,
        seed,
        len(answer.acting),
        found if rule_id else "",
        answer.asked.height,
        wrong.height,
        by_rule or "",
    )


def main() -> int:
    """Print the table; 1 where more than one honest world in twenty, and more than one, has a finding."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    families = [family for family in FAMILIES if family.share_of_providers]
    parser.add_argument("--seeds", type=int, nargs="+", default=[9401, 9402, 9403, 9404, 9405])
    parser.add_argument("--claims", type=int, default=150_000)
    parser.add_argument("--subcontractors", type=int, help="default: one for each 1,500 claims")
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=WORLDS)
    parser.add_argument("--families", nargs="*", default=[family.name for family in families])
    asked = parser.parse_args()
    rules = statistical()
    print(ROW.format("world", "planted", "seed", "acting", "found", "asked", "wrong", "wrong by rule"))
    honest = loud = 0
    for world in asked.worlds:
        for seed in asked.seeds:
            answer = told(Config(asked.claims, seed, world, (), asked.subcontractors), rules)
            honest, loud = honest + 1, loud + (answer.asked.height > 0)
            print(line(world, "nothing", seed, answer, None), flush=True)
            if seed == asked.seeds[0]:
                print(f"{'':14} not assessed: {', '.join(answer.unassessed) or 'none'}", flush=True)
        for family in families:
            if family.name in asked.families and world in family.worlds:
                for seed in asked.seeds:
                    answer = told(
                        Config(
                            asked.claims, seed, world, (Plant(family.name, ACTING),), asked.subcontractors
                        ),
                        rules,
                    )
                    print(line(world, family.name, seed, answer, family.rule_id), flush=True)
    print(f"honest worlds with a finding: {loud} of {honest}")
    return int(loud > max(1, honest / 20))


if __name__ == "__main__":
    sys.exit(main())
