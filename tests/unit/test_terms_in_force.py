"""Terms that change: which are in force when, and what of them cannot be meant."""

import tomllib
from datetime import date

import polars as pl
import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.rule import with_terms
from pbr_audit.terms import Terms, parse_terms

HEADER = """
standard = "0.1"
[contract]
id = "CPA01"
title = "Work support, area 1"
prime_id = "PR01"
start_date = 2016-02-29
end_date = 2020-02-28
"""
JOB = """
[[outcome]]
code = "JOB"
kind = "milestone"
threshold = 182
direction = "at_least"
claim_within_days = 90
"""
EMERGENCY = """
[[outcome.change]]
from = 2017-03-01
to = 2017-05-31
claim_within_days = 180
"""
RECUT = """
[[outcome.change]]
from = 2017-05-01
threshold = 91
"""


def terms(*texts: str) -> Terms:
    return parse_terms([("a.toml", tomllib.loads(HEADER + "".join(texts)))])


def refusal(*texts: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        terms(*texts)
    return str(caught.value).splitlines()


def versions(*texts: str) -> list[tuple[object, ...]]:
    columns = ("from_date", "to_date", "threshold", "claim_within_days")
    return terms(*texts).frames()["outcomes"].select(columns).collect().rows()


def test_terms_without_a_change_are_one_version_for_all_time() -> None:
    assert versions(JOB) == [(None, None, 182.0, 90)]


def test_an_override_for_named_months_ends_with_them() -> None:
    assert versions(JOB, EMERGENCY) == [
        (None, date(2017, 2, 28), 182.0, 90),
        (date(2017, 3, 1), date(2017, 5, 31), 182.0, 180),
        (date(2017, 6, 1), None, 182.0, 90),
    ]


def test_two_changes_of_different_terms_may_overlap() -> None:
    assert versions(JOB, EMERGENCY, RECUT) == [
        (None, date(2017, 2, 28), 182.0, 90),
        (date(2017, 3, 1), date(2017, 4, 30), 182.0, 180),
        (date(2017, 5, 1), date(2017, 5, 31), 91.0, 180),
        (date(2017, 6, 1), None, 91.0, 90),
    ]


@pytest.mark.parametrize(
    ("day", "days_allowed"),
    [
        (date(2017, 2, 28), 90),
        (date(2017, 3, 1), 180),
        (date(2017, 5, 31), 180),
        (date(2017, 6, 1), 90),
        (date(1990, 1, 1), 90),
        (date(2090, 1, 1), 90),
    ],
)
def test_a_claim_meets_the_one_version_in_force_on_its_day(day: date, days_allowed: int) -> None:
    claims = pl.LazyFrame({"contract_id": ["CPA01"], "outcome": ["JOB"], "outcome_date": [day]})
    met = with_terms(claims, terms(JOB, EMERGENCY, RECUT).frames()["outcomes"]).collect()
    assert met["claim_within_days"].to_list() == [days_allowed]
    assert "from_date" not in met.columns


def test_a_threshold_in_hours_follows_the_minimum_wage() -> None:
    hours = '[[outcome]]\ncode = "EARN"\nkind = "milestone"\ndirection = "at_least"\nthreshold_hours = 416\n'
    wages = """
[[minimum_wage]]
amount = "7.20"
to = 2017-03-31
[[minimum_wage]]
amount = "7.50"
from = 2017-04-01
"""
    assert versions(hours, wages) == [
        (None, date(2017, 3, 31), 2995.2, None),
        (date(2017, 4, 1), None, 3120.0, None),
    ]
    # A milestone in days does not follow the wage.
    assert versions(JOB, wages) == [(None, None, 182.0, 90)]
    assert refusal(hours, '[[minimum_wage]]\namount = "7.20"\nto = 2017-03-31\n') == [
        "a.toml: outcome[1].threshold_hours has no [[minimum_wage]] in force on 2017-04-01; "
        "add the wage of that time"
    ]


def test_a_threshold_in_hours_that_a_change_brings_follows_the_minimum_wage() -> None:
    job = '[[outcome]]\ncode = "EARN"\nkind = "milestone"\ndirection = "at_least"\n'
    change = "[[outcome.change]]\nfrom = 2016-04-01\nthreshold_hours = 100\n"
    wages = """
[[minimum_wage]]
amount = "7.20"
to = 2017-03-31
[[minimum_wage]]
amount = "7.50"
from = 2017-04-01
"""
    assert versions(job + change, wages) == [
        (None, date(2016, 3, 31), None, None),
        (date(2016, 4, 1), date(2017, 3, 31), 720.0, None),
        (date(2017, 4, 1), None, 750.0, None),
    ]


def test_a_change_of_one_day_holds_on_that_day() -> None:
    change = "[[outcome.change]]\nfrom = 2016-04-01\nto = 2016-04-01\nthreshold = 170\n"
    assert versions(JOB + change) == [
        (None, date(2016, 3, 31), 182.0, 90),
        (date(2016, 4, 1), date(2016, 4, 1), 170.0, 90),
        (date(2016, 4, 2), None, 182.0, 90),
    ]


def test_a_price_by_contract_year_begins_on_the_anniversary() -> None:
    years = "".join(
        f'[[outcome.price]]\namount = "{500 - year}.00"\ncontract_year = {year}\n' for year in (1, 2, 3, 5)
    )
    days = terms(JOB, years).frames()["prices"].select("from_date", "to_date").collect().rows()
    assert days == [
        (date(2016, 2, 29), date(2017, 2, 28)),
        (date(2017, 3, 1), date(2018, 2, 28)),
        (date(2018, 3, 1), date(2019, 2, 28)),
        (date(2020, 2, 29), date(2021, 2, 28)),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            EMERGENCY + EMERGENCY,
            "outcome[1].change[1] and outcome[1].change[2] both change claim_within_days from 2017-03-01 to "
            "2017-05-31; end one before the other begins",
        ),
        (
            "[[outcome.change]]\nthreshold = 1\n",
            "outcome[1].change[1] has neither from nor to; a change without days belongs into outcome[1] itself",
        ),
        (
            "[[outcome.change]]\nfrom = 2017-01-01\n",
            "outcome[1].change[1] changes nothing; name a term, or leave it out",
        ),
        (
            "[[outcome.change]]\nfrom = 2017-01-01\nrequires = ['ATT']\n",
            "outcome[1].change[1].requires names ATT, no outcome of this contract; known are JOB",
        ),
        (
            "[[outcome.change]]\nfrom = 2017-01-01\ninterval_days = 28\n",
            "outcome[1].change[1].interval_days is for outcomes of kind sustainment; leave it out",
        ),
        (
            '[[outcome.price]]\namount = "1.00"\ncontract_year = 1\nfrom = 2016-03-01\n',
            "outcome[1].price[1].contract_year stands for from and to; leave either out",
        ),
        (
            '[[outcome.price]]\namount = "1.00"\ncontract_year = 2\n'
            '[[outcome.price]]\namount = "2.00"\nfrom = 2018-02-28\n',
            "outcome[1].price[1] and outcome[1].price[2] are both in force from 2018-02-28 to 2018-02-28 "
            "for one group of JOB; end one before the other begins",
        ),
        (
            '[[deduction]]\noutcome = "JOB"\namount = "1.00"\n',
            "deduction[1].outcome names JOB, which is no cohort; nothing can be deducted",
        ),
        (
            '[[clawback]]\noutcome = "JOB"\nwithin_days = 90\n',
            "clawback[1] has to say either unless or event, and not both",
        ),
        (
            '[[cap]]\nper = "client"\namount = "1.00"\noutcomes = ["JOBB"]\n',
            "cap[1].outcomes names JOBB, no outcome of this contract; did you mean JOB?",
        ),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_key(text: str, sentence: str) -> None:
    assert f"a.toml: {sentence}" in refusal(JOB, text)


def test_caps_deductions_and_clawbacks_are_tables() -> None:
    text = """
[[outcome]]
code = "BIN"
kind = "cohort"
[[cap]]
per = "client"
amount = "4000.00"
outcomes = ["JOB"]
[[deduction]]
outcome = "BIN"
amount = "900.00"
from = 2018-01-01
[[clawback]]
outcome = "JOB"
event = "benefit"
within_days = 28
"""
    frames = terms(JOB, text).frames()
    assert frames["caps"].collect().rows() == [("CPA01", "client", 400_000, ["JOB"], None, None, None)]
    assert frames["deductions"].collect().rows() == [
        ("CPA01", "BIN", 90_000, "outcome_more", True, date(2018, 1, 1), None)
    ]
    assert frames["clawbacks"].collect().rows() == [("CPA01", "JOB", 28, None, "benefit", None, None)]
