"""A claim gives more than what a check of it could verify.

What it flags
-------------
A live claim of the prime tier whose measured value is above the one that the last check of the claim
verified, or below it where the terms pay for `at_most`. The whole amount is at risk where the verified
value does not reach the threshold in force; where it does, or the outcome has no threshold, nothing is.

Method
------
The checks that count name the claim, are dated on its outcome date or later, have another result than
`unable` or `untraced`, and give a verified value; one that is `confirmed` without a value counts too, and
says that the claimed value is right. The last of them by date holds. Where several are of that one date,
the one that is best for the claim does: a confirmation without a value, else the highest value, or the
lowest where the direction is `at_most`. The claimed value is a query where it is above the verified one, or
below it for `at_most`; an outcome without a direction is read as `at_least`. Threshold and direction are
those in force on the outcome's date. The severity is `high` where the verified value does not reach the
threshold, and `info` where the payment stands all the same: there the difference says something about the
records, and nothing about the money.

Example
-------
A job outcome is paid from 182 days in work, at £1,200.00. Claim F1 gives 190 days, and a check of 1 June
2016 verified 181: a query with £1,200.00 at risk. F2 gives 190 too, of which 185 were verified: a query
with £0.00 at risk.

Why ask
-------
What a check of a single claim has found is worth nothing if nobody holds it against the claim. A claim that
stays live after a check fell short is paid on a figure that the payer knows to be wrong.

Innocent explanations
---------------------
The check saw a part of the evidence only, or a part of the period. The two count differently: calendar days
or days worked, hours contracted or hours paid. The claimed figure was rounded. The payer has accepted
further evidence since, and did not record a second check.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims without a check that counts: they are not looked at. A check of a client says nothing of a figure.
3. A claimed value equal to the verified one, or on its cautious side.
4. A claim that a later check confirmed, or whose later check verified the claimed value.
5. Cohort outcomes, which are measured on nobody alone: they are not looked at.

Assumptions
-----------
Both values are in the unit of the threshold, and are compared as they stand: no difference is tolerated. A
claim with a check that counts is not assessable where it gives no measured value, or where the terms do not
have its contract or outcome. A check dated before the outcome looked at something else. `result` is
compared letter by letter; a word that the standard does not have is read by its verified value.

Ask for
-------
What the check looked at, and the evidence for the part of the figure that it did not find.

Source
------
The claims standard (`checks.verified_value`). Verification of results-based financing compares declared and
validated figures, provider by provider; in one programme the difference fell from 17 to 5 per cent in three
years (World Bank, results-based financing in Afghanistan, 2010 to 2013).
"""

import polars as pl

from pbr_audit.rule import NOT_IN_TERMS, VERSION, Needs, Params, Rule, View, with_terms

RULE = Rule(
    id="PBR408",
    version=1,
    title="Claimed figure above the verified one",
    family="evidence-reuse",
    severity="high",
    basis="record",
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
            "checks": ("claim_id", "check_date", "result", "verified_value"),
            "outcomes": (*VERSION, "kind", "threshold", "direction"),
        },
    ),
    message=(
        "The claim gives {measured_value:number} for the outcome {outcome} of {outcome_date}; the check of "
        "{check_date} verified {verified_value:number}, {reach}."
    ),
)
NO_VALUE = "the claim gives no measured value"
FOUND_NOTHING = ("unable", "untraced")
SHORT, ENOUGH, FREE = "short of the threshold", "enough for the threshold", "and the terms set no threshold"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) that was checked (2), flagged where it is above what was verified."""
    at_most = (pl.col("direction") == "at_most").fill_null(value=False)
    verified = pl.when(at_most).then("lowest").otherwise("highest")
    claimed, found, threshold = (pl.col(name) for name in ("measured_value", "verified_value", "threshold"))
    above = pl.when(at_most).then(claimed < found).otherwise(claimed > found)  # (3)
    short = pl.when(at_most).then(found > threshold).otherwise(found < threshold).fill_null(value=False)
    why_not = (
        pl.when(~pl.col("in_terms")).then(pl.lit(NOT_IN_TERMS)).when(claimed.is_null()).then(pl.lit(NO_VALUE))
    )
    return (
        with_terms(view.claims.join(_last(view), on="claim_id", how="inner"), view.outcomes)
        .filter(~pl.col("in_terms") | (pl.col("kind") != "cohort"))  # (5)
        .with_columns(verified_value=verified, why_not=why_not)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "measured_value",
            "verified_value",
            "check_date",
            "threshold",
            "why_not",
            limit=pl.col("direction").str.replace("_", " ", literal=True),
            reach=pl.when(threshold.is_null())
            .then(pl.lit(FREE))
            .when(short)
            .then(pl.lit(SHORT))
            .otherwise(pl.lit(ENOUGH)),
            severity=pl.when(short).then(pl.lit("high")).otherwise(pl.lit("info")),
            flagged=pl.when(pl.col("why_not").is_null()).then(above & ~pl.col("confirmed")),
            at_risk_pence=pl.when(short).then("amount_pence").otherwise(0),
        )
    )


def _last(view: View) -> pl.LazyFrame:
    """Return for each claim with a check that counts the last one's date and the values of that day (4)."""
    counts = pl.col("verified_value").is_not_null() | (pl.col("result") == "confirmed")
    checks = view.checks.filter(~pl.col("result").is_in(FOUND_NOTHING), counts)
    return (
        view.claims.select("claim_id", "outcome_date")
        .join(checks, on="claim_id", how="inner")
        .filter(pl.col("check_date") >= pl.col("outcome_date"))
        .filter(pl.col("check_date") == pl.col("check_date").max().over("claim_id"))
        .group_by("claim_id", "check_date")
        .agg(
            highest=pl.col("verified_value").max(),
            lowest=pl.col("verified_value").min(),
            confirmed=pl.col("verified_value").is_null().any(),
        )
    )
