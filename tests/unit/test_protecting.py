"""Small numbers are protected by the rule that is stated beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.protecting import BASE, LEAST, Protection

ON, OFF = Protection(), Protection(on=False)


@pytest.mark.parametrize(
    ("people", "shown"),
    [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (1_002, 1_000)],
)
def test_counts_are_left_out_or_rounded(people: int, shown: int | None) -> None:
    assert ON.count(people) == shown


@pytest.mark.parametrize(
    ("people", "of", "shown"), [(85, 94, None), (85, 95, 85), (94, 94, None), (40, 80, 40)]
)
def test_a_count_that_leaves_too_few_others_is_left_out(people: int, of: int, shown: int | None) -> None:
    assert ON.count(people, of) == shown


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        ([40, 3, 25], [40, None, None]),
        ([40, 3, 2], [40, None, None]),
        ([40, 30], [40, 30]),
        ([4], [None]),
        ([12, 12, 3], [None, 10, None]),
    ],
)
def test_a_part_left_out_cannot_be_had_by_subtraction(parts: list[int], shown: list[int | None]) -> None:
    assert ON.parts(parts) == shown


@given(st.lists(st.integers(0, 500), min_size=2, max_size=6))
def test_never_is_one_part_alone_left_out(parts: list[int]) -> None:
    shown = ON.parts(parts)

    assert shown.count(None) != 1
    assert all(part is None for part, people in zip(shown, parts, strict=True) if people < LEAST)
    assert all(part is None or part % BASE == 0 for part in shown)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_a_count_that_is_shown_fits_at_least_three_true_ones(people: int, more: int) -> None:
    shown = ON.count(people, people + more)
    if shown is not None:
        assert abs(shown - people) <= BASE // 2
        assert people >= LEAST
        assert more >= LEAST


def test_shares_are_whole_points_and_tenths_of_many() -> None:
    assert ON.share(0.23456, 200) == 0.23
    assert ON.share(-0.0041, 200) == 0.0
    assert ON.share(0.23456, 5_000) == 0.235
    assert ON.rate(0.03, 200) is None
    assert ON.rate(0.97, 200) is None
    assert ON.rate(0.30, 200) == 0.30


def test_internal_figures_are_as_they_are() -> None:
    assert OFF.count(3, 4) == 3
    assert OFF.parts([3, 40]) == [3, 40]
    assert OFF.rate(0.0123, 100) == 0.0123
    assert "Not for publication" in OFF.stated
