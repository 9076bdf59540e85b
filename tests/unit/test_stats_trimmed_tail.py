"""A tail learnt without the largest figures: on tails that are known, and on honest figures."""

import numpy as np
import pytest
from scipy.stats import expon, genpareto

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.trimmed_tail import LEFT_OUT, trimmed_tail


def quantiles(shape: float, many: int = 4_000) -> Floats:
    return np.asarray(genpareto.ppf((np.arange(many) + 0.5) / many, shape))


def test_exponential_figures_have_an_exponential_tail_and_heavy_ones_a_heavy_tail() -> None:
    light, heavy = trimmed_tail(quantiles(0)), trimmed_tail(quantiles(0.5))
    assert light.critical(1e-4) == pytest.approx(expon.isf(1e-4), rel=0.15)
    assert heavy.critical(1e-4) == pytest.approx(genpareto.isf(1e-4, 0.5), rel=0.2)


def test_a_small_p_value_is_a_far_figure_and_the_critical_one_is_found() -> None:
    figures = np.r_[quantiles(0.1, 200), 40.0]
    tail = trimmed_tail(figures)
    p = tail.p_values(figures)
    assert (np.diff(p) <= 0).all()
    assert p[0] == 1.0
    assert (p > 0).all()
    assert trimmed_tail(figures).critical(p[-1]) == pytest.approx(40.0)


def test_how_far_out_the_largest_hundredth_lies_changes_nothing() -> None:
    figures = quantiles(0.0, 300)
    far = figures.copy()
    far[-int(300 * LEFT_OUT) :] = 500.0
    assert (trimmed_tail(far).weight == trimmed_tail(figures).weight).all()
    further = figures.copy()
    further[-int(300 * 2 * LEFT_OUT) :] = 500.0
    assert trimmed_tail(further).critical(1e-4) > 1.5 * trimmed_tail(figures).critical(1e-4)


def test_a_figure_is_no_part_of_the_tail_that_it_is_held_against() -> None:
    figures = quantiles(0.0, 40)
    tail = trimmed_tail(figures)
    assert (tail.without[-1] == tail.weight).all()
    assert (tail.without[-5] != tail.weight).any()


def test_with_few_figures_every_shape_stays_in_play() -> None:
    few, many = trimmed_tail(quantiles(0, 12)), trimmed_tail(quantiles(0))
    assert few.critical(1e-4) > 1.5 * many.critical(1e-4)


def test_figures_smaller_than_the_model_s_do_not_make_a_thinner_tail() -> None:
    assert trimmed_tail(quantiles(0) / 10).critical(1e-5) > expon.isf(1e-5) - expon.isf(0.5)


def test_figures_that_are_all_the_same_say_nothing_of_a_tail() -> None:
    p = trimmed_tail(np.r_[np.zeros(11), 3.0]).p_values(np.r_[np.zeros(11), 3.0])
    assert p[:11].tolist() == [1.0] * 11
    assert p[11] > 0.01


@pytest.mark.parametrize("shape", [0.0, 0.3, 0.6])
def test_the_largest_of_honest_figures_is_seldom_out_of_the_way(shape: float) -> None:
    rng = np.random.default_rng(5)
    books = 300
    smallest = []
    for _ in range(books):
        figures = genpareto.rvs(shape, size=150, random_state=rng)
        smallest.append(trimmed_tail(figures).p_values(figures).min())
    assert np.mean(np.array(smallest) <= 0.05 / 150) <= 0.05 + 3 * (0.05 * 0.95 / books) ** 0.5
