"""An outcome was claimed for a client who had fewer contacts than the contract requires before it.

What it flags
-------------
A live claim of the prime tier for an outcome whose terms ask for `minimum_contacts`, where fewer contacts
with the client are recorded up to the outcome's date. The whole amount of the claim is at risk.

Method
------
A contact is a row of `activities` for the claim's client, whoever delivered it, dated on the outcome's date
or before; two rows on one day are two contacts. The minimum is that in force on the outcome's date. Exactly
the minimum is enough.

Example
-------
A job outcome requires 3 contacts. For client P1 two are recorded by 2 May 2016, the date of claim F1: a
query with £1,200.00 at risk. For client P2 three are, the last of them on that day, and claim C1 is clear.

Why ask
-------
A provider that is paid for the outcome alone saves most on those whom it does not see. Where the contract
asks for a service, it pays for that too, and a person who found work without it was paid for twice: by the
state and by their own effort.

Innocent explanations
---------------------
Contacts are recorded elsewhere: by a subcontractor, by telephone, in another system. Records were not
carried over when the client was transferred. The service was delivered in groups and is recorded for the
group.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes for which the terms require no contact: they are not looked at, whatever the service.
3. Exactly as many contacts as the terms require.

Assumptions
-----------
The table of contacts is complete for the providers that are in it: where the claim's deliverer has no
contact recorded with anybody, too few contacts say nothing, and the claim is not assessable. Contacts
before the client's start count, and contacts after the outcome do not. A claim that names no client, or
whose contract or outcome the terms do not have, is not assessable.

Ask for
-------
The client's file: the record of contacts from the start to the outcome, with who met whom, and when.

Source
------
The claims standard, "Contract terms" (`minimum_contacts`). Harder groups got less than half of the support
that was promised for them (Public Accounts Committee, 2014); many contracts pay without prescribing
contacts, and this rule leaves those alone.
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
    id="PBR606",
    version=1,
    title="Outcome with little or no service",
    family="parking",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "client_id",
                "deliverer_id",
                "outcome",
                "outcome_date",
                "amount_pence",
            ),
            "activities": ("client_id", "provider_id", "activity_date"),
            "outcomes": (*VERSION, "minimum_contacts"),
        },
        distinct={"activities": ("provider_id",)},
    ),
    message=(
        "{contacts} contacts with the client are recorded up to the outcome {outcome} of {outcome_date}; the "
        "contract requires {minimum_contacts}."
    ),
)
NO_RECORD = "no contact of the provider is recorded with anybody"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return live prime claims (1) whose terms require contacts (2), flagged where there are fewer (3)."""
    claims = with_terms(view.claims, view.outcomes).filter(
        ~pl.col("in_terms") | (pl.col("minimum_contacts") > 0)
    )
    recording = view.distinct_activities.select(deliverer_id="provider_id", records=pl.lit(value=True))
    too_few = pl.col("contacts") < pl.col("minimum_contacts")
    why_not = (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(too_few & pl.col("records").is_null())
        .then(pl.lit(NO_RECORD))
    )
    return (
        claims.join(_contacts(view, claims), on="claim_id", how="left")
        .join(recording.unique(), on="deliverer_id", how="left")
        .with_columns(pl.col("contacts").fill_null(0))
        .with_columns(why_not=why_not)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "minimum_contacts",
            "contacts",
            "last_contact",
            "why_not",
            flagged=pl.when(pl.col("why_not").is_null()).then(too_few),
            at_risk_pence="amount_pence",
        )
    )


def _contacts(view: View, claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim with any how many contacts there were up to its outcome, and the last."""
    return (
        claims.select("claim_id", "client_id", "outcome_date")
        .join(view.activities.select("client_id", "activity_date"), on="client_id", how="inner")
        .filter(pl.col("activity_date") <= pl.col("outcome_date"))
        .group_by("claim_id")
        .agg(contacts=pl.len().cast(pl.Int64), last_contact=pl.col("activity_date").max())
    )
