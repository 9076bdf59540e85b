"""Funnels: limits that hold what they say, the providers' spread found, and nobody in its own target."""

import numpy as np
import pytest

from pbr_audit.stats.funnel import (
    Extremes,
    Overdispersion,
    deviates,
    others_share,
    overdispersion,
    ratio_scores,
    share_limits,
    share_scores,
)

CHANCE_ALONE = Overdispersion(phi=1.0, between=0.0)


def test_nobody_is_in_its_own_target() -> None:
    assert others_share([10, 20, 0], [100, 50, 0]) == pytest.approx([0.4, 0.1, 0.2])
    assert np.isnan(others_share([3], [9])).all()


def test_of_honest_shares_two_in_a_thousand_lie_outside_the_limits() -> None:
    world = np.random.default_rng(1)
    size = world.integers(200, 2_000, 40_000)
    low, high = share_limits(size, 0.3, CHANCE_ALONE)
    share = world.binomial(size, 0.3) / size
    assert ((share < low) | (share > high)).mean() == pytest.approx(0.002, abs=0.001)


def test_limits_stay_between_none_and_all() -> None:
    low, high = share_limits([1, 4], [0.02, 0.98], CHANCE_ALONE)
    assert low[0] == 0
    assert high[1] == pytest.approx(1)
    assert low[1] < 0.98


# Cut at both ends the estimate is too small: by a third, and left out by rank by more.
@pytest.mark.parametrize(("extremes", "smallest"), [("keep", 0.9), ("winsorise", 0.55), ("truncate", 0.25)])
def test_the_spread_of_honest_providers_is_found(extremes: Extremes, smallest: float) -> None:
    world = np.random.default_rng(2)
    size = world.integers(500, 3_000, 2_000)
    rate = np.sin(world.normal(np.arcsin(np.sqrt(0.4)), 0.05, 2_000)) ** 2
    scores = share_scores(world.binomial(size, rate), size)
    spread = overdispersion(scores, extremes)
    assert smallest * 0.0025 <= spread.between <= 1.1 * 0.0025


def test_a_few_far_out_widen_the_spread_only_where_they_are_kept() -> None:
    world = np.random.default_rng(3)
    size = np.full(100, 1_000)
    reached = world.binomial(size, 0.4)
    reached[:5] = 800
    scores = share_scores(reached, size, 0.4)
    cut, kept = overdispersion(scores).between, overdispersion(scores, "keep").between
    assert cut < kept / 20
    assert (deviates(scores, overdispersion(scores), "additive")[:5] > 10).all()


def test_multiplied_variance_never_narrows_the_limits() -> None:
    scores = share_scores([30, 40, 50], [100, 100, 100])
    assert deviates(scores, Overdispersion(0.5, 0.0), "multiplicative") == pytest.approx(scores.z)
    assert deviates(scores, Overdispersion(4.0, 0.0), "multiplicative") == pytest.approx(scores.z / 2)


def test_of_nine_providers_the_spread_is_not_known() -> None:
    size = np.full(10, 200)
    assert not np.isnan(overdispersion(share_scores(np.arange(60, 70), size)).between)
    assert np.isnan(overdispersion(share_scores(np.arange(60, 69), size[:9])).between)


def test_on_the_root_scale_nothing_observed_has_a_score_and_on_the_log_scale_none() -> None:
    root, log = ratio_scores([0, 9], [4, 4]), ratio_scores([0, 9], [4, 4], "log")
    assert root.z == pytest.approx([-4, 2])
    assert np.isnan(log.z[0])
    assert log.z[1] == pytest.approx(2 * np.log(2.25))
    assert np.isnan(ratio_scores([3], [0]).z).all()
