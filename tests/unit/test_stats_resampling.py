"""Resampling: clients and not claims, labels that stay in their stratum, and one seed one answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.stats.resampling import percentile_interval, permutation_p, resampled_sums, shuffled_within


def rng() -> np.random.Generator:
    return np.random.default_rng(20161122)


def test_claims_of_one_client_come_together() -> None:
    # Two clients, one with three claims: a sample of two holds 0, 3 or 6 of that client's claims.
    sums = resampled_sums([[1.0], [1.0], [1.0], [0.0]], ["a", "a", "a", "b"], 500, rng())
    assert set(sums.ravel().tolist()) == {0.0, 3.0, 6.0}
    assert sums.mean() == pytest.approx(3, abs=0.3)


def test_a_total_spreads_as_the_clients_sums_do() -> None:
    world = rng()
    client = world.integers(0, 300, 2_000)
    values = world.normal(5, 2, (2_000, 2))
    of_client = np.column_stack([np.bincount(client, column, 300) for column in values.T])
    sums = resampled_sums(values, client, 4_000, rng())
    assert sums.shape == (4_000, 2)
    assert sums.mean(0) == pytest.approx(values.sum(0), rel=0.01)
    assert sums.std(0) == pytest.approx(of_client.std(0) * 300**0.5, rel=0.05)


def test_a_histogram_keeps_its_total_where_everybody_has_one_value() -> None:
    bins = np.eye(5)[rng().integers(0, 5, 400)]
    assert (resampled_sums(bins, np.arange(400), 50, rng()).sum(1) == 400).all()


def test_one_seed_gives_one_answer_in_any_order_of_rows() -> None:
    world = rng()
    client, values = world.integers(0, 40, 200), world.integers(0, 3, (200, 3))
    order = world.permutation(200)
    first = resampled_sums(values, client, 20, rng())
    assert (first == resampled_sums(values[order], client[order], 20, rng())).all()


def test_nobody_to_draw_is_nothing() -> None:
    assert resampled_sums(np.zeros((0, 2)), [], 3, rng()).tolist() == [[0, 0]] * 3


def test_an_interval_covers_the_middle_and_is_widened_by_what_has_no_value() -> None:
    replicates = np.arange(1, 101, dtype=np.float64)
    low, high = percentile_interval(replicates, 0.9)
    assert (float(low), float(high)) == (5, 96)
    low, high = percentile_interval(np.where(replicates % 2 == 0, replicates, np.nan), 0.9)
    assert (float(low), float(high)) == (-np.inf, np.inf)


def test_intervals_from_clients_cover_the_truth_as_often_as_they_say() -> None:
    world, covered = rng(), []
    for _ in range(200):
        client = np.repeat(np.arange(80), 3)
        reached = np.repeat(world.random(80) < 0.3, 3).astype(np.float64)
        sums = resampled_sums(np.column_stack([reached, np.ones(240)]), client, 400, world)
        low, high = percentile_interval(sums[:, 0] / sums[:, 1], 0.95)
        covered.append(low <= 0.3 <= high)
    assert np.mean(covered) >= 0.91


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=40))
def test_every_stratum_keeps_its_labels(rows: list[tuple[int, int]]) -> None:
    labels, stratum = (np.array(column) for column in zip(*rows, strict=True))
    moved = shuffled_within(labels, stratum, rng())
    for name in set(stratum.tolist()):
        assert sorted(moved[stratum == name]) == sorted(labels[stratum == name])


def test_every_order_is_equally_likely() -> None:
    world = rng()
    orders = [tuple(shuffled_within([1, 2, 3], [0, 0, 0], world).tolist()) for _ in range(3_000)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    assert min(counts) > 420


def test_the_p_value_of_a_permutation_is_never_0() -> None:
    assert float(permutation_p(10.0, np.arange(9.0))) == pytest.approx(0.1)
    assert float(permutation_p(-1.0, np.arange(9.0), "below")) == pytest.approx(0.1)
    assert permutation_p([4.0, np.nan], np.arange(9.0)[:, None]) == pytest.approx([0.6, np.nan], nan_ok=True)
