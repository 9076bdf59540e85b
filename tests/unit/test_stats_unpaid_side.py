"""The spread of honest units, learnt below the centre."""

import numpy as np
import pytest
from scipy.stats import norm, t

from pbr_audit.stats.unpaid_side import TAILS, WIDTHS, Null, null_below, spread_below


def test_what_lies_above_the_centre_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    away = rng.normal(0, 0.05, 200)
    moved = np.where(away > 0, away * 7, away)
    variance = np.full(200, 1e-4)
    assert spread_below(moved, variance) == spread_below(away, variance)
    assert (null_below(moved).weight == null_below(away).weight).all()


def test_the_spread_is_what_is_beyond_chance() -> None:
    rng = np.random.default_rng(4)
    variance = rng.uniform(1e-4, 9e-4, 4_000)
    away = rng.normal(0, np.sqrt(0.05**2 + variance))
    assert spread_below(away, variance) == pytest.approx(0.05**2, rel=0.15)
    assert spread_below(rng.normal(0, np.sqrt(variance)), variance) < 0.01**2


def test_too_few_below_show_no_spread() -> None:
    two = np.array([-1.0] * 2 + [1.0] * 8)
    assert np.isnan(spread_below(two, np.ones(10)))
    assert np.isnan(spread_below(np.r_[two[:8], -1.0], np.ones(9)))
    assert not np.isnan(spread_below(np.r_[two, -1.0, np.nan], np.ones(12)))


def test_many_normal_units_make_a_normal_null() -> None:
    z = norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    null = null_below(z)
    assert null.width == pytest.approx(1, abs=0.03)
    assert null.tail > 50
    assert null.p_value([3.0])[0] == pytest.approx(norm.sf(3.0), rel=0.3)


def test_many_units_with_heavy_tails_make_a_heavy_null() -> None:
    z = t.ppf((np.arange(4_000) + 0.5) / 4_000, 4)
    null = null_below(z)
    assert null.tail == pytest.approx(4, abs=0.2)
    assert null.p_value([8.0])[0] == pytest.approx(t.sf(8.0, 4), rel=0.15)


def test_few_units_leave_every_tail_in_play() -> None:
    null = null_below(norm.ppf((np.arange(12) + 0.5) / 12))
    assert null.weight.sum(1).min() > 0.05
    assert null.p_value([6.0])[0] > 50 * norm.sf(6.0)


def test_p_values_fall_with_the_deviate_and_the_critical_one_is_found() -> None:
    null = null_below(np.linspace(-2, 2, 40))
    p = null.p_value([0.0, 1.0, 3.0, 9.0, np.nan])
    assert p[0] == pytest.approx(0.5)
    assert (np.diff(p[:4]) < 0).all()
    assert np.isnan(p[4])
    assert null.p_value([null.critical(0.001)])[0] == pytest.approx(0.001)


def test_one_tail_and_one_width_are_student_s_t() -> None:
    weight = np.zeros((len(TAILS), len(WIDTHS)))
    weight[1, 3] = 1.0
    null = Null(weight)
    assert null.p_value([2.0])[0] == pytest.approx(t.sf(2.0 / WIDTHS[3], TAILS[1]))
    assert (null.width, null.tail) == pytest.approx((WIDTHS[3], TAILS[1]))
