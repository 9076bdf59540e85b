"""What the rules about who was chosen cost on a million referrals, in CPU seconds besides reading.

    .venv/bin/python -m benchmarks.selection_speed

Three hundred providers that differ honestly, drawn as for calibration: a million referrals for PBR601, and
for PBR602, 603, 605 and 805 a million clients each (with five million contacts, the claims, and the referrals
before). A rule's time is that of its answer: measure, decide and describe. The bar is 10 seconds for all.
"""

import sys
import time

import numpy as np

from benchmarks.calibration.asking import asked
from benchmarks.calibration.selection import SIMULATIONS
from pbr_audit.packs import load_pack

PROVIDERS, PEOPLE, SEED = 300, 3_334, 20261123
MOST_SECONDS = 10.0


def main() -> int:
    """Print each rule's CPU seconds, and their sum; 1 where it is above the bar."""
    pack, total = load_pack(), 0.0
    for rule_id, simulation in sorted(SIMULATIONS.items()):
        loaded = pack.get(rule_id)
        assert loaded is not None  # noqa: S101 - every simulation is of a shipped rule
        kind = next(iter(simulation.kinds))
        rng = np.random.default_rng(SEED)
        given = asked(loaded, simulation.kinds[kind](rng, PROVIDERS, PEOPLE), simulation.params)
        rows = {name: frame.collect().height for name, frame in given.view.tables.items()}
        before = time.process_time()
        answer = given.answer()
        took = time.process_time() - before
        total += took
        told = answer if isinstance(answer, str) else f"{answer.examined:,} examined"
        print(f"{rule_id} {took:5.2f} s; {told}; {', '.join(f'{n} {c:,}' for n, c in rows.items())}")
    print(f"all    {total:5.2f} s; the bar is {MOST_SECONDS:.0f}")
    return 1 if total > MOST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
