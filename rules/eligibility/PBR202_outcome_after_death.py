"""An outcome is claimed for a day after the day on which the client died.

What it flags
-------------
A live claim of the prime tier whose outcome is dated after the death that an independent record holds for
the same client. The whole amount of the claim is at risk.

Method
------
The events table is searched for deaths. The outcome's date is compared with the date of death: a later day
is a query, the same day is not. Where several deaths are recorded for one client, the latest date counts,
so that a mistyped early date raises no query by itself.

Example
-------
Client P1 died on 1 May 2016. Claim F1 asks £1,200.00 for a job outcome dated 2 May 2016: one day after the
death, so it is a query and £1,200.00 is at risk. Claim C1, dated 1 May 2016, is clear.

Why ask
-------
Nobody reaches an outcome after dying. Either the claim is wrong (its date, its client, or the outcome
itself), or the record of the death is. Auditors of the tagging contracts found charges that ran on for
months and years after monitoring had ended, and matching payments against deaths is a standard exercise
between public bodies.

Innocent explanations
---------------------
The death was matched to the wrong person, a namesake or a relative. The record holds the day of
registration or its own typing error. The outcome is dated by rule, at the end of four weeks of work that
were complete, or nearly so, when the client died. The claim names the wrong client of two who were dealt
with on one day.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime: the commissioner does not pay them.
2. An outcome on the day of death: people die in the evening of a working day.
3. A client for whom no death is recorded.

Assumptions
-----------
Events with at least one death are taken to cover the deaths of all clients up to the day of the run;
without a single death the rule is not assessable. A claim that names no client is not assessable. A death
that is recorded under another registration of the same person is not seen here.

Ask for
-------
The document that shows the outcome and its date, the provider's last contact note with the client, and,
from the keeper of the register, on what details the death was matched.

Source
------
National Audit Office, The Ministry of Justice's electronic monitoring contracts (2013), on charges after
monitoring had ended; the NFI, the public bodies' exercise of matching payments with deaths, for its caution
that a match only asks for a look.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View

RULE = Rule(
    id="PBR202",
    version=1,
    title="Outcome after the client's death",
    family="ineligible-period",
    severity="critical",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "events": ("client_id", "event", "start_date"),
        },
        holds={"events": {"event": "death"}},
    ),
    message="The outcome {outcome} is dated {outcome_date}; the client's death is recorded on {death_date}.",
)


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1), flagged where its outcome is dated after the client's death."""
    deaths = (
        view.events.filter(event="death").group_by("client_id").agg(death_date=pl.col("start_date").max())
    )
    after_death = pl.col("outcome_date") > pl.col("death_date")  # (2)
    return view.claims.join(deaths, on="client_id", how="left").select(
        "claim_id",
        "outcome",
        "outcome_date",
        "death_date",
        flagged=pl.when(pl.col("client_id").is_null())
        .then(None)
        .when(pl.col("death_date").is_null())
        .then(pl.lit(value=False))  # (3)
        .otherwise(after_death),
        why_not=pl.when(pl.col("client_id").is_null()).then(pl.lit("the claim names no client")),
        days_after=(pl.col("outcome_date") - pl.col("death_date")).dt.total_days(),
        at_risk_pence="amount_pence",
    )
