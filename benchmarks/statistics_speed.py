"""What the statistics cost, beside the packages that do something alike, in CPU seconds of one run.

    .venv/bin/python -m benchmarks.statistics_speed
    .venv/bin/python -m benchmarks.statistics_speed DATASET      all statistical rules on a data set

Digits of a million amounts (first two, second and last two, each with its deviation) beside benford_py;
hole and pile on 300 providers of 1,000 people beside one call of rddensity a provider (20 are timed, and
multiplied). A package that is not installed is said to be so. Best of several runs. Bars: 3 and 20 times as
fast.

On a data set (`pbr-audit simulate DATASET --honest --claims 1000000 --format parquet`): one run of all
statistical rules, what each takes besides reading, and the most memory. The bar is 10 seconds for a million
claims. Nothing else ought to run meanwhile: two that share a processor take a quarter longer each.
"""

import contextlib
import importlib.util
import io
import resource
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.calibration.books import GRID, REACH, THRESHOLD, UNIT, Cell, book
from pbr_audit.audit import audit
from pbr_audit.packs import load_pack
from pbr_audit.rule import STATISTICAL
from pbr_audit.stats.density import density_jump
from pbr_audit.stats.digits import (
    benford_first_two,
    benford_second,
    deviation,
    first_two_digits,
    last_digits,
    second_digits,
)
from pbr_audit.stats.hole_and_pile import moved_to_threshold

AMOUNTS, PROVIDERS, TIMED = 1_000_000, 300, 20
MOST_SECONDS = 10.0
READING = "reading and validating"


def cpu_seconds(work: Callable[[], object], runs: int) -> float:
    """Return the least CPU time of several runs."""
    times = []
    for _ in range(runs):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
    return min(times)


def compared(what: str, ours: float, package: str, theirs: Callable[[], float]) -> None:
    """Print our time, and the other package's where it is installed."""
    if importlib.util.find_spec(package) is None:
        print(f"{what}: {ours:.3f} s; {package} is not installed")
        return
    other = theirs()
    print(f"{what}: {ours:.3f} s; {package} {other:.3f} s, {other / ours:.1f} times as long")


def digits() -> None:
    """Time the digits of a million amounts."""
    rng = np.random.default_rng(20161122)
    pence = np.exp(rng.normal(10, 2, AMOUNTS)).astype(np.int64) + 10

    def ours() -> None:
        first_two = first_two_digits(pence)
        deviation(first_two, benford_first_two(), 1_000, rng)
        deviation(second_digits(first_two), benford_second(), 1_000, rng)
        deviation(last_digits(pence, 2), np.full(100, 0.01), 1_000, rng)

    def theirs() -> float:
        import benford  # noqa: PLC0415

        pounds, how = pence / 100, {"decimals": 2, "show_plot": False, "MAD": True, "verbose": False}

        def work() -> None:
            benford.first_digits(pounds, digs=2, **how)
            benford.second_digit(pounds, **how)
            benford.last_two_digits(pounds, **how)

        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return cpu_seconds(work, 3)

    compared("digits of a million amounts", cpu_seconds(ours, 5), "benford", theirs)


def thresholds() -> None:
    """Time the screening of 300 providers."""
    rng = np.random.default_rng(20161122)
    counts = book(rng, Cell("usual", PROVIDERS, 1_000, 0.05))

    def ours() -> None:
        moved_to_threshold(counts, GRID, threshold=THRESHOLD, unit=UNIT, reach=REACH)

    def theirs() -> float:
        # Spread within the week: on whole weeks the package is not to be used, and no quicker.
        values = [np.repeat(GRID, row) + rng.random(row.sum()) for row in counts[:TIMED]]
        density_jump(values[0], THRESHOLD, ties_allowed=True)  # what it imports is not counted

        def work() -> None:
            for each in values:
                density_jump(each, THRESHOLD, ties_allowed=True)

        return cpu_seconds(work, 2) * PROVIDERS / TIMED

    compared("hole and pile on 300 providers", cpu_seconds(ours, 5), "rddensity", theirs)


def whole_run(dataset: Path) -> int:
    """Print the CPU seconds of each statistical rule on `dataset`; 1 where all take more than the bar."""
    wanted = [one.rule.id for one in load_pack().rules if one.rule.basis == STATISTICAL]
    took: defaultdict[str, float] = defaultdict(float)
    step, since = "", time.process_time()

    def progress(what: str) -> None:
        nonlocal step, since
        now = time.process_time()
        took[step] += now - since
        step, since = what, now

    with audit(dataset, select=wanted, progress=progress) as made:
        progress("")
        tests, findings = made.tests.height, made.findings.height
    took.pop("")
    reading = took.pop(READING)
    for what, seconds in sorted(took.items(), key=lambda one: -one[1]):
        print(f"{seconds:5.2f} s {what}")
    total, most = sum(took.values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{total:5.2f} s in all, besides {reading:.2f} s of reading; {most:,.0f} MB at the most")
    print(f"{tests:,} tests listed, {findings} findings; the bar is {MOST_SECONDS:.0f} s")
    return 1 if total > MOST_SECONDS else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(whole_run(Path(sys.argv[1])))
    digits()
    thresholds()
