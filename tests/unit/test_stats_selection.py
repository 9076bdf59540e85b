"""Selection: the closed form is the shuffled one, strata without a choice say nothing, and honest books stay clear."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pbr_audit.stats import benjamini_hochberg
from pbr_audit.stats.peers import against_peers
from pbr_audit.stats.resampling import shuffled_within
from pbr_audit.stats.selection import selection

Book = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]


def book(world: np.random.Generator, providers: int, people: int, taste: NDArray[np.float64]) -> Book:
    """Return referrals; a provider's `taste` for risk moves the odds of being accepted, in log odds a deviation."""
    provider = np.repeat(np.arange(providers), people)
    stratum = world.integers(0, 12, len(provider))
    # Areas differ, so that comparing across strata would find selection where there is none.
    risk = world.normal(0.1 * stratum, 1.0)
    odds = 0.8 + 0.15 * stratum + taste[provider] * (risk - 0.1 * stratum)
    return provider, stratum, risk, world.random(len(provider)) < 1 / (1 + np.exp(-odds))


def test_mean_and_variance_are_those_of_shuffled_decisions() -> None:
    world = np.random.default_rng(1)
    provider, stratum, risk, accepted = book(world, 3, 300, np.zeros(3))
    groups = provider * 100 + stratum
    shuffled = [
        selection(
            provider, stratum, risk, shuffled_within(accepted.astype(np.int64), groups, world)
        ).difference
        for _ in range(3_000)
    ]
    found = selection(provider, stratum, risk, accepted)
    assert np.mean(shuffled, axis=0) == pytest.approx(
        np.zeros(3), abs=4 * float(found.variance.max() / 3_000) ** 0.5
    )
    assert np.var(shuffled, axis=0) == pytest.approx(found.variance, rel=0.1)


def test_the_difference_can_be_worked_out_by_hand() -> None:
    # One stratum, risks 1 to 4, those with 1 and 2 accepted: 1.5 against a mean of 2.5, in deviations of
    # 1.291.
    found = selection([7] * 4, [0] * 4, [1, 2, 3, 4], [True, True, False, False])
    assert found.provider.tolist() == [7]
    assert found.difference == pytest.approx([-1 / np.sqrt(5 / 3)])
    assert found.variance == pytest.approx([2 * 0.5 * (5 / 3) / (4 * 5 / 3)])


def test_strata_in_which_all_or_none_were_taken_say_nothing() -> None:
    usual = selection([7] * 4, [0] * 4, [1, 2, 3, 4], [1, 1, 0, 0])
    more = selection([7] * 7, [0] * 4 + [1, 1, 2], [1, 2, 3, 4, 9, 9, -9], [1, 1, 0, 0, 1, 1, 0])
    assert more.difference == pytest.approx(usual.difference)
    assert (more.accepted.tolist(), more.refused.tolist()) == ([2], [2])
    assert np.isnan(selection([7, 7], [0, 0], [1, 2], [1, 1]).difference).all()


def test_no_referral_is_no_provider() -> None:
    assert selection([], [], [], []).difference.tolist() == []


def test_sixty_accepted_and_twenty_refused_are_enough() -> None:
    world = np.random.default_rng(2)
    enough = []
    for accepted, refused in ((60, 20), (59, 20), (60, 19)):
        taken = np.arange(accepted + refused) < accepted
        found = selection(np.zeros(len(taken)), np.zeros(len(taken)), world.normal(size=len(taken)), taken)
        enough.append(not np.isnan(found.per_refusal[0]))
    assert enough == [True, False, False]


def flags(world: np.random.Generator, taste: NDArray[np.float64]) -> NDArray[np.bool_]:
    found = selection(*book(world, len(taste), 400, taste))
    tested = against_peers(found.per_refusal, found.per_refusal_variance, above=False)
    return benjamini_hochberg(tested.p_value) <= 0.05


def test_where_all_select_a_little_and_differently_hardly_anybody_is_flagged() -> None:
    world = np.random.default_rng(3)
    any_flag = [flags(world, world.normal(-0.15, 0.1, 30)).any() for _ in range(100)]
    assert np.mean(any_flag) <= 0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5


def test_one_that_selects_much_more_than_its_peers_is_found() -> None:
    world, found = np.random.default_rng(4), []
    for _ in range(30):
        taste = world.normal(-0.15, 0.1, 30)
        taste[0] = -1.2
        found.append(flags(world, taste)[0])
    assert np.mean(found) >= 0.8
