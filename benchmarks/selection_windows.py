"""What two windows do for PBR601 where honest tastes have heavy tails: findings at all, and `high` ones.

    .venv/bin/python -m benchmarks.selection_windows --books 100

`high` asks that both halves of the time show it, each by itself, with 40 providers and more. A taste that
lasts (kind heavy) is there in both; one that a new manager brings (passing) is not. A line for each kind and
share of acting providers: books with any finding, books with any false one, those false and `high`, and of
those that act the share found, and found `high`.
"""

import argparse
import sys
from zlib import crc32

import numpy as np
import polars as pl

from benchmarks.calibration.__main__ import Ruled, acting_ids
from benchmarks.calibration.asking import Asked
from benchmarks.calibration.selection import SIMULATIONS
from pbr_audit.engine import Answer, corrected
from pbr_audit.finding import FALSE_DISCOVERY_RATE
from pbr_audit.packs import load_pack

RULE_ID, KINDS, PEOPLE = "PBR601", ("plain", "heavy", "passing"), 300
ROW = "{:8} {:>6} {:>7} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6}"


def found(given: Asked) -> pl.DataFrame:
    """Return who is asked about after correction, and how gravely; nobody where a book is not assessable."""
    nobody = pl.DataFrame(schema={"provider_id": pl.String, "severity": pl.String})
    answer = given.answer()
    if not isinstance(answer, Answer):
        return nobody
    after = corrected({RULE_ID: answer}, {RULE_ID: given.loaded.rule}, FALSE_DISCOVERY_RATE)[RULE_ID]
    return after.found.select("provider_id", "severity") if after.found.height else nobody


def line(rule: Ruled, kind: str, providers: int, share: float, wanted: argparse.Namespace) -> str:
    """Return the figures of one kind of book."""
    asked, wrong, gravely, right, right_gravely = [], [], [], [], []
    for book in range(wanted.books):
        rng = np.random.default_rng([wanted.seed, crc32(kind.encode()), providers, book])
        given = rule.draw(kind, (providers, PEOPLE), rng)
        ids = given.view.referrals.select(pl.col("provider_id").unique()).collect()["provider_id"].to_list()
        who = acting_ids(ids, share, rng)
        told = found(given.acting(who, rule.simulation.shift, rng) if who else given)
        high = told.filter(severity="high")["provider_id"]
        asked.append(told.height > 0)
        wrong.append(bool(set(told["provider_id"]) - set(who)))
        gravely.append(bool(set(high) - set(who)))
        right.append(len(set(who) & set(told["provider_id"])) / max(len(who), 1))
        right_gravely.append(len(set(who) & set(high)) / max(len(who), 1))
    figures = [f"{np.mean(each):.3f}" for each in (asked, wrong, gravely, right, right_gravely)]
    if not share:
        figures[3:] = ["", ""]
    return ROW.format(kind, providers, f"{share:.0%}", wanted.books, *figures)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=9000)
    parser.add_argument("--books", type=int, default=100)
    parser.add_argument("--providers", nargs="+", type=int, default=[60])
    wanted = parser.parse_args()
    loaded = load_pack().get(RULE_ID)
    assert loaded is not None  # noqa: S101 - shipped
    rule = Ruled(loaded, SIMULATIONS[RULE_ID])
    print(ROW.format("kind", "prov.", "acting", "books", "any", "false", "high", "found", "high"))
    for kind in KINDS:
        for providers in wanted.providers:
            for share in (0.0, 0.1):
                print(line(rule, kind, providers, share, wanted), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
