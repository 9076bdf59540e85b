"""An outcome is claimed for a client who has not first had an outcome that the contract requires before it.

What it flags
-------------
A live claim of the prime tier for an outcome that `requires` another one, where no live claim of the prime
tier asks for that other one, for the same client in the same contract, on the same day or earlier. The
whole amount of the claim is at risk.

Method
------
Every outcome that the terms in force on the claim's outcome date require is looked for among the live prime
claims of the same client and contract. It counts where it is dated no later than the claim; on the same day
is in order. Where several outcomes are required, each of them is needed. The evidence says which are not
met, and names the claims for them that are dated later, if there are any; these are not among the claims of
the query.

Example
-------
A job outcome requires an attachment. Client P1 has no claim for an attachment, so P1's job outcome F1 is a
query with £1,200.00 at risk. Client P2's attachment C2 is dated 3 May 2016 and the job outcome F2 a day
earlier: a query, which names C2. Client P3's two claims are both of 2 May 2016, and clear.

Why ask
-------
The order of outcomes is a contract's proof that a service stands behind them: somebody was taken on, then
found work, then kept it. A payment for keeping a job that nobody was paid for finding is either in the
wrong contract, on the wrong client, or not earned.

Innocent explanations
---------------------
The earlier outcome was claimed before the data begin, under an earlier contract, or under another number of
the same client. It was reached and never claimed, because its price had fallen to nothing or its deadline
had passed. It was rejected for its paperwork and is about to be submitted again. One of the two dates is
the day of the evidence and the other that of the event.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes that require none: they are not looked at.
3. A required outcome on the same day.
4. How long ago the required outcome was, and how much was asked for it.

Assumptions
-----------
The claims reach back to the beginning of the contract: with one quarter's returns alone, outcomes that were
claimed before it look as though they were missing, and the rule has to be left out. A required outcome that
was rejected, withdrawn, recovered, reversed or superseded does not count, nor does a subcontractor's claim
for it. A claim that names no client is not assessable; nor is one whose contract or outcome the terms do
not have.

Ask for
-------
The provider's whole history of claims for this client, with the required outcome's evidence and what became
of the claim for it.

Source
------
The claims standard, "Contract terms" (`requires`) and "How rules read the tables" (104). In the Work
Programme a claim for sustained work was valid only where the job outcome had been reported already (written
answer of the Minister for Employment, 10 July 2013).
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
    OUTCOME,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    in_force,
    with_terms,
)

RULE = Rule(
    id="PBR104",
    version=1,
    title="Claimed without, or before, the outcome that it requires",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "outcomes": (*VERSION, "requires"),
        },
    ),
    message=(
        "The outcome {outcome} of {outcome_date} requires {not_met:list}, for which the client has no live "
        "claim dated by that day."
    ),
)
# One client's claims of one required outcome; a number is quicker to join on than two texts.
WHOSE = ("client_id", "required_number")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) that requires another, flagged where one of those is not met."""
    requires_any = view.outcomes.select(*VERSION, requires_any=pl.col("requires").list.len() > 0)
    claims = with_terms(view.claims, requires_any).filter(pl.col("requires_any") | ~pl.col("in_terms"))  # (2)
    required = _required(view.outcomes)
    earned = _earned(view.claims, required)
    not_met = _not_met(view.claims, required, earned)
    return claims.join(_told(not_met, earned), on="claim_id", how="left").select(
        "claim_id",
        "outcome",
        "outcome_date",
        "not_met",
        "claimed_later",
        flagged=pl.when(pl.col("in_terms") & pl.col("client_id").is_not_null()).then(
            pl.col("not_met").is_not_null()
        ),
        why_not=pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT)),
        at_risk_pence="amount_pence",
    )


def _required(outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """Return each outcome with each that it requires at some time, and the number of that one."""
    numbered = outcomes.select(OUTCOME).unique(maintain_order=True).with_row_index("required_number")
    return (
        outcomes.explode("requires")
        .select(*VERSION, required="requires")
        .join(
            numbered.select("contract_id", "required_number", required="outcome"),
            on=["contract_id", "required"],
            how="inner",
        )
    )


def _earned(claims: pl.LazyFrame, required: pl.LazyFrame) -> pl.LazyFrame:
    """Return the claims for outcomes that any other one requires."""
    wanted = required.select("contract_id", "required_number", outcome="required").unique()
    return claims.join(wanted, on=OUTCOME, how="inner").select(
        *WHOSE, required_date="outcome_date", required_claim_id="claim_id"
    )


def _not_met(claims: pl.LazyFrame, required: pl.LazyFrame, earned: pl.LazyFrame) -> pl.LazyFrame:
    """Return each claim with each outcome that it requires and that was not earned by its day."""
    earliest = earned.group_by(WHOSE).agg(pl.col("required_date").min())
    in_order = pl.col("required_date") <= pl.col("outcome_date")  # (3, 4)
    return (
        claims.filter(pl.col("client_id").is_not_null())
        .join(required, on=OUTCOME, how="inner")
        .filter(in_force())
        .join(earliest, on=WHOSE, how="left")
        .filter(pl.col("required_date").is_null() | ~in_order)
        .select("claim_id", "required", *WHOSE)
    )


def _told(not_met: pl.LazyFrame, earned: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim the outcomes that are not met, and the claims for them, all of them later."""
    later = pl.struct(claim_id="required_claim_id", outcome="required", outcome_date="required_date")
    return (
        not_met.join(earned, on=WHOSE, how="left")
        .sort("required", "required_date", "required_claim_id")
        .group_by("claim_id")
        .agg(
            not_met=pl.col("required").unique().sort(),
            claimed_later=later.filter(pl.col("required_claim_id").is_not_null()),
        )
    )
