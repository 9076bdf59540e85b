"""A subcontractor claims an outcome from its prime, and the prime never claimed it from the commissioner.

What it flags
-------------
A live claim of a subcontractor for which no claim of the prime stands, although the prime's time to claim
is over. The subcontractor's own amount is told as not claimed. It is an under-claim: it is never at risk
and never added to what is.

Method
------
For a subcontractor's claim stands, first, the claim of the prime tier of the same contract that it names
(`parent_claim_id`), whatever that says; else any claim of the prime tier of the same contract, client and
outcome. Where one client may earn the outcome more than once (`max_per_client` is not 1 on the claim's
date), that has to be of the same `outcome_date` too. A prime's claim stands where it is live, or where its
status is `rejected` or `recovered` and its amount not negative: it was passed up, and the commissioner
decided, whether or not a credit or a correction names it. Any other that is withdrawn, reversed or
superseded does not. The time to claim is `claim_within_days` in force on the outcome's date, counted from
that date to the day of the run, in working days where the terms say `business_days`; where the terms set
none, it is the parameter `days_allowed` in calendar days. The last of these days is still in time. A claim
of the prime that it names and that stands no more is listed at nothing.

Example
-------
SB01 claims £960.00 by S1 for a job outcome of 2 May 2016. It names no claim of its prime, and none of the
prime for client P1 is in the data up to 5 September 2016, 126 days later: S1 is a query, £960.00 not
claimed. S2 names C1, and is clear.

Why ask
-------
The commissioner is not asked for too much here. But a subcontractor whose results the prime does not pass
up is paid for nothing or not at all, and results that are missing from the claims make every rate drawn
from them wrong.

Innocent explanations
---------------------
The prime refused the outcome, and the subcontractor's record has not yet heard. The prime claims once for a
group of outcomes. It claimed under another client number or another outcome. The outcome is one that the
prime pays for and the commissioner does not.

Not flagged
-----------
1. A subcontractor's claim that is not live, as where the prime rejected it.
2. A claim for which one of the prime's stands: whether the two agree is asked by another rule.
3. A claim whose prime still has time, the last day included: it is not looked at unless a claim stands.
4. A claim that the prime passed up and the commissioner rejected or recovered.

Assumptions
-----------
The day of the run is the one that the run was given, else the latest submission. Where no claim of the
prime stands, a claim is not assessable if its contract has no claim of the prime tier in the data, if the
terms do not have its contract or outcome, or if it names no client; in this order. A claim that names one
of another contract as its parent is taken to name none that is in the data.

Ask for
-------
The prime's reason for not claiming the outcome, and whether the subcontractor was paid for it.

Source
------
The claims standard, "How rules read the tables" (802: the subject is the subcontractor's claim). The rest
is the auditor's ordinary reconciliation of two ledgers, read from the lower one.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
    VERSION,
    Needs,
    Param,
    Params,
    Rule,
    View,
    days_from,
    with_terms,
)

RULE = Rule(
    id="PBR802",
    version=2,
    title="Subcontractor's claim that the prime never passed up",
    family="under-claim",
    severity="info",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="contract_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "client_id",
                "tier",
                "live",
                "outcome",
                "outcome_date",
                "submitted_date",
                "amount_pence",
            ),
            "outcomes": (*VERSION, "max_per_client", "claim_within_days", "business_days"),
        },
        optional={"claims": ("parent_claim_id", "status")},
        distinct={"claims": ("submitted_date",)},
        claims="both",
        live_only=False,
    ),
    params={
        "days_allowed": Param(
            90,
            unit="days",
            low=0,
            high=3650,
            why="a quarter is what primes are commonly given, where the terms are silent",
        ),
    },
    message=(
        "The outcome {outcome} of {outcome_date} is claimed by the subcontractor, "
        "and {why} {days_since:number} days later."
    ),
)
OUTCOME_OF = ("contract_id", "client_id", "outcome")
NO_PRIMES = "the data holds no claim of the prime in the contract"
DECIDED = ("rejected", "recovered")
NAMES_NONE = "no claim of the prime is found"
NOT_FOUND = "the prime's claim that it names is not found"
TAKEN_BACK = "the prime's claim that it names stands no more"


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return subcontractors' live claims (1), flagged where nothing of the prime stands and time is over."""
    behind = view.claims.filter(pl.col("live"), tier="subcontractor")
    primes = view.claims.filter(pl.col("amount_pence") >= 0, tier="prime")
    standing = primes.filter(pl.col("live") | pl.col("status").is_in(DECIDED))  # (4)
    named = standing.select("contract_id", parent_claim_id="claim_id")
    # Nearly all name a claim that stands: the others are looked for first.
    alone = behind.join(
        named, on=["contract_id", "parent_claim_id"], how="anti"
    ).cache()  # read several times
    judged = _judged(alone, standing, primes, view, p)
    rest = behind.select("claim_id").join(alone.select("claim_id"), on="claim_id", how="anti")
    return pl.concat([judged, rest.with_columns(flagged=pl.lit(value=False))], how="diagonal")


