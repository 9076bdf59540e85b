"""Which round number a threshold is a multiple of, and the bins in which values near it are counted."""

import pytest

from pbr_audit.stats.heaps import Heaps, heaps_around


@pytest.mark.parametrize(
    ("threshold", "measure", "heaps"),
    [
        (26, "weeks_in_work", Heaps(13, 1, 4)),
        (26, None, Heaps(13, 1, 4)),
        (13, "weeks", Heaps(13, 1, 4)),
        (12, "Weeks in work", Heaps(4, 1, 1)),
        (182, "days_in_work", Heaps(91, 7, 28)),
        (182, None, Heaps(91, 7, 28)),
        (91, "days", Heaps(91, 7, 28)),
        (180, "days", Heaps(30, 5, 10)),
        (84, "days", Heaps(28, 7, 7)),
        (6, "months", Heaps(3, 1, 1)),
        (10_000, "earnings", Heaps(5_000, 500, 1_500)),
        (4_000, "pounds earned", Heaps(2_000, 200, 600)),
        (1_000_000, "pence", Heaps(500_000, 50_000, 150_000)),
        (65, "mark", Heaps(5, 0.5, 1.5)),
        # A multiple of 91 that names another measure.
        (182, "pounds", None),
        (100, "days", Heaps(50, 5, 15)),
        (12_570, "earnings", None),
        (8.41, "hours", None),
        (0, "weeks", None),
        (-26, "weeks", None),
    ],
)
def test_heaps_follow_from_the_threshold_and_the_measure(
    threshold: float, measure: str | None, heaps: Heaps | None
) -> None:
    assert heaps_around(threshold, measure) == heaps


def test_unit_and_reach_may_be_given() -> None:
    assert heaps_around(52, "weeks", unit=26) == Heaps(26, 1, 8)
    assert heaps_around(12_000, "earnings", unit=1_000) == Heaps(1_000, 100, 300)
    assert heaps_around(12_570, "earnings", unit=4_190) == Heaps(4_190, 419, 1_257)
    assert heaps_around(26, "weeks", reach=2) == Heaps(13, 1, 2)
    assert heaps_around(182, "days", reach=10) == Heaps(91, 7, 7)
    assert heaps_around(26, "weeks", unit=10) is None


def test_unit_and_reach_are_whole_numbers_of_bins() -> None:
    found = heaps_around(182, "days")
    assert found is not None
    assert (found.unit_bins, found.reach_bins) == (13, 4)
