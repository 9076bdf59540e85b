"""Two dates of one claim stand in an order in which things cannot happen.

What it flags
-------------
A live claim of the prime tier of which one date lies before another that has to come first. The whole
amount of the claim is at risk.

Method
------
A client is referred, starts, reaches the outcome; the provider submits the claim and is paid. Of these days
none may lie before one that stands earlier in this list. Nor may the day on which the outcome was keyed in
lie before the outcome, or the evidence be dated after the claim was submitted. Each pair is tested where
both dates are known. Referral and start come from the client's registration, the rest from the claim.

Example
-------
Client P1 was referred on 4 January 2016 and started on 18 January. Claim F1 gives an outcome of
11 January 2016, a week before the start, so it is a query and £400.00 is at risk. Claim C1 gives 18 January
2016, the day of the start itself, and is clear.

Why ask
-------
A result that is older than the service was not brought about by it, and a document that is younger than the
claim was not at hand when the claim was signed. Dates that run backwards are also how a start that was set
back, to reach a window or a price, comes to light.

Innocent explanations
---------------------
A day and a month changed places, or a year was typed wrongly in January. The client was registered late, and
the start is the day of the registration. The client moved from another provider and holds a new start date,
while the outcome belongs to the first. The clock of the keying system is not the local one. A copy of the
evidence was asked for again and bears the later day.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime.
2. Two dates that are the same day.
3. A pair of which one date is not known: a client who is in no table, or a claim that is not yet paid.
4. Evidence dated before the outcome, and an outcome keyed in after the claim was submitted: both happen.

Assumptions
-----------
The client's registration that the claim names is the one under which the outcome was reached. An outcome
keyed in is compared by its day, in local time. An outcome's date and its submission are in every claim, so
that no claim is without a pair to test; how many of the other dates are given, the tables say.

Ask for
-------
The referral, the signed start, the dated evidence of the outcome, and the keying system's own log of when
each date was entered and changed.

Source
------
The claims standard, "How rules read the tables" (201). Tests of this order are among those that funded
learning is checked by, for starts that were set back and for learners who finished too soon.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View

RULE = Rule(
    id="PBR201",
    version=1,
    title="Dates in an impossible order",
    family="sequence",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={"claims": ("claim_id", "client_id", "outcome_date", "submitted_date", "amount_pence")},
        optional={
            "claims": ("paid_date", "recorded_at", "evidence_date"),
            "clients": ("client_id", "referral_date", "start_date"),
        },
    ),
    message="The claim's dates cannot follow one another: {out_of_order:list}.",
)
DAYS = {
    "referral": pl.col("referral_date"),
    "start": pl.col("start_date"),
    "outcome": pl.col("outcome_date"),
    "submission": pl.col("submitted_date"),
    "payment": pl.col("paid_date"),
    "recording": pl.col("recorded_at").dt.date(),
    "evidence": pl.col("evidence_date"),
}
# What comes first, then what may not lie before it (4). As outcome and submission are always known, the pairs
# left out follow from these.
PAIRS = (
    ("referral", "start"),
    ("referral", "outcome"),
    ("start", "outcome"),
    ("outcome", "submission"),
    ("submission", "payment"),
    ("outcome", "recording"),
    ("evidence", "submission"),
)


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1), flagged where a pair of its dates is out of order."""
    dated = view.claims.join(view.clients, on="client_id", how="left").with_columns(
        # The greatest of true, false and null is true, then false; null where no pair can be tested (3).
        flagged=pl.max_horizontal(_backwards(*pair) for pair in PAIRS)
    )
    told = pl.concat_list(_told(*pair) for pair in PAIRS).list.drop_nulls()
    return pl.concat(
        [dated.filter("flagged").with_columns(out_of_order=told), dated.filter(_not_flagged())],
        how="diagonal",
    ).select(
        "claim_id",
        "flagged",
        "out_of_order",
        "referral_date",
        "start_date",
        "outcome_date",
        "submitted_date",
        "paid_date",
        "recorded_at",
        "evidence_date",
        at_risk_pence="amount_pence",
    )


def _backwards(first: str, then: str) -> pl.Expr:
    return DAYS[then] < DAYS[first]  # (2)


def _told(first: str, then: str) -> pl.Expr:
    """Return the pair with its dates where it is out of order, else null."""
    said = pl.concat_str(
        pl.lit(f"{then} "),
        DAYS[then].cast(pl.String),
        pl.lit(f" before {first} "),
        DAYS[first].cast(pl.String),
    )
    return pl.when(_backwards(first, then)).then(said)


def _not_flagged() -> pl.Expr:
    return pl.col("flagged").is_null() | ~pl.col("flagged")
