"""Gaps between rates: their error against drawn people, and who stands out among peers that differ."""

import numpy as np
import pytest

from pbr_audit.stats.multiplicity import benjamini_hochberg
from pbr_audit.stats.rate_gap import Served, rate_gap_against_peers

DAYS = 91.0


def served(world: np.random.Generator, people: int, rate: np.ndarray) -> Served:
    """Return groups of people who come `rate` times in all, unevenly."""
    events = world.poisson(rate[:, None] * world.gamma(2, 1 / 2, (len(rate), people)))
    total, days = events.sum(1), np.full(len(rate), people * DAYS)
    squares = ((events - (total / days)[:, None] * DAYS) ** 2).sum(1)
    return Served(total, days, np.full(len(rate), people), squares)


def book(world: np.random.Generator, gap: np.ndarray) -> tuple[Served, Served]:
    level = 6 * np.exp(0.3 * world.normal(size=len(gap)))
    return served(world, 80, level), served(world, 40, level * np.exp(-gap))


def test_the_error_is_that_of_uneven_people() -> None:
    world = np.random.default_rng(1)
    places = np.arange(2_000)
    found = rate_gap_against_peers(*book(world, np.zeros(2_000)), enough=places >= 0, whose=places % 20)
    assert found.gap.mean() == pytest.approx(0, abs=0.02)
    # Of evenly spread gaps of one size nothing is left between providers.
    assert found.spread.max() < 0.1
    assert np.mean(np.abs(found.gap) > 1.96 * (0.5 / 40 + 0.5 / 80 + 1 / 240 + 1 / 480) ** 0.5) < 0.08


def test_where_all_differ_honestly_hardly_anybody_is_flagged() -> None:
    world, flags, places = np.random.default_rng(2), [], np.arange(30)
    for _ in range(100):
        parts = book(world, world.normal(0.05, 0.2, 30))
        p_value = rate_gap_against_peers(*parts, enough=places >= 0, whose=places).p_value
        flags.append((benjamini_hochberg(p_value) <= 0.05).any())
    assert np.mean(flags) <= 0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5


def test_one_who_sees_some_hardly_at_all_is_found_and_the_effect_is_a_share() -> None:
    world, places = np.random.default_rng(3), np.arange(30)
    gap = world.normal(0.0, 0.15, 30)
    gap[0] = np.log(4)
    found = rate_gap_against_peers(*book(world, gap), enough=places >= 0, whose=places)
    assert (benjamini_hochberg(found.p_value) <= 0.05).tolist() == [place == 0 for place in range(30)]
    assert found.effect[0] == pytest.approx(0.75, abs=0.12)
    assert found.effect_low[0] < found.effect[0] < found.effect_high[0]
    assert found.effect[0] == pytest.approx(1 - np.exp(found.centre[0] - found.gap[0]))


def test_half_an_event_stands_for_none_and_who_has_too_few_is_no_peer() -> None:
    world, places = np.random.default_rng(4), np.arange(11)
    group, _ = book(world, np.zeros(11))
    nobody = Served(np.zeros(11), np.full(11, DAYS), np.ones(11), np.zeros(11))
    found = rate_gap_against_peers(group, nobody, enough=places > 0, whose=places)
    assert np.isnan(found.gap).tolist() == [place == 0 for place in range(11)]
    assert found.gap[1] == pytest.approx(
        np.log((np.asarray(group.events)[1] + 0.5) / (80 * DAYS)) - np.log(0.5 / DAYS)
    )
    assert np.isnan(rate_gap_against_peers(group, nobody, enough=places > 1, whose=places).p_value).all()
