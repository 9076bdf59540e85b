"""Weighting: the figures of R where the weights are known, and errors that are as large as they say."""

import numpy as np
import pytest

from pbr_audit.stats.logit import logit
from pbr_audit.stats.weighting import Weights, weighted, weights_of


def book(rng: np.random.Generator, n: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x = np.column_stack([np.ones(n), rng.normal(size=n), rng.integers(0, 2, n)])
    t = (rng.random(n) < 1 / (1 + np.exp(0.8 - 0.7 * x[:, 1] - 0.4 * x[:, 2]))).astype(float)
    y = (rng.random(n) < 1 / (1 + np.exp(0.5 - 0.9 * x[:, 1] + 0.2 * x[:, 2]))).astype(float)
    return y, t, x


@pytest.mark.parametrize("kind", ["treated", "overlap"])
def test_no_effect_is_covered_as_often_as_it_should(kind: Weights) -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(300):
        y, t, x = book(rng)
        fit = logit(t, x)
        assert fit is not None
        found.append(weighted(y, t, x, fit, kind))

    errors = np.array([one.se for one in found])
    assert np.mean([one.low <= 0 <= one.high for one in found]) == pytest.approx(0.95, abs=0.03)
    assert errors.mean() == pytest.approx(np.std([one.estimate for one in found]), rel=0.1)


def test_weights_make_the_groups_alike() -> None:
    _, t, x = book(np.random.default_rng(6))
    fit = logit(t, x)
    assert fit is not None

    overlap = weights_of(t, fit.fitted, "overlap")
    means = [np.average(x, axis=0, weights=overlap * (t == arm)) for arm in (0, 1)]

    assert means[0] == pytest.approx(means[1], abs=1e-9)
