"""What PBR302, 303 and 304 find of people planted twice under two numbers, by claim.

    .venv/bin/python benchmarks/duplicate_clients.py            seeds 9201 to 9205, 60,000 claims each

Each later registration has its own person number and its own slips, so that linkage alone can find it.
Findings for information (a probability of 0.5 to 0.95, or something that contradicts a higher one) are
counted apart. The same seed without any acts comes next, where nobody stands twice under two numbers:
findings there are wrong.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import polars as pl

from pbr_audit.audit import audit
from pbr_audit.simulate import Config, Plant, simulate, write_world
from pbr_audit.testing.truth import Score, scores

FAMILIES = ("registered-twice", "at-two-providers", "sent-round-again")
RULES = ("PBR302", "PBR303", "PBR304")
WORLDS = ("welfare", "rehabilitation")
RATE = 0.003
ROW = "{:14} {:>6} {:8} {:>8} {:>8} {:>8} {:>10} {:>6}"


def judged(config: Config, folder: Path) -> tuple[tuple[Score, ...], dict[str, int]]:
    """Return a score for each rule, information aside, and how many findings are for information."""
    world = simulate(config)
    write_world(world, folder, "parquet")
    with audit(folder, select=RULES) as result:
        informing = pl.col("severity") == "info"
        info = dict(result.findings.filter(informing).group_by("rule_id").len().iter_rows())
        return scores(result.findings.filter(~informing), world.truth, list(RULES)), info


def main() -> int:
    """Measure and print; the totals over all seeds come last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[9201, 9202, 9203, 9204, 9205])
    parser.add_argument("--claims", type=int, default=60_000)
    options = parser.parse_args()
    plants = tuple(Plant(family, RATE) for family in FAMILIES)
    sums = {rule_id: [0, 0, 0] for rule_id in RULES}
    honest_findings = 0
    print(ROW.format("world", "seed", "rule", "to find", "recall", "extra", "precision", "info"))
    for world in WORLDS:
        for seed in options.seeds:
            with TemporaryDirectory() as folder:
                acts = Config(claims=options.claims, seed=seed, world=world, plants=plants)
                found, info = judged(acts, Path(folder) / "planted")
                none = Config(claims=options.claims, seed=seed, world=world, plants=())
                honest, honest_info = judged(none, Path(folder) / "honest")
            for score in found:
                numbers = (score.to_find, score.found, len(score.extra))
                sums[score.rule_id] = [
                    so_far + now for so_far, now in zip(sums[score.rule_id], numbers, strict=True)
                ]
                figures = (f"{score.recall:.3f}", len(score.extra), f"{score.precision:.3f}")
                print(
                    ROW.format(
                        world, seed, score.rule_id, score.to_find, *figures, info.get(score.rule_id, 0)
                    )
                )
            wrong = sum(score.flagged for score in honest)
            honest_findings += wrong
            print(
                f"{world} {seed}: nobody planted, {wrong} findings, "
                f"{sum(honest_info.values())} for information"
            )
    for rule_id, (to_find, right, extra) in sums.items():
        recall, precision = right / max(to_find, 1), right / max(right + extra, 1)
        print(f"{rule_id}: {to_find} to find, recall {recall:.4f}, precision {precision:.4f}")
    print(f"worlds without acts: {honest_findings} findings; {process_time():.0f} CPU seconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
