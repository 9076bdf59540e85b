"""Cumulative sums: the path against a loop, and false alarms that keep to their level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.stats.cusum import cumulative_sum, likelihood_scores, simulated_threshold, variable_life


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=60))
def test_the_path_is_that_of_adding_one_by_one(scores: list[int]) -> None:
    height, path = 0, []
    for score in scores:
        height = max(0, height + score)
        path.append(height)
    assert cumulative_sum(scores).tolist() == path


def test_observed_less_expected_adds_up() -> None:
    assert variable_life([1, 0, 1], [0.5, 0.25, 0.5]) == pytest.approx([0.5, 0.25, 0.75])


def test_an_outcome_of_its_own_odds_has_a_mean_score_below_nothing() -> None:
    p = np.linspace(0.05, 0.95, 19)
    mean = p * likelihood_scores(1, p, 2.0) + (1 - p) * likelihood_scores(0, p, 2.0)
    assert (mean < 0).all()


def test_honest_series_pass_the_threshold_as_often_as_was_asked() -> None:
    world = np.random.default_rng(17)
    p = world.uniform(0.1, 0.6, 300)
    threshold = simulated_threshold(p, 2.0, 0.05, 2_000, np.random.default_rng(1))
    fresh = world.random((2_000, 300)) < p
    passed = (cumulative_sum(likelihood_scores(fresh, p, 2.0)).max(axis=-1) > threshold).mean()
    # Two binomial standard errors, of the threshold and of the share.
    assert passed <= 0.05 + 2 * (2 * 0.05 * 0.95 / 2_000) ** 0.5
    assert passed >= 0.02


def test_doubled_odds_are_found() -> None:
    world = np.random.default_rng(4)
    p = np.full(300, 0.3)
    threshold = simulated_threshold(p, 2.0, 0.05, 1_000, np.random.default_rng(1))
    moved = world.random((200, 300)) < np.where(np.arange(300) < 150, 0.3, 0.6 / 1.3)
    assert (cumulative_sum(likelihood_scores(moved, p, 2.0)).max(axis=-1) > threshold).mean() > 0.8


def test_the_same_seed_gives_the_same_threshold() -> None:
    p = np.full(50, 0.3)
    first, second = (simulated_threshold(p, 2.0, 0.05, 200, np.random.default_rng(9)) for _ in range(2))
    assert first == second
