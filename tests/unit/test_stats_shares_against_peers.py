"""Shares against the others' spread, and two signs asked together."""

import numpy as np
import pytest

from pbr_audit.stats.others_in_cells import Ints
from pbr_audit.stats.shares_against_peers import SharesAgainstPeers, shares_against_peers
from pbr_audit.stats.two_signs import two_signs


def against(reached: Ints, size: Ints, *, least: float = 1.0) -> SharesAgainstPeers:
    """Ask of one subject a provider, all in one cell."""
    number = np.arange(len(reached))
    nothing = np.zeros_like(number)
    return shares_against_peers(number, number, (nothing, nothing), reached, size, least=least)


def test_a_share_far_above_alike_peers_has_a_small_p_value_and_the_peers_share_is_theirs() -> None:
    found = against(np.array([60] + [20] * 11), np.full(12, 200))
    assert found.share[0] == pytest.approx(0.1, abs=0.01)
    assert found.effect[0] == pytest.approx(0.2, abs=0.01)
    assert found.excess[0] == pytest.approx(40, abs=2)
    assert found.p_value[0] < 0.001
    assert (found.p_value[1:] > 0.3).all()
    assert found.low[0] < found.effect[0] < found.high[0]
    assert (found.compared == 12).all()


def test_a_fewer_is_never_asked() -> None:
    found = against(np.array([0] + [20] * 11), np.full(12, 200))
    assert found.p_value[0] > 0.99


def test_nine_providers_are_nobody_s_peers() -> None:
    found = against(np.full(9, 20), np.full(9, 200))
    assert np.isnan(found.p_value).all()
    assert (found.compared == 9).all()


def test_too_few_rows_are_neither_tested_nor_a_peer() -> None:
    found = against(np.array([5] + [20] * 11), np.array([5] + [200] * 11), least=6)
    assert np.isnan(found.p_value[0])
    assert (found.compared == 11).all()


def test_a_cell_that_all_have_in_common_is_no_difference() -> None:
    # Two cells with shares of 10 % and 50 %; the first provider has all of its rows in the second one.
    subject = np.array([0, *np.repeat(np.arange(1, 13), 2)])
    cell = np.array([1, *np.tile([0, 1], 12)])
    reached = np.array([200, *np.tile([40, 200], 12)])
    found = shares_against_peers(subject, subject, (cell, cell), reached, np.full(25, 400))
    assert found.share[0] == pytest.approx(0.5, abs=0.02)
    assert found.p_value[0] > 0.3


def test_rows_that_come_in_groups_make_a_provider_less_sure() -> None:
    # Twelve cells with the share of the whole in each, or all of it in two.
    number = np.repeat(np.arange(12), 12)
    cell = np.tile(np.arange(12), 12)
    even = np.where(number == 0, 12, 5)
    lumped = np.where(number == 0, np.where(cell < 3, 48, 0), 5)
    alike = shares_against_peers(number, number, (cell, cell * 0), even, np.full(144, 50))
    grouped = shares_against_peers(number, number, (cell, cell * 0), lumped, np.full(144, 50))
    assert alike.reached[0] == grouped.reached[0]
    assert grouped.clumping[0] > 5 > alike.clumping[0]
    assert grouped.p_value[0] > 10 * alike.p_value[0]


def test_no_order_of_rows_or_numbering_of_providers_changes_an_answer() -> None:
    rng = np.random.default_rng(3)
    reached = rng.binomial(200, 0.1, 30)
    subject = np.arange(30)
    cell = subject % 3
    found = shares_against_peers(subject, subject, (cell, cell), reached, np.full(30, 200))
    order = rng.permutation(30)
    again = shares_against_peers(
        subject[order], 99 - subject[order], (cell[order], cell[order]), reached[order], np.full(30, 200)
    )
    assert again.p_value == pytest.approx(found.p_value, rel=1e-9)


def test_honest_spread_is_learnt_and_not_held_against_anybody() -> None:
    rng = np.random.default_rng(11)
    books = [
        against(rng.binomial(1000, rng.beta(20, 180, 40)), np.full(40, 1000)).p_value.min() for _ in range(60)
    ]
    assert np.mean(np.array(books) * 40 <= 0.05) <= 0.1


def test_two_signs_are_surer_than_one_and_nothing_without_either() -> None:
    p = two_signs([0.01, 0.01, 1e-6, float("nan")], [0.01, 0.4, 0.5, 0.01])
    assert p[0] == pytest.approx(0.00162, abs=1e-4)  # 2 · 2.326 / √2.5 = 2.943
    assert p[1] == p[2] == 1.0
    assert np.isnan(p[3])
