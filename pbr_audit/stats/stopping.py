"""Whether what came month by month stopped after a day, where for others it went on: against peers.

The day is given by the subject's own counts (a quota was reached). Others are counted before and after the
same day, so that the season, and how late results are reported, is theirs too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.peers import CAUTION, FEWEST_PEERS, centre_and_spread, degrees_of_freedom

# The root of a Poisson count and this has nearly the same variance for every mean (Anscombe, 1948).
ANSCOMBE = 0.375
MOST_DF, CONFIDENCE = 10.0, 0.95
# The power of which the smallest share is told, and the level after correction for a few dozen tests.
POWER_SD, SEEN_LEVEL = 0.84, 0.005


@dataclass(frozen=True)
class Stopped:
    """How many were `expected` after the day, and the share of them that did not come, with its 95 % limits.

    `p_value` of as few or fewer, one-sided; `spread` is the standard deviation of peers' growth from before
    the day to after it, on the log scale; `smallest_seen` the smallest share missing that would be found in
    four cases of five, None where all of them would have to be.
    """

    expected: float
    missing: float
    low: float
    high: float
    p_value: float
    spread: float
    smallest_seen: float | None


def stopped_after(before: int, after: int, peers_before: ArrayLike, peers_after: ArrayLike) -> Stopped | None:
    """Return how a subject's count `after` a day compares with what peers' growth gives, or None.

    `peers_before` and `peers_after` (P) are the others' counts before and after the same day, at least 1
    before. None with fewer than 10 peers, or none before. The t-test has at most 10 degrees of freedom where
    all of the variance was learnt from peers, as their honest tails are not known.
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    earlier, later = (np.asarray(each, dtype=np.float64) for each in (peers_before, peers_after))
    if len(earlier) < FEWEST_PEERS or before < 1:
        return None
    growth = np.log((later + 0.5) / (earlier + 0.5))
    chance = 1 / (later + 0.5) + 1 / (earlier + 0.5)
    found = centre_and_spread(growth, chance, k=2.5, caution=CAUTION)
    between = float(found.variance)
    of_centre = 1 / (1 / (chance + between)).sum()
    expected = (before + 0.5) * float(np.exp(found.centre))
    # On the root scale chance has a variance of 1/4; what is learnt moves the root by half of it.
    learnt = expected * (between + of_centre) / 4
    error = float(np.sqrt(0.25 + learnt + expected / (before + 0.5) / 4))
    df = float(degrees_of_freedom(len(earlier) + 1, np.asarray(learnt / error**2), MOST_DF))
    root, usual = np.sqrt(after + ANSCOMBE), np.sqrt(expected + ANSCOMBE)
    width = float(stdtrit(df, (1 + CONFIDENCE) / 2)) * error
    most, fewest = (root + width) ** 2, max(root - width, 0.0) ** 2
    seen = usual - (float(stdtrit(df, 1 - SEEN_LEVEL)) + POWER_SD) * error
    return Stopped(
        expected=expected,
        missing=1 - after / expected,
        low=float(1 - most / expected),
        high=float(1 - fewest / expected),
        p_value=float(stdtr(df, (root - usual) / error)),
        spread=float(np.sqrt(between)),
        smallest_seen=float(1 - (seen**2 - ANSCOMBE) / expected) if seen > ANSCOMBE**0.5 else None,
    )
