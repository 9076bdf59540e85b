"""Logistic regression that says whether there is an answer at all.

Newton's steps on the whole design at once: a million people and ten covariates take a second. Where a
covariate tells the two groups apart without an error (separation) the likelihood has no top, and what a
program that goes on regardless prints is where it happened to stop; here that is None.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

MOST_STEPS, MOST_HALVINGS = 60, 30
# Half of what one more step would add to the log-likelihood.
DECREMENT = 1e-12
# An effect of one standard deviation that is known no better than this is on its way to infinity.
LEAST_KNOWN = 30.0


@dataclass(frozen=True)
class LogitFit:
    """Coefficients (Q) on the log odds with their covariance (Q, Q), and the fitted probabilities (N)."""

    coefficients: Floats
    covariance: Floats
    fitted: Floats


def logit(chosen: ArrayLike, design: ArrayLike) -> LogitFit | None:
    """Return the maximum likelihood fit of log odds = design·coefficients, or None.

    `chosen` (N) of 0 and 1; `design` (N, Q), with a column of ones. None where columns repeat each other or
    are too large to be squared, where one group is empty, and where a combination of columns tells the groups
    apart (separation, complete or not: Albert and Anderson, 1984). Source: McCullagh and Nelder (1989),
    chapter 4.
    """
    y, given = np.asarray(chosen, dtype=np.float64), np.asarray(design, dtype=np.float64)
    if not 0 < y.sum() < len(y):
        return None
    # In standard deviations, so that steps and limits mean the same for every column.
    with np.errstate(over="ignore", invalid="ignore"):
        varies = given.std(axis=0)
    scale = np.where(varies > 0, varies, np.maximum(np.abs(given).max(axis=0), 1e-300))
    centre = np.where(varies > 0, given.mean(axis=0), 0.0)
    if (varies == 0).sum() != 1 or not np.isfinite(varies).all():
        return None
    x = (given - centre) / scale
    if np.linalg.matrix_rank(x.T @ x, hermitian=True) < x.shape[1]:
        return None
    beta = _top(x, y)
    if beta is None:
        return None
    fitted = _probability(x @ beta)
    inverse = np.linalg.inv(_information(x, fitted))
    if not np.diag(inverse).max() < LEAST_KNOWN**2:
        return None
    # Back from standard deviations: what was centred moves into the constant.
    back = np.diag(1 / scale)
    back[varies == 0] = -centre / scale
    back[varies == 0, varies == 0] = 1 / scale[varies == 0]
    return LogitFit(back @ beta, back @ inverse @ back.T, fitted)


def _top(x: Floats, y: Floats) -> Floats | None:
    """Return the coefficients at the top of the likelihood; None where it is not reached."""
    beta, here = np.zeros(x.shape[1]), _log_likelihood(np.zeros(len(y)), y)
    for _ in range(MOST_STEPS):
        fitted = _probability(x @ beta)
        slope, information = x.T @ (y - fitted), _information(x, fitted)
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1 / np.finfo(float).eps:
            return None
        step = np.linalg.solve(information, slope)
        if slope @ step / 2 < DECREMENT * len(y):
            return beta + step
        for halving in range(MOST_HALVINGS):
            there = _log_likelihood(x @ (beta + step / 2**halving), y)
            if there >= here:
                beta, here = beta + step / 2**halving, there
                break
        else:
            return None
    return None


def _probability(odds: Floats) -> Floats:
    from scipy.special import expit  # noqa: PLC0415

    return np.asarray(expit(odds), dtype=np.float64)


def _information(x: Floats, fitted: Floats) -> Floats:
    return np.asarray((x * (fitted * (1 - fitted))[:, None]).T @ x, dtype=np.float64)


def _log_likelihood(odds: Floats, y: Floats) -> float:
    return float((y * odds - np.logaddexp(0.0, odds)).sum())
