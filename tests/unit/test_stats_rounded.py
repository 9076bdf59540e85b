"""Figures that look rounded, and exact ones that never do."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.stats.rounded import looks_rounded, looks_rounded_pence


@pytest.mark.parametrize("unit", [5, 10, 100, 1000])
def test_multiples_of_a_unit_look_rounded(unit: int) -> None:
    assert looks_rounded(pl.Series(range(0, 20 * unit, unit))) == unit


def test_one_exact_figure_is_enough_against_it() -> None:
    assert looks_rounded(pl.Series([*range(0, 2000, 10), 11])) is None


def test_a_price_many_times_is_no_rounding() -> None:
    assert looks_rounded(pl.Series([1200, 3000, 4500] * 40)) is None


@pytest.mark.parametrize(("unit", "different"), [(5, 12), (10, 8), (100, 6), (1000, 6)])
def test_chance_has_to_be_ruled_out(unit: int, different: int) -> None:
    # Odd multiples of the unit, so that no coarser one fits.
    figures = [(2 * step + 1) * unit for step in range(different)]
    assert looks_rounded(pl.Series(figures)) == unit
    assert looks_rounded(pl.Series(figures[:-1])) is None


def test_missing_figures_and_noughts_say_nothing() -> None:
    assert looks_rounded(pl.Series([None, 0, None], dtype=pl.Int64)) is None
    assert looks_rounded(pl.Series([None, 0, *range(5, 80, 5)], dtype=pl.Int64)) == 5


@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from([20, 1000, 10**6]))
def test_exact_figures_never_look_rounded(seed: int, count: int, largest: int) -> None:
    figures = np.random.default_rng(seed).integers(0, largest, count)
    found = looks_rounded(pl.Series(figures))
    assert found is None or all(figure % found == 0 for figure in figures)
    assert found is None or len(set(figures.tolist())) >= 6


def test_of_four_thousand_columns_of_exact_counts_none_looks_rounded() -> None:
    world = np.random.default_rng(7)
    columns = (world.poisson(world.uniform(5, 400), world.integers(1, 40)) for _ in range(4_000))
    assert [looks_rounded(pl.Series(column)) for column in columns] == [None] * 4_000


def test_amounts_are_rounded_in_pounds_not_in_pence() -> None:
    assert looks_rounded_pence(pl.Series(range(10_000, 300_000, 10_000))) == 100
    assert looks_rounded_pence(pl.Series(range(10, 30_000, 10))) is None
