"""How often hole and pile asks an honest provider, and how often it sees one that moved claims.

    .venv/bin/python -m benchmarks.calibration.hole_and_pile        seed 20161122, 100 books a line
    .venv/bin/python -m benchmarks.calibration.hole_and_pile --seed 7 --books 400 --providers 60 --people 1000

A line for each scenario, number of providers, people each and share of providers that move 40 % of their
near-misses: the share of books with any flag, the mean false discovery proportion with its standard error,
the power, and the mean of the smallest share that the test says it would have seen. Ends with 1 where a
proportion is above 0.05 by more than two standard errors, or where, at 60 providers and more with 1,000
people and more, 5 % of them moving, the power is under 0.75. The known limit is shown and not judged.
"""

import argparse
import sys
from dataclasses import dataclass
from itertools import product

import numpy as np

from benchmarks.calibration.books import GRID, REACH, SCENARIOS, THRESHOLD, UNIT, Cell, book
from pbr_audit.stats import benjamini_hochberg
from pbr_audit.stats.hole_and_pile import moved_to_threshold

LEVEL = 0.05
LEAST_POWER, POWER_PROVIDERS, POWER_PEOPLE = 0.75, 60, 1_000
HEADER = ("scenario", "prov.", "people", "moving", "any", "fdp", "(se)", "power", "sees", "")
ROW = "{:10} {:>6} {:>7} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6} {}"


@dataclass(frozen=True)
class Judged:
    """What the books of one line showed; `power` and `sees` are NaN where nobody moved or was assessed."""

    any_flag: float
    false_share: float
    error: float
    power: float
    sees: float

    def misses(self, cell: Cell) -> bool:
        """Whether a bar is missed."""
        if cell.scenario.failure:
            return False
        weak = (
            cell.moving_share == LEVEL
            and cell.providers >= POWER_PROVIDERS
            and cell.people >= POWER_PEOPLE
            and self.power < LEAST_POWER
        )
        return weak or self.false_share > LEVEL + 2 * self.error


def judged(cell: Cell, books: int, seed: int) -> Judged:
    """Draw the books of one line and ask of each."""
    # One stream a line, whatever the other lines are.
    place = list(SCENARIOS).index(cell.name)
    rng = np.random.default_rng([seed, place, cell.providers, cell.people, cell.moving])
    rows = [_asked(cell, rng) for _ in range(books)]
    any_flag, false_share, found, sees = (np.array(column) for column in zip(*rows, strict=True))
    error = max(false_share.std(ddof=1), (LEVEL * (1 - LEVEL)) ** 0.5) / books**0.5
    power = float(found.mean()) if cell.moving else float("nan")
    seen = float(np.mean(sees[~np.isnan(sees)])) if (~np.isnan(sees)).any() else float("nan")
    return Judged(float(any_flag.mean()), float(false_share.mean()), float(error), power, seen)


def _asked(cell: Cell, rng: np.random.Generator) -> tuple[bool, float, float, float]:
    counts = book(rng, cell)
    found = moved_to_threshold(counts, GRID, threshold=THRESHOLD, unit=UNIT, reach=REACH)
    if found is None:
        return False, 0.0, 0.0, float("nan")
    flags = benjamini_hochberg(found.p_value) <= LEVEL
    wrong = flags[cell.moving :].sum() / max(flags.sum(), 1)
    power = flags[: cell.moving].mean() if cell.moving else 0.0
    share = found.smallest_seen / found.predicted_short
    known = share[~np.isnan(share)]
    return bool(flags.any()), float(wrong), float(power), float(known.mean()) if known.size else float("nan")


def shown(cell: Cell, found: Judged) -> str:
    """Return one line of the table."""
    numbers = (found.any_flag, found.false_share, found.error, found.power, found.sees)
    figures = ["" if np.isnan(number) else f"{number:.3f}" for number in numbers]
    mark = "known limit" if cell.scenario.failure else ("MISSED" if found.misses(cell) else "")
    return ROW.format(cell.name, cell.providers, cell.people, f"{cell.moving_share:.0%}", *figures, mark)


def main() -> int:
    """Run the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=20161122)
    parser.add_argument("--books", type=int, default=100)
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS), choices=list(SCENARIOS))
    parser.add_argument("--providers", nargs="+", type=int, default=[20, 60, 200])
    parser.add_argument("--people", nargs="+", type=int, default=[100, 300, 1_000, 3_000])
    parser.add_argument("--moving", nargs="+", type=float, default=[0.0, 0.05, 0.1])
    asked = parser.parse_args()
    print(ROW.format(*HEADER))
    missed = 0
    for name, providers, people, moving in product(
        asked.scenarios, asked.providers, asked.people, asked.moving
    ):
        cell = Cell(name, providers, people, moving)
        found = judged(cell, asked.books, asked.seed)
        missed += found.misses(cell)
        print(shown(cell, found), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
