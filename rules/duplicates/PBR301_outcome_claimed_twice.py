"""One outcome is claimed more than once for one client.

What it flags
-------------
A live claim of the prime tier for an outcome that an earlier live claim already asks for: the same client,
the same contract and the same outcome. The whole amount of every claim after the first is at risk; the
first is listed at nothing.

Method
------
Claims of one client, contract and outcome are put in the order of their outcome dates, then submission
dates, then claim numbers. Where the terms let a client earn the outcome once (`max_per_client = 1`, which
attachments and milestones have unless the terms say otherwise; the terms are those in force on the later
claim's outcome date), every claim after the first is a query, whatever its date and whatever the terms
allowed on the first one's. Where the outcome may be earned again, as four-weekly sustainments are, only a
claim with the outcome date of another one is. Each later claim is a query of its own.

Example
-------
Client P1 has two claims for a job outcome at £1,200.00: C1 dated 2 May 2016 and F1 dated 9 June 2016. A job
outcome is earned once, so F1 is a query with £1,200.00 at risk. The two sustainment claims of P2 at £215.00
are of two dates, C2 of 30 May 2016 and C3 of 27 June 2016, and clear; F2, again of 27 June 2016, is a query
with £215.00 at risk.

Why ask
-------
An outcome that was paid for once is not worth a second payment. A second claim for one outcome is the first
thing that a payer's own ledger should stop. Checks of funded learning look for it by name: one learner, one
outcome, standing twice.

Innocent explanations
---------------------
A correction was sent as a new claim without naming the one that it replaces. A rejected claim's
resubmission is here and the rejection is not yet in the data. Two people share one client number. The
outcome is one that the contract, in a variation that the terms at hand do not yet hold, lets a client earn
twice.

Not flagged
-----------
1. A claim submitted again after a rejection or a withdrawal, and both halves of a reversal, and a claim
   that a correction supersedes: these are not live.
2. The first claim of its kind, in the order above; it is listed with each later one, at nothing.
3. Two dates of an outcome that may be earned again. Whether they lie too close together, or are too many,
   is asked by other rules.
4. A subcontractor's claim beside its prime's: the commissioner pays the prime only.
5. The same outcome code in two contracts.

Assumptions
-----------
A client number means one person, and one person has one client number in a contract; one person under two
numbers is for the rules on linkage. Where the terms do not know the outcome, claims of one date are
flagged, and a later date is not assessable, since nothing says how often the outcome may be earned. A claim
that names no client is not assessable.

Ask for
-------
Both claims with their evidence, and the provider's own ledger of payments for this client: is one of them a
correction, and were both paid?

Source
------
The claims standard, "How rules read the tables" (301 and 105). Data self-assessment tools for funded
learning list learners and outcomes that stand twice; the Troubled Families programme paid for five families
of six, partly to allow for results that another programme had paid for.
"""

import polars as pl

from pbr_audit.rule import (
    OUTCOME,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    with_terms,
)

RULE = Rule(
    id="PBR301",
    version=2,
    title="One outcome claimed twice for one client",
    family="duplicate-claim",
    severity="critical",
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
                "outcome",
                "outcome_date",
                "submitted_date",
                "amount_pence",
                "deliverer_id",
            ),
        },
        optional={"outcomes": (*VERSION, "max_per_client")},
    ),
    message=(
        "The outcome {outcome} of {outcome_date} is claimed for a client for whom "
        "claim {first_claim_id} asks for it, dated {first_outcome_date}."
    ),
)
WHOSE = ("client_id", "contract_id", "outcome")
ALIKE = (*WHOSE, "only_on")
THAT_DAY = (*WHOSE, "outcome_date")
ORDER = ("outcome_date", "submitted_date", "claim_id")
FIRST = {
    "first_claim_id": "claim_id",
    "first_outcome_date": "outcome_date",
    "first_submitted_date": "submitted_date",
    "first_deliverer_id": "deliverer_id",
}


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1, 4), flagged where an earlier one asks for the same outcome."""
    ever_once = (pl.col("max_per_client") == 1).any().over(OUTCOME)
    claims = with_terms(view.claims, view.outcomes.with_columns(ever_once=ever_once)).with_columns(
        only_on=pl.when("ever_once").then(None).otherwise(pl.col("outcome_date"))
    )
    # Rows alike have one hash, so that few rows need sorting; two hashes alike by chance do no harm.
    may_repeat = pl.struct(ALIKE).hash().is_duplicated() | ~pl.col("in_terms")
    claims = claims.with_columns(may_repeat=may_repeat)
    return pl.concat(
        [_in_order(claims.filter("may_repeat")), claims.filter(~pl.col("may_repeat"))], how="diagonal"
    ).select(
        "claim_id",
        "outcome",
        "outcome_date",
        "submitted_date",
        "max_per_client",
        *FIRST,
        flagged=_flagged(),
        why_not=pl.when(pl.col("client_id").is_null())
        .then(pl.lit("the claim names no client"))
        .otherwise(pl.lit("the terms do not say how often the outcome may be earned")),
        at_risk_pence="amount_pence",
        also_claim_ids=pl.concat_list("first_claim_id"),
    )


def _in_order(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Add the first claim of its client and outcome (5), on its own day where it may be earned again."""
    once = pl.col("max_per_client") == 1
    return (
        claims.sort(ORDER)
        .with_columns(
            pl.when(once)
            .then(pl.col(name).first().over(WHOSE))
            .otherwise(pl.col(name).first().over(THAT_DAY))  # (3)
            .alias(first)
            for first, name in FIRST.items()
        )
        .with_columns(first_of_any_date=pl.col("claim_id").first().over(WHOSE))
    )


def _flagged() -> pl.Expr:
    later = pl.col("claim_id") != pl.col("first_claim_id")  # (2)
    later_date = ~pl.col("in_terms") & (pl.col("claim_id") != pl.col("first_of_any_date"))
    return (
        pl.when(pl.col("client_id").is_null())
        .then(None)
        .when("may_repeat")
        .then(pl.when(later).then(pl.lit(value=True)).when(~later_date).then(pl.lit(value=False)))
        .otherwise(pl.lit(value=False))
    )
