"""Two matched groups: a difference of rates or of means, its interval, and the sample that would be enough.

Who is matched is alike, so pairs and not people are independent: every variance here is one between pairs.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike

# Bisections of an interval of two: the limit is found to one part in 10^15.
HALVINGS = 60


@dataclass(frozen=True)
class Difference:
    """A difference, treated less others, with its limits; `se` its standard error, `pairs` those it is of."""

    treated: float
    others: float
    estimate: float
    low: float
    high: float
    se: float
    pairs: int


def paired_rates(treated: ArrayLike, others: ArrayLike, level: float = 0.95) -> Difference:
    """Return the difference of two rates over pairs, with Tango's score interval.

    Both (N) of 0 and 1, the same place a pair; N at least 1. The interval holds the differences that the
    score test does not reject; at nothing that is McNemar's test, so the interval leaves nothing out just
    where the test rejects. Covers near `level` down to 20 pairs. Source: Tango (1998), Statistics in
    Medicine 17, 891-908.
    """
    mine, theirs = np.asarray(treated, dtype=np.bool_), np.asarray(others, dtype=np.bool_)
    n, more, fewer = len(mine), int((mine & ~theirs).sum()), int((~mine & theirs).sum())
    estimate, z = (more - fewer) / n, _normal(level)
    return Difference(
        float(mine.mean()),
        float(theirs.mean()),
        estimate,
        _limit((more, fewer, n), z, estimate, -1.0),
        _limit((more, fewer, n), z, estimate, 1.0),
        sqrt(max(more + fewer - (more - fewer) ** 2 / n, 0.0)) / n,
        n,
    )


def _limit(counts: tuple[int, int, int], z: float, estimate: float, end: float) -> float:
    """Return where the score test begins to reject on the way from the estimate to `end`."""
    inside, outside = estimate, end
    if abs(_score(*counts, end)) <= z:
        return end
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if abs(_score(*counts, middle)) <= z:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def _score(more: int, fewer: int, n: int, difference: float) -> float:
    """Return Tango's statistic: how far the pairs are from `difference`, in standard errors under it."""
    b = -more - fewer + (2 * n - more + fewer) * difference
    c = -fewer * difference * (1 - difference)
    share = (sqrt(max(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    variance = n * (2 * share + difference * (1 - difference))
    away = more - fewer - n * difference
    if variance <= 0:
        return 0.0 if away == 0 else float("inf")
    return away / sqrt(variance)


def paired_means(treated: ArrayLike, others: ArrayLike, level: float = 0.95) -> Difference:
    """Return the difference of two means over pairs, with Student's interval; both (N), N at least 2."""
    from scipy.special import stdtrit  # noqa: PLC0415

    mine, theirs = np.asarray(treated, dtype=np.float64), np.asarray(others, dtype=np.float64)
    gaps = mine - theirs
    se = float(gaps.std(ddof=1)) / sqrt(len(gaps))
    width = float(stdtrit(len(gaps) - 1, (1 + level) / 2)) * se
    estimate = float(gaps.mean())
    return Difference(
        float(mine.mean()), float(theirs.mean()), estimate, estimate - width, estimate + width, se, len(gaps)
    )


def unpaired_means(treated: ArrayLike, others: ArrayLike, level: float = 0.95) -> Difference:
    """Return the difference of two groups' means with Welch's error; (T) and (N), at least 2 each.

    `pairs` is the smaller group. The limits are normal: groups here are large.
    """
    mine, theirs = np.asarray(treated, dtype=np.float64), np.asarray(others, dtype=np.float64)
    se = sqrt(float(mine.var(ddof=1)) / len(mine) + float(theirs.var(ddof=1)) / len(theirs))
    estimate, width = float(mine.mean() - theirs.mean()), _normal(level) * se
    return Difference(
        float(mine.mean()),
        float(theirs.mean()),
        estimate,
        estimate - width,
        estimate + width,
        se,
        min(len(mine), len(theirs)),
    )


def paired_frequencies(
    treated: ArrayLike, time: ArrayLike, others: ArrayLike, others_time: ArrayLike, level: float = 0.95
) -> Difference:
    """Return the difference of events for each unit of time, over pairs who were followed unequally long.

    All (N); times above 0. The limits are those of a ratio of sums (linearised), and with one time for all
    those of `paired_means`. Assumes nothing of how events come: who has many makes the interval wide.
    Source: Cochran (1977), section 6.5.
    """
    from scipy.special import stdtrit  # noqa: PLC0415

    y, t, u, s = (np.asarray(values, dtype=np.float64) for values in (treated, time, others, others_time))
    mine, theirs = float(y.sum() / t.sum()), float(u.sum() / s.sum())
    gaps = (y - mine * t) / t.mean() - (u - theirs * s) / s.mean()
    se = sqrt(float((gaps**2).sum()) / (len(gaps) - 1) / len(gaps))
    width, estimate = float(stdtrit(len(gaps) - 1, (1 + level) / 2)) * se, mine - theirs
    return Difference(mine, theirs, estimate, estimate - width, estimate + width, se, len(gaps))


def pairs_enough(found: Difference, shift: float, level: float = 0.95, power: float = 0.8) -> int | None:
    """Return how many pairs would show a true difference of `shift` with this power; None for no shift.

    Pairs are taken to vary as those of `found` do. Source: Connor (1987), by the normal limit.
    """
    if shift == 0:
        return None
    return max(2, ceil((_shown(level, power) * found.se / shift) ** 2 * found.pairs))


def smallest_seen(found: Difference, level: float = 0.95, power: float = 0.8) -> float:
    """Return the smallest true difference that these pairs would show with this power."""
    return _shown(level, power) * found.se


def _shown(level: float, power: float) -> float:
    return _normal(level) + _normal(2 * power - 1)


def _normal(level: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415

    return float(ndtri((1 + level) / 2))
