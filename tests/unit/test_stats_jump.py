"""A histogram's jump: against its own teeth, heaps and slope, on the paid side alone, and silent on few."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pbr_audit.stats.jump import HistogramJump, histogram_jump

SCORES = Path(__file__).resolve().parents[3] / "shared" / "data" / "published" / "nyc_regents_scores.csv"
PLACES = np.arange(101)


def smooth(
    world: np.random.Generator, people: int, *, teeth: bool = False, heaps: bool = False
) -> NDArray[np.int64]:
    """Return counts of an honest examination; teeth are scores that hardly any raw mark stands for."""
    weight = np.exp(-((PLACES - world.uniform(50, 75)) ** 2) / 2 / world.uniform(10, 18) ** 2)
    if teeth:
        weight = weight * np.exp(0.6 * world.normal(size=101)) * (world.random(101) > 0.15)
    if heaps:
        weight = weight * np.where(PLACES % 5 == 0, 1.5, 1.0) * np.where(PLACES % 10 == 0, 1.3, 1.0)
    return world.multinomial(people, weight / weight.sum())


def jump(counts: NDArray[np.int64], threshold: int = 65) -> HistogramJump:
    found = histogram_jump(counts, threshold=threshold, width=3)
    assert found is not None
    return found


@pytest.mark.skipif(not SCORES.is_file(), reason="the shared published scores are not beside the project")
@pytest.mark.parametrize(
    ("subject", "ratio"),
    [
        ("integrated_algebra", 4.0),
        ("global_history", 7.1),
        ("living_environment", 5.6),
        ("english", 10.1),
        ("us_history", 9.5),
    ],
)
def test_every_regents_examination_jumps_at_its_pass_mark_and_nowhere_else_as_surely(
    subject: str, ratio: float
) -> None:
    with SCORES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["score"]]
    counts = np.zeros(101)
    for row in rows:
        counts[int(float(row["score"]))] = float(row[subject] or 0)
    found = histogram_jump(counts, threshold=65, width=3)
    assert found is not None
    assert found.paid / found.short == pytest.approx(ratio, abs=0.05)
    assert found.p_value < 0.01
    # Places beside it share its blocks; those further off do not jump.
    far = [place for place in range(101) if abs(place - 65) > 2]
    elsewhere = [histogram_jump(counts, threshold=place, width=3) for place in far]
    assert min(one.p_value for one in elsewhere if one is not None) > 5 * found.p_value


@pytest.mark.parametrize("threshold", [65, 60])
@pytest.mark.parametrize(("teeth", "heaps"), [(False, False), (True, False), (False, True)])
def test_honest_histograms_jump_in_one_of_twenty_or_fewer(threshold: int, teeth: bool, heaps: bool) -> None:  # noqa: FBT001
    world = np.random.default_rng(threshold)
    found = [
        histogram_jump(smooth(world, 4_000, teeth=teeth, heaps=heaps), threshold=threshold, width=3)
        for _ in range(200)
    ]
    assessed = [one.p_value <= 0.05 for one in found if one is not None]
    assert len(assessed) > 150
    assert np.mean(assessed) <= 0.05 + 2 * (0.05 * 0.95 / len(assessed)) ** 0.5


def test_people_moved_over_the_threshold_are_counted() -> None:
    world, excess, found = np.random.default_rng(4), [], []
    for _ in range(40):
        counts = smooth(world, 8_000)
        moved = counts[62:65] // 2
        counts[62:65] -= moved
        counts[65] += moved.sum()
        result = jump(counts)
        excess.append(result.excess / moved.sum())
        found.append(result.p_value <= 0.05)
        assert result.low < result.factor < result.high
    assert np.mean(excess) == pytest.approx(1, abs=0.15)
    assert np.mean(found) > 0.95


def test_at_most_is_at_least_seen_in_a_mirror() -> None:
    counts = smooth(np.random.default_rng(6), 5_000)
    counts[65] += 400
    mirrored = histogram_jump(counts[::-1], threshold=100 - 65, width=3, direction="at_most")
    assert mirrored == jump(counts)


def test_a_step_down_or_a_larger_step_elsewhere_is_no_query() -> None:
    counts = np.full(101, 100)
    counts[65:] = 50
    assert jump(counts).p_value == 1
    counts = np.full(101, 100)
    counts[65:68] = 150
    counts[50:53] = 400
    assert jump(counts).p_value == 1


@pytest.mark.parametrize(("short", "enough"), [(7, True), (6, False)])
def test_fewer_than_twenty_short_of_the_threshold_say_nothing(short: int, enough: bool) -> None:  # noqa: FBT001
    counts = np.full(101, 100)
    counts[62:65] = short
    assert (histogram_jump(counts, threshold=65, width=3) is not None) == enough


def test_a_histogram_that_ends_near_its_threshold_says_nothing() -> None:
    counts = np.full(101, 100)
    assert histogram_jump(counts, threshold=99, width=3) is None
    assert histogram_jump(counts[60:72], threshold=5, width=3) is None
