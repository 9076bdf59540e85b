"""Exact binomial and Poisson figures, against scipy's test of one at a time and against figures worked out by hand."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import binomtest, poisson

from pbr_audit.stats import binomial_upper_tail, clopper_pearson, poisson_tails, rate_tails
from pbr_audit.stats.exact import poisson_interval, rate_ratio

CASES = [(0, 1), (1, 1), (0, 20), (1, 20), (7, 20), (20, 20), (31, 120), (4, 3000), (2999, 3000)]
SHARES = [0.0, 0.01, 7 / 91, 0.5, 0.97, 1.0]


def test_the_upper_tail_is_that_of_scipy_s_test_of_one_at_a_time() -> None:
    tests = [(k, n, p) for k, n in CASES for p in SHARES]
    k, n, p = (np.array(column) for column in zip(*tests, strict=True))
    expected = [
        binomtest(int(one), int(of), float(share), alternative="greater").pvalue
        for one, of, share in zip(k, n, p, strict=True)
    ]
    assert binomial_upper_tail(k, n, p) == pytest.approx(expected, rel=1e-12)


def test_two_heads_or_more_in_three_throws_are_even_odds() -> None:
    assert binomial_upper_tail(2, 3, 0.5) == pytest.approx(0.5)


def test_none_or_more_is_certain_also_for_unsigned_counts() -> None:
    assert binomial_upper_tail(np.array([0], dtype=np.uint32), np.array([9], dtype=np.uint32), 0.1) == [1.0]


def test_shares_and_counts_broadcast() -> None:
    assert binomial_upper_tail([[1], [2]], 2, [0.5, 0.1]) == pytest.approx(
        np.array([[0.75, 0.19], [0.25, 0.01]])
    )


@pytest.mark.parametrize("level", [0.8, 0.95, 0.998])
def test_the_interval_is_that_of_scipy_s_exact_method(level: float) -> None:
    k, n = (np.array(column) for column in zip(*CASES, strict=True))
    low, high = clopper_pearson(k, n, level)
    expected = [binomtest(one, of).proportion_ci(confidence_level=level, method="exact") for one, of in CASES]
    assert low == pytest.approx([interval.low for interval in expected], rel=1e-9)
    assert high == pytest.approx([interval.high for interval in expected], rel=1e-9)


def test_none_of_n_has_the_limit_that_can_be_worked_out_by_hand() -> None:
    low, high = clopper_pearson([0, 10], [10, 10])
    assert low == pytest.approx([0, 0.025**0.1])
    assert high == pytest.approx([1 - 0.025**0.1, 1])


def test_without_trials_nothing_is_known_of_a_share() -> None:
    low, high = clopper_pearson([0], [0])
    assert (low.tolist(), high.tolist()) == ([0.0], [1.0])


@pytest.mark.parametrize(("successes", "trials"), [([3], [2]), ([-1], [2]), ([np.nan], [2]), ([1], [np.nan])])
def test_counts_that_cannot_be_give_no_figure(successes: Sequence[float], trials: Sequence[float]) -> None:
    assert np.isnan(binomial_upper_tail(successes, trials, 0.5)).all()
    assert np.isnan(clopper_pearson(successes, trials)).all()


@pytest.mark.parametrize(
    ("events", "mean"), [(0, 0.5), (3, 3.0), (142, 155.0), (271, 300.0), (5, 0.0), (0, 0.0)]
)
def test_poisson_tails_are_those_of_scipy(events: int, mean: float) -> None:
    few, many = poisson_tails(events, mean)
    assert few == pytest.approx(poisson.cdf(events, mean), rel=1e-12)
    assert many == pytest.approx(poisson.sf(events - 1, mean), rel=1e-12)


def test_poisson_tails_of_what_cannot_be_are_no_numbers() -> None:
    few, many = poisson_tails([-1, 2, float("nan")], [3.0, -1.0, 2.0])
    assert np.isnan(few).all()
    assert np.isnan(many).all()


def test_the_tails_of_a_rate_are_binomial_for_people_and_poisson_for_events() -> None:
    few, many = rate_tails([440, 1420, 440], [1000, 1000, 1000], [0.482, 1.55, 1.2], [False, True, False])
    assert few[0] == pytest.approx(binomtest(440, 1000, 0.482, alternative="less").pvalue, rel=1e-9)
    assert many[0] == pytest.approx(binomtest(440, 1000, 0.482, alternative="greater").pvalue, rel=1e-9)
    assert few[1] == pytest.approx(poisson.cdf(1420, 1550), rel=1e-9)
    assert many[1] == pytest.approx(poisson.sf(1419, 1550), rel=1e-9)
    assert np.isnan([few[2], many[2]]).all()


def test_no_event_has_the_limit_that_can_be_worked_out_by_hand() -> None:
    low, high = poisson_interval([0, -1])
    assert low == pytest.approx([0, np.nan], nan_ok=True)
    assert high == pytest.approx([-np.log(0.025), np.nan], nan_ok=True)


def test_a_ratio_without_events_is_unknown_and_over_none_has_no_upper_limit() -> None:
    ratio, low, high = rate_ratio([0, 3, 0], 10, [0, 0, 4], 20)
    assert ratio == pytest.approx([np.nan, np.inf, 0], nan_ok=True)
    assert np.isnan(low).tolist() == [True, False, False]
    assert low[1:] == pytest.approx([2 * 0.025 ** (1 / 3) / (1 - 0.025 ** (1 / 3)), 0])
    assert high[1] == np.inf
