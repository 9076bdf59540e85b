"""Whether more values lie just on the paid side of a threshold than just short of it: exact windows.

The caliper test of Gerber and Malhotra (2008): within a narrow window a smooth distribution puts as many on
one side as on the other, give or take its slope. A threshold that is a round number fills by itself: there
the share to compare with is that of peers, or of placebo multiples of the same number, never one half.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats, binomial_upper_tail, clopper_pearson

Direction = Literal["at_least", "at_most"]
# On each side; with fewer, one value more or less decides.
LEAST = 20


@dataclass(frozen=True)
class Window:
    """One row a histogram: the counts on the paid side and short of it, and the exact one-sided test.

    `share` of the window's values that lie on the paid side, 0 to 1, with its exact 95 % interval `low` to
    `high`; `p_value` of as many or more at the share that was expected. NaN where a side holds too few.
    """

    paid: Floats
    short: Floats
    share: Floats
    low: Floats
    high: Floats
    p_value: Floats


def window_counts(
    counts: ArrayLike, grid: ArrayLike, threshold: float, width: float, direction: Direction = "at_least"
) -> tuple[Floats, Floats]:
    """Return the counts in the window on the paid side, and in the one just short of it.

    `counts` (..., K) on the values `grid` (K), in the measure's unit, as are `threshold` and `width`. Where
    at least the threshold pays, the paid window is [T, T + width) and the other [T - width, T); where at most
    pays, (T - width, T] and (T, T + width]. The result has the shape of `counts` less its last axis.
    """
    histogram = np.asarray(counts, dtype=np.float64)
    beyond = np.asarray(grid, dtype=np.float64) - threshold
    if direction == "at_most":
        beyond = -beyond
    paid: Floats = histogram[..., (beyond >= 0) & (beyond < width)].sum(-1)
    short: Floats = histogram[..., (beyond < 0) & (beyond >= -width)].sum(-1)
    return paid, short


def caliper(paid: ArrayLike, short: ArrayLike, expected: ArrayLike = 0.5, least: int = LEAST) -> Window:
    """Return the exact one-sided test of the count on the paid side, given the window's count.

    The arguments broadcast; `expected` is the share on the paid side without gaming, 0 to 1: one half on a
    smooth measure, that of peers or of placebo multiples at a round number. A side with fewer than `least`
    is not assessable: `p_value` and limits are NaN. Assumes independent values.
    """
    on, off, usual = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (paid, short, expected))
    )
    total = on + off
    enough = (on >= least) & (off >= least)
    known = np.where(enough, on, np.nan)
    low, high = clopper_pearson(known, total)
    return Window(
        on,
        off,
        known / np.where(total > 0, total, np.nan),
        low,
        high,
        binomial_upper_tail(known, total, usual),
    )


def smallest_share_seen(
    total: ArrayLike, expected: ArrayLike = 0.5, level: float = 0.05, power: float = 0.8
) -> Floats:
    """Return the smallest true share on the paid side that the test would find in `power` of all samples.

    The arguments broadcast. A test that does not reject is not innocence: this is what it could have seen.
    Exact: the critical count first, then the share at which that many or more have the chance `power`. NaN
    where the arguments are NaN, and where even all values on the paid side would not be significant.
    """
    from scipy.special import betaincinv  # noqa: PLC0415

    n, usual = np.broadcast_arrays(*(np.asarray(values, dtype=np.float64) for values in (total, expected)))
    critical = _critical_count(n, usual, level)
    possible = critical <= n
    k = np.where(possible, critical, 1.0)
    share = betaincinv(k, np.where(possible, n - k + 1, 1.0), power)
    return np.where(possible, share, np.nan)


def _critical_count(total: Floats, expected: Floats, level: float) -> Floats:
    """Return the smallest count whose upper tail is at or below `level`, by halving."""
    low, high = np.zeros(total.shape), total + 1.0
    known = ~(np.isnan(total) | np.isnan(expected))
    steps = int(np.ceil(np.log2(np.max(total, initial=1.0, where=known) + 2))) + 1
    for _ in range(steps):
        middle = np.floor((low + high) / 2)
        tail = binomial_upper_tail(middle, total, expected)
        rejects = np.where(middle > total, True, tail <= level)  # noqa: FBT003
        high = np.where(rejects, middle, high)
        low = np.where(rejects, low, np.minimum(middle + 1, high))
    return np.where(known, high, np.inf)
