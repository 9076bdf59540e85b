"""Equal neighbours over all orders of the same values: against every order, and against shuffling."""

from itertools import permutations

import numpy as np
import pytest

from pbr_audit.stats.runs import EqualNeighbours, equal_neighbours


def of(values: list[int]) -> EqualNeighbours:
    f = np.unique(values, return_counts=True)[1]
    return equal_neighbours([len(values)], [(f * (f - 1)).sum()], [(f * (f - 1) * (f - 2)).sum()])


@pytest.mark.parametrize(
    "values", [[1, 1, 2, 3], [1, 1, 1, 2, 2, 3], [4, 4, 4, 4, 4], [1, 2, 3, 4], [1, 1, 2, 2, 3, 3, 3]]
)
def test_mean_and_variance_are_those_of_every_order(values: list[int]) -> None:
    every = np.array([(np.diff(order) == 0).sum() for order in permutations(values)])
    found = of(values)
    assert found.pairs == len(values) - 1
    assert found.mean == pytest.approx(every.mean())
    assert found.variance == pytest.approx(every.var(), abs=1e-12)


def test_long_sequences_agree_with_shuffling() -> None:
    world = np.random.default_rng(4)
    values = np.where(world.random(400) < 0.3, 182, world.integers(100, 300, 400))
    shuffled = np.array([(np.diff(world.permutation(values)) == 0).sum() for _ in range(4_000)])
    found = of(values.tolist())
    assert found.mean[0] == pytest.approx(shuffled.mean(), rel=0.02)
    assert found.variance[0] == pytest.approx(shuffled.var(), rel=0.08)


def test_fewer_than_four_values_say_nothing() -> None:
    found = equal_neighbours([3, 0], [6, 0], [6, 0])
    assert found.pairs.tolist() == found.mean.tolist() == found.variance.tolist() == [0, 0]
