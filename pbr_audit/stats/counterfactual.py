"""Counts near a threshold as they would be without it: peers' shape, with a provider's own level and heaps.

One provider, Poisson: log mean at x = log(others' count at x + ½) + a + b·u + c·u² + d·[x is a heap], fitted
without the bins near and at the threshold; b, c and d shrunk to peers by their own spread. The first half of
hole and pile.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import centre_and_spread

# A provider's own slope, bend and heaping come no closer to the peers' than this standard deviation.
LEAST_SHRINKAGE_SD = 0.02
PRIOR_STEPS, SHRUNK_STEPS = 12, 6


@dataclass(frozen=True)
class Predicted:
    """Counts predicted without gaming (P, K), short of and at the threshold (P); covariance (P, 2, 2)."""

    mean: Floats
    short: Floats
    at: Floats
    covariance: Floats


def shape(u: Floats, heap: NDArray[np.bool_]) -> Floats:
    """Return the regression's columns (K, 4): one, distance `u` from the threshold, its square, and heaps."""
    return np.column_stack([np.ones_like(u), u, u**2, heap])


def predicted_counts(
    y: Floats, owner: NDArray[Any], design: Floats, near: NDArray[np.bool_], at: NDArray[np.bool_]
) -> Predicted:
    """Return what is predicted of counts `y` (P, K) by a `design` (K, 4), fitted without `near` and `at` (K).

    `owner` (P) names whose each row is; none of an owner's rows is in its own baseline. The covariance is
    inflated where the fit is worse than chance. Assumes counts of others that are large beside their noise.
    """
    keep = ~(near | at)
    offset = np.log(y.sum(0) - _of_owner(y, owner) + 0.5)  # the others, never the provider itself
    offset -= offset.mean(1, keepdims=True)
    beta, variance = _fit(y[:, keep], design[keep], offset[:, keep])
    mean = np.exp(offset + beta @ design.T)
    free = keep.sum() - design.shape[1]
    pearson = ((y - mean)[:, keep] ** 2 / mean[:, keep]).sum(1) / max(int(free), 1)
    gradient = np.stack([mean[:, part] @ design[part] for part in (near, at)], axis=1)
    spread = variance * np.maximum(pearson, 1.0)[:, None, None]
    covariance = gradient @ spread @ gradient.transpose(0, 2, 1)
    return Predicted(mean, mean[:, near].sum(1), mean[:, at].sum(1), covariance)


def _of_owner(y: Floats, owner: NDArray[Any]) -> Floats:
    """Return for each row the sum (P, K) of all rows of its owner."""
    _, number = np.unique(owner, return_inverse=True)
    sums = np.zeros((int(number.max()) + 1, y.shape[1]))
    np.add.at(sums, number, y)
    return np.asarray(sums[number])


@dataclass(frozen=True)
class _Prior:
    """What peers say of each coefficient: its centre, and 1/variance; a precision of 0 says nothing."""

    centre: Floats
    precision: Floats


def _fit(y: Floats, design: Floats, offset: Floats) -> tuple[Floats, Floats]:
    """Return coefficients (P, 4) and their covariance (P, 4, 4) of one Poisson regression a provider.

    First nearly alone, then with slope, bend and heaping shrunk to the peers' centre by the peers' spread.
    """
    columns = design.shape[1]
    beta = np.zeros((len(y), columns))
    beta[:, 0] = np.log((y.sum(1) + 0.5) / np.exp(offset).sum(1))
    alone = _Prior(np.zeros(columns), np.array([0.0, *[1e-6] * (columns - 1)]))
    beta, variance = _newton(y, design, offset, (beta, alone), PRIOR_STEPS)
    own = np.stack([variance[:, column, column] for column in range(1, columns)])
    found = centre_and_spread(beta[:, 1:].T, own, k=2.5)
    precision = 1 / np.maximum(found.variance, LEAST_SHRINKAGE_SD**2)
    shrunk = _Prior(np.append(0.0, found.centre), np.append(0.0, precision))
    return _newton(y, design, offset, (beta, shrunk), SHRUNK_STEPS)


def _newton(
    y: Floats, design: Floats, offset: Floats, start: tuple[Floats, _Prior], steps: int
) -> tuple[Floats, Floats]:
    beta, prior = start
    squares = np.einsum("xi,xj->xij", design, design).reshape(len(design), -1)
    shape = (len(y), design.shape[1], design.shape[1])
    information = np.zeros(shape)
    for _ in range(steps):
        mean = np.exp(np.clip(offset + beta @ design.T, -20, 20))
        information = (mean @ squares).reshape(shape) + np.diag(prior.precision)
        score = (y - mean) @ design - prior.precision * (beta - prior.centre)
        # No step changes a mean more than e-fold, so that an odd provider cannot throw the fit off.
        beta = beta + np.clip(np.linalg.solve(information, score[..., None])[..., 0], -1, 1)
    return beta, np.asarray(np.linalg.inv(information))
