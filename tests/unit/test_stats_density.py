"""McCrary's test and what is continuous: honest densities seldom jump, moved values do, and few values say nothing."""

import numpy as np
import pytest

from pbr_audit.stats.density import is_continuous
from pbr_audit.stats.mccrary import DensityJump, mccrary


def jump_in(seed: int, moved: float) -> DensityJump:
    world = np.random.default_rng(seed)
    values = world.normal(0, 1, 2_000)
    short = (values < 0.3) & (values > 0.1) & (world.random(2_000) < moved)
    found = mccrary(np.where(short, values + 0.2, values), 0.3)
    assert found is not None
    return found


def test_in_honest_densities_a_jump_is_found_in_one_of_twenty_or_fewer() -> None:
    found = [jump_in(seed, 0.0) for seed in range(200)]
    assert np.mean([one.p_more <= 0.05 for one in found]) <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5
    assert np.mean([one.log_jump for one in found]) == pytest.approx(0, abs=0.05)


def test_values_moved_over_the_threshold_are_found() -> None:
    found = [jump_in(seed, 0.5) for seed in range(60)]
    assert np.mean([one.p_more <= 0.05 for one in found]) >= 0.9
    assert all(one.log_jump > 0 for one in found)


def test_the_jump_is_the_ratio_of_densities() -> None:
    world = np.random.default_rng(1)
    values = np.where(world.random(40_000) < 2 / 3, world.random(40_000), -world.random(40_000))
    found = mccrary(values, 0.0, bandwidth=0.4)
    assert found is not None
    assert found.log_jump == pytest.approx(np.log(2), abs=3 * found.error)
    assert found.error < 0.05


def test_the_unit_of_the_measure_does_not_matter() -> None:
    values = np.random.default_rng(2).normal(50, 9, 900)
    weeks, days = mccrary(values, 52), mccrary(7 * values, 7 * 52)
    assert weeks is not None
    assert days is not None
    assert days.log_jump == pytest.approx(weeks.log_jump)
    assert days.bandwidth == pytest.approx(7 * weeks.bandwidth)


@pytest.mark.parametrize(("below", "above", "enough"), [(50, 250, True), (49, 251, False), (50, 249, False)])
def test_few_values_or_few_on_one_side_say_nothing(below: int, above: int, enough: bool) -> None:  # noqa: FBT001
    values = np.concatenate([np.linspace(-1, -0.01, below), np.linspace(0, 4, above)])
    assert (mccrary(values, 0.0) is not None) == enough


def test_whole_weeks_and_many_ties_are_not_continuous() -> None:
    world = np.random.default_rng(3)
    assert is_continuous(world.normal(size=900))
    assert not is_continuous(world.integers(0, 52, 9_000))
    assert not is_continuous(world.normal(size=200))
    assert not is_continuous(np.repeat(world.normal(size=700), 2))
