"""Excess mass: exact on counts made for it, the same for many histograms at once, and silent on few bins."""

import numpy as np
import pytest

from pbr_audit.stats.bunching import excess_mass

POSITION = np.arange(-15, 16)
AT = POSITION == 0
CURVE = 400 - 3.0 * POSITION + 0.1 * POSITION**2


def test_what_stands_on_a_polynomial_is_found_exactly() -> None:
    found = excess_mass(CURVE + 75 * AT, POSITION, AT, degree=3)
    assert found is not None
    assert float(found.excess) == pytest.approx(75)
    assert float(found.per_bin) == pytest.approx(75 / 400)
    np.testing.assert_allclose(found.counterfactual, CURVE)


def test_round_numbers_fill_by_themselves_at_the_threshold_too() -> None:
    heaps = (POSITION % 5 == 0)[:, None]
    found = excess_mass(CURVE + 60 * heaps[:, 0], POSITION, AT, degree=3, rounds=heaps)
    assert found is not None
    assert float(found.excess) == pytest.approx(0, abs=1e-8)


def test_curve_and_histogram_hold_the_same_total_where_values_are_put_back() -> None:
    counts = CURVE + 75 * AT
    found = excess_mass(counts, POSITION, AT, degree=3, came_from="below")
    assert found is not None
    # By the definition, worked through: counts below raised by the excess, and the curve fitted to that.
    below = POSITION < 0
    raised = counts * (1 + found.excess * below / counts[below].sum())
    fit = np.polynomial.Polynomial.fit(POSITION[~AT], raised[~AT], 3)
    assert float(found.excess) == pytest.approx(counts[AT][0] - fit(0))
    assert float(found.excess) < 75


def test_many_histograms_at_once_are_each_alone() -> None:
    world = np.random.default_rng(1)
    counts = world.poisson(CURVE + 75 * AT, size=(7, len(POSITION)))
    together = excess_mass(counts, POSITION, AT, degree=4, came_from="above")
    alone = [excess_mass(row, POSITION, AT, degree=4, came_from="above") for row in counts]
    assert together is not None
    assert together.excess == pytest.approx([float(one.excess) for one in alone if one is not None])


def test_with_few_bins_to_spare_nothing_is_said() -> None:
    near = np.abs(POSITION) <= 5
    assert excess_mass(CURVE[near], POSITION[near], AT[near], degree=5) is None
    assert excess_mass(CURVE[near], POSITION[near], AT[near], degree=4) is not None
