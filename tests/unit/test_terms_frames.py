"""The terms as the tables that rules read."""

import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.terms import TERMS_COLUMNS, Terms, parse_terms

SMALL = """
standard = "0.1"
[contract]
id = "CPA00"
title = "Small"
prime_id = "PR02"
start_date = 2015-01-01
end_date = 2015-12-31
currency = "EUR"
[[outcome]]
code = "JOB"
kind = "milestone"
"""

FULL = """
standard = "0.1"
[contract]
id = "CPA01"
title = "Work support, area 1"
commissioner = "Example department"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
currency = "GBP"
cap = "12000000.00"

[[outcome]]
code = "JOB"
label = "Job outcome"
kind = "milestone"
measure = "days_in_work"
threshold = 182
direction = "at_least"
window_days = [182, 730]
business_days = true
claim_within_days = 90
requires = ["ATT"]
max_per_client = 2
evidence = ["payslip", "employer letter"]
ineligible_during = ["custody", "abroad"]
claimable_after_end = false
minimum_contacts = 3
excludes = ["CPA02"]
[[outcome.price]]
amount = "1200.00"
group = "18-24"
from = 2015-04-01
[[outcome.price]]
amount = "1100.50"
to = 2016-03-31

[[outcome]]
code = "ATT"
kind = "attachment"

[[outcome]]
code = "SUS"
kind = "sustainment"
interval_days = 28

[[outcome]]
code = "BIN"
kind = "cohort"
direction = "at_most"
baseline = 0.482
threshold = 0.0
significance = 0.05
[[outcome.price]]
amount = "1000.00"
per = "outcome_avoided"

[[volume]]
outcome = "JOB"
from = 2016-04-01
to = 2017-03-31
allocation = 1200
bands = [ { up_to = 1000, price_factor = 1.0 }, { up_to = 1500, price_factor = 0.8 } ]

[[volume]]
outcome = "ATT"

[[supply_chain]]
subcontractor_id = "SB01"
promised_share = 0.15
rate = 0.80
from = 2014-06-01
to = 2019-05-31
"""


@pytest.fixture(name="terms")
def both_contracts() -> Terms:
    """Both contracts, given in the wrong order."""
    return parse_terms([("full.toml", tomllib.loads(FULL)), ("small.toml", tomllib.loads(SMALL))])


def rows(terms: Terms, table: str) -> list[tuple[object, ...]]:
    return terms.frames()[table].collect().rows()


def outcome(terms: Terms, contract_id: str, code: str) -> dict[str, object]:
    chosen = (pl.col("contract_id") == contract_id) & (pl.col("outcome") == code)
    return terms.frames()["outcomes"].filter(chosen).collect().row(0, named=True)


def test_contracts_are_sorted_by_id(terms: Terms) -> None:
    assert rows(terms, "contracts") == [
        ("CPA00", "Small", "PR02", date(2015, 1, 1), date(2015, 12, 31), "EUR", None),
        ("CPA01", "Work support, area 1", "PR01", date(2014, 6, 1), date(2019, 5, 31), "GBP", 1_200_000_000),
    ]


def test_outcomes_keep_the_order_of_their_file(terms: Terms) -> None:
    keys = terms.frames()["outcomes"].select("contract_id", "outcome").collect().rows()
    assert keys == [("CPA00", "JOB"), ("CPA01", "JOB"), ("CPA01", "ATT"), ("CPA01", "SUS"), ("CPA01", "BIN")]


def test_an_outcome_with_everything_gives_every_column(terms: Terms) -> None:
    assert outcome(terms, "CPA01", "JOB") == {
        "contract_id": "CPA01",
        "outcome": "JOB",
        "from_date": None,
        "to_date": None,
        "label": "Job outcome",
        "kind": "milestone",
        "measure": "days_in_work",
        "threshold": 182.0,
        "threshold_of_baseline": False,
        "direction": "at_least",
        "window_low_days": 182,
        "window_high_days": 730,
        "business_days": True,
        "claim_after_days": None,
        "claim_within_days": 90,
        "requires": ["ATT"],
        "max_per_client": 2,
        "interval_days": None,
        "evidence": ["payslip", "employer letter"],
        "evidence_within_days": None,
        "ineligible_during": ["custody", "abroad"],
        "claimable_after_end": False,
        "minimum_contacts": 3,
        "excludes": ["CPA02"],
        "instead_of": [],
        "baseline": None,
        "significance": None,
    }


