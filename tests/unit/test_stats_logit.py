"""Logistic regression agrees with statsmodels, and says where there is no answer."""

import numpy as np
import pytest
import statsmodels.api as sm

from pbr_audit.stats.logit import logit


def people(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(n), rng.normal(30, 9, n), rng.integers(0, 2, n), rng.exponential(20_000, n)])
    odds = -2 + 0.05 * (x[:, 1] - 30) + 0.8 * x[:, 2] - x[:, 3] / 40_000
    return (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(float), x


@pytest.mark.parametrize("seed", range(5))
def test_coefficients_and_covariance_are_those_of_statsmodels(seed: int) -> None:
    y, x = people(seed)

    ours, theirs = logit(y, x), sm.GLM(y, x, family=sm.families.Binomial()).fit(tol=1e-12)

    assert ours is not None
    assert ours.coefficients == pytest.approx(theirs.params, rel=1e-6)
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse, rel=1e-6)
    assert ours.fitted == pytest.approx(theirs.fittedvalues, rel=1e-6)


def test_fitted_probabilities_add_up_to_those_chosen() -> None:
    y, x = people(9)

    fit = logit(y, x)

    assert fit is not None
    assert fit.fitted.sum() == pytest.approx(y.sum(), rel=1e-9)


def test_a_covariate_that_tells_the_groups_apart_has_no_answer() -> None:
    y, x = people(1)

    assert logit(y, np.column_stack([x, y * 3 + np.linspace(0, 1, len(y))])) is None


def test_a_level_that_only_one_group_has_has_no_answer() -> None:
    y, x = people(2)
    only = ((y == 1) & (np.arange(len(y)) % 7 == 0)).astype(float)

    assert logit(y, np.column_stack([x, only])) is None


def test_columns_that_repeat_each_other_have_no_answer() -> None:
    y, x = people(3)

    assert logit(y, np.column_stack([x, 1 - x[:, 2]])) is None
    assert logit(y, np.column_stack([x, np.full(len(y), 7.0)])) is None


def test_figures_too_large_to_be_squared_have_no_answer() -> None:
    y, x = people(5)

    assert logit(y, x * [1, 1e300, 1, 1]) is None


def test_an_empty_group_has_no_answer() -> None:
    _, x = people(4)

    assert logit(np.zeros(len(x)), x) is None
