"""Windows beside a threshold: which side pays, what is too few, and the smallest shift that could be seen."""

import numpy as np
import pytest
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import binomial_upper_tail
from pbr_audit.stats.windows import Direction, caliper, smallest_share_seen, window_counts

GRID = np.arange(20, 33)


def sides(counts: ArrayLike, width: float, direction: Direction = "at_least") -> list[float]:
    paid, short = window_counts(counts, GRID, 26, width, direction)
    return [float(paid), float(short)]


def test_at_least_pays_from_the_threshold_on() -> None:
    counts = np.where(GRID == 26, 7, np.where(GRID == 25, 3, np.where(GRID == 22, 90, 0)))
    assert sides(counts, 4) == [7, 93]
    assert sides(counts, 3) == [7, 3]


def test_at_most_pays_up_to_the_threshold() -> None:
    counts = np.where(GRID == 26, 7, np.where(GRID == 27, 3, 0))
    assert sides(counts, 2, "at_most") == [7, 3]


def test_every_histogram_has_its_own_counts() -> None:
    counts = np.stack([np.ones(13), 2 * np.ones(13)])
    paid, short = window_counts(counts, GRID, 26, 3)
    assert (paid.tolist(), short.tolist()) == ([3, 6], [3, 6])


def test_the_test_is_the_exact_binomial_one() -> None:
    found = caliper(60, 40)
    assert found.p_value == pytest.approx(0.02844397)
    assert found.share == pytest.approx(0.6)
    assert [float(found.low), float(found.high)] == pytest.approx([0.4972091, 0.6967052], abs=1e-7)


def test_peers_share_takes_the_place_of_one_half() -> None:
    assert caliper(60, 40, expected=0.62).p_value > 0.5


@pytest.mark.parametrize(("paid", "short"), [(19, 60), (60, 19)])
def test_a_side_with_nineteen_is_not_assessable(paid: int, short: int) -> None:
    found = caliper(paid, short)
    assert np.isnan([found.p_value, found.low, found.high, found.share]).all()
    assert not np.isnan(caliper(20, 60).p_value)


@pytest.mark.parametrize(("total", "expected"), [(40, 0.5), (100, 0.5), (1000, 0.5), (100, 0.7)])
def test_the_smallest_share_seen_has_the_power_that_was_asked(total: int, expected: float) -> None:
    share = float(smallest_share_seen(total, expected))
    counts = np.arange(total + 1)
    critical = counts[binomial_upper_tail(counts, total, expected) <= 0.05].min()
    assert binomial_upper_tail(critical, total, share) == pytest.approx(0.8)
    assert share > expected


def test_four_values_could_show_nothing() -> None:
    assert np.isnan(smallest_share_seen([4, 5], 0.5)).tolist() == [True, False]
