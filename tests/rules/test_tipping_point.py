"""PBR603's tipping point is right to the person, by trying every number of people."""

from fractions import Fraction

import numpy as np
import polars as pl

from pbr_audit.rule.tipping_point import by_provider, with_tipping_points
from tests.rules.pack import shipped


def decided(people: list[int], reached: list[int], put_out: list[int]) -> pl.DataFrame:
    loaded = shipped().get("PBR603")
    assert loaded is not None
    assert loaded.decide is not None
    count = len(people)
    measures = pl.DataFrame(
        {
            "contract_id": ["CPA01"] * count,
            "provider_id": [f"C{place:02d}" for place in range(count)],
            "area": [None] * count,
            "group": [None] * count,
            "quarter": [None] * count,
            "people": people,
            "reached": reached,
            "put_out": put_out,
            "late": put_out,
            "late_people": people,
        },
        schema_overrides={"area": pl.String, "group": pl.String, "quarter": pl.Date},
    )
    return loaded.decide(measures, loaded.rule.settings({}))


def by_trying(people: list[int], reached: list[int], put_out: list[int], place: int) -> int | None:
    others = [other for other in range(len(people)) if other != place]
    others_reached = sum(reached[other] for other in others)
    others_counted = sum(people[other] - put_out[other] for other in others)
    for needed in range(put_out[place] + 1):
        if (reached[place] + needed) * others_counted >= others_reached * people[place]:
            return needed
    return None


def test_the_tipping_point_is_right_to_the_person() -> None:
    world = np.random.default_rng(603)
    for _ in range(20):
        people = world.integers(50, 400, 12).tolist()
        put_out = [int(world.integers(0, size // 2)) for size in people]
        reached = [int(world.integers(1, size - out)) for size, out in zip(people, put_out, strict=True)]
        found = decided(people, reached, put_out)["tipping_point"].to_list()
        assert found == [by_trying(people, reached, put_out, place) for place in range(12)]


def test_in_two_contracts_the_others_rates_count_by_where_the_people_are() -> None:
    world = np.random.default_rng(604)
    for _ in range(20):
        rows = [
            (contract, f"C{place:02d}", int(size), int(out), int(world.integers(1, size - out)))
            for contract in ("CPA01", "CPA02")
            for place in range(4)
            for size in [world.integers(50, 400)]
            for out in [world.integers(0, size // 2)]
        ]
        cells = pl.DataFrame(
            rows, schema=["contract_id", "provider_id", "people", "put_out", "reached"], orient="row"
        )
        found = with_tipping_points(by_provider(cells, ["people", "put_out", "reached"]))
        for row in found.iter_rows(named=True):
            usual = Fraction(0)
            for contract, provider, people, _, _ in rows:
                if provider == row["provider_id"]:
                    others = [one for one in rows if one[0] == contract and one[1] != provider]
                    counted = sum(one[2] - one[3] for one in others)
                    usual += Fraction(people * sum(one[4] for one in others), counted)
            tries = range(row["put_out"] + 1)
            enough = [needed for needed in tries if row["reached"] + needed >= usual]
            assert row["tipping_point"] == min(enough, default=None)


def test_of_two_with_one_rate_only_the_one_that_put_out_its_failures_is_asked() -> None:
    people, reached = [90, 55, *[50] * 10], [30, 30, *[27, 28, 26, 27, 28, 26, 27, 28, 26, 27]]
    put_out = [40, 5, *[5, 6, 4, 5, 6, 4, 5, 6, 4, 5]]
    found = decided(people, reached, put_out)
    assert found["rate_counted"][:2].to_list() == [0.6, 0.6]
    assert (found["flagged"] & (found["p_value"] <= 0.05 / 12)).to_list() == [True] + [False] * 11
