"""Overdispersed shares: scipy's beta-binomial, honest providers left alone, and shrinkage by size."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import betabinom

from pbr_audit.stats import benjamini_hochberg, binomial_upper_tail, overdispersed
from pbr_audit.stats.overdispersed import beta_binomial_upper_tail, share_against_peers, shrunk_shares


def book(
    world: np.random.Generator, providers: int, spread: float, share: float = 0.3
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return counts and sizes of honest providers, whose rates differ by `spread`."""
    size = world.integers(60, 800, providers)
    total = share * (1 - share) / max(spread, 1e-6) ** 2 - 1
    return world.binomial(size, world.beta(share * total, (1 - share) * total, providers)), size


def test_the_tail_is_scipy_s_and_without_spread_the_binomial_one() -> None:
    k, n = np.array([0, 3, 50, 90]), np.array([10, 10, 120, 120])
    assert beta_binomial_upper_tail(k, n, 0.4, 0.1) == pytest.approx(betabinom.sf(k - 1, n, 3.6, 5.4))
    assert beta_binomial_upper_tail(k, n, 0.4, 0.0) == pytest.approx(binomial_upper_tail(k, n, 0.4))


def test_a_tail_far_out_is_a_sum_and_no_difference() -> None:
    # Each is less than what one takes away from one without its being seen.
    expected = betabinom.pmf(np.arange(480, 501), 500, 0.4 * 49, 0.6 * 49).sum()
    assert 0 < expected < 1e-16
    assert beta_binomial_upper_tail(480, 500, 0.4, 0.02) == pytest.approx(expected, rel=1e-9)


def test_tails_are_the_same_in_however_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    n = np.arange(40, 90)
    k = n * np.tile([1, 5], 25) // 7
    whole = beta_binomial_upper_tail(k, n, 0.4, 0.1)
    assert whole == pytest.approx(betabinom.sf(k - 1, n, 3.6, 5.4))
    monkeypatch.setattr(overdispersed, "AT_A_TIME", 50)
    assert (beta_binomial_upper_tail(k, n, 0.4, 0.1) == whole).all()


@pytest.mark.parametrize(("k", "n", "m", "rho"), [(5, 4, 0.3, 0.1), (2, 4, 0.3, 1.0), (2, 4, np.nan, 0.1)])
def test_what_cannot_be_has_no_tail(k: float, n: float, m: float, rho: float) -> None:
    assert np.isnan(beta_binomial_upper_tail(k, n, m, rho))


@pytest.mark.parametrize("spread", [0.0, 0.03, 0.08])
@pytest.mark.parametrize("providers", [12, 40])
def test_in_honest_books_hardly_anybody_is_flagged(providers: int, spread: float) -> None:
    world, books = np.random.default_rng(providers), 120
    any_flag = [
        (benjamini_hochberg(share_against_peers(*book(world, providers, spread)).p_value) <= 0.05).any()
        for _ in range(books)
    ]
    assert np.mean(any_flag) <= 0.05 + 2 * (0.05 * 0.95 / books) ** 0.5


def test_a_provider_far_above_an_honest_spread_is_found() -> None:
    world, found = np.random.default_rng(7), []
    for _ in range(40):
        k, n = book(world, 40, 0.04)
        n[0] = 400
        k[0] = world.binomial(400, 0.55)
        found.append(benjamini_hochberg(share_against_peers(k, n).p_value)[0] <= 0.05)
    assert np.mean(found) >= 0.8


def test_nobody_is_its_own_peer() -> None:
    k, n = book(np.random.default_rng(3), 20, 0.04)
    first = share_against_peers(k, n)
    k[5] = n[5]
    again = share_against_peers(k, n)
    assert again.share[5] == first.share[5]
    assert again.correlation[5] == first.correlation[5]
    assert again.p_value[5] < 0.01


def test_nine_providers_and_one_without_clients_are_too_few() -> None:
    k, n = book(np.random.default_rng(4), 11, 0.04)
    n[2] = k[2] = 0
    assert np.isnan(share_against_peers(k, n).p_value).tolist() == [place == 2 for place in range(11)]
    n[3] = k[3] = 0
    assert np.isnan(share_against_peers(k, n).p_value).all()


def test_a_small_provider_is_drawn_to_its_peers_and_a_large_one_is_not() -> None:
    found = shrunk_shares([8, 800], [10, 1_000], 0.4, 0.05)
    assert found.rate == pytest.approx([(7.6 + 8) / 29, (7.6 + 800) / 1_019])
    assert found.well_above[0] == pytest.approx(0.62, abs=0.05)
    assert found.well_above[1] > 0.999
    assert ((found.low < found.rate) & (found.rate < found.high)).all()


def test_shrunk_rates_are_nearer_the_truth_than_the_rates_themselves() -> None:
    world = np.random.default_rng(5)
    truth = world.beta(30, 70, 4_000)
    size = world.integers(10, 60, 4_000)
    reached = world.binomial(size, truth)
    found = shrunk_shares(reached, size, 0.3, 1 / 101)
    assert ((found.rate - truth) ** 2).mean() < 0.5 * ((reached / size - truth) ** 2).mean()
    assert ((found.low <= truth) & (truth <= found.high)).mean() == pytest.approx(0.95, abs=0.01)


def test_where_peers_do_not_differ_there_is_nothing_to_shrink() -> None:
    assert np.isnan(shrunk_shares(3, 10, 0.3, 0.0).rate)
