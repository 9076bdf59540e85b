"""Contract files: what they may say, what they may not, and how that is told."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.terms import Contract, Price, Terms, load_terms, parse_terms
from pbr_audit.toml_file import parse_model

CONTRACT = """
standard = "0.1"
[contract]
id = "CPA01"
title = "Work support, area 1"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
"""
ATTACHMENT = """
[[outcome]]
code = "ATT"
kind = "attachment"
"""
JOB = """
[[outcome]]
code = "JOB"
kind = "milestone"
"""
SUSTAINED = """
[[outcome]]
code = "SUS"
kind = "sustainment"
"""
COHORT = """
[[outcome]]
code = "BIN"
kind = "cohort"
"""


def contract(text: str) -> Contract:
    """Return the one contract of a file that begins with CONTRACT."""
    return parse_terms([("a.toml", tomllib.loads(CONTRACT + text))]).contracts[0]


def refusal(text: str, start: str = CONTRACT) -> str:
    """Return the whole message about a file."""
    with pytest.raises(ConfigurationError) as caught:
        parse_terms([("a.toml", tomllib.loads(start + text))])
    return str(caught.value)


# --- what may be said ---------------------------------------------------------------------------


def test_a_contract_needs_little_and_the_rest_has_defaults() -> None:
    only = contract(JOB).outcomes[0]
    assert contract("").header.currency == "GBP"
    assert (contract("").header.cap_pence, contract("").outcomes, contract("").supply_chain) == (None, (), ())
    assert (only.requires, only.evidence, only.ineligible_during, only.excludes) == ((), (), (), ())
    assert (only.business_days, only.claimable_after_end, only.minimum_contacts) == (False, True, 0)


def test_amounts_are_whole_pence_and_ids_are_trimmed() -> None:
    read = contract(JOB + '[[outcome.price]]\namount = "1200.5"\ngroup = " 18-24 "\nfrom = 2015-04-01\n')
    assert read.outcomes[0].prices == (
        Price.model_validate({"amount": "1200.50", "group": "18-24", "from": date(2015, 4, 1)}),
    )
    assert read.outcomes[0].prices[0].amount_pence == 120050
    assert read.outcomes[0].prices[0].per == "claim"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (ATTACHMENT, 1),
        (JOB, 1),
        (SUSTAINED, None),
        (COHORT, None),
        (JOB + "max_per_client = 2", 2),
        (SUSTAINED + "max_per_client = 13", 13),
    ],
)
def test_a_client_earns_an_attachment_or_milestone_once_unless_the_terms_say_more(
    outcome: str, expected: int | None
) -> None:
    assert contract(outcome).outcomes[0].effective_max_per_client == expected


@pytest.mark.parametrize(
    "text",
    [
        JOB + 'direction = "at_least"',
        SUSTAINED,
        JOB + '[[outcome.price]]\namount = "1.00"\nfrom = 1999-01-01\nto = 2030-12-31',
        JOB + '[[outcome.price]]\namount = "0.00"',
        JOB + "window_days = [182, 182]",
        JOB + "window_days = [-14, 0]",
        COHORT + "significance = 0.05\nbaseline = 1.7",
        '[[supply_chain]]\nsubcontractor_id = "SB01"\npromised_share = 0.0\nrate = 1.0',
        '[[supply_chain]]\nsubcontractor_id = "SB01"\nrate = 1',
        JOB + '[[volume]]\noutcome = "JOB"\nfrom = 2016-04-01\nto = 2016-04-01',
    ],
)
def test_what_lies_on_the_edge_is_allowed(text: str) -> None:
    assert contract(text).id == "CPA01"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("to = 2016-03-31", "from = 2016-04-01"),
        ("to = 2016-03-31", "from = 2016-05-01"),
        ("from = 2016-04-01", "to = 2016-03-31"),
        ('group = "18-24"', 'group = "25+"'),
        ('group = "18-24"', ""),
    ],
)
def test_prices_of_other_days_or_groups_stand_side_by_side(first: str, second: str) -> None:
    text = f'[[outcome.price]]\namount = "1.00"\n{first}\n[[outcome.price]]\namount = "2.00"\n{second}\n'
    assert len(contract(JOB + text).outcomes[0].prices) == 2


def test_an_outcome_may_require_one_that_stands_below_it_and_two_may_share_one() -> None:
    text = JOB + 'requires = ["ATT"]' + SUSTAINED + 'requires = ["ATT", "JOB"]' + ATTACHMENT
    assert contract(text).outcomes[1].requires == ("ATT", "JOB")


def test_terms_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        contract(JOB).outcomes[0].code = "ATT"  # type: ignore[misc]


# --- what one block may not say -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (JOB + "treshold = 182", "a.toml: outcome[1].treshold is not a known key; did you mean threshold?"),
        (
            JOB + '[[outcome.price]]\namount = "1.00"\nuntil = 2016-01-01',
            "a.toml: outcome[1].price[1].until is not a known key; known are from, to, amount, group, per, contract_year",
        ),
        (
            '[[volume]]\noutcome = "JOB"\nbands = [{ upto = 5, price_factor = 1.0, up_to = 5 }]' + JOB,
            "a.toml: volume[1].bands[1].upto is not a known key; did you mean up_to?",
        ),
        (
            '[[supplychain]]\nsubcontractor_id = "SB01"',
            "a.toml: supplychain is not a known key; did you mean supply_chain?",
        ),
        (
            '[outcome]\ncode = "JOB"\nkind = "milestone"',
            "a.toml: outcome has to be written with two brackets, [[outcome]]",
        ),
        (
            JOB + "[[outcome.price]]\namount = 1200.00",
            (
                'a.toml: outcome[1].price[1].amount has to be text in quotes, such as "1200.00", '
                "so that it stays exact"
            ),
        ),
        (
            JOB + '[[outcome.price]]\namount = "1200.005"',
            'a.toml: outcome[1].price[1].amount is not an amount in pounds and pence; write it as "1234.50"',
        ),
        (
            JOB + '[[outcome.price]]\namount = "-1.00"',
            "a.toml: outcome[1].price[1].amount has to be at least 0.00",
        ),
        (JOB + "[[outcome.price]]", "a.toml: outcome[1].price[1].amount is missing; add it"),
        (
            JOB + '[[outcome.price]]\namount = "1.00"\nper = "head"',
            "a.toml: outcome[1].price[1].per has to be one of claim, outcome_avoided, cohort",
        ),
        (
            JOB + '[[outcome.price]]\namount = "1.00"\nfrom = "2016-04-01"',
            "a.toml: outcome[1].price[1].from has to be a date without quotes, such as 2016-04-01",
        ),
        (
            JOB + '[[outcome.price]]\namount = "1.00"\nfrom = 2016-04-01T00:00:00',
            "a.toml: outcome[1].price[1].from has to be a date without quotes, such as 2016-04-01",
        ),
        (
            '[[outcome]]\ncode = "JOB"\nkind = "mile-stone"',
            "a.toml: outcome[1].kind has to be one of attachment, milestone, sustainment, cohort",
        ),
        ('[[outcome]]\ncode = " "\nkind = "milestone"', "a.toml: outcome[1].code is too short or empty"),
        (
            '[[outcome]]\ncode = "J\\nOB"\nkind = "milestone"',
            "a.toml: outcome[1].code has to be text on one line",
        ),
        (
            JOB + 'direction = "above"\nthreshold = 1',
            "a.toml: outcome[1].direction has to be one of at_least, at_most",
        ),
        (JOB + "threshold = nan", "a.toml: outcome[1].threshold has to be a finite number"),
        (JOB + 'threshold = "182"', "a.toml: outcome[1].threshold has to be a number"),
        (
            JOB + "window_days = [730, 182]",
            "a.toml: outcome[1].window_days has to begin with the lower of its two numbers",
        ),
        (
            JOB + "window_days = [182]",
            "a.toml: outcome[1].window_days has to be two whole numbers, such as [182, 730]",
        ),
        (
            JOB + "window_days = 182",
            "a.toml: outcome[1].window_days has to be two whole numbers, such as [182, 730]",
        ),
        (JOB + "window_days = [182, 730.5]", "a.toml: outcome[1].window_days[2] has to be a whole number"),
        (JOB + "window_days = [0, 99999]", "a.toml: outcome[1].window_days[2] has to be at most 36525"),
        (JOB + "claim_within_days = -1", "a.toml: outcome[1].claim_within_days has to be at least 0"),
        (JOB + "max_per_client = 0", "a.toml: outcome[1].max_per_client has to be at least 1"),
        (SUSTAINED + "interval_days = 0", "a.toml: outcome[1].interval_days has to be at least 1"),
        (JOB + 'business_days = "yes"', "a.toml: outcome[1].business_days has to be true or false"),
        (JOB + 'requires = "ATT"', "a.toml: outcome[1].requires has to be a list in square brackets"),
        (
            JOB + 'ineligible_during = ["death", "prison"]',
            (
                "a.toml: outcome[1].ineligible_during[2] has to be one of "
                "death, custody, abroad, benefit, employment, reoffence, other"
            ),
        ),
        (COHORT + "significance = 0.0", "a.toml: outcome[1].significance has to be above 0.0"),
        (COHORT + "significance = 1.0", "a.toml: outcome[1].significance has to be below 1.0"),
        (COHORT + "baseline = -0.1", "a.toml: outcome[1].baseline has to be at least 0.0"),
        (
            '[[supply_chain]]\nsubcontractor_id = "SB01"\nrate = 80',
            "a.toml: supply_chain[1].rate has to be at most 1.0",
        ),
        (
            '[[supply_chain]]\nsubcontractor_id = "SB01"\nrate = -0.1',
            "a.toml: supply_chain[1].rate has to be at least 0.0",
        ),
        (
            '[[supply_chain]]\nsubcontractor_id = "SB01"\npromised_share = 15',
            "a.toml: supply_chain[1].promised_share has to be at most 1.0",
        ),
        (
            '[[supply_chain]]\nsubcontractor_id = "SB01"\npromised_share = -0.1',
            "a.toml: supply_chain[1].promised_share has to be at least 0.0",
        ),
    ],
)
def test_a_block_that_cannot_be_meant_is_told_by_its_key(text: str, expected: str) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "CPA01"\n', "", "a.toml: contract.id is missing; add it"),
        ('title = "Work support, area 1"\n', "", "a.toml: contract.title is missing; add it"),
        (
            "end_date = 2019-05-31",
            "end_date = 2019-05-31\ncurrency = 'gbp'",
            "a.toml: contract.currency has to be three capitals, such as GBP",
        ),
        (
            "end_date = 2019-05-31",
            "end_date = 2019-05-31\ncurrency = 'GBP '",
            "a.toml: contract.currency has to be three capitals, such as GBP",
        ),
        (
            "end_date = 2019-05-31",
            "end_date = 2019-05-31\ncap = 12000000",
            'a.toml: contract.cap has to be text in quotes, such as "1200.00", so that it stays exact',
        ),
        (
            "end_date = 2019-05-31",
            "end_date = 2014-05-31",
            (
                "a.toml: contract.end_date (2014-05-31) is before contract.start_date (2014-06-01); "
                "correct one of them"
            ),
        ),
        (
            "[contract]",
            "[[contract]]",
            "a.toml: contract has to be written once, with one bracket, [contract]",
        ),
        (
            'standard = "0.1"\n',
            "",
            'a.toml: standard is missing; write standard = "0.1" at the top, before the first [section]',
        ),
        (
            'standard = "0.1"\n',
            'standard = "0.2"\n',
            (
                "a.toml: written for version 0.2 of the standard, and this program reads up to 0.1; "
                "install a newer pbr-audit"
            ),
        ),
    ],
)
def test_a_contract_that_cannot_be_meant_is_told_by_its_key(old: str, new: str, expected: str) -> None:
    assert old in CONTRACT
    assert refusal("", CONTRACT.replace(old, new)) == expected


# --- files --------------------------------------------------------------------------------------


def written(folder: Path, files: dict[str, str]) -> tuple[list[Path], list[str]]:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files], [f"contracts/{name}" for name in files]


def test_files_are_read_and_sorted_by_contract(tmp_path: Path) -> None:
    paths, names = written(tmp_path, {"b.toml": CONTRACT.replace("CPA01", "CPA02"), "z.toml": CONTRACT})
    assert [read.id for read in load_terms(paths, names).contracts] == ["CPA01", "CPA02"]


def test_no_files_are_no_terms() -> None:
    assert load_terms([], []) == Terms()


def test_two_files_may_not_hold_one_contract(tmp_path: Path) -> None:
    paths, names = written(tmp_path, {"a.toml": CONTRACT, "b.toml": CONTRACT})
    with pytest.raises(ConfigurationError) as caught:
        load_terms(paths, names)
    assert str(caught.value) == (
        "contracts/b.toml: contract.id is CPA01, as in contracts/a.toml; give each contract its own id"
    )


def test_everything_that_is_wrong_in_any_file_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "a.toml": CONTRACT + JOB + "treshold = 5\nmax_per_client = 0\n",
        "b.toml": "standard = ",
        "c.toml": CONTRACT + JOB + 'requires = ["JOBS"]\n',
    }
    paths, names = written(tmp_path, files)
    with pytest.raises(ConfigurationError) as caught:
        load_terms([*paths, tmp_path], [*names, "contracts/d.toml"])
    advice = "check its quotes and brackets, and that no key is set twice"
    assert str(caught.value).splitlines() == [
        f"contracts/b.toml line 1: not valid TOML; {advice}",
        "contracts/d.toml: this is a folder; name a TOML file",
        "contracts/a.toml: outcome[1].max_per_client has to be at least 1",
        "contracts/a.toml: outcome[1].treshold is not a known key; did you mean threshold?",
        "contracts/c.toml: outcome[1].requires names JOBS, no outcome of this contract; did you mean JOB?",
    ]


def test_a_contract_can_be_read_without_its_contradictions_being_looked_for() -> None:
    data = tomllib.loads(CONTRACT + JOB + 'requires = ["ATT"]')
    assert parse_model(Contract, data, "a.toml").outcomes[0].requires == ("ATT",)


def test_the_events_that_suspend_payment_are_those_of_the_events_table() -> None:
    from typing import get_args  # noqa: PLC0415

    from pbr_audit.tables import TABLES  # noqa: PLC0415
    from pbr_audit.terms.models import Event  # noqa: PLC0415

    assert get_args(Event) == TABLES["events"].columns["event"].choices
