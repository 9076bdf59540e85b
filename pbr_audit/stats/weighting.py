"""Everybody weighted instead of some matched: a check on what matching leaves out.

Each of the pool counts as much as the odds of being treated say (average effect on the treated), or
everybody as the odds of being in the other group (overlap weights, which go easy on people like nobody).
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.logit import LogitFit

Weights = Literal["treated", "overlap"]


@dataclass(frozen=True)
class Weighted:
    """A weighted difference with its 95 % limits; `like` says as how many people the weighted pool counts."""

    treated: float
    others: float
    estimate: float
    low: float
    high: float
    se: float
    like: float


def weights_of(chosen: ArrayLike, fitted: ArrayLike, kind: Weights) -> Floats:
    """Return each person's weight (N) from the fitted probabilities of being `chosen`."""
    t, p = np.asarray(chosen, dtype=np.float64), np.asarray(fitted, dtype=np.float64)
    if kind == "overlap":
        return np.asarray(np.where(t == 1, 1 - p, p), dtype=np.float64)
    return np.asarray(np.where(t == 1, 1.0, p / (1 - p)), dtype=np.float64)


def weighted(outcome: ArrayLike, chosen: ArrayLike, design: Floats, fit: LogitFit, kind: Weights) -> Weighted:
    """Return the difference of weighted means; the error counts that the weights were estimated.

    `outcome` and `chosen` (N), `design` (N, Q) that of `fit`. Source: Li, Morgan and Zaslavsky (2018);
    errors by stacking the two sets of estimating equations (Lunceford and Davidian, 2004).
    """
    y, t = np.asarray(outcome, dtype=np.float64), np.asarray(chosen, dtype=np.float64)
    w = weights_of(t, fit.fitted, kind)
    scores = design * (t - fit.fitted)[:, None]
    means, influence = [], []
    for arm in (1, 0):
        mine = w * (t == arm)
        mean = float((mine * y).sum() / mine.sum())
        own = mine * (y - mean)
        # How the mean moves with the coefficients, by how the logarithm of a weight does.
        moves = ((own * _slope(fit.fitted, arm, kind))[:, None] * design).sum(axis=0)
        means.append(mean)
        influence.append((own + scores @ (fit.covariance @ moves)) / mine.sum())
    se = sqrt(float(((influence[0] - influence[1]) ** 2).sum()))
    estimate, pool = means[0] - means[1], w[t == 0]
    width = 1.959963984540054 * se
    return Weighted(
        means[0],
        means[1],
        estimate,
        estimate - width,
        estimate + width,
        se,
        float(pool.sum() ** 2 / (pool**2).sum()),
    )


def _slope(fitted: Floats, arm: int, kind: Weights) -> Floats:
    """Return the derivative of the log weight by the log odds."""
    if kind == "overlap":
        return -fitted if arm else 1 - fitted
    return np.full_like(fitted, 0.0 if arm else 1.0)
