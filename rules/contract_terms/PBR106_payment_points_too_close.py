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
the interval; exactly the interval is in time. Interval and required outcomes are those in force on the
sustainment's date. The point is listed at nothing. Where both are of one date, the claim of the same
outcome is told; of several claims of one date, that with the lowest claim number.

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
REQUIRED = ("client_id", "contract_id", "required")
BEFORE = ("before_date", "before_outcome", "before_claim_id")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) with an interval (2), flagged where the point before is too near."""
    versions = view.outcomes.with_row_index("version")
    claims = with_terms(view.claims, versions.drop("requires")).filter(
        ~pl.col("in_terms") | pl.col("interval_days").is_not_null()
    )
    assessable = claims.filter("in_terms", pl.col("client_id").is_not_null())
    required = versions.select("version", required="requires").explode("required")
    points = pl.concat([_of_itself(assessable), _of_what_it_requires(assessable, required, view.claims)])
    latest = points.group_by("claim_id").agg(
        pl.col(BEFORE)
        .sort_by("before_date", "itself", "before_order", descending=[True, True, False])
        .first()
    )
    days = (pl.col("outcome_date") - pl.col("before_date")).dt.total_days()
    listed = latest.with_columns(also_claim_ids=pl.concat_list("before_claim_id"))
    return claims.join(listed, on="claim_id", how="left").select(
        "claim_id",
        "outcome",
        "outcome_date",
        "interval_days",
        *BEFORE,
        "also_claim_ids",
        days=days,
        flagged=pl.when(pl.col("in_terms") & pl.col("client_id").is_not_null()).then(
            pl.col("before_date").is_not_null()
        ),
        why_not=pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT)),
        at_risk_pence="amount_pence",
    )


def _too_near(before: pl.Expr) -> pl.Expr:
    """Tell whether a point is nearer than the interval (3, 5); one that is hides those further back."""
    return (pl.col("outcome_date") - before).dt.total_days() < pl.col("interval_days")


def _of_itself(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim the last one of the same outcome on an earlier date (4), if too near."""
    before = pl.col("outcome_date").shift(1).over(WHOSE)
    dates = (
        _with_near_dates(claims)
        .group_by(*WHOSE, "outcome_date", "interval_days")
        .agg(before_claim_id=pl.col("claim_id").min(), claim_id="claim_id")
        .sort(*WHOSE, "outcome_date")
        .with_columns(before_date=before, before_claim_id=pl.col("before_claim_id").shift(1).over(WHOSE))
        .filter(_too_near(pl.col("before_date")))
    )
    return dates.explode("claim_id").select(
        "claim_id",
        "before_date",
        before_outcome="outcome",
        before_claim_id="before_claim_id",
        before_order="before_claim_id",
        itself=pl.lit(value=True),
    )


def _with_near_dates(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return the claims of a client and outcome of which two dates are too near each other.

    Claims alike have one hash, which sorts quicker than texts. Two hashes alike by chance do no harm:
    dates in between only come nearer, and of claims of one date the longest interval is first.
    """
    hashed = claims.with_columns(whose=pl.struct(WHOSE).hash())
    order = ["whose", "outcome_date", "interval_days"]
    before = pl.col("outcome_date").shift(1)
    near = (
        hashed.select(order)
        .sort(order, descending=[False, False, True])
        .filter(
            pl.col("whose") == pl.col("whose").shift(1), before < pl.col("outcome_date"), _too_near(before)
        )
    )
    return hashed.join(near.select("whose").unique(), on="whose", how="semi")


def _of_what_it_requires(
    claims: pl.LazyFrame, required: pl.LazyFrame, all_claims: pl.LazyFrame
) -> pl.LazyFrame:
    """Return for each claim those of the outcomes that it requires, up to its own date and too near it."""
    asked = claims.select(
        "claim_id", "client_id", "contract_id", "outcome_date", "interval_days", "version"
    ).join(required.drop_nulls(), on="version", how="inner")
    points = all_claims.select(
        "client_id",
        "contract_id",
        required="outcome",
        before_date="outcome_date",
        before_claim_id="claim_id",
    )
    return (
        # One number is quicker to join on than three texts; these are compared for the few that are left.
        asked.with_columns(whose=pl.struct(REQUIRED).hash())
        .join(points.with_columns(whose=pl.struct(REQUIRED).hash()), on="whose", how="inner")
        .filter(pl.col("before_date") <= pl.col("outcome_date"), _too_near(pl.col("before_date")))
        .filter(pl.col(name) == pl.col(f"{name}_right") for name in REQUIRED)
        .select(
            "claim_id",
            "before_date",
            before_outcome="required",
            before_claim_id="before_claim_id",
            before_order="before_claim_id",
            itself=pl.lit(value=False),
        )
    )
