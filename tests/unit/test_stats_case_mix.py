"""What others' clients of the same mix would have reached, held against refits by statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray

from pbr_audit.stats import case_mix
from pbr_audit.stats.case_mix import Expected, expected_by_others, shared_levels

FACTORS = (4, 3, 5)
Cells = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
# Next to no prior: statsmodels has none.
WIDE = 1e3


def cells(units: int, seed: int, *, large: int = 1) -> Cells:
    """Return unit, levels, clients and reached of 60 cells a unit; the first has `large` times the clients."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), 60)
    levels = np.stack([rng.integers(0, size, len(unit)) for size in FACTORS], axis=1)
    clients = rng.integers(1, 30, len(unit))
    clients[unit == 0] = clients[unit == 0] * large
    effects = [rng.normal(0, 0.6, size) for size in FACTORS]
    log_odds = -0.6 + sum(effect[levels[:, at]] for at, effect in enumerate(effects))
    own = rng.normal(0, 0.3, units)[unit]
    return unit, levels, clients, rng.binomial(clients, 1 / (1 + np.exp(-log_odds - own)))


def refitted(drawn: Cells, *, without: int) -> tuple[float, float, float]:
    """Return expected, chance and learnt of one unit from a regression on all others by statsmodels."""
    unit, levels, clients, reached = drawn
    names = [(at, level) for at, size in enumerate(FACTORS) for level in range(1, size)]
    design = np.stack(
        [np.ones(len(unit)), *[(levels[:, at] == level).astype(float) for at, level in names]], axis=1
    )
    others, own = unit != without, unit == without
    counts = np.stack([reached, clients - reached], axis=1)[others]
    fit = sm.GLM(counts, design[others], family=sm.families.Binomial()).fit(tol=1e-12)
    p = fit.predict(design[own])
    weight = clients[own] * p * (1 - p)
    slope = weight @ design[own]
    return float(clients[own] @ p), float(weight.sum()), float(slope @ fit.cov_params() @ slope)


@pytest.mark.parametrize("unit", [0, 1, 7])
def test_each_unit_is_expected_as_a_regression_on_all_others_says(unit: int) -> None:
    drawn = cells(12, 5)
    found = expected_by_others(*drawn, prior_sd=WIDE)
    expected, chance, learnt = refitted(drawn, without=unit)
    # One Newton step in place of a refit: off by less than a fiftieth of the error.
    assert found.expected[unit] == pytest.approx(expected, abs=0.02 * chance**0.5)
    assert found.chance[unit] == pytest.approx(chance, rel=0.01)
    assert found.learnt[unit] == pytest.approx(learnt, rel=0.02)


def test_a_unit_with_half_of_all_clients_is_left_out_in_full() -> None:
    drawn = cells(12, 6, large=11)
    found = expected_by_others(*drawn, prior_sd=WIDE)
    expected, chance, _ = refitted(drawn, without=0)
    assert found.clients[0] > 0.4 * found.clients.sum()
    assert found.expected[0] == pytest.approx(expected, rel=1e-6)
    assert found.chance[0] == pytest.approx(chance, rel=1e-6)


