"""How long a fixture case takes, each on its own: `pbr-audit test` without its start.

    .venv/bin/python benchmarks/fixture_cases.py

Bar: at most 10 ms of CPU a case, as median and as mean over the shipped cases. Two figures are shown: the
first round of a new process, as `pbr-audit test` runs it (its first case, which imports what others share,
apart), and the rounds after it. A case's own figure is the best of the later rounds, because others use the
machine too; by chapter it shows which rules are heavy.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from time import perf_counter, process_time

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as `pbr-audit test` does
START = perf_counter()

from pbr_audit.packs import Pack, load_pack, shipped_rules  # noqa: E402 - the import is what is timed
from pbr_audit.testing import find_cases, run_cases  # noqa: E402

ROUNDS = 6
BAR_MS = 10.0
MS = 1000


def main() -> None:
    """Measure and print."""
    pack = load_pack()
    root: Path = shipped_rules().parent / "fixtures" / "rules"
    paths = find_cases(root)
    started = perf_counter() - START
    first, *later = [timed(paths, root, pack) for _ in range(ROUNDS)]
    print(f"start {started:.2f} s; {len(paths)} cases; the very first {first[0]:.1f} ms CPU")
    print(f"a case of the first round: {told(first[1:])}")
    rounds = sorted(later, key=mean)
    print(f"a case of the best later round: {told(rounds[0])}; of the worst: {told(rounds[-1])}")
    best = [min(times) for times in zip(*later, strict=True)]
    for chapter in sorted({path.relative_to(root).parts[0] for path in paths}):
        own = [
            time for path, time in zip(paths, best, strict=True) if path.relative_to(root).parts[0] == chapter
        ]
        print(f"  {chapter}: {told(own)}")
    over = sum(time > BAR_MS for time in best)
    print(f"all, each at its best: {told(best)}; {over} of them above {BAR_MS:.0f} ms")
    held = max(mean(rounds[0]), median(rounds[0])) <= BAR_MS
    print(f"at most {BAR_MS:.0f} ms a case: {'yes' if held else 'NO'}")


def timed(paths: Sequence[Path], root: Path, pack: Pack) -> list[float]:
    """Return each case's milliseconds of CPU, from its file to its differences; none may have any."""
    times, results = [], run_cases(paths, root, pack)
    for path in paths:
        used = process_time()
        result = next(results)
        times.append((process_time() - used) * MS)
        if result.differences:
            raise SystemExit(f"{path.name}: fails; make `pbr-audit test` pass first")
    return times


def told(times: Sequence[float]) -> str:
    """Say a median, a mean and a maximum of milliseconds."""
    return f"median {median(times):.1f}, mean {mean(times):.1f}, at most {max(times):.1f} ms CPU"


if __name__ == "__main__":
    main()
