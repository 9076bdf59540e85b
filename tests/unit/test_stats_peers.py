"""Peers: the spread of the honest is found, a few far out do not widen it, and nobody is its own peer."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import t as student

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import (
    CAUTION,
    _crossing,
    against_peers,
    centre_and_spread,
    empirical_null,
    robust_z,
)


def figures(seed: int, providers: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    world = np.random.default_rng(seed)
    error = world.uniform(0.5, 1.5, providers)
    return world.normal(3, spread, providers) + error * world.normal(size=providers), error**2


def test_the_spread_of_many_honest_providers_is_found() -> None:
    found = centre_and_spread(*figures(1, 4_000, 0.8))
    assert float(found.centre) == pytest.approx(3, abs=0.06)
    assert float(found.variance) == pytest.approx(0.64, abs=0.1)


def test_uncut_it_is_the_equation_of_paule_and_mandel() -> None:
    y, v = figures(2, 50, 0.8)

    def equation(between: float) -> float:
        weight = 1 / (v + between)
        return float((weight * (y - (weight * y).sum() / weight.sum()) ** 2).sum() - 49)

    found = centre_and_spread(y, v, k=8.0)
    # The centre is Huber's and not the weighted mean, so near and not the same.
    assert float(found.variance) == pytest.approx(brentq(equation, 0, 10), rel=0.02)


def test_rows_of_a_large_matrix_are_answered_as_each_alone() -> None:
    y, v = figures(5, 250, 0.8)
    rows = np.where(np.eye(250, dtype=bool), np.nan, y)
    found = centre_and_spread(rows, v)
    alone = [centre_and_spread(row, v) for row in rows]
    assert found.centre.tolist() == [float(one.centre) for one in alone]
    assert found.variance.tolist() == [float(one.variance) for one in alone]


def test_figures_of_one_label_have_the_same_peers() -> None:
    y, v = figures(6, 40, 0.8)
    whose = np.repeat(np.arange(20), 2)
    found = against_peers(y, v, above=True, whose=whose)
    for place in (0, 1, 38):
        others = centre_and_spread(np.where(whose == whose[place], np.nan, y), v, 2.5, CAUTION)
        assert (found.centre[place], found.variance[place]) == (others.centre, others.variance)


def test_one_in_ten_far_out_widens_it_a_little_where_uncut_it_would_be_fifty_times_as_large() -> None:
    y, v = figures(3, 400, 0.8)
    honest = float(centre_and_spread(y, v).variance)
    y[:40] += 20
    assert float(centre_and_spread(y, v).variance) <= 3 * honest
    away = float(((y - y.mean()) ** 2).mean() - v.mean())
    assert away > 50 * honest


def test_caution_gives_an_upper_limit_that_comes_nearer_with_many() -> None:
    ratio = []
    for providers in (20, 4_000):
        y, v = figures(9, providers, 0.8)
        usual, upper = (float(centre_and_spread(y, v, 2.5, caution).variance) for caution in (0.0, 1.0))
        ratio.append(upper / usual)
    assert ratio[0] > 1.2
    assert 1 < ratio[1] < 1.08


def test_where_ten_differ_by_nothing_in_sight_caution_still_allows_for_some() -> None:
    spread = [float(centre_and_spread(*figures(seed, 10, 0.3), 2.5).variance) for seed in range(60)]
    upper = [float(centre_and_spread(*figures(seed, 10, 0.3), 2.5, 0.7).variance) for seed in range(60)]
    assert np.mean(np.array(upper) == 0) < np.mean(np.array(spread) == 0) * 2 / 3


def test_no_more_than_chance_is_no_spread() -> None:
    assert float(centre_and_spread(np.linspace(2.9, 3.1, 20), np.ones(20)).variance) == 0


def test_rows_are_answered_apart_and_those_without_a_figure_leave() -> None:
    y, v = figures(4, 30, 1.0)
    rows = np.stack([y, np.where(np.arange(30) < 12, y, np.nan), np.full(30, np.nan)])
    found = centre_and_spread(rows, v)
    alone = [centre_and_spread(y, v), centre_and_spread(y[:12], v[:12])]
    assert found.centre[:2] == pytest.approx([float(one.centre) for one in alone])
    assert found.variance[:2] == pytest.approx([float(one.variance) for one in alone])
    assert np.isnan([found.centre[2], found.variance[2]]).all()


def test_nobody_is_its_own_peer() -> None:
    y, v = figures(5, 25, 0.8)
    found = against_peers(y, v, above=True)
    others = centre_and_spread(np.delete(y, 7), np.delete(v, 7), 2.5, CAUTION)
    assert found.centre[7] == pytest.approx(float(others.centre))
    assert found.variance[7] == pytest.approx(float(others.variance))
    moved = y.copy()
    moved[7] += 100
    again = against_peers(moved, v, above=True)
    assert again.centre[7] == found.centre[7]
    assert again.p_value[7] < 1e-3 < found.p_value[7]


def test_the_side_is_the_one_asked() -> None:
    y, v = figures(6, 25, 0.8)
    above, below = against_peers(y, v, above=True), against_peers(y, v, above=False)
    assert above.p_value == pytest.approx(1 - below.p_value)


def test_nine_peers_do_not_show_what_is_usual() -> None:
    y, v = figures(7, 10, 0.8)
    assert not np.isnan(against_peers(y, v, above=True).p_value).any()
    y[3] = np.nan
    assert np.isnan(against_peers(y, v, above=True).p_value).all()


@pytest.mark.parametrize("spread", [0.0, 0.5, 2.0])
def test_honest_providers_are_found_as_often_as_the_level_says(spread: float) -> None:
    rejected = [against_peers(*figures(seed, 25, spread), above=True).p_value <= 0.05 for seed in range(200)]
    assert np.mean(rejected) <= 0.055


def test_a_shared_shift_is_the_null_s_centre_and_its_scale_is_never_below_1() -> None:
    z = np.random.default_rng(8).normal(0.4, 0.5, 500)
    centre, scale = empirical_null(z)
    assert centre == pytest.approx(0.4, abs=0.06)
    assert scale == 1.0
    assert empirical_null(3 * z)[1] == pytest.approx(1.5, abs=0.15)


def test_robust_distances_are_those_worked_out_by_hand() -> None:
    # Median 3, absolute deviations 2 1 0 1 97: their median is 1.
    assert robust_z([1.0, 2.0, 3.0, 4.0, 100.0])[4] == pytest.approx(97 / 1.4826022)


def test_where_more_than_half_are_one_value_the_quartiles_or_nothing() -> None:
    assert robust_z([5.0, 5.0, 5.0, 9.0, 9.0])[3] == pytest.approx(4 / (0.7413011 * 4))
    assert np.isnan(robust_z([5.0, 5.0, 5.0, 5.0, 9.0])).all()
    assert np.isnan(robust_z([np.nan, np.nan])).all()


def test_two_figures_of_one_provider_are_no_peers_of_each_other() -> None:
    y, v = figures(5, 12, 0.3)
    whose = [*range(11), 0]
    found = against_peers(y, v, above=True, whose=whose)
    alone = against_peers(np.r_[y[:11]], v[:11], above=True)
    assert found.centre[0] == alone.centre[0]
    assert found.error[0] == alone.error[0]
    assert np.isnan(against_peers(y[:10], v[:10], above=True, whose=[*range(9), 0]).p_value).all()


def test_the_error_is_in_the_figure_s_unit_and_gives_the_interval_and_the_smallest_distance_seen() -> None:
    y, v = figures(6, 20, 0.3)
    found = against_peers(y, v, above=True)
    assert (y - found.centre) / found.z == pytest.approx(found.error)
    assert found.width() == pytest.approx(student.ppf(0.975, found.df) * found.error)
    assert found.smallest_seen == pytest.approx((student.ppf(0.995, found.df) + 0.84) * found.error)


@pytest.mark.parametrize(
    ("places", "found", "most"),
    [
        # The last is beyond the far end, which is then the answer.
        ([0.3, 0.61, 3.999, 9.0], [0.3, 0.61, 3.999, 4.0], 20),
        # Nowhere above 0, and flat: the near end, by halves.
        ([0.0, 0.1], [0.0, 0.0], 36),
    ],
)
def test_the_spread_solves_its_equation_as_closely_as_thirty_halves(
    places: list[float], found: list[float], most: int
) -> None:
    asked: list[int] = []

    def falling(x: Floats) -> Floats:
        """Fall like a sum of squares over a growing variance, with a kink in it."""
        asked.append(1)
        return np.asarray(np.minimum(1 / (0.3 + x), 2.0) - np.minimum(1 / (0.3 + np.array(places)), 2.0))

    low = np.zeros(len(places))
    assert _crossing(falling, low, low + 4.0, falling(low)) == pytest.approx(found, abs=4 * 2**-30)
    assert len(asked) <= most
    assert _crossing(falling, low, low, falling(low)).tolist() == low.tolist()
