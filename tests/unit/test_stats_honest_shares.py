"""Shares against the spread of honest ones, learnt in the middle and on the unpaid side."""

import numpy as np
import pytest

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.honest_shares import HonestShares, honest_shares
from pbr_audit.stats.shares_against_honest import shares_against_honest_ones

SIZE = 1_000


def book(units: int, spread: float, seed: int) -> Floats:
    """Return counts of units whose log odds vary by `spread` about a fifth."""
    rng = np.random.default_rng(seed)
    odds = 0.25 * np.exp(spread * rng.normal(size=units))
    return rng.binomial(SIZE, odds / (1 + odds)).astype(np.float64)


def held(counts: Floats) -> HonestShares:
    return honest_shares(counts, np.full(len(counts), SIZE), np.full(len(counts), 0.2))


def test_p_values_of_honest_units_are_as_often_small_as_they_say() -> None:
    p = np.concatenate([held(book(60, 0.3, seed)).p_value for seed in range(40)])
    for level in (0.2, 0.05, 0.01):
        assert np.mean(p <= level) == pytest.approx(level, abs=3 * (level / len(p)) ** 0.5 + 0.015)


def test_a_tenth_far_above_do_not_hide_each_other() -> None:
    counts = book(60, 0.1, seed=1)
    alone, together = counts.copy(), counts.copy()
    alone[0] = together[:6] = 400
    assert held(alone).p_value[0] < 0.001
    assert held(together).p_value[:6].max() < 0.002


def test_the_share_and_the_spread_are_those_of_the_honest_and_the_shift_seen_grows_with_the_spread() -> None:
    narrow, wide = held(book(200, 0.1, seed=2)), held(book(200, 0.5, seed=2))
    assert narrow.share == pytest.approx(0.2, abs=0.02)
    assert narrow.spread == pytest.approx(0.1 * 0.16, rel=0.5)
    assert wide.spread == pytest.approx(0.5 * 0.16, rel=0.5)
    assert (wide.seen > narrow.seen).all()


def test_one_of_many_spread_widely_is_not_asked_for_what_one_of_many_alike_is() -> None:
    alike, varied = book(60, 0.02, seed=3), book(60, 0.5, seed=3)
    alike[0] = varied[0] = 300
    assert held(alike).p_value[0] < 0.01 < held(varied).p_value[0]


def test_heavy_tails_below_make_a_unit_above_less_surprising() -> None:
    light, heavy = book(60, 0.05, seed=4), book(60, 0.05, seed=4)
    heavy[1:6] = [60, 80, 100, 110, 120]
    light[0] = heavy[0] = 330
    assert held(light).p_value[0] < held(heavy).p_value[0]


def test_nine_units_are_nobody_s_peers_and_one_without_an_expectation_is_none() -> None:
    assert np.isnan(held(book(9, 0.1, seed=5)).p_value).all()
    expected = np.full(12, 0.2)
    expected[3] = np.nan
    found = honest_shares(book(12, 0.1, seed=5), np.full(12, SIZE), expected)
    assert np.isnan(found.p_value[3])
    assert np.isnan(found.seen[3])
    assert not np.isnan(np.delete(found.p_value, 3)).any()


def test_units_of_one_owner_are_not_each_other_s_peers() -> None:
    counts = book(30, 0.1, seed=6)
    counts[:2] = 140
    size, expected = np.full(30, SIZE), np.full(30, 0.2)
    apart = honest_shares(counts, size, expected)
    together = honest_shares(counts, size, expected, np.maximum(np.arange(30), 1))
    # Without the other one, honest shares are higher and nearer to each other.
    assert together.share[0] > apart.share[0]
    assert together.spread[0] < apart.spread[0]


def test_nobody_with_any_is_no_reason_to_ask() -> None:
    found = honest_shares(np.zeros(20), np.full(20, 50.0), np.full(20, 0.02))
    assert (found.p_value == 1).all()


def test_subjects_in_cells_are_held_against_what_their_cells_give() -> None:
    # Two cells with shares of 10 % and 50 %; the first has all of its rows in the second, the last gamed.
    subject = np.array([0, *np.repeat(np.arange(1, 31), 2)])
    cell = np.array([1, *np.tile([0, 1], 30)])
    reached = np.array([200, *np.tile([40, 200], 30)])
    reached[-2:] = 120, 280
    found = shares_against_honest_ones(subject, subject, (cell, cell), reached, np.full(61, 400))
    assert found.share[0] == pytest.approx(0.5, abs=0.02)
    assert found.p_value[0] > 0.2
    assert found.p_value[-1] < 0.002
    assert found.effect[-1] == pytest.approx(0.2, abs=0.02)
    assert found.low[-1] < found.effect[-1] < found.high[-1]
    assert found.excess[-1] == pytest.approx(160, abs=16)
    assert (found.compared == 31).all()


def test_subjects_of_nine_providers_are_not_tested() -> None:
    number = np.arange(9)
    found = shares_against_honest_ones(
        number, number, (number * 0, number * 0), np.full(9, 20), np.full(9, 200)
    )
    assert np.isnan(found.p_value).all()
    assert np.isnan(found.low).all()
