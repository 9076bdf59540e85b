"""Blocks of a contract file that contradict each other."""

import tomllib

import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.terms import parse_terms

CONTRACT = """
standard = "0.1"
[contract]
id = "CPA01"
title = "Work support, area 1"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
"""


def outcome(code: str, *lines: str, kind: str = "milestone") -> str:
    """Return the text of an outcome's block."""
    return "\n".join(["", "[[outcome]]", f'code = "{code}"', f'kind = "{kind}"', *lines, ""])


def price(*lines: str) -> str:
    """Return the text of a price's block."""
    return "\n".join(["[[outcome.price]]", 'amount = "1.00"', *lines])


def link(subcontractor: str, *lines: str) -> str:
    """Return the text of a subcontractor's block."""
    return "\n".join(["", "[[supply_chain]]", f'subcontractor_id = "{subcontractor}"', *lines, ""])


def refusal(text: str) -> list[str]:
    """Return the lines about a file."""
    with pytest.raises(ConfigurationError) as caught:
        parse_terms([("a.toml", tomllib.loads(CONTRACT + text))])
    return str(caught.value).splitlines()


def test_outcome_codes_are_unique() -> None:
    assert refusal(outcome("JOB") + outcome("ATT") + outcome("JOB")) == [
        "a.toml: outcome[3].code repeats JOB of outcome[1]; give each outcome its own code"
    ]


def test_a_threshold_needs_a_direction() -> None:
    assert refusal(outcome("JOB", "threshold = 0")) == [
        'a.toml: outcome[1].threshold needs outcome[1].direction; write direction = "at_least" or "at_most"'
    ]


@pytest.mark.parametrize("kind", ["attachment", "milestone", "cohort"])
def test_an_interval_is_for_sustainments_only(kind: str) -> None:
    assert refusal(outcome("JOB", "interval_days = 28", kind=kind)) == [
        (
            "a.toml: outcome[1].interval_days is for outcomes of kind sustainment; "
            "leave it out or change outcome[1].kind"
        )
    ]


@pytest.mark.parametrize("per", ["outcome_avoided", "cohort"])
def test_only_a_cohort_is_paid_otherwise_than_by_the_claim(per: str) -> None:
    assert refusal(outcome("JOB", price(f'per = "{per}"'))) == [
        'a.toml: outcome[1].price[1].per has to be "claim", because outcome[1].kind is not cohort'
    ]


def test_a_required_outcome_has_to_exist() -> None:
    assert refusal(outcome("ATT") + outcome("JOB", 'requires = ["ATT", "ATTT"]')) == [
        "a.toml: outcome[2].requires names ATTT, no outcome of this contract; did you mean ATT?"
    ]
    assert refusal(outcome("ATT") + outcome("JOB", 'requires = ["X"]')) == [
        "a.toml: outcome[2].requires names X, no outcome of this contract; known are ATT, JOB"
    ]


def test_no_outcome_requires_itself() -> None:
    assert refusal(outcome("JOB", 'requires = ["JOB"]')) == [
        "a.toml: outcome[1].requires names JOB, the outcome itself; leave it out"
    ]


def test_a_circle_of_requirements_is_told_once() -> None:
    text = (
        outcome("ATT", 'requires = ["JOB"]')
        + outcome("JOB", 'requires = ["SUS"]')
        + outcome("SUS", 'requires = ["JOB", "ATT"]')
    )
    assert refusal(text) == [
        (
            "a.toml: outcome[1].requires goes round in a circle (ATT > JOB > SUS > ATT), "
            "so none could ever be paid"
        ),
    ]


def test_a_circle_further_along_is_told_by_its_own_outcomes() -> None:
    text = (
        outcome("ATT", 'requires = ["JOB"]')
        + outcome("JOB", 'requires = ["SUS"]')
        + outcome("SUS", 'requires = ["JOB"]')
    )
    assert refusal(text) == [
        "a.toml: outcome[2].requires goes round in a circle (JOB > SUS > JOB), so none could ever be paid"
    ]


