"""Pairs of clients with the same employer: against counting pairs one by one, and what must not matter."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from pbr_audit.stats.alike import Alike, alike_within

Ints = NDArray[np.int64]


def counted(provider: Ints, place: Ints, thing: Ints) -> Alike:
    """Return the answer on clients (N), one by one, as the function wants them counted."""
    rows, clients = np.unique(np.column_stack([provider, place, thing]), axis=0, return_counts=True)
    return alike_within(rows[:, 0], rows[:, 1], rows[:, 2], clients)


def one_place(world: np.random.Generator, clients: int, things: int, providers: int = 3) -> tuple[Ints, Ints]:
    return world.integers(0, providers, clients), world.integers(0, things, clients)


def share_of_pairs(pairs: list[tuple[int, int]], thing: Ints, rare: dict[int, float]) -> float:
    return sum(rare[int(thing[a])] for a, b in pairs if thing[a] == thing[b]) / len(pairs)


def test_in_one_place_the_shares_are_those_of_all_pairs_counted_one_by_one() -> None:
    provider, thing = one_place(np.random.default_rng(1), 40, 5)
    found = counted(provider, np.zeros(40, dtype=np.int64), thing)
    rare = {each: (1 - np.mean(thing == each)) ** 2 for each in range(5)}
    pairs = list(combinations(range(40), 2))
    for name in range(3):
        own = [pair for pair in pairs if provider[pair[0]] == provider[pair[1]] == name]
        mixed = [pair for pair in pairs if (provider[pair[0]] == name) != (provider[pair[1]] == name)]
        others = [pair for pair in pairs if name not in provider[list(pair)]]
        assert found.within[name] == pytest.approx(share_of_pairs(own, thing, rare))
        assert found.between[name] == pytest.approx(share_of_pairs(mixed, thing, rare))
        assert found.others[name] == pytest.approx(share_of_pairs(others, thing, rare))
        beyond = found.within[name] - found.between[name] - max(found.between[name] - found.others[name], 0)
        assert found.figure[name] == pytest.approx(max(beyond, 0) ** 0.5)


def test_clients_in_a_place_of_one_s_own_are_not_counted() -> None:
    provider, thing = one_place(np.random.default_rng(2), 60, 6)
    alone = np.where(provider == 0, 7, 0)
    found = counted(provider, alone, thing)
    assert found.clients[0] == 0
    assert np.isnan(
        [found.figure[0], found.variance[0], found.within[0], found.between[0], found.others[0]]
    ).all()
    assert found.clients[1] == (provider == 1).sum()


def test_what_happens_in_two_places_alike_is_told_as_in_one() -> None:
    provider, thing = one_place(np.random.default_rng(3), 50, 5)
    place = np.zeros(50, dtype=np.int64)
    once = counted(provider, place, thing)
    twice = counted(np.tile(provider, 2), np.append(place, place + 1), np.append(thing, thing + 9))
    assert twice.figure == pytest.approx(once.figure)
    assert (twice.variance < once.variance).all()
    assert twice.clients == pytest.approx(2 * once.clients)


def book(world: np.random.Generator, clients: int, partner: dict[int, float], area: float = 0.0) -> Alike:
    """Return 12 providers in one place; a `partner` takes a share of one's clients, `area` of everybody's."""
    provider = np.repeat(np.arange(12), clients)
    thing = world.integers(10, 90, len(provider))
    thing = np.where(world.random(len(provider)) < area, 5, thing)
    for name, share in partner.items():
        thing = np.where((provider == name) & (world.random(len(provider)) < share), 100 + name, thing)
    return counted(provider, np.zeros_like(provider), thing)


@pytest.mark.parametrize("clients", [60, 2_000])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_the_figure_is_about_the_share_of_a_partner_at_any_number_of_clients(
    clients: int, share: float
) -> None:
    found = [book(np.random.default_rng(seed), clients, {0: share}) for seed in range(60)]
    figures = np.array([each.figure for each in found])
    # The pairs of an employer that much of the place has, through this provider, count for less.
    weight = 1 - share / 12
    assert figures[:, 0].mean() == pytest.approx(share * weight, rel=0.05)
    assert figures[:, 1:].mean() < 0.06
    told = np.mean([each.variance[0] for each in found]) ** 0.5
    assert told == pytest.approx(figures[:, 0].std(), rel=0.35)


def test_an_employer_of_everybody_makes_nobody_stand_out() -> None:
    found = book(np.random.default_rng(5), 200, {}, area=0.7)
    assert found.figure.max() < 0.06


def test_a_neighbour_s_partner_is_not_this_provider_s() -> None:
    world = np.random.default_rng(6)
    provider = np.repeat([0, 1], 300)
    thing = world.integers(0, 80, 600)
    thing = np.where((provider == 1) & (world.random(600) < 0.5), 99, thing)
    found = counted(provider, np.zeros_like(provider), thing)
    assert found.figure[1] > 0.2
    assert found.figure[0] < 0.1


def test_nobody_gives_nothing() -> None:
    empty = np.array([], dtype=np.int64)
    assert alike_within(empty, empty, empty, empty).figure.shape == (0,)
