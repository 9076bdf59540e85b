"""Nearest-neighbour matching on a score: one to one, without replacement, within a caliper.

The conventions are MatchIt's (4.7): the treated choose in the order of their score, the highest first, for
those are the hardest to match; each takes the nearest of the pool that is still free; ties go to whoever
stands first. The pool is sorted once and its free places are found by following links over those that are
taken, so that ten thousand among a million take a second.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

NOBODY = -1


class _Free:
    """The places from which a step in one direction finds the next free one; links of those taken alone."""

    def __init__(self, direction: int) -> None:
        self._next: dict[int, int] = {}
        self._direction = direction

    def from_(self, place: int) -> int:
        """Return `place`, or the first free one after it."""
        passed = []
        while place in self._next:
            passed.append(place)
            place = self._next[place]
        for taken in passed:
            self._next[taken] = place
        return place

    def take(self, place: int) -> None:
        """Make `place` one that is passed over."""
        self._next[place] = place + self._direction


def nearest(treated: ArrayLike, pool: ArrayLike, caliper: float = np.inf) -> NDArray[np.int64]:
    """Return for each of the treated whom of the pool it is matched to (its place), or -1.

    `treated` (T) and `pool` (N), finite scores; `caliper`, in the score's unit: who is further off is no
    match. Greedy: each treated person takes the nearest at that person's turn, and the sum of distances
    is not the smallest possible. Source: Rubin (1973); Ho, Imai, King and Stuart (2011), MatchIt.
    """
    mine, theirs = np.asarray(treated, dtype=np.float64), np.asarray(pool, dtype=np.float64)
    order = np.argsort(theirs, kind="stable")
    scores = theirs[order]
    # Where the run of equal scores begins: of equals, whoever stands first is taken.
    firsts = np.searchsorted(scores, scores, side="left")
    starts = np.searchsorted(scores, mine, side="left")
    up, down = _Free(1), _Free(-1)
    found = np.full(len(mine), NOBODY, dtype=np.int64)
    for person in np.argsort(-mine, kind="stable").tolist():
        score, start = mine[person], int(starts[person])
        above, below = up.from_(start), down.from_(start - 1)
        chosen, distance = NOBODY, caliper
        if above < len(scores) and scores[above] - score <= distance:
            chosen, distance = above, scores[above] - score
        if below >= 0 and score - scores[below] <= distance:
            first = up.from_(int(firsts[below]))
            nearer = score - scores[below] < distance
            if nearer or chosen == NOBODY or order[first] < order[chosen]:
                chosen = first
        if chosen != NOBODY:
            up.take(chosen)
            down.take(chosen)
            found[person] = order[chosen]
    return found


def within(treated: ArrayLike, pool: ArrayLike, caliper: float) -> NDArray[np.bool_]:
    """Return which of the treated (T) have anybody of the pool within the caliper, free or not."""
    mine, scores = np.asarray(treated, dtype=np.float64), np.sort(np.asarray(pool, dtype=np.float64))
    if not len(scores):
        return np.zeros(len(mine), dtype=np.bool_)
    places = np.searchsorted(scores, mine)
    above = np.abs(scores[np.minimum(places, len(scores) - 1)] - mine)
    below = np.abs(scores[np.maximum(places - 1, 0)] - mine)
    near: NDArray[np.bool_] = np.minimum(above, below) <= caliper
    return near


def standardised_difference(treated: Floats, others: Floats, spread: ArrayLike) -> Floats:
    """Return the difference of means in standard deviations `spread`, which are those of the treated.

    `treated` (T, K) and `others` (N, K), a column a covariate; `spread` (K). The spread is taken before
    anybody is left out, so that the figures before and after have one yardstick. NaN where there is none.
    """
    gap = treated.mean(axis=0) - others.mean(axis=0)
    sd = np.asarray(spread, dtype=np.float64)
    return np.asarray(gap / np.where(sd > 0, sd, np.nan), dtype=np.float64)
