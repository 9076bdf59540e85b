"""Rates beside their peers' as a rule's rows: who is compared with whom, and what is told."""

import json

import numpy as np
import polars as pl
import pytest

from pbr_audit.rule.rates import expected_as_published, expected_of, told, with_funnels, with_pool
from pbr_audit.stats.rates import rate_against_peers

KEY = ["contract_id", "provider_id"]


def cells(reached: list[int], clients: int = 100) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "contract_id": "CPA01",
            "provider_id": [f"S{number:02d}" for number in range(len(reached))],
            "outcome": "JOB",
            "group": ["18-24" if number % 2 else None for number in range(len(reached))],
            "clients": clients,
            "reached": reached,
        }
    )


def test_contracts_with_few_providers_are_compared_together() -> None:
    rows = pl.DataFrame(
        {
            "contract_id": ["A"] * 4 + ["B"] * 3 + ["C"],
            "provider_id": ["1", "2", "3", "4", "1", "2", "3", "1"],
            "outcome": "JOB",
            "clients": [10, 10, 10, 9, 10, 10, 9, 10],
        }
    )
    pools = with_pool(rows, 10, 3).unique(["contract_id", "pool"]).sort("contract_id")
    assert pools["pool"].to_list() == ["A", "together", "together"]


def test_the_order_of_cells_changes_no_bit() -> None:
    rows = cells([28, 30, 32, 34, 36, 38, 31, 33, 35, 37, 29, 60])
    shuffled = rows.sample(fraction=1, shuffle=True, seed=3)
    units, found = expected_of(rows, KEY, ["group"])
    other_units, other = expected_of(shuffled, KEY, ["group"])
    assert units.equals(other_units)
    assert (found.expected == other.expected).all()


def test_published_expectations_are_added_up() -> None:
    rows = pl.DataFrame(
        {
            "contract_id": "CPA01",
            "provider_id": ["S1", "S1", "S2"],
            "clients": [100, 50, 10],
            "reached": [40, 30, 4],
            "published": [0.3, 0.5, 0.2],
        }
    )
    units, found = expected_as_published(rows, KEY)
    assert units["provider_id"].to_list() == ["S1", "S2"]
    assert found.expected.tolist() == pytest.approx([55, 2])
    assert found.chance.tolist() == pytest.approx([21 + 12.5, 1.6])
    assert found.reached.tolist() == [70, 4]


def judged(reached: list[int]) -> pl.DataFrame:
    units, found = expected_of(cells(reached), KEY, [])
    rows = told(found, rate_against_peers(found, np.ones(len(reached), dtype=bool)))
    return units.hstack(rows).with_columns(flagged=pl.col("reached") > pl.col("funnel_limit"))


def test_the_effect_is_how_many_times_the_usual_with_its_exact_interval() -> None:
    row = judged([28, 30, 32, 34, 36, 38, 31, 33, 35, 37, 29, 66]).row(11, named=True)
    assert row["usual_rate"] == pytest.approx(0.33, abs=0.005)
    assert row["effect"] == pytest.approx(2.0, abs=0.03)
    assert row["effect_low"] < row["effect"] < row["effect_high"]
    assert row["excess_claims"] == pytest.approx(33, abs=0.5)


def test_of_peers_who_reach_nothing_nobody_has_so_many_times_as_much() -> None:
    rows = judged([0] * 11 + [60])
    assert rows["effect"].is_finite().fill_null(value=True).all()
    assert rows["smallest_seen"].is_finite().fill_null(value=True).all()


def test_only_a_row_that_may_become_a_finding_has_a_picture() -> None:
    rows = with_funnels(judged([28, 30, 32, 34, 36, 38, 31, 33, 35, 37, 29, 66]), "clients", "rate")
    assert rows["picture"].is_null().to_list() == [True] * 11 + [False]
    picture = json.loads(rows["picture"][11])
    assert picture["kind"] == "funnel"
    assert picture["marked"] == 11
    assert picture["rates"][11] == pytest.approx(2 * picture["centre"], rel=0.05)
    none = with_funnels(judged([30] * 9), "clients", "rate")
    assert none["picture"].null_count() == 9
