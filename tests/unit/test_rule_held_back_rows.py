"""Months in which submissions were held back, as a rule's rows: who is judged, what is told, what is drawn."""

import json
from datetime import date

import polars as pl
import pytest

from pbr_audit.rule import NotAssessable, held_back_as_rows

KEY = ("contract_id", "provider_id")
ASKED = {"least_due": 5.0, "least_quiet": 0.7, "least_effect": 0.5}


def month(number: int) -> date:
    return date(2015 + number // 12, number % 12 + 1, 1)


def counts(providers: int = 12, months: int = 18, claims: int = 6) -> pl.DataFrame:
    """Return claims of every month that came in it, but for S00, whose of two months came in the third."""
    return pl.DataFrame(
        {
            "contract_id": "CPA01",
            "provider_id": f"S{provider:02d}",
            "outcome_month": month(number),
            "submitted_month": month(9 if provider == 0 and number in (7, 8) else number),
            "claims": claims,
        }
        for provider in range(providers)
        for number in range(months)
    )


def rows(of: pl.DataFrame, least_months: int = 12) -> pl.DataFrame:
    return held_back_as_rows(of, KEY, "contract_id", least_months=least_months, most_times=2, **ASKED)


def test_the_months_are_told_and_drawn_of_who_may_become_a_finding() -> None:
    found = rows(counts())
    assert found["provider_id"].is_sorted()
    one = found.row(0, named=True)
    assert (one["first_month"], one["silent_months"], one["spike_month"]) == (month(7), 2, month(9))
    assert (one["held"], one["times"], one["came"], one["providers_compared"]) == (True, 1, 0.0, 12)
    assert one["due"] == pytest.approx(12, abs=0.5)
    assert one["p_value"] < 0.05
    drawn = json.loads(one["picture"])
    assert (drawn["kind"], drawn["first_day"], drawn["step"]) == ("calendar", "2015-01-01", "month")
    assert drawn["counts"][6:10] == [6, 0, 0, 18]
    assert [place for place, mark in enumerate(drawn["marked"]) if mark] == [7, 8, 9]
    assert found["picture"].null_count() == 11
    assert found["p_value"].to_list()[1:] == [1.0] * 11


def test_what_came_early_or_a_year_late_and_long_ago_is_left_out() -> None:
    odd = [(month(6), month(5)), (month(1), month(14)), (date(1915, 1, 1), date(1915, 1, 1))]
    more = pl.DataFrame(
        {
            "contract_id": "CPA01",
            "provider_id": "S01",
            "outcome_month": reached,
            "submitted_month": came,
            "claims": 50,
        }
        for reached, came in odd
    )
    assert rows(pl.concat([counts(), more])).drop("picture").equals(rows(counts()).drop("picture"))


def test_who_has_too_few_months_is_told_so() -> None:
    short = counts().filter((pl.col("provider_id") != "S03") | (pl.col("outcome_month") < month(9)))
    found = rows(short).filter(provider_id="S03").row(0, named=True)
    assert (found["p_value"], found["held"]) == (None, None)
    assert found["why_not"] == "the provider has fewer than 12 months with 5.0 claims due before them"
    assert found["providers_compared"] == 11


def test_nine_providers_are_too_few() -> None:
    with pytest.raises(NotAssessable, match=r"^9 providers have 12 months"):
        rows(counts(9))


def test_nobody_without_claims_is_judged() -> None:
    with pytest.raises(NotAssessable, match=r"^no claim has a day on which it was submitted$"):
        rows(counts().clear())
