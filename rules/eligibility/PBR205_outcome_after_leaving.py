"""An outcome is claimed for a day after the client had left, where the contract pays nothing after that.

What it flags
-------------
A live claim of the prime tier whose outcome is dated after the client's end date, for an outcome whose
terms say `claimable_after_end = false`. The whole amount of the claim is at risk.

Method
------
The outcome's date is compared with the end date of the client's registration. A later day is a query, the
same day is not. Only outcomes that the terms in force on their date close to clients who have left are
looked at.

Example
-------
The terms pay job outcomes only while the client is with the provider. Client P1 left on 30 April 2016.
Claim F1 asks £1,200.00 for a job outcome dated 1 May 2016: a query, with £1,200.00 at risk. Claim C1, dated
30 April 2016, is clear.

Why ask
-------
Where a contract buys work with people who are there, what happens after they leave is not what it buys. An
outcome of a later day was found, not brought about, or belongs to whoever had the client next. In most
contracts outcomes are followed up after a client has left, and paid: that is why this rule looks at those
only whose terms rule it out.

Innocent explanations
---------------------
The end date is that of a registration which was closed by mistake and opened again. The client left and
came back under a new registration, and the claim names the old one. The end was keyed in ahead, as the
planned end. The outcome was reached in time and is dated by the document that proves it.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime.
2. Outcomes that may be claimed after the end: these are not looked at.
3. An outcome on the day on which the client left.
4. A client without an end date, who is still there.

Assumptions
-----------
The end date is the day on which service ended, for the registration that the claim names. A claim whose
client has no row in the table of clients is not assessable; nor is one whose outcome the terms do not have,
or which names no client.

Ask for
-------
The document that shows the outcome and its date, the record of the client's end with its reason and when it
was keyed in, and the last contact with the client.

Source
------
The claims standard, "Contract terms" (`claimable_after_end`) and "How rules read the tables" (205).
National Audit Office, The Ministry of Justice's electronic monitoring contracts (2013), on charges after
monitoring had ended.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    with_terms,
)

RULE = Rule(
    id="PBR205",
    version=1,
    title="Outcome after the client left",
    family="ineligible-period",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "clients": ("client_id", "end_date"),
            "outcomes": (*VERSION, "claimable_after_end"),
        },
        optional={"clients": ("end_reason",)},
    ),
    message="The outcome {outcome} is dated {outcome_date}, and the client left on {end_date}.",
)
NO_ROW = "clients has no row for the claim's client"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return live prime claims (1) whose terms end with the stay (2), flagged where they are dated later."""
    closed = ~pl.col("in_terms") | ~pl.col("claimable_after_end")
    registered = view.clients.with_columns(has_row=pl.lit(value=True))
    after_the_end = pl.col("outcome_date") > pl.col("end_date")  # (3)
    return (
        with_terms(view.claims, view.outcomes)
        .filter(closed)
        .join(registered, on="client_id", how="left")
        .with_columns(why_not=_why_not())
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "end_date",
            "end_reason",
            "why_not",
            flagged=pl.when(pl.col("why_not").is_not_null())
            .then(None)
            .when(pl.col("end_date").is_null())
            .then(pl.lit(value=False))  # (4)
            .otherwise(after_the_end),
            days_after=(pl.col("outcome_date") - pl.col("end_date")).dt.total_days(),
            at_risk_pence="amount_pence",
        )
    )


def _why_not() -> pl.Expr:
    return (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("has_row").is_null())
        .then(pl.lit(NO_ROW))
    )
