"""The odds of being accepted: those of a reference implementation, and nothing where there is no estimate."""

import numpy as np
import pytest
import statsmodels.api as sm

from pbr_audit.stats.acceptance import acceptance, area_under_curve


def people(seed: int, count: int, slope: float) -> tuple[np.ndarray, np.ndarray]:
    world = np.random.default_rng(seed)
    x = world.normal(size=(count, 2))
    return x, world.random(count) < 1 / (1 + np.exp(-(0.7 - slope * x[:, 0])))


def test_odds_and_limits_are_those_of_statsmodels() -> None:
    x, y = people(1, 400, 0.6)
    found = acceptance(x, y)
    fitted = sm.Logit(y.astype(float), sm.add_constant(x)).fit(disp=0)
    assert found.odds_ratio == pytest.approx(np.exp(fitted.params[1:]), rel=1e-6)
    assert np.column_stack([found.low, found.high]) == pytest.approx(np.exp(fitted.conf_int()[1:]), rel=1e-5)


def test_the_area_under_the_curve_is_of_people_whom_the_model_was_not_fitted_on() -> None:
    x, y = people(2, 200, 0.0)
    in_sample = area_under_curve(x @ np.linalg.lstsq(x, y - y.mean(), rcond=None)[0], y)
    assert acceptance(x, y).auc < in_sample
    assert acceptance(*people(3, 2_000, 0.0)).auc == pytest.approx(0.5, abs=0.04)
    assert acceptance(*people(3, 2_000, 1.5)).auc > 0.75


def test_pairs_are_counted_equal_scores_as_half() -> None:
    assert area_under_curve([3, 2, 2, 1], [True, True, False, False]) == pytest.approx(3.5 / 4)
    assert np.isnan(area_under_curve([1, 2], [True, True]))


def test_ten_on_either_side_for_each_covariate_are_enough() -> None:
    x = np.random.default_rng(4).normal(size=60)
    enough = [~np.isnan(acceptance(x[:, None], np.arange(60) < taken).auc) for taken in (9, 10, 50, 51)]
    assert enough == [False, True, True, False]


def test_a_cut_by_risk_alone_has_no_estimate() -> None:
    x = np.arange(60.0)
    found = acceptance(x[:, None] / 20, x < 40)
    assert np.isnan([found.odds_ratio[0], found.low[0], found.high[0], found.auc]).all()


def test_a_covariate_that_does_not_vary_has_no_estimate() -> None:
    assert np.isnan(acceptance(np.ones((60, 1)), np.arange(60) < 30).odds_ratio).all()
