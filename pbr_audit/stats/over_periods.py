"""One subject's figure from period to period: its mean, and an error that periods themselves give it.

For subjects that have no peers. Held against a difference that is usual, and never against none: what holds
in every period may have an honest cause that does, too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import FOUND_AMONG_MANY, FOUR_IN_FIVE


@dataclass(frozen=True)
class OverPeriods:
    """Each subject over its periods; every array has the shape (S), NaN with fewer than `least` periods.

    `mean`, by the periods' precision; `error` of it, with df = periods - 1; `p_value` of a mean this far
    above what is usual, or further; `low` and `high`, its 95 % limits; `smallest_seen`, the distance above
    the usual that would be found four times in five among many tests.
    """

    mean: Floats
    error: Floats
    low: Floats
    high: Floats
    smallest_seen: Floats
    p_value: Floats


def over_periods(
    subject: ArrayLike, figure: ArrayLike, variance: ArrayLike, *, subjects: int, usual: ArrayLike, least: int
) -> OverPeriods:
    """Return the mean figure of each of `subjects`, one-sided against `usual` (one, or S), by Student's t.

    `subject` (N, numbers from 0), `figure` and `variance` (N), a row a period; NaN where a period has no
    figure. The error is that of the weighted mean, times the root of Pearson's chi-square over its degrees of
    freedom where the periods differ by more than their own errors (Wedderburn, 1974).
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    whose = np.asarray(subject, dtype=np.int64)
    y, v = np.asarray(figure, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    there = ~(np.isnan(y) | np.isnan(v)) & (v > 0)
    whose, y, v = whose[there], y[there], v[there]

    def summed(values: Floats) -> Floats:
        return np.bincount(whose, values, subjects).astype(np.float64)

    periods, weight = summed(np.ones(len(y))), summed(1 / v)
    enough = periods >= max(least, 2)
    safe = np.where(enough, weight, np.nan)
    mean = summed(y / v) / safe
    df = np.where(enough, periods - 1, np.nan)
    excess = np.maximum(summed((y - mean[whose]) ** 2 / v) / df, 1.0)
    error = np.sqrt(excess / safe)
    width = stdtrit(df, 0.975) * error
    return OverPeriods(
        mean=mean,
        error=error,
        low=mean - width,
        high=mean + width,
        smallest_seen=np.asarray((stdtrit(df, FOUND_AMONG_MANY) + FOUR_IN_FIVE) * error),
        p_value=np.asarray(stdtr(df, -(mean - np.asarray(usual, dtype=np.float64)) / error)),
    )
