"""What was paid on a claim does not go with the claim: too much, twice, after rejection, or never taken back.

What it flags
-------------
A claim of the prime tier, live or not, whose payment cannot be right by the records alone: more was paid
than was asked for; something was paid on a claim that stands as rejected or withdrawn; it stands as
recovered, or the contract's terms take it back, and no credit names it; or both it and the claim that it
repeats or replaces were paid. At risk is what was paid too much: the excess above the amount, else what was
paid, at most the claim's amount.

Method
------
The questions are asked in this order, and a claim is told of the first that it fails.

1. Rejected or withdrawn, and `paid_amount` above nothing: what was paid is at risk.
2. Paid above: `paid_amount` above `amount`. The excess is at risk; a finding on a claim never carries more
   than the claim's own amount.
3. Recovered without a credit: the status is `recovered`, and no claim with a negative amount and a live
   status names it in `reverses_claim_id`: what was paid is at risk, or the amount where `paid_amount` is
   empty.
4. Paid twice: it names another claim in `resubmits_claim_id` or `supersedes_claim_id`, both have a
   `paid_amount` above nothing, and no such credit names either: what was paid on this one is at risk, and
   the other is listed.
5. Taken back by the terms: a live claim of an outcome under a `[[clawback]]` in force on its outcome date.
   With `unless`, where no live claim of that outcome for the same client and contract is dated from the
   outcome's day to `within_days` after it, and the day of the audit is later than that; with `event`, where
   such an event of the client begins after the outcome's date, at most `within_days` after it. Only where
   no credit names the claim. The amount is at risk.

Example
-------
F1 asked for £1,200.00, and £1,300.00 was paid: a query with £100.00 at risk. F2 was rejected, and £1,200.00
was paid on it: all of it is at risk. C1 was paid as it was asked for.

Why ask
-------
Payment is where checks end, and few look at a claim again once it was decided on. Money paid on rejected
claims, or never taken back, is found by comparing two columns.

Innocent explanations
---------------------
The status was changed after the payment, and the credit is in the next period's file. The payment carries
interest, tax or an arrear of another claim. The credit names no claim, or is netted from a later payment.

Not flagged
-----------
1. Subcontractors' claims on their prime, and negative claims.
2. Claims that were paid as asked for, or less, or not yet.
3. A recovered or clawed-back claim that a live credit names, whatever the credit's amount.

Assumptions
-----------
`paid_amount` is what was paid in all on this claim. An empty `paid_amount` is nothing paid, but for a
recovered claim. Without a column for credits (`reverses_claim_id`), a recovered claim, one that was paid
twice and one that a clawback takes back are not assessable; nor is one under a clawback for an event where
there is no table of events, or without a client. The day of the audit is the run's `as_of`.

Ask for
-------
The payment run with the claim's line, the decision on the claim with its date, and the credit note.

Source
------
The claims standard (`paid_amount`, `status`, `reverses_claim_id`, `clawback`). Foundation payments in the
2013 proposal for probation contracts were paid in advance and clawed back where results were missed; errors
in tagging were settled by credit notes (NAO 2013).
"""

import polars as pl

from pbr_audit.rule import OUTCOME, Needs, Params, Rule, View, in_force

