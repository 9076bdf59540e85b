"""Negative binomial regression: the likelihood's own top, Poisson where that holds, and no fit where none does."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import nbinom

from pbr_audit.stats.counts import CountFit, negative_binomial


def months(seed: int, dispersion: float, count: int = 400) -> tuple[NDArray[np.int64], ...]:
    """Return counts, a design of ones and month ends, and caseloads; month ends half as many again."""
    world = np.random.default_rng(seed)
    design = np.column_stack([np.ones(count), np.arange(count) % 4 == 0])
    exposure = world.integers(50, 500, count)
    mean = exposure * 0.05 * 1.5 ** design[:, 1]
    if dispersion:
        mean = mean * world.gamma(1 / dispersion, dispersion, count)
    return world.poisson(mean), design.astype(np.int64), exposure


def fitted(seed: int, dispersion: float) -> CountFit:
    found = negative_binomial(*months(seed, dispersion))
    assert found is not None
    return found


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_top_of_the_likelihood(seed: int) -> None:
    y, x, exposure = months(seed, 0.4)

    def loss(params: NDArray[np.float64]) -> float:
        mean, alpha = exposure * np.exp(x @ params[:2]), np.exp(params[2])
        return -float(nbinom.logpmf(y, 1 / alpha, 1 / (1 + alpha * mean)).sum())

    found = fitted(seed, 0.4)
    best = minimize(
        loss, [-3, 0, -1], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4_000}
    )
    assert found.coefficients == pytest.approx(best.x[:2], abs=1e-5)
    assert found.dispersion == pytest.approx(np.exp(best.x[2]), rel=1e-4)


def test_intervals_hold_the_true_ratio_as_often_as_they_say() -> None:
    limits = [fitted(seed, 0.3).rate_ratio(1) for seed in range(60)]
    assert np.mean([low <= 1.5 <= high for _, low, high in limits]) >= 0.9
    assert np.mean([ratio for ratio, _, _ in limits]) == pytest.approx(1.5, rel=0.03)


def test_counts_that_vary_no_more_than_chance_have_no_dispersion() -> None:
    found = [fitted(seed, 0.0).dispersion for seed in range(30)]
    assert np.mean(np.array(found) == 0) > 0.3
    assert max(found) < 0.05


def test_poisson_limits_would_be_too_narrow() -> None:
    wide = fitted(1, 0.4)
    _, x, exposure = months(1, 0.4)
    mean = exposure * np.exp(x @ wide.coefficients)
    poisson = np.linalg.inv((x * mean[:, None]).T @ x)
    assert wide.covariance[1, 1] > 3 * poisson[1, 1]


@pytest.mark.parametrize(
    ("counts", "design"),
    [([0, 0, 0, 0], [[1], [1], [1], [1]]), ([3, 4], [[1, 0], [1, 1]]), ([3, 4, 9], [[1, 2], [1, 2], [1, 2]])],
)
def test_what_cannot_be_fitted_is_not(counts: list[int], design: list[list[int]]) -> None:
    assert negative_binomial(counts, design, np.ones(len(counts))) is None
