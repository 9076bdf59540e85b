"""What one provider chose, described: differences, their intervals, and covariates that are not known of all."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import wasserstein_distance

from pbr_audit.stats.chosen import Chosen, chosen, distance
from tests.unit.test_stats_selection import book

# Of two million referrals drawn as `book` does with a taste of -0.6.
TRUE_DIFFERENCE = -0.105
NAN = float("nan")


def of_one(seed: int, people: int = 400) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    _, stratum, risk, accepted = book(np.random.default_rng(seed), 1, people, np.array([-0.6]))
    return stratum, risk.reshape(-1, 1), accepted


def column(found: Chosen, k: int) -> list[float]:
    return [float(part[k]) for part in (found.difference, found.low, found.high)]


def test_the_difference_can_be_worked_out_by_hand() -> None:
    # Risks 1 to 4 in one stratum, those with 1 and 2 accepted: 1.5 against 2.5, in deviations of 1.291.
    found = chosen([0] * 4, [[1], [2], [3], [4]], [1, 1, 0, 0], seed=0)
    assert found.difference == pytest.approx([-1 / np.sqrt(5 / 3)])
    assert found.sd == pytest.approx([np.sqrt(5 / 3)])
    assert found.away[:, 0] == pytest.approx(np.array([-1.5, -0.5, 0.5, 1.5]) / np.sqrt(5 / 3))


def test_strata_in_which_all_or_none_were_taken_say_nothing() -> None:
    usual = chosen([0] * 4, [[1], [2], [3], [4]], [1, 1, 0, 0], seed=0)
    more = chosen([0] * 4 + [1, 1, 2], [[1], [2], [3], [4], [9], [9], [-9]], [1, 1, 0, 0, 1, 1, 0], seed=0)
    assert more.difference == pytest.approx(usual.difference)


def test_the_interval_of_resampled_referrals_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = []
    for seed in range(100):
        stratum, risk, accepted = of_one(seed)
        found = chosen(stratum, risk, accepted, seed=seed, repeats=100)
        covered.append(found.low[0] <= TRUE_DIFFERENCE <= found.high[0])
    assert np.mean(covered) >= 0.95 - 3 * (0.95 * 0.05 / 100) ** 0.5
    assert np.mean(covered) < 1


def test_the_interval_is_that_of_samples_worked_out_one_by_one() -> None:
    stratum, risk, accepted = of_one(3, people=240)
    drawn, rng = [], np.random.default_rng(9)
    for _ in range(1_000):
        rows = rng.integers(0, 240, 240)
        drawn.append(chosen(stratum[rows], risk[rows], accepted[rows], seed=0, repeats=1).difference[0])
    found = chosen(stratum, risk, accepted, seed=1, repeats=2_000)
    assert [found.low[0], found.high[0]] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.025)


def test_what_one_provider_chose_is_described_the_same_for_one_seed() -> None:
    stratum, risk, accepted = of_one(6, people=300)
    one, again, other = (chosen(stratum, risk, accepted, seed=seed) for seed in (1, 1, 2))
    assert column(one, 0) == column(again, 0) != column(other, 0)
    both = [set(accepted[stratum == place]) == {True, False} for place in stratum]
    assert np.sqrt((one.away[both] ** 2).sum() / (sum(both) - len(set(stratum[both])))) == pytest.approx(1)


def test_samples_in_several_blocks_are_samples_of_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    stratum, risk, accepted = of_one(6, people=300)
    whole = chosen(stratum, risk, accepted, seed=1, repeats=900)
    monkeypatch.setattr("pbr_audit.stats.chosen.BLOCK", 300 * 7)
    parts = chosen(stratum, risk, accepted, seed=1, repeats=900)
    assert column(parts, 0) == pytest.approx(column(whole, 0), abs=0.02)


def test_each_covariate_stands_for_itself() -> None:
    stratum, risk, accepted = of_one(7)
    other = np.random.default_rng(1).normal(size=risk.shape)
    both = chosen(stratum, np.column_stack([risk, other]), accepted, seed=1)
    alone = chosen(stratum, other, accepted, seed=1)
    assert column(both, 0) == column(chosen(stratum, risk, accepted, seed=1), 0)
    assert column(both, 1) == column(alone, 0)


def test_who_has_no_value_is_left_out_of_that_covariate_alone() -> None:
    stratum, risk, accepted = of_one(8)
    gaps = risk.copy()
    gaps[::5] = NAN
    there = ~np.isnan(gaps[:, 0])
    both = chosen(stratum, np.column_stack([risk, gaps]), accepted, seed=1)
    alone = chosen(stratum[there], risk[there], accepted[there], seed=1)
    assert both.difference == pytest.approx(
        [*chosen(stratum, risk, accepted, seed=1).difference, *alone.difference]
    )
    assert np.isnan(both.away[~there, 1]).all()
    assert both.away[there, 1] == pytest.approx(alone.away[:, 0])
    # As many are drawn, some of whom have no value: the interval is about as wide.
    assert both.high[1] - both.low[1] == pytest.approx(alone.high[0] - alone.low[0], rel=0.25)


@pytest.mark.parametrize("values", [[0.1] * 60, [NAN] * 60])
def test_what_does_not_vary_or_is_not_known_has_no_difference(values: list[float]) -> None:
    stratum, _, accepted = of_one(3, people=60)
    found = chosen(stratum, np.array(values).reshape(-1, 1), accepted, seed=1)
    assert np.isnan([*column(found, 0), *found.sd, *found.away[:, 0]]).all()


def test_where_all_were_accepted_there_is_no_difference() -> None:
    stratum, risk, _ = of_one(3, people=60)
    assert np.isnan(column(chosen(stratum, risk, np.ones(60), seed=1), 0)).all()


def test_the_distance_is_between_the_accepted_and_all() -> None:
    _, risk, accepted = of_one(3, people=60)
    values = risk[:, 0]
    assert distance(values, accepted) == pytest.approx(wasserstein_distance(values[accepted], values))
    assert np.isnan(distance(values, np.zeros(60)))
