"""A claim was submitted later after its outcome than the contract allows, or sooner.

What it flags
-------------
A live claim of the prime tier that was submitted more days after its outcome than the outcome's
`claim_within_days`, or fewer than its `claim_after_days`, by which a result has to be waited for. The whole
amount of the claim is at risk.

Method
------
The days are those from the outcome's date to the day of submission; the first and the last day allowed are
in time. The terms are those in force on the outcome's date, whenever the claim is submitted. They are
calendar days. Where the terms say `business_days = true` they are Mondays to Fridays, counted from the day
after the outcome: from a Friday to the Monday after it is one day. Bank holidays are not known yet, and
count as working days.

Example
-------
Claims for a job outcome have to come within 90 days. The outcome of claim F1 is dated 2 May 2016 and F1 was
submitted on 1 August, 91 days later: a query with £1,200.00 at risk. Claim C1, submitted on 31 July, came
on the last day and is clear.

Why ask
-------
A deadline is agreed so that a claim can still be checked while people and papers can be found, and so that
a payer can close its books. Late claims gather what could not be evidenced in time, and what was found when
a target was short.

Innocent explanations
---------------------
The evidence came late from an employer or another public body, and the contract allows for that. The claim
corrects or repeats one that was in time, without naming it. The payer's own system was closed, or it agreed
to take the claim. A bank holiday lies between, where the contract counts working days.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes for which the terms give neither a deadline nor days to wait: they are not looked at.
3. The first and the last day allowed.
4. A claim submitted before its outcome, where there are no days to wait: another rule asks about it.

Assumptions
-----------
The deadline runs from the outcome's date, and the day of submission is the day on which the provider made
the claim, not the one on which the payer loaded it. A claim that repeats a rejected one is held against the
deadline like any other, since the terms do not say that it has more time. A claim whose contract or outcome
the terms do not have is not assessable. Where working days are counted, the contract's own count is lower
by the bank holidays between, so that a claim a day or two late may in truth be in time.

Ask for
-------
The record of the submission with its time stamp, the date on which the evidence was received, and any
agreement to accept the claim late.

Source
------
The claims standard, "Contract terms" (`claim_within_days`, `claim_after_days`) and "How rules read the
tables". Contracts of this kind do count in working days: a sustained outcome of the Work Programme could be
claimed once 15 of them had passed (written answer of the Minister for Employment, 10 July 2013).
"""

import polars as pl

from pbr_audit.rule import (
    NOT_IN_TERMS,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    days_from,
    days_in_words,
    with_terms,
)

RULE = Rule(
    id="PBR107",
    version=2,
    title="Submitted after the claim deadline",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="claim_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "outcome",
                "outcome_date",
                "submitted_date",
                "amount_pence",
            ),
            "outcomes": (*VERSION, "claim_after_days", "claim_within_days", "business_days"),
        },
    ),
    message=(
        "The claim was submitted on {submitted_date}, {lag} after the outcome {outcome} of "
        "{outcome_date}; the contract {allows}."
    ),
)


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) of an outcome with days to keep to, flagged where it did not."""
    after, within = pl.col("claim_after_days"), pl.col("claim_within_days")
    business = pl.col("business_days")
    lag_days = days_from(pl.col("outcome_date"), pl.col("submitted_date"), business=business)
    late = (pl.col("lag_days") > within).fill_null(value=False)  # (3, 4)
    early = (pl.col("lag_days") < after).fill_null(value=False)
    allows = (
        pl.when(late)
        .then(pl.concat_str(pl.lit("allows "), within.cast(pl.String)))
        .otherwise(pl.concat_str(pl.lit("asks for "), after.cast(pl.String), pl.lit(" to pass")))
    )
    return (
        with_terms(view.claims, view.outcomes)
        .filter(after.is_not_null() | within.is_not_null() | ~pl.col("in_terms"))  # (2)
        .with_columns(lag_days=lag_days)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "submitted_date",
            "lag_days",
            "claim_after_days",
            "claim_within_days",
            lag=days_in_words(pl.col("lag_days"), business=business),
            allows=allows,
            flagged=pl.when("in_terms").then(late | early),
            why_not=pl.when(~pl.col("in_terms")).then(pl.lit(NOT_IN_TERMS)),
            at_risk_pence="amount_pence",
        )
    )
