"""How often the matched comparison is wrong, and what it costs.

Invented programmes whose people chose themselves: without an effect, how many are said to have one; with one,
how often the interval holds it and how often it is found. `--large`: ten thousand matched among a million.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from pbr_audit.compare import compare, reading
from pbr_audit.compare.groups import groups
from pbr_audit.compare.outcomes import Result, results
from tests.unit.cohorts import people, written

COVARIATES = {"age": "number", "sex": "text", "convictions": "number"}
YEAR, LEAST, CALIPER = 365, 60, 0.2
# What is honest, and the last two, where the method has its limits.
KINDS: Mapping[str, Mapping[str, float]] = {
    "little choice": {"chooses": 0.3},
    "much choice": {"chooses": 1.5},
    "a curve that the fit does not see": {"chooses": 0.7, "curved": 0.3},
    "a trait that nobody recorded": {"chooses": 0.7, "unseen": 0.3},
}
SIZES = ((90, 700), (300, 2_500), (1_000, 8_000))
EFFECTS = (-0.3, -0.6)


def first(cohort: pl.DataFrame) -> Result | None:
    """Return the result of the rate, or None where there are too few pairs."""
    words = pl.col("had_event").replace({"1": "true", "0": "false"})
    found = groups(cohort.sort("person_id").with_columns(had_event=words), COVARIATES, CALIPER)
    return next(results(found, YEAR, LEAST), None) if len(found.treated) >= LEAST else None


def true_effect(effect: float, kind: Mapping[str, float]) -> float:
    """Return by how much the programme changes the rate of its own people, by a large draw."""
    rates = []
    for moved in (effect, 0.0):
        drawn = people(77, treated=200_000, pool=10, effect=moved, **kind).filter(treated="true")
        rates.append((drawn["had_event"] == "1").mean())
    with_it, without = (float(rate) for rate in rates if isinstance(rate, float))
    return with_it - without


def told(kind: str, size: tuple[int, int], effect: float, seeds: range) -> str:
    """Return one line of figures."""
    treated, pool = size
    truth = true_effect(effect, KINDS[kind]) if effect else 0.0
    drawn = (people(seed, treated=treated, pool=pool, effect=effect, **KINDS[kind]) for seed in seeds)
    found = [result for cohort in drawn if (result := first(cohort)) is not None]
    if not found:
        return f"{kind}, {treated} treated: too few pairs"
    said = np.mean([result.answer != "not enough" for result in found])
    covered = np.mean([result.found.low <= truth <= result.found.high for result in found])
    off = np.mean([result.found.estimate - truth for result in found])
    return (
        f"{kind}, {treated} treated of {treated + pool}, true difference {truth:+.3f}: "
        f"{said:.3f} said to have an effect, interval covers {covered:.3f}, off by {off:+.4f} on average "
        f"({len(found)} programmes)"
    )


def large() -> None:
    """Time the whole comparison of ten thousand people with a million."""
    with TemporaryDirectory() as folder:
        data = written(Path(folder), people(5, treated=10_000, pool=1_000_000, effect=-0.2))
        started = time.process_time()
        with reading(data) as cohort:
            found = compare(cohort)
        seconds = time.process_time() - started
        print(f"{found.pairs} of 10,000 matched among 1,000,000: {seconds:.1f} CPU seconds")


def main() -> None:
    """Print a line for each kind, size and effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=9_000, help="the first of the seeds")
    parser.add_argument("--books", type=int, default=500, help="programmes a line")
    parser.add_argument("--large", action="store_true", help="only what a million people cost")
    given = parser.parse_args()
    if given.large:
        large()
        return
    seeds = range(given.seed, given.seed + given.books)
    for kind in KINDS:
        for size in SIZES:
            for effect in (0.0, *EFFECTS):
                print(told(kind, size, effect, seeds), flush=True)


if __name__ == "__main__":
    main()
