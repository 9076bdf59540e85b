"""Frandsen's three points: guards, and the one number that says how the answer hangs on k."""

import numpy as np
import pytest

from pbr_audit.stats.frandsen import frandsen, largest_bend


def test_a_straight_line_gives_the_middle_a_third() -> None:
    # Ten of ten at the threshold, at a third each: one in 3 to the power of 10.
    assert frandsen(10, 0, 0, 0.0).excess == pytest.approx(3.0**-10)


def test_nine_values_are_too_few_and_ten_are_enough() -> None:
    found = frandsen([9, 10], 0, 0, 0.0)
    assert np.isnan(found.excess).tolist() == [True, False]


@pytest.mark.parametrize(("at", "below", "k"), [(20, -1, 0.0), (20, 5, -0.1), (20, 5, 1.0)])
def test_what_cannot_be_is_no_p_value(at: int, below: int, k: float) -> None:
    found = frandsen(at, below, 20, k)
    assert np.isnan([found.excess, found.deficit, found.two_sided]).all()


@pytest.mark.parametrize("level", [0.05, 0.01])
def test_at_the_largest_bend_the_excess_is_just_significant(level: float) -> None:
    k = largest_bend([60, 40], [25, 12], [28, 15], level)
    assert (k > 0).all()
    assert frandsen([60, 40], [25, 12], [28, 15], k).excess == pytest.approx([level, level])


def test_no_excess_has_a_bend_below_nothing() -> None:
    assert largest_bend(33, 31, 35) < 0


def test_an_excess_that_no_bend_explains_stands_at_one() -> None:
    assert largest_bend(200, 3, 2) == pytest.approx(1.0)


def test_the_exact_test_keeps_its_level_on_a_bent_distribution() -> None:
    world = np.random.default_rng(3)
    k = 0.1
    share = (1 + k) / (3 + k)
    counts = world.multinomial(90, [share, (1 - share) / 2, (1 - share) / 2], size=4_000)
    rejected = frandsen(counts[:, 0], counts[:, 1], counts[:, 2], k).excess <= 0.05
    assert 0.02 <= rejected.mean() <= 0.05