def test_two_circles_are_told_apart() -> None:
    text = (
        outcome("A", 'requires = ["B"]')
        + outcome("B", 'requires = ["A"]')
        + outcome("C", 'requires = ["D"]')
        + outcome("D", 'requires = ["C"]')
    )
    assert refusal(text) == [
        "a.toml: outcome[1].requires goes round in a circle (A > B > A), so none could ever be paid",
        "a.toml: outcome[3].requires goes round in a circle (C > D > C), so none could ever be paid",
    ]


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("to = 2016-03-31", "from = 2016-03-31", "from 2016-03-31 to 2016-03-31"),
        ("from = 2016-03-31", "to = 2016-03-31", "from 2016-03-31 to 2016-03-31"),
        ("from = 2016-01-01", "from = 2017-01-01", "from 2017-01-01"),
        ("to = 2016-01-01", "to = 2017-01-01", "to 2016-01-01"),
        (
            "from = 2014-06-01\nto = 2019-05-31",
            "from = 2016-01-01\nto = 2016-12-31",
            "from 2016-01-01 to 2016-12-31",
        ),
        ("", "", "at all times"),
    ],
)
def test_one_group_has_one_price_a_day(first: str, second: str, shared: str) -> None:
    assert refusal(outcome("JOB", price(first), price('group = "18-24"'), price(second))) == [
        (
            f"a.toml: outcome[1].price[1] and outcome[1].price[3] are both in force {shared} for one group "
            "of JOB; end one before the other begins"
        )
    ]


def test_a_named_group_has_one_price_a_day() -> None:
    group = 'group = "18-24"'
    assert refusal(outcome("ATT") + outcome("JOB", price(group), price(group, "from = 2016-01-01"))) == [
        (
            "a.toml: outcome[2].price[1] and outcome[2].price[2] are both in force from 2016-01-01 for one "
            "group of JOB; end one before the other begins"
        )
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (outcome("JOB", price("from = 2016-04-02\nto = 2016-04-01")), "outcome[1].price[1]"),
        (outcome("JOB") + '[[volume]]\noutcome = "JOB"\nfrom = 2016-04-02\nto = 2016-04-01', "volume[1]"),
        (link("SB01", "from = 2016-04-02", "to = 2016-04-01"), "supply_chain[1]"),
    ],
)
def test_a_period_does_not_run_backwards(text: str, key: str) -> None:
    assert refusal(text) == [
        f"a.toml: {key}.from (2016-04-02) is after {key}.to (2016-04-01); correct one of them"
    ]


def test_a_volume_is_of_an_outcome_of_the_contract() -> None:
    assert refusal(outcome("JOB") + '[[volume]]\noutcome = "JOBS"') == [
        "a.toml: volume[1].outcome names JOBS, no outcome of this contract; did you mean JOB?"
    ]


@pytest.mark.parametrize("second", [1000, 999])
def test_bands_rise(second: int) -> None:
    bands = (
        f"bands = [ {{ up_to = 1000, price_factor = 1.0 }}, {{ up_to = {second}, price_factor = 0.8 }},"
        " { up_to = 2000, price_factor = 0.5 } ]"
    )
    assert refusal(outcome("JOB") + f'[[volume]]\noutcome = "JOB"\n{bands}') == [
        "a.toml: volume[1].bands[2].up_to has to be above volume[1].bands[1].up_to"
    ]


def test_a_subcontractor_stands_in_the_supply_chain_once_a_day() -> None:
    text = link("SB01", "to = 2016-03-31") + link("SB02") + link("SB01", "from = 2016-03-31")
    assert refusal(text) == [
        (
            "a.toml: supply_chain[1] and supply_chain[3] are both in force from 2016-03-31 to 2016-03-31 "
            "for SB01; end one before the other begins"
        )
    ]


def test_a_subcontractor_may_return_on_new_terms() -> None:
    text = link("SB01", "to = 2016-03-31", "rate = 0.8") + link("SB01", "from = 2016-04-01", "rate = 0.7")
    terms = parse_terms([("a.toml", tomllib.loads(CONTRACT + text))])
    assert [one.rate for one in terms.contracts[0].supply_chain] == [0.8, 0.7]


def test_no_amount_and_no_group_is_repeated_in_a_message() -> None:
    text = outcome("JOB", price('group = "a named person"'), price('group = "a named person"'))
    assert "named person" not in "".join(refusal(text))
