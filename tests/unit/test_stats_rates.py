"""Rates against those of all peers, and of colleagues at one provider."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pbr_audit.stats import rates
from pbr_audit.stats.case_mix import Expected, expected_by_others
from pbr_audit.stats.rates import RateAgainstPeers, rate_against_colleagues, rate_against_peers


def plain(clients: NDArray[np.int64], reached: NDArray[np.int64]) -> Expected:
    """Return what others with no case mix make of units, a cell each."""
    return expected_by_others(np.arange(len(clients)), np.zeros((len(clients), 0)), clients, reached)


def all_of(found: Expected) -> RateAgainstPeers:
    return rate_against_peers(found, np.ones(len(found.clients), dtype=bool))


def test_usual_is_the_others_rate_and_the_unit_is_not_among_them() -> None:
    clients, reached = np.full(12, 1_000), np.r_[np.arange(314, 336, 2), 600]
    judged = all_of(plain(clients, reached))
    assert judged.usual[-1] == pytest.approx(324, abs=1)
    assert judged.excess[-1] == pytest.approx(276, abs=1)
    assert judged.p_value[-1] < 0.001
    assert (judged.p_value[:-1] > 0.05).all()


@pytest.mark.parametrize("many", [5, 300])
def test_one_who_stands_out_moves_nobody_else(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MANY", many)
    rng = np.random.default_rng(5)
    clients = rng.integers(200, 2_000, 60)
    reached = rng.binomial(clients, np.clip(rng.normal(0.35, 0.05, 60), 0, 1))
    before = all_of(plain(clients, reached))
    reached[0] = clients[0] * 0.95
    after = all_of(plain(clients, reached))
    assert after.p_value[1:] == pytest.approx(before.p_value[1:], abs=0.03)
    assert after.p_value[0] < 1e-4


def test_with_a_large_spread_a_large_unit_is_not_outside_for_its_size() -> None:
    rng = np.random.default_rng(6)
    clients = np.full(100, 100_000)
    judged = all_of(plain(clients, rng.binomial(clients, rng.normal(0.35, 0.05, 100))))
    assert judged.spread == pytest.approx(np.full(100, 0.05), abs=0.015)
    assert judged.p_value.min() > 0.001


def test_chance_alone_gives_p_values_that_are_not_too_small() -> None:
    rng = np.random.default_rng(7)
    clients = np.full(40, 200)
    p = np.concatenate([all_of(plain(clients, rng.binomial(clients, 0.3))).p_value for _ in range(40)])
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert (p < 0.01).mean() < 0.015


def test_the_smallest_shift_seen_is_found_four_times_in_five() -> None:
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(80):
        clients = np.full(60, 1_000)
        reached = rng.binomial(clients, np.clip(rng.normal(0.35, 0.03, 60), 0, 1))
        judged = all_of(plain(clients, reached))
        shift = np.median(judged.smallest)
        reached[0] = rng.binomial(1_000, min(rng.normal(0.35, 0.03) + shift / 1_000, 1))
        found += all_of(plain(clients, reached)).p_value[0] < 0.05 / 60
    assert found / 80 == pytest.approx(0.8, abs=0.12)


def test_where_even_all_would_not_do_no_shift_could_be_seen() -> None:
    rng = np.random.default_rng(9)
    clients = np.full(20, 1_000)
    judged = all_of(plain(clients, rng.binomial(clients, rng.uniform(0.3, 0.95, 20))))
    assert np.isnan(judged.smallest).all()


def test_nine_are_too_few_and_who_is_not_comparable_is_no_peer() -> None:
    clients, reached = np.full(11, 100), np.r_[np.arange(30, 40), 90]
    comparable = np.ones(11, dtype=bool)
    comparable[-1] = False
    judged = rate_against_peers(plain(clients, reached), comparable)
    assert np.isnan(judged.p_value[-1])
    assert (judged.p_value[:-1] > 0.05).all()
    comparable[:2] = False
    assert np.isnan(rate_against_peers(plain(clients, reached), comparable).p_value).all()


# --- colleagues ------------------------------------------------------------------------------------


def advisers(
    rng: np.random.Generator, groups: int, each: int, spread: float
) -> tuple[Expected, NDArray[np.int64]]:
    """Return advisers of 150 clients each; providers differ by 10 points, their advisers by `spread`."""
    group = np.repeat(np.arange(groups), each)
    rate = rng.normal(0.4, 0.1, groups)[group] + spread * rng.normal(size=len(group))
    clients = np.full(len(group), 150)
    return plain(clients, rng.binomial(clients, np.clip(rate, 0.02, 0.95))), group


def test_every_adviser_of_a_good_provider_is_as_usual() -> None:
    found, group = advisers(np.random.default_rng(10), 30, 6, 0.03)
    found.reached[group == 0] = 130
    judged, colleagues = rate_against_colleagues(found, group, np.ones(180, dtype=bool))
    assert (colleagues == 5).all()
    assert judged.p_value[group == 0].min() > 0.2
    assert judged.usual[group == 0] == pytest.approx(np.full(6, 130), abs=3)


def test_an_adviser_above_its_colleagues_is_found_however_low_the_provider_is() -> None:
    found, group = advisers(np.random.default_rng(11), 30, 6, 0.03)
    found.reached[group == 0] = [30, 31, 32, 33, 34, 80]
    judged, _ = rate_against_colleagues(found, group, np.ones(180, dtype=bool))
    assert judged.p_value[5] < 1e-4
    assert judged.well_above[5] > 0.999
    assert judged.usual[5] == pytest.approx(32, abs=1.5)


def test_advisers_without_two_colleagues_are_not_compared() -> None:
    found, group = advisers(np.random.default_rng(12), 10, 3, 0.03)
    comparable = np.ones(30, dtype=bool)
    comparable[0] = False
    judged, colleagues = rate_against_colleagues(found, group, comparable)
    assert colleagues[:3].tolist() == [2, 1, 1]
    assert np.isnan(judged.p_value[:3]).all()
    assert not np.isnan(judged.p_value[3:]).any()


def test_colleagues_of_one_provider_alone_are_held_against_each_other() -> None:
    clients, reached = np.full(12, 1_000), np.r_[np.arange(314, 336, 2), 600]
    judged, _ = rate_against_colleagues(plain(clients, reached), np.zeros(12), np.ones(12, dtype=bool))
    assert judged.usual[-1] == pytest.approx(324, abs=2)
    assert judged.p_value[-1] < 0.001
    assert (judged.p_value[:-1] > 0.05).all()


def test_advisers_who_differ_by_chance_alone_are_not_found() -> None:
    rng = np.random.default_rng(13)
    p = np.concatenate(
        [
            rate_against_colleagues(*advisers(rng, 40, 5, 0.0), np.ones(200, dtype=bool))[0].p_value
            for _ in range(20)
        ]
    )
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.02)
    assert (p < 0.001).mean() < 0.002
