"""A claim beside the terms of its outcome: every claim keeps its row, and says whether it has terms."""

import polars as pl

from pbr_audit.rule import with_terms

CLAIMS = pl.LazyFrame(
    {
        "claim_id": ["C1", "N1", "N2", "C2"],
        "contract_id": ["CPA01", "CPA01", "CPA99", "CPA02"],
        "outcome": ["JOB", "XYZ", "JOB", "JOB"],
    }
).with_columns(outcome_date=pl.date(2016, 5, 1))
OUTCOMES = pl.LazyFrame(
    {
        "contract_id": ["CPA01", "CPA02", "CPA02"],
        "outcome": ["JOB", "JOB", "ATT"],
        "claim_within_days": [90, None, 30],
    }
).with_columns(from_date=pl.lit(None, dtype=pl.Date), to_date=pl.lit(None, dtype=pl.Date))


def test_terms_are_those_of_the_contract_and_the_outcome_and_no_claim_is_lost() -> None:
    made = with_terms(CLAIMS, OUTCOMES).select("claim_id", "claim_within_days", "in_terms")
    assert sorted(made.collect().rows()) == [
        ("C1", 90, True),
        ("C2", None, True),
        ("N1", None, False),
        ("N2", None, False),
    ]


def test_without_any_terms_no_claim_has_them() -> None:
    made = with_terms(CLAIMS, OUTCOMES.clear()).select("in_terms").collect()
    assert made["in_terms"].to_list() == [False] * 4
