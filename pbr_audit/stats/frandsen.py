"""Whether more values lie at a threshold than a smooth discrete distribution allows: Frandsen's exact test.

For measures in whole weeks or days. Of three neighbouring support points, the one at the threshold holds a
third of the values where probabilities lie on a straight line, and between (1 - k)/(3 - k) and (1 + k)/(3 +
k) of them where they bend by no more than k. Source: Frandsen (2017), Advances in Econometrics 38.

A round number fills by itself: at 26 weeks this test finds a pile where nobody moved anything. Use k = 0.1 at
a round threshold and 0.02 elsewhere, show how the answer hangs on k, and hold it against peers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats, binomial_upper_tail, clopper_pearson

# Below this over the three points no count could be told from chance.
LEAST = 10
K_ROUND, K_PLAIN = 0.1, 0.02


@dataclass(frozen=True)
class ThreePoints:
    """Exact p-values of the count at the threshold, given the count at the three points together.

    `excess` asks for more than the largest share allowed, `deficit` for less than the smallest, `two_sided`
    is twice the smaller. All have the shape of the arguments; NaN where the three points hold too few.
    """

    excess: Floats
    deficit: Floats
    two_sided: Floats


def frandsen(
    at: ArrayLike, below: ArrayLike, above: ArrayLike, k: ArrayLike, least: int = LEAST
) -> ThreePoints:
    """Return the exact test of the count `at` the threshold, against its neighbours on either side.

    The arguments broadcast; a column of k gives the sensitivity in one call. `k` is 0 (a straight line) to
    below 1. NaN where the three hold fewer than `least`, and where k or a count is out of bounds. Assumes
    independent values, and that the first support point on the paid side is `at`.

    The published Stata program (rddisttestk) takes P(X > count) for P(X >= count) where k is 0, so that its
    p-value is too small; the exact tails are followed here.
    """
    count, total, bend = _bounds(at, below, above, k, least)
    most, fewest = (1 + bend) / (3 + bend), (1 - bend) / (3 - bend)
    excess = binomial_upper_tail(count, total, most)
    deficit = binomial_upper_tail(total - count, total, 1 - fewest)
    return ThreePoints(excess, deficit, np.minimum(2 * np.minimum(excess, deficit), 1.0))


def largest_bend(
    at: ArrayLike, below: ArrayLike, above: ArrayLike, level: float = 0.05, least: int = LEAST
) -> Floats:
    """Return the largest k at which the excess would still be significant at `level`; below 0: at none.

    The sensitivity in one number: how bent an honest distribution would have to be. The arguments broadcast.
    Never above 1. NaN as in `frandsen`.
    """
    count, total, _ = _bounds(at, below, above, 0.0, least)
    share, _ = clopper_pearson(count, total, 1 - 2 * level)
    # The share at which the tail is `level`, solved for k; from one half on, any k up to 1 is rejected.
    within = np.minimum(share, 0.5)
    return np.asarray((3 * within - 1) / (1 - within))


def _bounds(
    at: ArrayLike, below: ArrayLike, above: ArrayLike, k: ArrayLike, least: int
) -> tuple[Floats, Floats, Floats]:
    count, lower, upper, bend = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (at, below, above, k))
    )
    total = count + lower + upper
    known = (lower >= 0) & (upper >= 0) & (total >= least) & (bend >= 0) & (bend < 1)
    return np.where(known, count, np.nan), total, bend
