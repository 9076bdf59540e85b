"""The last value that the terms take, and the first that they refuse; blocks that just agree with each other."""

import tomllib
from pathlib import Path

import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.terms import NO_CURRENCY, Terms, load_terms, parse_terms

CONTRACT = """
standard = "0.1"
[contract]
id = "CPA01"
title = "Work support, area 1"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
"""
JOB = '[[outcome]]\ncode = "JOB"\nkind = "milestone"\n'
ATT = '[[outcome]]\ncode = "ATT"\nkind = "attachment"\n'
COHORT = '[[outcome]]\ncode = "BIN"\nkind = "cohort"\n'
BY_THE_HOUR = JOB + 'direction = "at_least"\nthreshold_hours = 16\n'
PRICE = '[[outcome.price]]\namount = "1.00"\n'
VOLUME = '[[volume]]\noutcome = "JOB"\nallocation = 10\nbands = [ { up_to = 10, price_factor = %s } ]\n'


def taken(text: str) -> Terms:
    """Return the terms of one contract with these blocks."""
    return parse_terms([("a.toml", tomllib.loads(CONTRACT + text))])


def refusal(text: str) -> list[str]:
    """Return the lines about them."""
    with pytest.raises(ConfigurationError) as caught:
        taken(text)
    return str(caught.value).splitlines()


def wage(*lines: str) -> str:
    """Return the text of a minimum wage's block."""
    return "\n".join(["[[minimum_wage]]", 'amount = "7.20"', *lines, ""])


BOUNDS = [
    (JOB + 'direction = "at_least"\nthreshold_hours = %s\n' + wage(), "0.5", "0"),
    (JOB + 'direction = "at_least"\nthreshold_hours = %s\n' + wage(), "100000", "100000.5"),
    (JOB + "minimum_contacts = %s\n", "0", "-1"),
    (JOB + "minimum_contacts = %s\n", "1000000000", "1000000001"),
    (JOB + PRICE + "contract_year = %s\n", "1", "0"),
    (JOB + PRICE + "contract_year = %s\n", "100", "101"),
    (COHORT + 'direction = "at_most"\nbaseline = %s\n', "0", "-0.1"),
    (JOB + VOLUME, "0", "-0.1"),
    (COHORT + 'direction = "at_most"\n[[outcome.change]]\nfrom = 2016-01-01\nbaseline = %s\n', "0", "-0.1"),
    (JOB + PRICE + 'group = "%s"\n', "a" * 200, "a" * 201),
    (JOB + '[[outcome.price]]\namount = "%s"\n', "0.00", "-0.01"),
]


@pytest.mark.parametrize(("text", "last", "beyond"), BOUNDS)
def test_the_last_value_is_taken_and_the_one_beyond_is_refused(text: str, last: str, beyond: str) -> None:
    assert taken(text % last).contracts
    assert len(refusal(text % beyond)) == 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(JOB + "claim_after_days = 30\nclaim_within_days = 30\n", id="one day to claim on"),
        pytest.param(JOB + "[[outcome.change]]\nto = 2016-05-31\nclaim_within_days = 9\n", id="only an end"),
        pytest.param(
            JOB + "[[outcome.change]]\nfrom = 2016-05-31\nclaim_within_days = 9\n", id="a beginning"
        ),
        pytest.param(BY_THE_HOUR + wage("from = 2014-06-01"), id="a wage from the first day on"),
        pytest.param(BY_THE_HOUR + wage("to = 2019-05-31"), id="a wage to the last day"),
        pytest.param(BY_THE_HOUR + wage("to = 2016-03-31") + wage("from = 2016-04-01"), id="wage after wage"),
    ],
)
def test_what_just_agrees_is_taken(text: str) -> None:
    assert taken(text).contracts


def test_a_contract_of_one_day_is_taken() -> None:
    one_day = CONTRACT.replace("2019-05-31", "2014-06-01")
    assert parse_terms([("a.toml", tomllib.loads(one_day))]).contracts


@pytest.mark.parametrize("end", ["from = 2016-01-01", "to = 2016-01-01"])
def test_a_contract_year_stands_for_either_end(end: str) -> None:
    assert refusal(JOB + PRICE + f"contract_year = 1\n{end}\n") == [
        "a.toml: outcome[1].price[1].contract_year stands for from and to; leave either out"
    ]


def test_minimum_wages_are_told_by_their_place() -> None:
    wages = wage("to = 2015-12-31") + wage("from = 2016-01-01") + wage("from = 2018-01-01\nto = 2017-01-01")
    assert refusal(wages) == [
        "a.toml: minimum_wage[3].from (2018-01-01) is after minimum_wage[3].to (2017-01-01); correct one of them"
    ]
    wages = wage("to = 2015-12-31") + wage("from = 2016-01-01") + wage("from = 2018-01-01")
    (line,) = refusal(wages)
    assert line.startswith("a.toml: minimum_wage[2] and minimum_wage[3] are both in force from 2018-01-01")


@pytest.mark.parametrize(
    ("lines", "since"),
    [
        ("from = 2014-06-02", "2014-06-01"),
        ("to = 2019-05-30", "2019-05-31"),
        ("to = 2010-01-01", "2014-06-01"),
    ],
)
def test_a_day_of_the_contract_without_a_wage_is_told(lines: str, since: str) -> None:
    assert refusal(BY_THE_HOUR + wage(lines)) == [
        f"a.toml: outcome[1].threshold_hours has no [[minimum_wage]] in force on {since}; "
        "add the wage of that time"
    ]


def test_what_keeps_a_payment_has_to_be_an_outcome_of_the_contract() -> None:
    (line,) = refusal(ATT + '[[clawback]]\noutcome = "ATT"\nwithin_days = 30\nunless = "JOB"\n')
    assert line.startswith("a.toml: clawback[1].unless names JOB, no outcome of this contract")


def test_of_two_circles_the_shorter_is_told() -> None:
    requires = {"A": '["C", "B"]', "B": '["D"]', "C": '["A"]', "D": '["A"]'}
    blocks = [
        f'[[outcome]]\ncode = "{code}"\nkind = "milestone"\nrequires = {of}\n'
        for code, of in requires.items()
    ]
    assert refusal("".join(blocks))[0] == (
        "a.toml: outcome[1].requires goes round in a circle (A > C > A), so none could ever be paid"
    )


@pytest.mark.parametrize(
    ("currencies", "shared"),
    [(["GBP"], "GBP"), (["EUR", "EUR"], "EUR"), (["EUR", "GBP"], NO_CURRENCY), ([], NO_CURRENCY)],
)
def test_a_currency_is_shared_by_all_contracts_or_by_none(currencies: list[str], shared: str) -> None:
    files = [
        (f"{n}.toml", tomllib.loads(f'{CONTRACT.replace("CPA01", f"CPA{n}")}currency = "{currency}"\n'))
        for n, currency in enumerate(currencies)
    ]
    assert parse_terms(files).only_currency() == shared


def test_each_file_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(CONTRACT, encoding="utf-8")
    with pytest.raises(ValueError, match="zip"):
        load_terms([path, path], ["a.toml"])
