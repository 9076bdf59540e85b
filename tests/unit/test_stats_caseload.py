"""Expectations of caseloads by hand, and the busiest month of invented advisers."""

import numpy as np
import pytest
from scipy.stats import nbinom

from pbr_audit.stats.caseload import LEVEL, BusiestMonth, _upper_tail, busiest_month, caseloads
from pbr_audit.stats.exact import Floats

UNITS, MONTHS, USUAL = 150, 18, 3.0


def found(counts: Floats, expected: Floats | None = None) -> BusiestMonth:
    group = np.arange(len(counts)) // 5
    return busiest_month(
        counts, np.full(counts.shape, USUAL) if expected is None else expected, group, np.ones(len(counts))
    )


def test_a_caseload_is_expected_to_do_as_others_who_have_waited_as_long() -> None:
    # Of the other's ten, two in the first month and four of eight in the second; of one's own ten, none.
    of = caseloads([0, 1, 1, 1], [0, 0, 0, 0], [-1, 0, 1, -1], [10, 2, 4, 4])
    assert of.counts.tolist() == [[0, 0], [2, 4]]
    # Times the season: the others' two and four, none of them expected by one's own clients; 5 beside each.
    assert of.expected[0] == pytest.approx([10 * 0.2 * 7 / 5, 10 * 0.5 * 9 / 5])
    assert of.expected[1].tolist() == [0, 0]


def test_clients_are_at_risk_from_their_start_until_their_success() -> None:
    # One half succeeds at once, whenever it starts: three who start in the second month are waited for then.
    of = caseloads([0, 0, 0, 1, 1], [1, 0, 0, 0, 0], [-1, 0, -1, 0, -1], [3, 1, 1, 5, 5])
    # The others' five in the first month are two by the hazard of these clients, one success of five at risk.
    assert of.expected[0] == pytest.approx([2 * 0.5 * (5 + 5) / (2 + 5), 3 * 0.5 * 5 / 5])


def test_the_tail_is_the_negative_binomial_s() -> None:
    mean, dispersion = np.array([0.5, 3.0, 40.0]), np.array([0.2, 0.01, 1.0])
    y = np.array([0.0, 7.0, 90.0])
    share = 1 / (1 + dispersion * mean)
    assert _upper_tail(y, mean, dispersion) == pytest.approx(nbinom.sf(y - 1, 1 / dispersion, share))


def test_a_month_out_of_the_way_is_found_and_said_by_how_much() -> None:
    counts = np.random.default_rng(1).poisson(USUAL, (UNITS, MONTHS)).astype(np.float64)
    counts[7, 4] = 45
    busy = found(counts)
    assert (busy.month[7], busy.count[7]) == (4, 45)
    assert busy.expected[7] == pytest.approx(USUAL, rel=0.5)
    assert busy.p_value[7] < LEVEL / UNITS
    assert np.delete(busy.p_value, 7).min() > LEVEL / UNITS


def test_a_month_that_colleagues_have_too_is_nobody_s() -> None:
    counts = np.random.default_rng(1).poisson(USUAL, (UNITS, MONTHS)).astype(np.float64)
    counts[5:10, 4] = 45
    assert found(counts).p_value.min() > LEVEL / UNITS


def test_a_unit_that_is_always_quicker_has_no_busy_month() -> None:
    counts = np.random.default_rng(1).poisson(USUAL, (UNITS, MONTHS)).astype(np.float64)
    counts[7] *= 5
    assert found(counts).p_value[7] > LEVEL


def test_a_busy_month_does_not_make_the_others_look_dispersed() -> None:
    counts = np.full((UNITS, 6), USUAL)
    counts[7, 4] = 60
    assert found(counts).dispersion[7] == pytest.approx(1e-4)
    assert found(counts).typical[7] == pytest.approx(USUAL)


def test_units_that_are_not_comparable_and_fewer_than_ten_are_not_compared() -> None:
    counts = np.random.default_rng(1).poisson(USUAL, (12, MONTHS)).astype(np.float64)
    group = np.zeros(12, dtype=np.int64)
    there = np.arange(12) > 1
    some = busiest_month(counts, np.full(counts.shape, USUAL), group, there)
    assert np.isnan(some.p_value).tolist() == [True, True] + [False] * 10
    few = busiest_month(counts, np.full(counts.shape, USUAL), group, np.arange(12) > 2)
    assert np.isnan(few.p_value).all()
    assert np.isnan(few.smallest).all()


def test_the_smallest_count_told_is_found_about_four_times_in_five() -> None:
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(50):
        counts = rng.poisson(USUAL, (UNITS, MONTHS)).astype(np.float64)
        counts[7, 4] = rng.poisson(found(counts).smallest[7])
        hits.append(found(counts).p_value[7] <= LEVEL / UNITS)
    assert 0.65 <= np.mean(hits) <= 0.95


def test_honest_units_are_seldom_found() -> None:
    rng = np.random.default_rng(3)
    books = 80
    smallest = []
    for _ in range(books):
        good = np.exp(0.4 * rng.normal(size=(UNITS, MONTHS)))
        smallest.append(found(rng.poisson(USUAL * good).astype(np.float64)).p_value.min())
    assert np.mean(np.array(smallest) <= LEVEL / UNITS) <= 0.05 + 3 * (0.05 * 0.95 / books) ** 0.5
