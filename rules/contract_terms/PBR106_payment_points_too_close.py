"""A sustainment payment was claimed sooner after the last payment point than the contract's interval.

What it flags
-------------
A live claim of the prime tier for a sustainment outcome with an `interval_days`, dated fewer days after the
payment point before it. The whole amount of the claim is at risk.

Method
------
Payment points are live claims of the prime tier of one client and contract. The point before a sustainment
is the latest of two: the last claim of the same outcome on an earlier date, and the last claim of an
outcome that it requires, on an earlier date or the same. The days between the two dates are compared with
the interval in force on the sustainment's date; exactly the interval is in time. Where both are of one
date, the claim of the same outcome is told; of several claims of one date, that with the lowest claim
number.

Example
-------
A sustainment is paid every 28 days. Client P1 has a job outcome of 2 May 2016 (C1) and a sustainment of 29
May (F1), 27 days later: a query with £215.00 at risk. That of 26 June (C2) is 28 days after F1, and in
time.

Why ask
-------
Each payment buys a further stretch of work. Points that come too soon are paid for days that the last
payment bought already, and the end of the chain is reached by people who have worked for less time than was
paid for.

Innocent explanations
---------------------
The earlier point is itself dated too late, or will be withdrawn. The contract counts whole weeks, and the
first began before the claim's date. An earlier claim was corrected without naming the one that it replaces.
Two people share one client number.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes without an interval: they are not looked at.
3. A point exactly the interval after the one before it.
4. Two claims of this outcome on one date: a second claim is asked about by another rule.
5. A sustainment without any point before it: whether one was required is asked by another rule.

Assumptions
-----------
Days are calendar days. Only outcomes that the sustainment itself requires are points before it, not those
that these require in turn. A claim that names no client, or whose contract or outcome the terms do not
have, is not assessable.

Ask for
-------
The evidence of the days worked between the two points, and how the provider counts them.

Source
------
The claims standard, "How rules read the tables" (106). The Work Programme paid a sustainment where four
continuous weeks had passed since the last payment point (written answer of the Minister for Employment, 10
July 2013).
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
    id="PBR106",
    version=1,
    title="Sustainment points closer together than the interval",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "outcomes": (*VERSION, "interval_days", "requires"),
        },
    ),
    message=(
        "The {outcome} of {outcome_date} comes {days} days after the {before_outcome} of {before_date}; the "
        "contract's interval is {interval_days} days."
    ),
)
WHOSE = ("client_id", "contract_id", "outcome")
BEFORE = ("before_date", "before_outcome", "before_claim_id")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) with an interval (2), flagged where the point before is too near."""
    claims = with_terms(view.claims, view.outcomes).filter(
        ~pl.col("in_terms") | pl.col("interval_days").is_not_null()
    )
    points = pl.concat([_of_itself(claims), _of_what_it_requires(claims, view.claims)])
    latest = points.group_by("claim_id").agg(
        pl.col(BEFORE)
        .sort_by("before_date", "itself", "before_order", descending=[True, True, False])
        .first()
    )
    days = (pl.col("outcome_date") - pl.col("before_date")).dt.total_days()
    too_near = (days < pl.col("interval_days")).fill_null(value=False)  # (3, 5)
    return claims.join(latest, on="claim_id", how="left").select(
        "claim_id",
        "outcome",
        "outcome_date",
        "interval_days",
        *BEFORE,
        days=days,
        flagged=pl.when(pl.col("in_terms") & pl.col("client_id").is_not_null()).then(too_near),
        why_not=pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT)),
        at_risk_pence="amount_pence",
        also_claim_ids=pl.concat_list("before_claim_id").list.drop_nulls(),
    )


def _of_itself(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim the last one of the same outcome on an earlier date (4)."""
    dates = (
        claims.filter(pl.col("client_id").is_not_null())
        .group_by(*WHOSE, "outcome_date")
        .agg(before_claim_id=pl.col("claim_id").min(), claim_id="claim_id")
        .sort(*WHOSE, "outcome_date")
        .with_columns(
            before_date=pl.col("outcome_date").shift(1).over(WHOSE),
            before_claim_id=pl.col("before_claim_id").shift(1).over(WHOSE),
        )
        .filter(pl.col("before_date").is_not_null())
    )
    return dates.explode("claim_id").select(
        "claim_id",
        "before_date",
        before_outcome="outcome",
        before_claim_id="before_claim_id",
        before_order="before_claim_id",
        itself=pl.lit(value=True),
    )


def _of_what_it_requires(claims: pl.LazyFrame, all_claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim those of the outcomes that it requires, up to its own date."""
    asked = claims.select(
        "claim_id", "client_id", "contract_id", "outcome_date", required="requires"
    ).explode("required")
    points = all_claims.select(
        "client_id",
        "contract_id",
        required="outcome",
        before_date="outcome_date",
        before_claim_id="claim_id",
    )
    return (
        asked.join(points, on=["client_id", "contract_id", "required"], how="inner")
        .filter(pl.col("before_date") <= pl.col("outcome_date"))
        .select(
            "claim_id",
            "before_date",
            before_outcome="required",
            before_claim_id="before_claim_id",
            before_order="before_claim_id",
            itself=pl.lit(value=False),
        )
    )
