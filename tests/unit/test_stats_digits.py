"""Digits of whole numbers: each against its own text, the law's shares, and repeats that shuffling breaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.stats.digits import (
    benford_conditions,
    benford_first_two,
    benford_second,
    deviation,
    deviation_by_chance,
    first_two_digits,
    last_digits,
    number_bunching,
    second_digits,
)


def rng() -> np.random.Generator:
    return np.random.default_rng(20161122)


AMOUNTS = st.lists(st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(0, 10_000), max_size=50)


@given(AMOUNTS)
def test_digits_are_those_of_the_number_s_text(amounts: list[int]) -> None:
    texts = [str(amount) for amount in amounts if amount >= 10]
    values = np.array(amounts, dtype=np.int64)
    assert first_two_digits(values).tolist() == [
        sum(text.startswith(str(digits)) for text in texts) for digits in range(10, 100)
    ]
    assert second_digits(first_two_digits(values)).tolist() == [
        sum(text[1] == str(digit) for text in texts) for digit in range(10)
    ]
    endings = [str(abs(amount)).zfill(2)[-2:] for amount in amounts]
    assert last_digits(values, 2).tolist() == [endings.count(f"{ending:02}") for ending in range(100)]


def test_amounts_that_floats_misplace_have_their_own_digits() -> None:
    # As floats, 0.29·100 is 28.999999999999996 and 1.15·100 is 114.99999999999999.
    assert last_digits(np.array([29, 115])).nonzero()[0].tolist() == [5, 9]


def test_a_float_is_no_amount() -> None:
    with pytest.raises(TypeError, match=r"^digits are counted on whole numbers; give amounts in pence$"):
        first_two_digits(np.array([12.5]))


def test_the_law_s_shares_are_the_published_ones() -> None:
    # Hill (1995), Statistical Science 10(4), the table of second digits, to its three places.
    published = [0.120, 0.114, 0.109, 0.104, 0.100, 0.097, 0.093, 0.090, 0.088, 0.085]
    assert benford_second().round(3).tolist() == published
    assert benford_first_two().sum() == pytest.approx(1)
    assert benford_first_two().reshape(9, 10).sum(1) == pytest.approx(np.log10(1 + 1 / np.arange(1, 10)))


def test_powers_of_two_follow_the_law_and_deviate_by_chance_and_no_more() -> None:
    powers = np.array([int(str(2**n)[:18]) for n in range(60, 3_000)], dtype=np.int64)
    found = deviation(first_two_digits(powers), benford_first_two(), 400, rng())
    assert found.excess < 0
    assert found.p_value > 0.9


def test_the_excess_of_values_that_follow_the_law_is_nothing_in_the_mean() -> None:
    world = rng()
    samples = [world.multinomial(2_000, benford_first_two()) for _ in range(200)]
    found = [deviation(sample, benford_first_two(), 200, world) for sample in samples]
    assert np.mean([one.excess for one in found]) == pytest.approx(0, abs=5e-5)
    assert 0.01 <= np.mean([one.p_value <= 0.05 for one in found]) <= 0.09


def test_a_price_list_is_far_from_the_law() -> None:
    found = deviation(first_two_digits(np.repeat([120_000, 300_000], 900)), benford_first_two(), 200, rng())
    assert found.excess > 0.015
    assert found.p_value == pytest.approx(1 / 201)


def test_no_value_has_no_deviation_and_no_repeats() -> None:
    none = np.array([], dtype=np.int64)
    assert np.isnan(deviation(first_two_digits(none), benford_first_two(), 10, rng()).mad)
    assert np.isnan(number_bunching(none, 2, 10, rng()).average)
    assert benford_conditions(none).met is False


def test_the_law_is_asked_only_of_many_different_amounts_over_three_powers_of_ten() -> None:
    wide = np.unique(np.logspace(2, 6, 1_500).astype(np.int64))
    assert benford_conditions(wide).met
    assert not benford_conditions(wide[:900]).met
    assert not benford_conditions(np.repeat(wide[::20], 20)).met
    assert not benford_conditions(np.arange(10_000, 20_000)).met


def test_values_copied_from_one_another_are_found_and_round_endings_are_not() -> None:
    world = rng()
    honest = world.integers(10_000, 90_000, 2_000)
    round_endings = honest - np.where(world.random(2_000) < 0.5, honest % 100, 0)
    copied = honest.copy()
    copied[:200] = world.choice(honest[:10], 200)
    assert number_bunching(honest, 2, 200, rng()).p_value > 0.05
    assert number_bunching(round_endings, 2, 200, rng()).p_value > 0.05
    found = number_bunching(copied, 2, 200, rng())
    assert found.p_value == pytest.approx(1 / 201)
    assert found.average > 2 * found.by_chance


@pytest.mark.parametrize("total", [1_000, 20_000])
def test_the_closed_form_of_chance_is_what_simulating_gives(total: int) -> None:
    law = benford_first_two()
    mean, sd = deviation_by_chance([total], law)
    drawn = np.abs(rng().multinomial(total, law / law.sum(), size=4_000) / total - law).mean(axis=1)
    assert mean[0] == pytest.approx(drawn.mean(), rel=0.02)
    assert sd[0] == pytest.approx(drawn.std(), rel=0.06)
