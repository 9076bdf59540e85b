"""The claims: one row for each payment asked for."""

from collections.abc import Set as AbstractSet
from typing import Any

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.fields import Moment, Money, choice, client_or_cohort, day, moment, money, number, text

Outcomes = AbstractSet[tuple[str, str]]


class Claims(pa.DataFrameModel):
    """One row for each payment asked for."""

    claim_id: str = text("The claim's own number.", "CL000041", required=True, unique=True)
    contract_id: str = text("A contract in the terms.", "CPA01", required=True)
    provider_id: str = text("Who submits this claim.", "PR01", required=True)
    tier: str = choice(
        "A claim on the commissioner (prime), or a subcontractor's claim on its prime (subcontractor).",
        "prime",
        ("prime", "subcontractor"),
        required=True,
    )
    subcontractor_id: str | None = text(
        "On a prime's claim: who delivered; empty where the prime did.", "SB01"
    )
    parent_claim_id: str | None = text(
        "On a subcontractor's claim: the prime's claim that it stands behind.", "CL000040"
    )
    client_id: str | None = client_or_cohort(
        "The registration that the claim is for.", "C00017", unless="the outcome's kind is cohort"
    )
    cohort: str | None = text("The cohort that a claim for a cohort outcome is for.", "2014-A")
    outcome: str = text("An outcome's code in the contract's terms.", "JOB", required=True)
    outcome_date: pl.Date = day("When the outcome was achieved.", "2016-07-14", required=True)
    submitted_date: pl.Date = day("When the claim was submitted.", "2016-08-02", required=True)
    recorded_at: Moment | None = moment("When the outcome was keyed in.", "2016-07-15T09:30:00")
    measured_value: float | None = number("What was measured.", "182")
    amount: Money = money("What is asked for; negative on a reversal.", "1200.00", required=True)
    paid_amount: Money | None = money("What was paid.", "1200.00")
    paid_date: pl.Date | None = day("When it was paid.", "2016-08-30")
    status: str | None = choice(
        "Where the claim stands; empty means submitted.",
        "paid",
        ("submitted", "paid", "rejected", "withdrawn", "recovered"),
        default="submitted",
    )
    evidence_type: str | None = text("The kind of evidence held.", "payslip")
    evidence_ref: str | None = text("The number or name of the document.", "EV-2016-0193")
    evidence_date: pl.Date | None = day("The date on the document.", "2016-07-14")
    advisor_id: str | None = text("The adviser who signed the claim.", "A007")
    signed_by: str | None = text("Who signed, where that is not the adviser.", "M012", sensitive=True)
    employer_id: str | None = text("An employer in the table of employers.", "E0102")
    employment_type: str | None = choice(
        "How the client is employed.",
        "employed",
        ("employed", "self_employed", "other"),
        closed=False,
    )
    job_start_date: pl.Date | None = day("When the paid-for work or service began.", "2016-01-13")
    period_start: pl.Date | None = day("First day that the payment covers.", "2016-06-17")
    period_end: pl.Date | None = day("Last day that the payment covers.", "2016-07-14")
    evidence_hash: str | None = text("Digest of the document.", "9f86d081884c7d65")
    resubmits_claim_id: str | None = text(
        "The rejected or withdrawn claim that this one repeats.", "CL000012"
    )
    reverses_claim_id: str | None = text("On a reversal: the claim that it takes back.", "CL000013")
    supersedes_claim_id: str | None = text("On a correction: the claim that it replaces.", "CL000014")


def claims_schema(cohort_outcomes: Outcomes, known_outcomes: Outcomes) -> pa.DataFrameSchema:
    """Return the schema of claims in which `client_id` may be empty only for an outcome of the kind cohort.

    Both sets hold (contract_id, outcome). An outcome that no contract knows is taken for a cohort's where the
    claim names a cohort: an unknown code is for a rule to flag, not for validation to reject.
    """
    schema = Claims.to_schema()
    clientless = _is_one_of(cohort_outcomes) | (~_is_one_of(known_outcomes) & pl.col("cohort").is_not_null())

    def names_its_client(data: Any) -> Any:
        return data.lazyframe.select(pl.col("client_id").is_not_null() | clientless)

    # A schema of its own: pandera keeps a model's schema and hands the same one out each time.
    return pa.DataFrameSchema(
        dict(schema.columns),
        checks=[*schema.checks, pa.Check(names_its_client, error="client_id: is missing")],
        name=schema.name,
        description=schema.description,
    )


def _is_one_of(outcomes: Outcomes) -> pl.Expr:
    """Whether a row's contract and outcome are among `outcomes`; never null, so that a null is no pass."""
    contracts = sorted({contract for contract, _ in outcomes})
    tests = [
        (pl.col("contract_id") == contract)
        & pl.col("outcome").is_in(sorted(code for owner, code in outcomes if owner == contract))
        for contract in contracts
    ]
    return pl.any_horizontal(tests).fill_null(value=False) if tests else pl.lit(value=False)
