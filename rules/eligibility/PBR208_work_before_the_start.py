"""The work or service that a claim is paid for began before the client's start.

What it flags
-------------
A live claim of the prime tier whose `job_start_date` lies more than `grace_days` before the start date of
the claim's client. The whole amount of the claim is at risk, unless the client was referred on that day
already: then nothing is.

Method
------
The first day of the work is held against the start in the row that the table of clients has for the claim's
client. Exactly `grace_days` before it is allowed; the default is 0, because a start that is kept on paper
after the fact is what this rule looks for, and a contract that counts from an earlier day says so. Work
that began on the day of referral or between it and the start is still a query, with severity `info` and
nothing at risk: the provider had been sent the client, and may have found the work before the first meeting
was recorded. Where the referral date is not known, or is later than the first day of the work, the severity
is `high`, and the whole amount is at risk.

Example
-------
Client P1 was referred on 4 January 2016 and started on 18 January 2016. Claim F1 asks £1,200.00 for a job
that began on 3 January 2016: a query with £1,200.00 at risk. The job behind F2 began on 17 January 2016: a
query with £0.00 at risk. That behind C1 began on the day of the start, and is clear.

Why ask
-------
A job that a person had before anybody helped is not what the contract buys. In one country's employment
services an audit found that of 63 placements of one agency 44 people had found the job by themselves.

Innocent explanations
---------------------
The first meeting was recorded late. The date is that of an earlier spell with the same employer, or of a
contract signed for a later first day. Work of a few hours was raised to a paid job with the provider's
help. The client was moved from another provider, with whose help the work was found, and holds a new
number.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims without a `job_start_date`: nothing says that they are paid for work, and they are not looked at.
3. Work that began on the day of the start, or exactly `grace_days` before it.
4. Work that began on or after the start of another registration of the same person (`person_id`) in the
   same contract: it was found in the contract's care, whoever gave it.

Assumptions
-----------
A client has one row, and its start is the one that the contract counts from. A claim is not assessable
where it names no client, where the client has no row or no start date, and where the row belongs to another
contract. Whether the first day of work lies after the outcome is not asked here. An earlier registration
counts whether or not it had ended, and whoever held it; one without a start date does not.

Ask for
-------
The contract of employment or the first payslip, the record of the client's first contact, and what the
provider did before the work began.

Source
------
The claims standard (`job_start_date`, `start_date`). Australian reports of 2011 and 2012 on fees for people
who had found work by themselves: 44 of 63 of one agency; in another check 42 per cent of claims were
confirmed.
"""

import polars as pl

from pbr_audit.rule import NO_CLIENT, WHOLE, Needs, Param, Params, Rule, View, days_in_words

RULE = Rule(
    id="PBR208",
    version=1,
    title="Paid-for work began before the client's start",
    family="sequence",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by=WHOLE,
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "client_id",
                "outcome",
                "outcome_date",
                "job_start_date",
                "amount_pence",
            ),
            "clients": ("client_id", "contract_id", "person_id", "start_date"),
        },
        optional={"clients": ("referral_date",)},
    ),
    params={
        "grace_days": Param(
            0,
            unit="days",
            low=0,
            high=90,
            why="the contract counts from the start; one that allows work found before it says how many days",
        )
    },
    message=(
        "The work behind the outcome {outcome} of {outcome_date} began on {job_start_date}, {lead} before "
        "the client's start on {start_date}."
    ),
)
NO_ROW = "the client is not in the table of clients"
OTHER_CONTRACT = "the client's start is that of another contract"
NO_START = "the client has no start date"


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every live prime claim (1) with a first day of work (2), flagged where that is too early (3)."""
    registered = view.clients.rename({"contract_id": "registered_for"})
    days_before = (pl.col("start_date") - pl.col("job_start_date")).dt.total_days()
    claims = (
        view.claims.filter(pl.col("job_start_date").is_not_null())
        .join(registered, on="client_id", how="left")
        .with_columns(days_before=days_before, why_not=_why_not())
        .with_columns(early=pl.col("why_not").is_null() & (pl.col("days_before") > p.grace_days))
        # Read for the early ones alone, and for all.
        .cache()
    )
    referred = (pl.col("referral_date") <= pl.col("job_start_date")).fill_null(value=False)
    return (
        claims.join(_in_care_before(view, claims), on="claim_id", how="left")
        .with_columns(referred=referred)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "job_start_date",
            "referral_date",
            "start_date",
            "days_before",
            "why_not",
            lead=days_in_words(pl.col("days_before"), business=pl.lit(value=False)),
            severity=pl.when("referred").then(pl.lit("info")).otherwise(pl.lit("high")),
            flagged=pl.when(pl.col("why_not").is_null()).then(
                pl.col("early") & pl.col("in_care_before").is_null()
            ),
            at_risk_pence=pl.when("referred").then(0).otherwise("amount_pence"),
        )
    )


def _why_not() -> pl.Expr:
    """Say why a claim cannot be judged; null where it can."""
    return (
        pl.when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("registered_for").is_null())
        .then(pl.lit(NO_ROW))
        .when(pl.col("registered_for") != pl.col("contract_id"))
        .then(pl.lit(OTHER_CONTRACT))
        .when(pl.col("start_date").is_null())
        .then(pl.lit(NO_START))
    )


def _in_care_before(view: View, claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return the early claims whose person had started another registration when the work began (4)."""
    another = view.clients.select("contract_id", "person_id", other="client_id", started="start_date")
    return (
        claims.filter("early")
        .select("claim_id", "contract_id", "person_id", "client_id", "job_start_date")
        .join(another, on=["contract_id", "person_id"], how="inner")
        .filter(pl.col("other") != pl.col("client_id"), pl.col("started") <= pl.col("job_start_date"))
        .select("claim_id", in_care_before=pl.lit(value=True))
        .unique()
    )