def _judged(
    alone: pl.LazyFrame, standing: pl.LazyFrame, primes: pl.LazyFrame, view: View, p: Params
) -> pl.LazyFrame:
    """Return the claims whose prime's is not named: matched, flagged, or open; those in time left out (3)."""
    of_clients = standing.join(alone.select("client_id").unique(), on="client_id", how="semi")
    matches = of_clients.select(*OUTCOME_OF, "outcome_date").unique()
    any_day = matches.select(OUTCOME_OF).unique().with_columns(on_any_day=pl.lit(value=True))
    that_day = matches.with_columns(on_that_day=pl.lit(value=True))
    at_hand = primes.select("contract_id").unique().with_columns(has_primes=pl.lit(value=True))
    earned_once = pl.col("max_per_client").fill_null(0) == 1
    matched = pl.when(earned_once).then("on_any_day").otherwise("on_that_day").fill_null(value=False)
    why_not = (
        pl.when(pl.col("has_primes").is_null())
        .then(pl.lit(NO_PRIMES))
        .when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
    )
    return (
        with_terms(alone, view.outcomes)
        .join(any_day, on=OUTCOME_OF, how="left")
        .join(that_day, on=[*OUTCOME_OF, "outcome_date"], how="left")
        .join(at_hand, on="contract_id", how="left")
        .join(_named(view.claims), on=["contract_id", "parent_claim_id"], how="left")
        .join(_day_of_the_run(view), how="cross")
        .with_columns(matched=matched, why_not=why_not)
        .filter(pl.col("matched") | _time_is_over(p))
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "parent_claim_id",
            "prime_status",
            "why_not",
            flagged=pl.when("matched")  # (2)
            .then(pl.lit(value=False))
            .when(pl.col("why_not").is_null())
            .then(pl.lit(value=True)),
            why=_why(),
            days_since=(pl.col("as_of") - pl.col("outcome_date")).dt.total_days(),
            at_risk_pence="amount_pence",
            also_claim_ids=pl.concat_list(
                pl.when(pl.col("found").is_not_null()).then("parent_claim_id")
            ).list.drop_nulls(),
        )
    )


def _named(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return every claim of a prime under the name by which a subcontractor's names it."""
    return claims.filter(tier="prime").select(
        "contract_id", parent_claim_id="claim_id", prime_status="status", found=pl.lit(value=True)
    )


def _day_of_the_run(view: View) -> pl.LazyFrame:
    if view.as_of is not None:
        return pl.LazyFrame({"as_of": [view.as_of]}, schema={"as_of": pl.Date})
    return view.distinct_claims.select(as_of=pl.col("submitted_date").max())


def _time_is_over(p: Params) -> pl.Expr:
    allowed = pl.col("claim_within_days")
    business = (pl.col("business_days") & allowed.is_not_null()).fill_null(value=False)
    since = days_from(pl.col("outcome_date"), pl.col("as_of"), business=business)
    return since > allowed.fill_null(p.days_allowed)


def _why() -> pl.Expr:
    return (
        pl.when(pl.col("parent_claim_id").is_null())
        .then(pl.lit(NAMES_NONE))
        .when(pl.col("found").is_null())
        .then(pl.lit(NOT_FOUND))
        .otherwise(pl.lit(TAKEN_BACK))
    )
