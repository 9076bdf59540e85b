"""Gaps on the root scale: by hand, their error, and who stands out among peers that differ."""

import numpy as np
import pytest

from pbr_audit.stats.multiplicity import benjamini_hochberg
from pbr_audit.stats.root_scale import gap_against_peers, root_gap, share_below


def test_a_gap_can_be_worked_out_by_hand() -> None:
    gap, variance = root_gap(30, 40, 5, 20)
    assert gap == pytest.approx(np.arcsin(np.sqrt(30.375 / 40.75)) - np.arcsin(np.sqrt(5.375 / 20.75)))
    assert variance == pytest.approx(1 / 162 + 1 / 82)
    assert np.isnan(root_gap(0, 0, 1, 2)).all()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_its_error_is_that_of_drawn_counts(share: float) -> None:
    world = np.random.default_rng(1)
    gap, variance = root_gap(world.binomial(80, share, 20_000), 80, world.binomial(40, share, 20_000), 40)
    assert gap.mean() == pytest.approx(0, abs=0.006)
    assert gap.var() == pytest.approx(float(variance), rel=0.06)


def test_a_share_below_another_by_a_gap() -> None:
    assert share_below(0.75, np.arcsin(np.sqrt(0.75)) - np.arcsin(np.sqrt(0.2))) == pytest.approx(0.2)
    assert share_below([0.1, 0.9], [1.0, -1.0]) == pytest.approx([0.0, 1.0])


def book(world: np.random.Generator, gap: np.ndarray) -> tuple[np.ndarray, ...]:
    size, less = np.full(len(gap), 200), np.full(len(gap), 100)
    share = world.uniform(0.7, 0.95, len(gap))
    return world.binomial(size, share), size, world.binomial(less, share_below(share, gap)), less


def asked(counts: tuple[np.ndarray, ...]) -> np.ndarray:
    places = np.arange(len(counts[0]))
    found = gap_against_peers(*counts, enough=places >= 0, whose=places)
    return benjamini_hochberg(found.p_value) <= 0.05


def test_where_all_differ_honestly_hardly_anybody_is_flagged() -> None:
    world = np.random.default_rng(2)
    flags = [asked(book(world, world.normal(0.1, 0.08, 30))).any() for _ in range(100)]
    assert np.mean(flags) <= 0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5


def test_one_whose_gap_is_far_larger_is_found_and_the_effect_is_a_share() -> None:
    world = np.random.default_rng(3)
    gap = world.normal(0.1, 0.08, 30)
    gap[0] = 0.9
    counts = book(world, gap)
    assert asked(counts).tolist() == [place == 0 for place in range(30)]
    places = np.arange(30)
    found = gap_against_peers(*counts, enough=places >= 0, whose=places)
    assert found.effect[0] == pytest.approx(found.expected[0] - counts[2][0] / 100)
    assert found.effect_low[0] < found.effect[0] < found.effect_high[0]
    assert (found.smallest_seen > 0).all()


def test_who_has_too_few_is_no_peer_and_fewer_than_ten_are_not_compared() -> None:
    counts = book(np.random.default_rng(4), np.full(11, 0.1))
    places = np.arange(11)
    found = gap_against_peers(*counts, enough=places > 0, whose=places)
    assert np.isnan(found.p_value).tolist() == [place == 0 for place in range(11)]
    assert np.isnan(gap_against_peers(*counts, enough=places > 1, whose=places).p_value).all()


def test_who_has_too_few_is_nobodys_peer_and_has_no_answer() -> None:
    counts = book(np.random.default_rng(4), np.full(30, 0.1))
    places = np.arange(30)
    known = gap_against_peers(*(each[:20] for each in counts), enough=places[:20] >= 0, whose=places[:20])
    all_of_them = gap_against_peers(*counts, enough=places < 20, whose=places)
    for name, values in known.columns().items():
        assert all_of_them.columns()[name][:20] == pytest.approx(values)
        assert np.isnan(all_of_them.columns()[name][20:]).all()


def test_the_limits_of_the_effect_are_those_of_the_gap() -> None:
    counts = book(np.random.default_rng(5), np.full(30, 0.3))
    places = np.arange(30)
    found = gap_against_peers(*counts, enough=places >= 0, whose=places)
    share, less = counts[0] / counts[1], counts[2] / counts[3]
    low, high = (share_below(share, found.centre + side * found.width) - less for side in (1, -1))
    assert found.effect_low == pytest.approx(low)
    assert found.effect_high == pytest.approx(high)
    assert found.smallest_seen == pytest.approx(
        found.expected - share_below(share, found.centre + found.gap_seen)
    )