def test_the_order_of_cells_makes_no_difference_and_blocks_make_none(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = cells(12, 7)
    order = np.random.default_rng(1).permutation(len(drawn[0]))
    whole = expected_by_others(*drawn)
    monkeypatch.setattr(case_mix, "BLOCK", 500)
    other = expected_by_others(drawn[0][order], drawn[1][order], drawn[2][order], drawn[3][order])
    for name in ("clients", "reached", "expected", "chance", "learnt"):
        assert getattr(other, name) == pytest.approx(getattr(whole, name), rel=1e-9)


def test_without_a_factor_the_others_rate_is_expected() -> None:
    unit, clients, reached = np.array([0, 1, 2]), np.array([100, 300, 100]), np.array([90, 60, 40])
    found = expected_by_others(unit, np.zeros((3, 1), dtype=int), clients, reached)
    assert found.expected[0] == pytest.approx(100 * 100 / 400, rel=0.01)
    assert found.expected[1] == pytest.approx(300 * 130 / 200, rel=0.01)


def test_a_category_that_nobody_else_has_changes_nothing_and_is_not_known() -> None:
    unit, levels, clients, reached = cells(12, 8)
    alone = np.where(unit == 3, 1, 0)
    with_it = expected_by_others(unit, np.column_stack([levels, alone]), clients, reached)
    without = expected_by_others(unit, levels, clients, reached)
    assert with_it.expected[3] == pytest.approx(without.expected[3], rel=0.01)
    # The prior's variance, of this category and of the other, through the slope of the logistic curve.
    assert with_it.learnt[3] == pytest.approx(without.learnt[3] + 2 * without.chance[3] ** 2, rel=0.1)


def test_one_unit_alone_has_nobody_to_be_held_against() -> None:
    found = expected_by_others([0, 0], [[0], [1]], [10, 10], [3, 4])
    assert np.isnan(found.expected).all()
    assert np.isnan(found.figures()[0]).all()


def test_more_factors_than_a_number_can_hold_apart_are_packed_all_the_same() -> None:
    rng = np.random.default_rng(2)
    columns = rng.integers(0, 2, (500, 70))
    numbers = case_mix.packed(columns)
    assert len(np.unique(numbers)) == len(np.unique(columns, axis=0))
    assert (np.argsort(numbers, kind="stable") == np.lexsort(columns.T[::-1])).all()


def test_only_units_with_enough_expected_are_told_how_well_that_is_known() -> None:
    drawn = cells(12, 5)
    every, asked = expected_by_others(*drawn), expected_by_others(*drawn, least=400)
    few = np.minimum(every.expected, every.clients - every.expected) < 400
    assert 0 < few.sum() < len(few)
    assert np.isnan(asked.learnt[few]).all()
    assert (asked.learnt[~few] == every.learnt[~few]).all()
    assert (asked.expected == every.expected).all()


def test_levels_of_few_units_are_taken_together() -> None:
    unit, level = [0, 1, 2, 3, 0, 1, 2, 2, 2, 2], [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert shared_levels(unit, level).tolist() == [0, 0, 0, 0, -1, -1, -1, -1, -1, -1]
    assert shared_levels(unit, level, 3).tolist() == [0, 0, 0, 0, 1, 1, 1, -1, -1, -1]


def test_figures_are_arcsine_distances_with_the_poisson_binomial_s_error() -> None:
    none = np.zeros((1, 1))
    clients, reached, expected, chance, learnt = (np.array([n]) for n in (100.0, 50.0, 25.0, 15.0, 3.75))
    found = Expected(clients, reached, expected, chance, learnt, expected, none, none)
    figure, variance = found.figures()
    assert figure == pytest.approx([np.pi / 4 - np.pi / 6])
    # A quarter expected of 100: 18.75 were they alike; 15 and 3.75 make that again.
    assert variance == pytest.approx([1 / 400])
    assert found.at(figure) == pytest.approx([50.0])
    assert found.at([-9.0]) == pytest.approx([0.0])
    assert found.in_outcomes([0.05]) == pytest.approx([100 * 0.05 * 2 * (0.25 * 0.75) ** 0.5])


def test_where_all_or_none_were_expected_there_is_no_figure() -> None:
    all_or_none, zero, none = np.array([0.0, 10.0]), np.zeros(2), np.zeros((2, 1))
    found = Expected(
        np.array([10.0, 10.0]), np.array([5.0, 5.0]), all_or_none, zero, zero, all_or_none, none, none
    )
    assert np.isnan(found.figures()[0]).all()


@pytest.mark.parametrize("clients", [[2, 3], [1_000_000, 500_000]])
@pytest.mark.parametrize("share", [0, 1])
def test_where_nobody_or_everybody_reached_it_so_do_the_others(clients: list[int], share: int) -> None:
    reached = [share * each for each in clients]
    found = expected_by_others([0, 1], [[0], [0]], clients, reached)
    assert found.expected == pytest.approx(reached, abs=0.01)
