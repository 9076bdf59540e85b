"""One subject over its periods: by hand, with periods that differ, and too few of them."""

import numpy as np
import pytest
from scipy.stats import t as student

from pbr_audit.stats.over_periods import over_periods


def test_the_mean_goes_by_precision_and_even_periods_keep_their_own_error() -> None:
    found = over_periods(
        [0, 0, 0, 0], [1.0, 1.0, 1.0, 1.2], [0.1, 0.1, 0.1, 0.2], subjects=1, usual=0.5, least=4
    )
    mean = (30 * 1.0 + 5 * 1.2) / 35
    assert found.mean == pytest.approx([mean])
    assert found.error == pytest.approx([35**-0.5])
    assert found.p_value == pytest.approx([student.sf((mean - 0.5) * 35**0.5, 3)])
    assert found.high - found.mean == pytest.approx([student.ppf(0.975, 3) * 35**-0.5])


def test_periods_that_differ_more_than_their_errors_widen_it() -> None:
    figures = np.array([0.0, 2.0, 0.0, 2.0])
    found = over_periods([0] * 4, figures, [0.01] * 4, subjects=1, usual=0.0, least=4)
    assert found.error == pytest.approx([figures.std(ddof=1) / 2])


def test_too_few_periods_give_no_figure_and_those_without_one_do_not_count() -> None:
    found = over_periods(
        [0, 0, 0, 2, 2, 2, 2], [1, 1, np.nan, 1, 1, 1, 1], [0.1] * 7, subjects=3, usual=0.5, least=3
    )
    assert np.isnan(found.p_value).tolist() == [True, True, False]


def test_what_is_usual_is_asked_about_as_often_as_the_level_says() -> None:
    world = np.random.default_rng(1)
    subject = np.repeat(np.arange(2_000), 8)
    figure = world.normal(0.5, 0.4, len(subject))
    found = over_periods(subject, figure, np.full(len(subject), 0.16), subjects=2_000, usual=0.5, least=4)
    assert np.mean(found.p_value <= 0.05) <= 0.05 + 3 * (0.05 * 0.95 / 2_000) ** 0.5


def test_what_is_usual_may_be_another_figure_for_each_subject() -> None:
    subject, figure, variance = [0] * 5 + [1] * 5, [0.4, 0.5, 0.6, 0.5, 0.45] * 2, [0.01] * 10
    both = over_periods(subject, figure, variance, subjects=2, usual=[0.2, 0.4], least=4)
    for place, usual in enumerate((0.2, 0.4)):
        alone = over_periods(subject, figure, variance, subjects=2, usual=usual, least=4)
        assert both.p_value[place] == alone.p_value[place]
    assert both.p_value[0] < both.p_value[1]
