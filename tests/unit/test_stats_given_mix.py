"""Shares given the mix of cells: what is usual, worked out by hand; honest mixes left alone; who stands out found."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pbr_audit.stats import benjamini_hochberg
from pbr_audit.stats.given_mix import ELSEWHERE, GivenMix, share_given_mix

Counts = NDArray[np.int64]


def asked(reached: Counts, size: Counts, *, least: float = 1.0) -> GivenMix:
    """Return the answer on counts (P, C)."""
    provider, cell = np.indices(size.shape)
    return share_given_mix(provider.ravel(), cell.ravel(), reached.ravel(), size.ravel(), least=least)


def book(
    world: np.random.Generator, providers: int = 30, cells: int = 6, spread: float = 0.3
) -> tuple[Counts, Counts]:
    """Return counts of honest providers; a cell's rate is anything from 5 to 95 %, a provider has a few cells."""
    size = world.integers(20, 120, (providers, cells)) * (world.random((providers, cells)) < 0.5)
    size[:, 0] += 40
    odds = world.uniform(-3, 3, cells) + world.normal(0, spread, (providers, 1))
    return world.binomial(size, 1 / (1 + np.exp(-odds))), size


def test_what_is_usual_is_the_others_share_in_each_cell_drawn_towards_theirs_in_all() -> None:
    size = np.full((10, 2), 30)
    reached = np.column_stack([np.full(10, 6), np.full(10, 24)])
    size[0], reached[0] = (40, 0), (8, 0)
    found = asked(reached, size)
    anywhere = (9 * 30 + 0.5) / (9 * 60 + 1)
    assert found.share[0] == pytest.approx((9 * 6 + ELSEWHERE * anywhere) / (9 * 30 + ELSEWHERE), abs=0.02)
    assert (found.p_value > 0.2).all()


def test_the_order_of_rows_and_of_numbers_does_not_matter() -> None:
    reached, size = book(np.random.default_rng(1))
    once = asked(reached, size)
    other = np.random.default_rng(2).permutation(30)
    again = asked(reached[other][:, ::-1], size[other][:, ::-1])
    assert again.p_value == pytest.approx(once.p_value[other])
    assert again.share == pytest.approx(once.share[other])


@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_in_honest_books_with_cells_of_all_kinds_hardly_anybody_is_flagged(spread: float) -> None:
    world, books = np.random.default_rng(int(10 * spread) + 3), 60
    any_flag = [
        (benjamini_hochberg(asked(*book(world, spread=spread)).p_value) <= 0.05).any() for _ in range(books)
    ]
    assert np.mean(any_flag) <= 0.05 + 2 * (0.05 * 0.95 / books) ** 0.5


def test_a_provider_far_above_its_cells_is_found_and_its_neighbours_are_not() -> None:
    found, wrong = [], []
    for seed in range(40):
        reached, size = book(np.random.default_rng(seed))
        reached[0] += np.random.default_rng(seed).binomial(size[0] - reached[0], 0.75)
        flags = benjamini_hochberg(asked(reached, size).p_value) <= 0.05
        found.append(flags[0])
        wrong.append(flags[1:].any())
    assert np.mean(found) >= 0.8
    assert np.mean(wrong) <= 0.1


def test_a_provider_with_few_is_not_asked_and_too_few_providers_none() -> None:
    reached, size = book(np.random.default_rng(5), providers=12)
    size[3], reached[3] = 1, 1
    found = asked(reached, size, least=20)
    assert np.isnan(found.p_value).tolist() == [at == 3 for at in range(12)]
    few = asked(reached[:9], size[:9])
    assert np.isnan([few.share, few.error, few.spread, few.df, few.p_value, few.smallest_seen]).all()
