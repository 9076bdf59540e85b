"""When a provider's results began to drift: risk-adjusted cumulative sums and likelihood-ratio tests.

Source: Steiner, Cook, Farewell and Treasure (2000), Biostatistics 1(4); Spiegelhalter, Grigg, Kinsman and
Treasure (2003) for the sequential test. R's `vlad` is followed.
"""

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats


def likelihood_scores(outcome: ArrayLike, probability: ArrayLike, odds_ratio: float) -> Floats:
    """Return the log likelihood ratio of each outcome: odds multiplied by `odds_ratio`, against unchanged.

    `outcome` is 0 or 1 and `probability` (0 to 1) what the client's own risk makes of it; they broadcast.
    Assumes probabilities from a model that was fitted on others.
    """
    y, p = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    return np.asarray(y * np.log(odds_ratio) - np.log1p(p * (odds_ratio - 1)))


def cumulative_sum(scores: ArrayLike) -> Floats:
    """Return the path that adds each score and is never below 0, along the last axis, in time order."""
    total = np.cumsum(np.asarray(scores, dtype=np.float64), axis=-1)
    # What lies below the lowest point so far (the start included) has been forgotten.
    lowest = np.minimum(np.minimum.accumulate(total, axis=-1), 0.0)
    return np.asarray(total - lowest)


def variable_life(outcome: ArrayLike, probability: ArrayLike) -> Floats:
    """Return observed less expected outcomes so far, along the last axis: the path that a chart shows."""
    y, p = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    return np.asarray(np.cumsum(y - p, axis=-1))


def poisson_ratio_test(observed: ArrayLike, expected: ArrayLike, ratio: float) -> Floats:
    """Return the path of the log likelihood ratio of `ratio` times the expected count, against the expected.

    `observed` and `expected` counts of each period, along the last axis, in time order. Crosses
    `boundary(level, 0)` in at most `level` of all honest series, however long. Assumes Poisson counts: those
    that vary more from period to period cross too often. For a ratio of 2: log(2)·sum O - sum E.
    """
    o, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    return np.asarray(np.log(ratio) * np.cumsum(o, axis=-1) - (ratio - 1) * np.cumsum(e, axis=-1))


def boundary(false_alarm: float, missed: float) -> float:
    """Return Wald's upper boundary for a likelihood-ratio path, log((1 - missed)/false_alarm)."""
    return float(np.log((1 - missed) / false_alarm))


def simulated_threshold(
    probability: ArrayLike, odds_ratio: float, level: float, repeats: int, rng: np.random.Generator
) -> float:
    """Return the height that the path passes, at any time, in at most `level` of honest series like this one.

    `probability` (N) of each client, in time order. The series ends where the data end, so that this is a
    false alarm rate over the audit and not an average run length. Takes the (1 - level) order statistic of
    the highest points of `repeats` simulated series, from above, so that it errs on the honest side.
    """
    p = np.asarray(probability, dtype=np.float64)
    highest = np.empty(repeats)
    # In blocks, so that memory stays flat whatever the number of clients.
    block = max(1, 2_000_000 // max(p.size, 1))
    for start in range(0, repeats, block):
        stop = min(start + block, repeats)
        outcome = rng.random((stop - start, p.size)) < p
        highest[start:stop] = cumulative_sum(likelihood_scores(outcome, p, odds_ratio)).max(axis=-1)
    return float(np.quantile(highest, 1 - level, method="higher"))
