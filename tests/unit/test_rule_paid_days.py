"""The span of a claim, and how many of its days are paid for."""

from datetime import date
from typing import Any

import polars as pl

from pbr_audit.rule import with_paid_days

SCHEMA = {
    "kind": pl.String,
    "measure": pl.String,
    "interval_days": pl.Int64,
    "outcome_date": pl.Date,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "job_start_date": pl.Date,
    "measured_value": pl.Float64,
}
FIRST, LAST = date(2016, 5, 1), date(2016, 5, 28)


def of(**cells: Any) -> tuple[object, ...]:
    """Return first day, last day, days of the span, days paid for, and why there is no span, of one claim."""
    claim = dict.fromkeys(SCHEMA) | {"outcome_date": LAST} | cells
    told = with_paid_days(pl.LazyFrame([claim], schema=SCHEMA)).collect()
    return told.select("first_day", "last_day", "span_days", "paid_days", "no_span").row(0)


def test_a_sustainment_pays_for_its_interval_up_to_the_outcome() -> None:
    assert of(kind="sustainment", interval_days=28) == (FIRST, LAST, 28, 28, None)


def test_a_period_that_the_claim_gives_comes_first_and_is_paid_for_whole() -> None:
    given = {"period_start": date(2016, 4, 30), "period_end": FIRST}
    assert of(kind="sustainment", interval_days=28, **given) == (date(2016, 4, 30), FIRST, 2, 2, None)
    assert of(kind="milestone", measure="days_in_work", measured_value=1, **given)[3] == 2


def test_a_milestone_in_days_pays_for_whole_days_and_for_no_more_than_its_span_has() -> None:
    in_days = {"kind": "milestone", "measure": "days_in_work", "job_start_date": FIRST}
    assert of(**in_days, measured_value=20.9) == (FIRST, LAST, 28, 20, None)
    assert of(**in_days, measured_value=1e30) == (FIRST, LAST, 28, 28, None)


def test_a_milestone_in_days_without_a_measure_has_a_span_and_no_number_of_days_paid_for() -> None:
    unmeasured = {"kind": "milestone", "measure": "days_in_work", "job_start_date": FIRST}
    assert of(**unmeasured) == (FIRST, LAST, 28, None, None)


def test_what_pays_for_no_days_has_no_span_and_no_reason() -> None:
    assert of(kind="attachment") == (None, LAST, None, None, None)
    assert of(kind="milestone", measure="sessions", job_start_date=FIRST)[4] is None


def test_a_span_that_is_not_known_has_a_reason() -> None:
    assert of(kind="sustainment")[4] == "the terms give the sustainment no interval"
    lacking = {"kind": "milestone", "measure": "days_in_work"}
    assert of(**lacking, measured_value=20.0)[4] == "the claim does not say on which days it was earned"
    assert of(period_start=LAST, period_end=FIRST) == (
        None,
        FIRST,
        None,
        None,
        "the period ends before it begins",
    )
