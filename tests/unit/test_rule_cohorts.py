"""A cohort's rate: how much better than its baseline, and how likely by chance."""

import polars as pl
import pytest

from pbr_audit.rule.cohorts import with_rates

SCHEMA = {
    "cohort_size": pl.Int64,
    "achieved": pl.Int64,
    "expected": pl.Float64,
    "baseline": pl.Float64,
    "direction": pl.String,
    "measure": pl.String,
}
BINARY = {"cohort_size": 10, "achieved": 4, "baseline": 0.5, "direction": "at_most"}


def of(**cells: object) -> dict[str, object]:
    row = dict.fromkeys(SCHEMA) | BINARY | cells
    return with_rates(pl.DataFrame([row], schema=SCHEMA)).row(0, named=True)


def test_a_lower_rate_is_better_where_the_terms_pay_for_at_most() -> None:
    told = of()
    assert (told["rate"], told["improvement"]) == (0.4, 0.1)
    # Of 2^10 outcomes 1 + 10 + 45 + 120 + 210 have at most four, and 848 have at least four.
    assert told["chance"] == pytest.approx(386 / 1024)
    assert told["chance_of_worse"] == pytest.approx(848 / 1024)


def test_a_lower_rate_is_worse_where_they_pay_for_at_least() -> None:
    told = of(direction="at_least")
    assert told["improvement"] == -0.1
    assert told["chance"] == pytest.approx(848 / 1024)
    assert told["chance_of_worse"] == pytest.approx(386 / 1024)


def test_the_expected_rate_comes_before_the_baseline_of_the_terms() -> None:
    assert (of(expected=0.6)["baseline"], of(expected=0.6)["improvement"]) == (0.6, 0.2)


def test_a_share_above_one_is_no_baseline_and_a_mean_number_is() -> None:
    assert (of(baseline=1.5)["baseline"], of(baseline=1.5)["improvement"]) == (None, None)
    assert of(baseline=1.5, measure="frequency")["improvement"] == 1.1
    assert of(baseline=-0.1, measure="frequency")["baseline"] is None


def test_how_many_are_better_is_not_rounded_on_the_way() -> None:
    told = of(cohort_size=150, achieved=86, baseline=0.45, direction="at_least")
    assert told["better_billionths"] == 18_500_000_000
    assert told["improvement"] == 0.123333333


def test_a_cohort_of_nobody_has_no_rate() -> None:
    told = of(cohort_size=0, achieved=0)
    assert (told["rate"], told["improvement"]) == (None, None)
