"""Hole and pile: heaping is no query, moving is; honest books stay clear; and some things cannot be said."""

import numpy as np
import pytest

from pbr_audit.stats import benjamini_hochberg
from pbr_audit.stats.hole_and_pile import Moved, moved_to_threshold, placebo_multiples
from tests.unit.books import GRID, REACH, THRESHOLD, UNIT, book


def moved(counts: np.ndarray, grid: np.ndarray = GRID) -> Moved:
    found = moved_to_threshold(counts, grid, threshold=THRESHOLD, unit=UNIT, reach=REACH)
    assert found is not None
    return found


def test_the_number_of_claims_moved_is_estimated() -> None:
    world = np.random.default_rng(2)
    honest = book(world, 40, 3_000)
    counts = honest.with_moved(2, 0.4, world)
    truth = (counts - honest.counts)[:2, GRID == THRESHOLD].ravel()
    found = moved(counts)
    low, high = found.interval(0.95)
    assert (low[:2] <= truth).all()
    assert (truth <= high[:2]).all()
    assert (low[:2] > 0).all()
    assert (benjamini_hochberg(found.p_value) <= 0.05).tolist() == [True] * 2 + [False] * 38


def test_the_error_is_no_smaller_than_resampled_clients_show() -> None:
    world = np.random.default_rng(4)
    counts = book(world, 40, 2_000).with_moved(1, 0.4, world)
    found = moved(counts)
    resampled = []
    for _ in range(40):
        drawn = counts.copy()
        drawn[0] = world.multinomial(counts[0].sum(), counts[0] / counts[0].sum())
        resampled.append(moved(drawn).claims[0])
    by_clients = float(np.std(resampled))
    # What peers differ by comes on top, and is small in this book.
    assert 0.85 * by_clients <= found.error[0] <= 1.6 * by_clients


def test_the_interval_holds_the_claims_moved_in_nineteen_books_of_twenty() -> None:
    world = np.random.default_rng(6)
    held = []
    for _ in range(60):
        honest = book(world, 20, 1_500)
        counts = honest.with_moved(2, 0.4, world)
        low, high = moved(counts).interval(0.95)
        truth = (counts - honest.counts)[:2, GRID == THRESHOLD].ravel()
        held += ((low[:2] <= truth) & (truth <= high[:2])).tolist()
    assert 0.9 <= np.mean(held) <= 1.0


def test_none_of_an_owner_s_rows_is_in_the_baseline_of_another() -> None:
    counts = book(np.random.default_rng(12), 30, 1_000).counts
    odd = counts.copy()
    odd[0] = np.where(GRID == THRESHOLD - 1, 500_000, 1_000)
    owner = [0, 0, *range(2, 30)]
    arguments = {"threshold": THRESHOLD, "unit": UNIT, "reach": REACH}
    short = [
        moved_to_threshold(each, GRID, owner=whose, **arguments).predicted_short[1]  # type: ignore[union-attr, arg-type]
        for each, whose in ((counts, owner), (odd, owner), (odd, None))
    ]
    assert short[1] == pytest.approx(short[0], rel=0.05)
    assert short[2] > 3 * short[0]


@pytest.mark.parametrize(("spread", "low", "high"), [(0.0, 0, 0.05), (0.15, 0.08, 0.17), (0.3, 0.18, 0.35)])
def test_how_much_placebo_heaps_differ_each_for_itself_is_told(
    spread: float, low: float, high: float
) -> None:
    world = np.random.default_rng(13)
    counts = book(world, 100, 3_000).counts
    heaps = GRID % UNIT == 0
    counts[:, heaps] = np.round(counts[:, heaps] * np.exp(spread * world.normal(size=(100, heaps.sum()))))
    assert low <= moved(counts).spread_placebo <= high


def test_how_much_one_placebo_heap_differs_for_itself_is_not_known() -> None:
    counts = book(np.random.default_rng(14), 30, 2_000).counts
    assert np.isnan(moved(counts[:, GRID > UNIT], GRID[GRID > UNIT]).spread_placebo)


def test_a_pile_without_a_hole_is_heaping_and_no_query() -> None:
    counts = book(np.random.default_rng(5), 40, 3_000).counts
    counts[0, GRID == THRESHOLD] *= 2
    found = moved(counts)
    assert found.pile[0] > 5
    assert found.p_value[0] == 1


