"""What the rules find of what was planted, by claim, on worlds that nobody looked at while writing them.

    .venv/bin/python benchmarks/planted.py                     seeds 9001 to 9005, 60,000 claims each
    .venv/bin/python benchmarks/planted.py --seeds 1 2 3 --claims 200000

Each family of the record and contract rules is planted, fifty acts and more; then the same seed without any
acts, where the rules should be silent. What two rules ask for information is left aside in both. Bars:
recall at least 0.99 and precision at least 0.99 for each rule. Ends with 1 where a bar is missed.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from pbr_audit.audit import Audit, audit
from pbr_audit.simulate import FAMILIES, Config, simulate, write_world
from pbr_audit.testing.truth import Score, scores

LEAST_RECALL = 0.99
LEAST_PRECISION = 0.99
LEAST_ACTS = 50
# What honest worlds do that is asked about all the same, for information: one prime serves another, hostels
# and appointees share numbers, and twins may be one person.
STATED = ("PBR302", "PBR303", "PBR305", "PBR807")
WORLDS = ("welfare", "rehabilitation")
ROW = "{:10} {:>6} {:>8} {:>8} {:>8} {:>8} {:>10}"


def judged(config: Config, folder: Path) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
    """Simulate, audit, and return findings, truth and the rules that answered."""
    world = simulate(config)
    write_world(world, folder, "parquet")
    with audit(folder) as result:
        return result.findings, world.truth, answering(result)


def answering(result: Audit) -> list[str]:
    """Return the rules that are no statistics: those have no truth by claim."""
    return [
        outcome.loaded.rule.id
        for outcome in result.outcomes
        if outcome.loaded.rule.basis in {"arithmetic", "contract", "record", "linkage"}
    ]


def shown(world: str, seed: int, score: Score) -> str:
    """Return one line of the table."""
    return ROW.format(
        score.rule_id,
        score.acts,
        score.to_find,
        score.flagged,
        f"{score.recall:.3f}",
        f"{score.precision:.3f}",
        f"{world[:4]} {seed}",
    )


def main() -> int:
    """Measure, print, and return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[9001, 9002, 9003, 9004, 9005])
    parser.add_argument("--claims", type=int, default=60_000)
    parser.add_argument("--all", action="store_true", help="print every rule, not only those under a bar")
    options = parser.parse_args()
    missed = 0
    least: dict[str, tuple[float, float]] = {}
    print(ROW.format("rule", "acts", "to find", "flagged", "recall", "precision", "world"))
    for world in WORLDS:
        for seed in options.seeds:
            with TemporaryDirectory() as folder:
                findings, truth, rules = judged(
                    Config(claims=options.claims, seed=seed, world=world), Path(folder) / "planted"
                )
                honest, _, _ = judged(
                    Config(claims=options.claims, seed=seed, world=world, plants=()), Path(folder) / "honest"
                )
            planted = {family.rule_id for family in FAMILIES if family.usual and world in family.worlds}
            stated = pl.col("rule_id").is_in(STATED) & (pl.col("severity") == "info")
            for score in scores(findings.filter(~stated), truth, sorted(planted.intersection(rules))):
                recall, precision = least.get(score.rule_id, (1.0, 1.0))
                least[score.rule_id] = min(recall, score.recall), min(precision, score.precision)
                under = score.recall < LEAST_RECALL or score.precision < LEAST_PRECISION
                under |= score.acts < LEAST_ACTS
                missed += under
                if under or options.all:
                    print(shown(world, seed, score), *score.missed[:3], *score.extra[:3])
            asked = honest.filter(pl.col("rule_id").is_in(rules), ~stated)
            loud = asked.group_by("rule_id").len().sort("rule_id")
            missed += loud.height
            print(f"{world} {seed}: honest world {'silent' if loud.is_empty() else dict(loud.iter_rows())}")
    print("least over all worlds and seeds:")
    for rule_id, (recall, precision) in sorted(least.items()):
        print(f"  {rule_id}  recall {recall:.3f}  precision {precision:.3f}")
    print("all bars held" if not missed else f"{missed} bars missed")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
