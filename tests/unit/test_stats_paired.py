"""Differences over pairs: the interval's inverse is its test, and it covers as often as it says."""

import numpy as np
import pytest

from pbr_audit.stats.paired import (
    Difference,
    paired_frequencies,
    paired_means,
    paired_rates,
    pairs_enough,
    smallest_seen,
)


def pairs(both: int, more: int, fewer: int, neither: int) -> tuple[list[int], list[int]]:
    mine = [1] * both + [1] * more + [0] * fewer + [0] * neither
    return mine, [1] * both + [0] * more + [1] * fewer + [0] * neither


def test_the_limits_are_those_of_a_published_example() -> None:
    # Fagerland, Lydersen and Laake (2014), airway hyper-responsiveness before and after: 1, 1, 7 and 12.
    found = paired_rates(*pairs(1, 1, 7, 12))

    assert found.estimate == pytest.approx(-6 / 21)
    assert (found.low, found.high) == pytest.approx((-0.517, -0.026), abs=5e-4)


@pytest.mark.parametrize(("more", "fewer"), [(10, 25), (11, 25), (25, 10), (3, 3), (0, 4), (40, 90)])
def test_nothing_lies_outside_just_where_mcnemars_test_rejects(more: int, fewer: int) -> None:
    found = paired_rates(*pairs(30, more, fewer, 50))
    statistic = abs(more - fewer) / np.sqrt(more + fewer)

    assert (not found.low <= 0 <= found.high) == (statistic > 1.959964)


def test_swapping_the_groups_turns_the_interval_round() -> None:
    mine, theirs = pairs(12, 9, 21, 40)

    one, other = paired_rates(mine, theirs), paired_rates(theirs, mine)

    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


def test_the_interval_of_rates_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    covered, books, n = 0, 1_000, 60
    for _ in range(books):
        alike = rng.normal(size=n)
        mine, theirs = (rng.normal(size=n) + alike < limit for limit in (-0.9, -0.4))
        found = paired_rates(mine, theirs)
        covered += found.low <= TRUE_DIFFERENCE <= found.high

    assert 0.935 <= covered / books <= 0.975


# The shares of a normal variable of variance 2 below the two limits.
TRUE_DIFFERENCE = 0.2622697 - 0.3886488


def test_no_pair_that_differs_still_has_limits() -> None:
    found = paired_rates(*pairs(10, 0, 0, 50))

    assert found.estimate == 0
    assert -0.1 < found.low < 0 < found.high < 0.1


def test_means_have_students_interval() -> None:
    found = paired_means([1.0, 2.0, 4.0, 1.0], [2.0, 2.0, 1.0, 0.0])

    # mean 0.75 and sd 1.707825 of -1, 0, 3, 1; Student's t(3) 3.182446
    assert found.estimate == 0.75
    assert (found.low, found.high) == pytest.approx((-1.967531, 3.467531), abs=1e-5)


def test_frequencies_over_one_time_for_all_are_means() -> None:
    mine, theirs, year = [1, 2, 4, 1], [2, 2, 1, 0], [2.0] * 4

    by_time, means = paired_frequencies(mine, year, theirs, year), paired_means(mine, theirs)

    assert by_time.estimate == pytest.approx(means.estimate / 2)
    assert by_time.low == pytest.approx(means.low / 2)
    assert by_time.high == pytest.approx(means.high / 2)


def test_as_many_pairs_as_are_enough_show_the_shift() -> None:
    found = Difference(0.3, 0.35, -0.05, -0.15, 0.05, 0.05, 100)
    enough = pairs_enough(found, -0.05)

    assert enough == 785  # (1.96 + 0.84)² for a standard error that is as large as the shift
    assert smallest_seen(found) == pytest.approx(2.8016 * 0.05, rel=1e-3)
    assert pairs_enough(found, 0.0) is None
