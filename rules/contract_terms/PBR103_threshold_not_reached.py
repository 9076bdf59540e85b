"""A claim is made for an outcome whose own measured value does not reach what the contract pays from.

What it flags
-------------
A live claim of the prime tier whose `measured_value` falls short of the outcome's threshold: below it where
the terms say `at_least`, above it where they say `at_most`. The whole amount of the claim is at risk.

Method
------
The value on the claim is compared with the threshold in force on the outcome's date, in the outcome's own
unit. Exactly the threshold is reached. Where the terms give it in hours (`threshold_hours`), it is these
times the minimum wage in force on that date.

Example
-------
A job outcome is paid from 182 days in work. Claim F1 gives 181 and is a query with £1,200.00 at risk; claim
C1 gives 182 and is clear. A test that is passed with at most 3 absences is claimed with 4 by F2: a query
too.

Why ask
-------
By the claim's own figure the outcome was not reached, so nothing is due. It is the plainest of a payer's
checks, and where nobody makes it, paying a near miss as a success soon becomes a habit.

Innocent explanations
---------------------
The value is in another unit, weeks for days or a share for a percentage. It was measured at an earlier
point and not brought up to date when the claim was made. A variation lowered the threshold, or the contract
lets some clients reach a lower one. Two columns changed places in the return.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes for which the terms give no threshold: they are not looked at.
3. Outcomes of a cohort: their threshold is an improvement on a baseline, and no claim's value.
4. A value that is exactly the threshold.

Assumptions
-----------
The measured value is in the unit of the threshold. A claim without a measured value is not assessable where
its outcome has a threshold; nor is one whose contract or outcome the terms do not have. Where the claims
have no measured values at all, the rule is not assessable.

Ask for
-------
The evidence from which the value was measured, the working if it was added up (days, hours, earnings), and
the unit in which the provider's system holds it.

Source
------
The claims standard, "Contract terms" (`threshold`, `direction`). In the Work Programme a job outcome took 3
or 6 months in work, by group; the Work and Health Programme's guidance for providers (chapter 13) pays a
self-employed outcome from 182 days.
"""

import polars as pl

from pbr_audit.rule import (
    NOT_IN_TERMS,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    with_terms,
)

RULE = Rule(
    id="PBR103",
    version=1,
    title="Measured value does not reach the threshold",
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
                "measured_value",
                "amount_pence",
            ),
            "outcomes": (*VERSION, "kind", "measure", "threshold", "direction"),
        },
    ),
    message=(
        "The claim gives {measured_value:number} for the outcome {outcome} of {outcome_date}; "
        "the contract asks for {limit} {threshold:number}."
    ),
)
NO_VALUE = "the claim gives no measured value"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) of an outcome with a threshold, flagged where it is not reached."""
    has_threshold = pl.col("threshold").is_not_null() & (pl.col("kind") != "cohort")  # (3)
    return (
        with_terms(view.claims, view.outcomes)
        .filter(has_threshold | ~pl.col("in_terms"))  # (2)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "measure",
            "measured_value",
            "threshold",
            limit=pl.col("direction").str.replace("_", " ", literal=True),
            flagged=_short(),
            why_not=pl.when(~pl.col("in_terms"))
            .then(pl.lit(NOT_IN_TERMS))
            .when(pl.col("measured_value").is_null())
            .then(pl.lit(NO_VALUE)),
            at_risk_pence="amount_pence",
        )
    )


def _short() -> pl.Expr:
    """Tell whether the value falls short (4); null where there is no value or no threshold."""
    value, threshold = pl.col("measured_value"), pl.col("threshold")
    return (
        pl.when(pl.col("direction") == "at_least")
        .then(value < threshold)
        .when(pl.col("direction") == "at_most")
        .then(value > threshold)
    )
