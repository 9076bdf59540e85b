"""The others' share in a cell, beside sums made row by row."""

import numpy as np
import pytest

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.others_in_cells import ELSEWHERE, Ints, OthersInCells


def rows() -> tuple[Ints, tuple[Ints, Ints], Floats, Floats]:
    world = np.random.default_rng(7)
    provider, narrow = world.integers(10, 17, 80), world.integers(0, 12, 80)
    size = world.integers(0, 40, 80).astype(np.float64)
    reached = world.binomial(size.astype(np.int64), 0.3).astype(np.float64)
    return provider, (narrow, narrow // 4), reached, size


def by_hand(row: int, silent: Ints) -> tuple[float, float]:
    """Return a row's share and error with the rows at the places `silent` left out."""
    provider, (narrow, wide), reached, size = rows()
    heard = (provider != provider[row]) & ~np.isin(np.arange(80), silent)
    share, behind = 0.5, 1.0
    for cell, least in ((wide * 0, 1.0), (wide, ELSEWHERE), (narrow, ELSEWHERE)):
        there = heard & (cell == cell[row])
        share = (reached[there].sum() + least * share) / (size[there].sum() + least)
        behind = size[there].sum() + min(least, behind)
    return share, 1 / behind


def test_a_share_is_the_others_drawn_towards_wider_cells() -> None:
    provider, cells, reached, size = rows()
    share, error = OthersInCells(provider, cells, reached, size).expected()
    nobody = np.zeros(0, dtype=np.int64)
    assert np.column_stack([share, error]) == pytest.approx(
        np.array([by_hand(row, nobody) for row in range(80)]), rel=1e-12
    )


def test_a_group_is_left_out_of_everybody_s_share_its_own_among_them() -> None:
    provider, cells, reached, size = rows()
    group = np.asarray(provider % 3, dtype=np.int64)
    shares = list(OthersInCells(provider, cells, reached, size).without(group))
    assert len(shares) == 3
    for one, share in enumerate(shares):
        silent = np.flatnonzero(group == one)
        assert share == pytest.approx(np.array([by_hand(row, silent)[0] for row in range(80)]), rel=1e-12)


def test_a_share_stays_between_nothing_and_all() -> None:
    nothing = np.zeros(40, dtype=np.int64)
    found = OthersInCells(np.arange(40), (nothing, nothing), np.full(40, 1e9), np.full(40, 1e9))
    assert (found.expected()[0] == 1 - 1e-6).all()
