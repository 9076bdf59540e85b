"""Which series of results there are, and in which bin from the threshold a value lies."""

from datetime import date

import polars as pl
import pytest

from pbr_audit.rule.around_threshold import (
    THRESHOLD_TERMS,
    bin_from_threshold,
    counted_bin,
    is_near_miss,
    people_by_bin,
    thresholds_of,
)

Row = tuple[object, ...]


def outcomes(*rows: Row) -> pl.LazyFrame:
    schema = {name: pl.String() for name in THRESHOLD_TERMS}
    schema |= {"from_date": pl.Date(), "to_date": pl.Date(), "threshold": pl.Float64()}  # type: ignore[dict-item]
    schema |= {"threshold_of_baseline": pl.Boolean()}  # type: ignore[dict-item]
    return pl.LazyFrame(rows, schema=schema, orient="row")


def version(
    first: date | None, threshold: float | None, *, outcome: str = "JOB", baseline: bool = False
) -> Row:
    return ("CPA01", outcome, first, None, "weeks", threshold, baseline, "at_least")


def test_a_series_has_one_threshold_whenever_and_in_whichever_contract_it_was_in_force() -> None:
    rows = outcomes(
        version(None, 26),
        version(date(2015, 1, 1), 26),
        version(date(2016, 4, 1), 13),
        version(date(2017, 4, 1), 26),
        version(None, 26, outcome="SUS"),
    )
    assert thresholds_of(rows).collect()["series"].to_list() == [
        "JOB at_least 26 weeks",
        "JOB at_least 26 weeks",
        "JOB at_least 13 weeks",
        "JOB at_least 26 weeks",
        "SUS",
    ]


def test_an_outcome_that_two_contracts_pay_alike_is_one_series() -> None:
    there = ("CPA02", *version(None, 26)[1:])
    rows = thresholds_of(outcomes(version(None, 26), there)).collect()
    assert rows["series"].to_list() == ["JOB", "JOB"]
    apart = thresholds_of(outcomes(version(None, 26), ("CPA02", *version(None, None)[1:]))).collect()
    assert set(apart["series"]) == {"JOB at_least 26 weeks", "JOB without a threshold"}


def test_a_threshold_against_a_baseline_is_none_and_has_no_heaps() -> None:
    (row,) = thresholds_of(outcomes(version(None, 26, baseline=True))).collect().to_dicts()
    assert (row["threshold"], row["unit"], row["width"], row["reach"]) == (None, None, None, None)


@pytest.mark.parametrize(
    ("direction", "value", "place", "near"),
    [
        ("at_least", 182, 0, False),
        ("at_least", 188, 0, False),
        ("at_least", 189, 1, False),
        ("at_least", 181, -1, True),
        ("at_least", 154, -4, True),
        ("at_least", 153, -5, False),
        ("at_most", 182, 0, False),
        ("at_most", 175.5, 0, False),
        ("at_most", 175, 1, False),
        ("at_most", 183, -1, True),
        ("at_most", 210, -4, True),
        ("at_most", 211, -5, False),
    ],
)
def test_bins_begin_at_the_threshold_and_go_the_way_that_pays(
    direction: str, value: float, place: int, *, near: bool
) -> None:
    row = pl.DataFrame(
        {
            "direction": [direction],
            "measured_value": [float(value)],
            "threshold": 182.0,
            "width": 7.0,
            "reach": 28.0,
        }
    )
    assert row.select(bin_from_threshold(), near=is_near_miss()).row(0) == (place, near)


def test_tenths_do_not_fall_into_the_bin_before_theirs() -> None:
    row = pl.DataFrame({"direction": ["at_least"], "measured_value": 0.3, "threshold": 0.1, "width": 0.1})
    assert row.select(bin_from_threshold()).item() == 2


def test_people_are_counted_by_bin_and_values_of_nothing_are_left_out() -> None:
    rows = pl.DataFrame(
        {
            "provider_id": ["S2", "S1", "S1", "S1", "S1", "S3"],
            "measured_value": [13.0, 13.0, 0.0, 14.0, 33.0, 40.0],
            "people": [1, 2, 9, 0, 4, 5],
        }
    ).with_columns(direction=pl.lit("at_least"), threshold=13.0, width=1.0, unit=13.0, reach=4.0)
    rows = rows.with_columns(bin=counted_bin())
    assert rows["bin"].to_list() == [0, 0, -20, 1, 20, 20]
    counted = people_by_bin(rows, ["provider_id"])
    assert counted.columns == ["provider_id", "0"]
    assert counted.rows() == [("S1", 2), ("S2", 1), ("S3", 0)]
