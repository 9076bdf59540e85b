"""Each deterministic rule beside the query that was written from its page alone, on invented contracts.

    .venv/bin/python benchmarks/second_opinion.py                     the 500 worlds of the tests
    .venv/bin/python benchmarks/second_opinion.py --seeds 1 2 3       as many others for each seed

A world is one contract or two with what stands beside them; `tests/oracle` says how they are drawn. Both have
to give the same subjects, claims and pence, and the same number of rows that are not assessable. Bar: no
difference. Ends with 1 where there is one.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

# The worlds are drawn in the tests, which lie beside this folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.oracle.opinions import BATCHES, batch, differences, of_the_query, of_the_rule, query_of
from tests.oracle.worlds import SEED


def main() -> int:
    """Compare on all batches of worlds of each seed; return how many rules differ on any."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs="+", default=[SEED])
    differing: set[str] = set()
    for seed in parser.parse_args().seeds:
        with TemporaryDirectory() as folder:
            for name in BATCHES:
                differing |= compared(name, seed, Path(folder))
    print(f"Rules that differ: {', '.join(sorted(differing)) or 'none'}")
    return min(len(differing), 1)


def compared(name: str, seed: int, folder: Path) -> set[str]:
    """Print what differs in one batch of a seed, and how much was compared; return the rules that differ."""
    made = batch(name, folder, seed)
    both = {
        rule_id: (of_the_rule(outcome), of_the_query(rule_id, made.database))
        for rule_id, outcome in made.outcomes.items()
        if query_of(rule_id).exists()
    }
    differing = {rule_id: list(differences(*opinions)) for rule_id, opinions in both.items()}
    for rule_id, lines in differing.items():
        for line in lines:
            print(f"seed {seed}, {name}, {rule_id}: {line}")
    ((contracts, claims),) = made.database.execute(
        "select (select count(*) from contracts), (select count(*) from claims)"
    ).fetchall()
    print(
        f"seed {seed}, {name}: {len(BATCHES[name])} worlds, {contracts:,} contracts, "
        f"{claims:,} claims; {len(both)} rules, "
        f"{sum(query.findings.total() for _, query in both.values()):,} claims and subjects found, "
        f"{sum(query.clear for _, query in both.values()):,} rows clear, "
        f"{sum(query.unknown for _, query in both.values()):,} not assessable"
    )
    return {rule_id for rule_id, lines in differing.items() if lines}


if __name__ == "__main__":
    sys.exit(main())
