"""How long a fixture case takes, each on its own: `pbr-audit test` without its start.

    .venv/bin/python benchmarks/fixture_cases.py

Bar: at most 10 ms a case, as a mean over the shipped cases; the best of five rounds, because others use the
machine too. The start (imports, loading the pack) is shown apart.
"""

import os
from pathlib import Path
from time import perf_counter, process_time

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as `pbr-audit test` does
START = perf_counter()

from pbr_audit.packs import load_pack, shipped_rules  # noqa: E402 - the import is what is timed
from pbr_audit.testing import find_cases, run_cases  # noqa: E402

ROUNDS = 5
BAR_MS = 10.0
MS = 1000


def main() -> None:
    """Measure and print."""
    pack = load_pack()
    root: Path = shipped_rules().parent / "fixtures" / "rules"
    paths = find_cases(root)
    started = perf_counter() - START
    wall, cpu = [], []
    for _ in range(ROUNDS):
        at, used = perf_counter(), process_time()
        wrong = sum(bool(result.differences) for result in run_cases(paths, root, pack))
        wall.append((perf_counter() - at) / len(paths) * MS)
        cpu.append((process_time() - used) / len(paths) * MS)
    print(f"start {started:.2f} s; {len(paths)} cases, {wrong} of them failing")
    print(f"a case: best {min(wall):.1f} ms wall, {min(cpu):.1f} ms CPU; worst round {max(wall):.1f} ms wall")
    print(f"at most {BAR_MS:.0f} ms a case: {'yes' if min(wall) <= BAR_MS else 'NO'}")


if __name__ == "__main__":
    main()
