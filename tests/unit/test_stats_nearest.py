"""Nearest-neighbour matching takes whom a slow search through everybody takes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pbr_audit.stats.nearest import NOBODY, nearest, standardised_difference, within

SCORES = st.lists(st.integers(0, 40).map(lambda step: step / 64), min_size=0, max_size=30)


def everybody_asked(treated: NDArray[np.float64], pool: NDArray[np.float64], caliper: float) -> list[int]:
    """Match as `nearest` does, by asking each of the pool in turn."""
    found = [NOBODY] * len(treated)
    free = list(range(len(pool)))
    for person in sorted(range(len(treated)), key=lambda place: -treated[place]):
        near = [place for place in free if abs(pool[place] - treated[person]) <= caliper]
        if near:
            found[person] = min(near, key=lambda place: (abs(pool[place] - treated[person]), place))
            free.remove(found[person])
    return found


@given(SCORES, SCORES, st.sampled_from([0.0, 1 / 64, 5 / 64, 1.0, np.inf]))
def test_the_pairs_are_those_of_a_search_through_everybody(
    treated: list[float], pool: list[float], caliper: float
) -> None:
    mine, theirs = np.asarray(treated, dtype=np.float64), np.asarray(pool, dtype=np.float64)

    found = nearest(mine, theirs, caliper)

    assert found.tolist() == everybody_asked(mine, theirs, caliper)


@given(SCORES, SCORES, st.sampled_from([0.0, 3 / 64, 1.0]))
def test_who_has_nobody_within_the_caliper_is_never_matched(
    treated: list[float], pool: list[float], caliper: float
) -> None:
    near = within(treated, pool, caliper)

    assert not (nearest(treated, pool, caliper)[~near] != NOBODY).any()
    assert near.tolist() == [any(abs(t - p) <= caliper for p in pool) for t in treated]


def test_the_highest_score_chooses_first() -> None:
    assert nearest([0.5, 0.9], [0.8, 0.1]).tolist() == [1, 0]


def test_of_equally_near_people_the_first_is_taken() -> None:
    assert nearest([0.5], [0.75, 0.25, 0.25]).tolist() == [0]
    assert nearest([0.5], [0.25, 0.75, 0.25]).tolist() == [0]
    assert nearest([0.5, 0.5, 0.5], [0.25, 0.75, 0.25]).tolist() == [0, 1, 2]


def test_a_difference_is_in_standard_deviations_of_the_treated() -> None:
    treated, others = np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[0.0, 5.0], [0.0, 5.0]])

    found = standardised_difference(treated, others, treated.std(axis=0, ddof=1))

    assert found[0] == pytest.approx(2 / np.sqrt(2))
    assert np.isnan(found[1])
