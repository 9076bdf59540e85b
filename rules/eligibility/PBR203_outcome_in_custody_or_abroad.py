"""An outcome is dated on a day on which the client was in custody, abroad, or where else nothing is paid.

What it flags
-------------
A live claim of the prime tier whose outcome is dated within an event that the contract's terms name in
`ineligible_during`, as an independent record holds it for the same client. The whole amount of the claim is
at risk.

Method
------
The events table is searched for the kinds of event that the outcome's terms in force on its date name. Such
an event runs from its first to its last day, both included; one without an end runs to the day of the run.
An outcome on any of these days is a query. Where several events hold the day, the one that began first is
told.

Example
-------
The terms pay no job outcome during custody or abroad. Client P1 was in custody from 1 April 2016 to 10 May
2016. Claim F1 asks £1,200.00 for a job outcome dated 10 May 2016: a query, with £1,200.00 at risk. Claim
C1, dated 11 May 2016, is clear.

Why ask
-------
Custody and stays abroad suspend what such a contract pays for, and the provider may not know of them.
Auditors of the tagging contracts found people charged for while they were back in prison, and the record
that shows it is held by another body than the one that claims.

Innocent explanations
---------------------
The event was matched to a namesake. The client was arrested in the evening of the day, or released in its
morning. An end was never keyed in, so that a short remand still stands open. The outcome is dated by rule,
at the end of a period that was worked before the custody began. A holiday was recorded as a stay abroad.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime.
2. Outcomes whose terms name no such event: these are not looked at.
3. A day before an event's first or after its last.
4. An event within the weeks that a sustainment covers, where the outcome's own date lies outside it.

Assumptions
-----------
Events with at least one of a kind are taken to cover that kind for all clients up to the day of the run.
Where the terms name a kind that no event has, a claim without a query is not assessable, because nothing
says that the client was not away. Nor is a claim assessable whose outcome the terms do not have, or which
names no client. An event of another registration of the same person is not seen here.

Ask for
-------
The document that shows the outcome and its date, the provider's contact notes around that day, and, from
the keeper of the record, the details on which the event was matched and its end.

Source
------
The claims standard, "How rules read the tables" (203). National Audit Office, The Ministry of Justice's
electronic monitoring contracts (2013), on charges for people who were not there to be monitored.
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
    id="PBR203",
    version=1,
    title="Outcome while in custody or abroad",
    family="ineligible-period",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "events": ("client_id", "event", "start_date", "end_date"),
            "outcomes": (*VERSION, "ineligible_during"),
        },
        distinct={"events": ("event",)},
    ),
    message=(
        "The outcome {outcome} is dated {outcome_date}; {event} is recorded from {event_start} "
        "to {event_end|a day not yet known}."
    ),
)
TOLD = {"event": "event", "event_start": "start_date", "event_end": "end_date"}


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) whose terms name an event (2), flagged where one holds its date."""
    claims = with_terms(view.claims, _with_unseen(view)).filter(
        ~pl.col("in_terms") | (pl.col("ineligible_during").list.len() > 0)
    )
    why_not = (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .otherwise("unseen")
    )
    return (
        claims.join(_events_behind(view, claims), on="claim_id", how="left")
        .with_columns(why_not=why_not)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            *TOLD,
            "why_not",
            flagged=pl.when(pl.col("event").is_not_null())
            .then(pl.lit(value=True))
            .when(pl.col("why_not").is_null())
            .then(pl.lit(value=False)),
            at_risk_pence="amount_pence",
        )
    )


def _with_unseen(view: View) -> pl.LazyFrame:
    """Add to each outcome's terms why its kinds of event are not all known, null where they are."""
    known = view.distinct_events.select(known=pl.col("event").implode())
    unseen = pl.col("ineligible_during").list.set_difference("known").list.sort()
    said = pl.concat_str(pl.lit("events holds no row whose event is "), pl.col("unseen").list.join(" or "))
    return (
        view.outcomes.join(known, how="cross")
        .with_columns(unseen=unseen)
        .with_columns(unseen=pl.when(pl.col("unseen").list.len() > 0).then(said))
        .drop("known")
    )


def _events_behind(view: View, claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim whose date an event holds the event that began first (4)."""
    ended = pl.coalesce("end_date", pl.lit(view.as_of, dtype=pl.Date))
    named = pl.col("ineligible_during").list.contains(pl.col("event"))
    told = pl.struct(pl.col(name).alias(told) for told, name in TOLD.items())
    return (
        claims.select("claim_id", "client_id", "outcome_date", "ineligible_during")
        .join(view.events.with_columns(ended=ended), on="client_id", how="inner")
        .filter(pl.col("outcome_date").is_between("start_date", "ended"), named)  # (3)
        .group_by("claim_id")
        .agg(told=told.sort_by("start_date", "event", "ended").first())
        .unnest("told")
    )