def test_a_hole_without_a_pile_is_no_query() -> None:
    counts = book(np.random.default_rng(5), 40, 3_000).counts
    short = (GRID >= THRESHOLD - REACH) & (GRID < THRESHOLD)
    counts[0, short] //= 2
    found = moved(counts)
    assert found.hole[0] > 3
    assert found.p_value[0] == 1


def test_a_hole_much_larger_than_the_pile_is_support_that_ends_at_the_threshold() -> None:
    world = np.random.default_rng(15)
    counts = book(world, 40, 20_000).counts
    short, later = (GRID >= THRESHOLD - REACH) & (GRID < THRESHOLD), (GRID > THRESHOLD) & (GRID < 34)
    gone = counts[0, short].sum() // 3
    counts[0, short] -= counts[0, short] // 3
    counts[0, later] += gone // later.sum()
    counts[0, GRID == THRESHOLD] += gone // 8
    found = moved(counts)
    assert found.hole[0] > 5
    assert found.pile[0] > 0.5
    assert found.p_value[0] == 1


def test_at_most_is_at_least_seen_in_a_mirror() -> None:
    world = np.random.default_rng(8)
    counts = book(world, 30, 2_000).with_moved(2, 0.4, world)
    mirrored = moved_to_threshold(
        counts[:, ::-1], -GRID[::-1], threshold=-THRESHOLD, unit=UNIT, reach=REACH, direction="at_most"
    )
    assert mirrored is not None
    np.testing.assert_allclose(mirrored.p_value, moved(counts).p_value, rtol=1e-9)


def test_the_order_of_providers_does_not_matter() -> None:
    world = np.random.default_rng(9)
    counts = book(world, 30, 1_000).with_moved(3, 0.4, world)
    order = world.permutation(30)
    np.testing.assert_allclose(moved(counts[order]).p_value, moved(counts).p_value[order], rtol=1e-6)


def test_in_honest_books_hardly_anybody_is_flagged() -> None:
    world = np.random.default_rng(20161122)
    flagged = [
        (benjamini_hochberg(moved(book(world, 30, 800).counts).p_value) <= 0.05).any() for _ in range(100)
    ]
    assert np.mean(flagged) <= 0.05 + 2 * (0.05 * 0.95 / 100) ** 0.5


def test_a_provider_with_few_people_is_not_assessed_and_says_nothing() -> None:
    counts = book(np.random.default_rng(3), 30, 1_000).counts
    counts[4] //= 100
    found = moved(counts)
    assert np.isnan([found.p_value[4], found.claims[4], found.z[4]]).all()
    assert not np.isnan(np.delete(found.p_value, 4)).any()


def test_of_nine_providers_none_is_assessed() -> None:
    counts = book(np.random.default_rng(3), 10, 1_000).counts
    arguments = {"threshold": THRESHOLD, "unit": UNIT, "reach": REACH}
    assert moved_to_threshold(counts, GRID, **arguments) is not None  # type: ignore[arg-type]
    assert moved_to_threshold(counts[:9], GRID, **arguments) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "placebos"), [(7, 45, [13, 39]), (20, 45, [39]), (14, 38, []), (13, 25, [13])]
)
def test_without_a_placebo_heap_or_a_threshold_nothing_is_said(
    first: int, last: int, placebos: list[int]
) -> None:
    within = (first <= GRID) & (last >= GRID)
    counts = book(np.random.default_rng(3), 20, 3_000).counts[:, within]
    found = moved_to_threshold(counts, GRID[within], threshold=THRESHOLD, unit=UNIT, reach=REACH)
    assert placebo_multiples(GRID[within], threshold=THRESHOLD, unit=UNIT, reach=REACH).tolist() == placebos
    assert (found is None) == (not placebos or last < THRESHOLD)


def test_the_smallest_number_seen_is_what_is_found_in_four_books_of_five() -> None:
    world = np.random.default_rng(31)
    found, seen = [], []
    for _ in range(40):
        honest = book(world, 40, 1_500)
        result = moved(honest.with_moved(1, 0.45, world))
        found.append(benjamini_hochberg(result.p_value)[0] <= 0.05)
        seen.append(result.smallest_seen[0] / result.predicted_short[0])
    # 45 % was moved, and about that much is said to be the smallest share found with power 0.8.
    assert 0.2 <= np.mean(seen) <= 0.45
    assert np.mean(found) >= 0.7