def test_an_outcome_with_nothing_gives_the_defaults(terms: Terms) -> None:
    assert outcome(terms, "CPA00", "JOB") == {
        "contract_id": "CPA00",
        "outcome": "JOB",
        "from_date": None,
        "to_date": None,
        "label": None,
        "kind": "milestone",
        "measure": None,
        "threshold": None,
        "threshold_of_baseline": False,
        "direction": None,
        "window_low_days": None,
        "window_high_days": None,
        "business_days": False,
        "claim_after_days": None,
        "claim_within_days": None,
        "requires": [],
        "max_per_client": 1,
        "interval_days": None,
        "evidence": [],
        "evidence_within_days": None,
        "ineligible_during": [],
        "claimable_after_end": True,
        "minimum_contacts": 0,
        "excludes": [],
        "instead_of": [],
        "baseline": None,
        "significance": None,
    }


def test_a_sustainment_has_its_interval_and_no_limit_a_client(terms: Terms) -> None:
    sustained = outcome(terms, "CPA01", "SUS")
    assert (sustained["interval_days"], sustained["max_per_client"]) == (28, None)


def test_a_cohort_has_its_baseline_and_its_significance(terms: Terms) -> None:
    cohort = outcome(terms, "CPA01", "BIN")
    assert (cohort["baseline"], cohort["threshold"], cohort["significance"]) == (0.482, 0.0, 0.05)
    assert cohort["max_per_client"] is None


def test_prices_are_pence_with_their_days_and_groups(terms: Terms) -> None:
    assert rows(terms, "prices") == [
        ("CPA01", "JOB", 120_000, "18-24", date(2015, 4, 1), None, "claim"),
        ("CPA01", "JOB", 110_050, None, None, date(2016, 3, 31), "claim"),
        ("CPA01", "BIN", 100_000, None, None, None, "outcome_avoided"),
    ]


def test_volumes_hold_their_bands(terms: Terms) -> None:
    bands = [{"up_to": 1000, "price_factor": 1.0}, {"up_to": 1500, "price_factor": 0.8}]
    assert rows(terms, "volumes") == [
        ("CPA01", "JOB", date(2016, 4, 1), date(2017, 3, 31), 1200, bands),
        ("CPA01", "ATT", None, None, None, []),
    ]


def test_the_supply_chain_holds_shares_and_rates(terms: Terms) -> None:
    assert rows(terms, "supply_chain") == [("CPA01", "SB01", 0.15, 0.8, date(2014, 6, 1), date(2019, 5, 31))]


@pytest.mark.parametrize("table", list(TERMS_COLUMNS))
def test_every_table_has_its_types_with_rows_and_without(terms: Terms, table: str) -> None:
    assert dict(terms.frames()[table].collect_schema()) == TERMS_COLUMNS[table]
    assert dict(Terms().frames()[table].collect_schema()) == TERMS_COLUMNS[table]
    assert rows(Terms(), table) == []


def test_all_tables_are_always_there() -> None:
    assert list(Terms().frames()) == list(TERMS_COLUMNS)


def test_a_cap_in_the_contracts_header_is_a_cap_on_the_contract(terms: Terms) -> None:
    assert rows(terms, "caps") == [("CPA01", "contract", 1_200_000_000, [], None, None, None)]


def test_the_order_of_the_files_changes_nothing(terms: Terms) -> None:
    turned = parse_terms([("small.toml", tomllib.loads(SMALL)), ("full.toml", tomllib.loads(FULL))])
    assert turned == terms


def test_codes_currencies_and_cohorts_are_found_by_contract(terms: Terms) -> None:
    assert terms.currencies() == {"CPA00": "EUR", "CPA01": "GBP"}
    assert terms.cohort_outcomes() == {("CPA01", "BIN")}
    assert terms.outcome_codes() == {
        ("CPA00", "JOB"),
        ("CPA01", "JOB"),
        ("CPA01", "ATT"),
        ("CPA01", "SUS"),
        ("CPA01", "BIN"),
    }
    assert Terms().currencies() == {}


def test_the_contract_of_the_standard_s_page_is_read() -> None:
    page = Path(__file__).parents[3] / "shared" / "standard.md"
    if not page.exists():
        pytest.skip("the standard's page is not beside this checkout")
    example = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    # The page shows every key in one outcome: also those of an attachment and of a sustainment.
    example = example.replace('requires = ["ATT"]', "").replace("interval_days = 28", "")
    terms = parse_terms([("CPA01.toml", tomllib.loads('standard = "0.1"\n' + example))])
    assert terms.outcome_codes() == {("CPA01", "JOB"), ("CPA01", "BIN")}