RULE = Rule(
    id="PBR113",
    version=1,
    title="Paid above the amount, twice, or after rejection",
    family="contract-terms",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="whole",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "client_id",
                "outcome",
                "outcome_date",
                "status",
                "amount_pence",
                "paid_amount_pence",
                "live",
                "reversal",
            ),
        },
        optional={
            "claims": ("reverses_claim_id", "resubmits_claim_id", "supersedes_claim_id"),
            "clawbacks": (*OUTCOME, "within_days", "unless", "event", "from_date", "to_date"),
            "events": ("client_id", "event", "start_date"),
        },
        live_only=False,
    ),
    message="The claim asks for {amount_pence:money} and {what}.",
)
SAID = {
    "rejected": "stands as rejected or withdrawn, and was paid",
    "above": "was paid above that",
    "recovered": "stands as recovered, and no credit names it",
    "twice": "was paid, as was the claim that it repeats or replaces",
    "clawed": "is taken back by the contract's terms, and no credit names it",
}
NO_CREDITS = "the claims do not say what a credit takes back"
NO_EVENTS = "there is no table of events to tell whether the payment goes back"
NO_CLIENT_TO_FOLLOW = "the claim names no client to follow"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every prime claim that is no credit (1), told of the first of the five that it fails (2)."""
    claims = view.claims.filter(pl.col("amount_pence") >= 0)
    credits_known = pl.lit(view.has("claims", "reverses_claim_id"))
    paid = pl.col("paid_amount_pence").fill_null(0)
    rejected = pl.col("status").is_in(["rejected", "withdrawn"]) & (paid > 0)
    above = paid > pl.col("amount_pence")
    recovered = (pl.col("status") == "recovered") & pl.col("credited").is_null()  # (3)
    twice = pl.col("repeated").is_not_null() & (paid > 0)
    clawed = pl.col("clawed").fill_null(value=False)
    # The five questions, in the order of the page.
    kind = (
        pl.when(rejected)
        .then(pl.lit("rejected"))
        .when(above)
        .then(pl.lit("above"))
        .when(recovered)
        .then(pl.lit("recovered"))
        .when(twice)
        .then(pl.lit("twice"))
        .when(clawed)
        .then(pl.lit("clawed"))
    )
    at_risk = (
        pl.when(kind="above")
        .then(paid - pl.col("amount_pence"))
        .when(kind="clawed")
        .then("amount_pence")
        .when((pl.col("kind") == "recovered") & pl.col("paid_amount_pence").is_null())
        .then("amount_pence")
        .otherwise(paid)
    )
    needs_credits = pl.col("kind").is_in(["recovered", "twice", "clawed"])
    why_not = (
        pl.when(needs_credits & ~credits_known)
        .then(pl.lit(NO_CREDITS))
        .when(pl.col("kind").is_null())
        .then("clawback_open")
    )
    return (
        claims.join(_credited(view), on="claim_id", how="left")
        .join(_repeated(view), on="claim_id", how="left")
        .join(_clawed(view), on="claim_id", how="left")
        .with_columns(kind=kind)
        .with_columns(why_not=why_not)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "status",
            "amount_pence",
            "paid_amount_pence",
            "why_not",
            what=pl.col("kind").replace_strict(SAID, default=None, return_dtype=pl.String),
            flagged=pl.when(pl.col("why_not").is_null()).then(pl.col("kind").is_not_null()),
            at_risk_pence=at_risk,
            also_claim_ids=pl.when(kind="twice").then(pl.concat_list("repeated")),
        )
    )


def _credited(view: View) -> pl.LazyFrame:
    """Return the claims that a credit which stands takes back."""
    named = view.claims.filter(pl.col("reversal")).select(claim_id="reverses_claim_id").drop_nulls().unique()
    return named.with_columns(credited=pl.lit(value=True))


def _repeated(view: View) -> pl.LazyFrame:
    """Return the claims that repeat or replace one which was paid and not credited, with that one."""
    names = view.claims.select("claim_id", repeated=pl.coalesce("resubmits_claim_id", "supersedes_claim_id"))
    paid = view.claims.filter(pl.col("paid_amount_pence") > 0).select(repeated="claim_id")
    credited = _credited(view)
    return (
        names.filter(pl.col("repeated") != pl.col("claim_id"))
        .join(paid, on="repeated", how="semi")
        .join(credited, left_on="repeated", right_on="claim_id", how="anti")
        .join(credited, on="claim_id", how="anti")
    )


def _clawed(view: View) -> pl.LazyFrame:
    """Return the live claims under a clawback, whether it takes them back, or why that is open."""
    under = (
        view.claims.filter(pl.col("live"))
        .select("claim_id", "client_id", *OUTCOME, "outcome_date")
        .join(view.clawbacks, on=OUTCOME, how="inner")
        .filter(in_force())
        .with_columns(last_day=pl.col("outcome_date") + pl.duration(days="within_days"))
    )
    following = view.claims.filter(pl.col("live")).select(
        "client_id", "contract_id", unless="outcome", on="outcome_date"
    )
    kept = (
        under.join(following, on=["client_id", "contract_id", "unless"], how="inner")
        .filter(pl.col("on").is_between("outcome_date", "last_day"))
        .select("claim_id", "unless", kept=pl.lit(value=True))
        .unique()
    )
    happened = (
        under.join(view.events.rename({"start_date": "on"}), on=["client_id", "event"], how="inner")
        .filter((pl.col("on") > pl.col("outcome_date")) & (pl.col("on") <= pl.col("last_day")))
        .select("claim_id", "event", happened=pl.lit(value=True))
        .unique()
    )
    as_of = pl.lit(view.as_of, dtype=pl.Date)
    missed = pl.col("unless").is_not_null() & pl.col("kept").is_null() & (as_of > pl.col("last_day"))
    takes_back = missed.fill_null(value=False) | pl.col("happened").is_not_null()
    open_ = (
        pl.when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT_TO_FOLLOW))
        .when(pl.col("event").is_not_null() & pl.lit(not view.has("events", "start_date")))
        .then(pl.lit(NO_EVENTS))
    )
    return (
        under.join(kept, on=["claim_id", "unless"], how="left")
        .join(happened, on=["claim_id", "event"], how="left")
        .with_columns(takes_back=takes_back & pl.col("client_id").is_not_null(), open=open_)
        .group_by("claim_id")
        .agg(clawed=pl.col("takes_back").any(), clawback_open=pl.col("open").drop_nulls().sort().first())
    )
