"""A claim was rejected or withdrawn, and sent again with a date or measure that now fits the terms.

What it flags
-------------
A live claim of the prime tier that repeats a rejected or withdrawn one, with another outcome date or
measured value, by which it passes a term of the contract that the earlier one failed. The whole amount is
at risk.

Method
------
A claim repeats another one of the prime tier with the same client, contract and outcome whose status is
`rejected` or `withdrawn` and whose amount is not negative: the one that its `resubmits_claim_id` names,
whenever that was submitted, and, where the terms in force on the claim's own outcome date let a client earn
the outcome once, each one that was submitted on an earlier day. It may repeat several; each is compared
with it.

Four terms are tried on both claims, each by the terms in force on its own outcome date: the window from the
client's start; the threshold; the claim deadline, from its own outcome date to its own submission; and the
contract's first and last day. All four are inclusive, and an outcome without such a term passes it. Window
and deadline count working days (Mondays to Fridays) where the terms do. A query arises where the earlier
claim fails a term and the later passes it, and their outcome dates differ, or, for the threshold, their
dates or measured values do. Of several earlier claims for which that is so the one submitted last is told,
of these the one with the lowest claim number; it is listed at nothing.

Example
-------
The window of a job outcome opens 182 days after the start. Client P1 started on 4 January 2016. Claim X1 of
27 June 2016, 175 days later, was rejected; F1, at £1,200.00, asks for the same with the date of 4 July
2016, which is day 182: a query with £1,200.00 at risk. C1 of client P2 repeats X2 with the same date and an
additional payslip, and is clear.

Why ask
-------
An outcome happened on one day, and was of one size. Where the answer to a rejection is another date or
another figure, and just the one that was missing, the evidence has to show that the first was wrong.

Innocent explanations
---------------------
The first claim had a slip of the keyboard, and the rejection brought it to light: this is what rejections
are for, and most moved dates are nothing else. The client went on working, and reached the threshold
meanwhile. The payer itself asked for the other date. The first claim was for an earlier job.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims that repeat none: they are not looked at. A later claim for an outcome that may be earned several
   times repeats an earlier one only where it says so.
3. A claim with the date and the measure of the rejected one: what it lacked was something else.
4. A moved date or measure that makes no difference to any of the four terms, and one by which the claim
   still fails: whether it does is asked by other rules.
5. Cohort outcomes: they are not looked at.

Assumptions
-----------
A claim that says that it repeats another one and names no client is not assessable; nor is one that repeats
another (by number, or submitted later) where the terms do not have its contract or outcome. Where the
client's start is needed and not known (no row, no date, or the row is of another contract), or a measured
value of either claim, the comparison is not assessable, unless what is known settles it; a query about
another term or another earlier claim stands. A number in `resubmits_claim_id` that belongs to no rejected
or withdrawn claim of the same client, contract and outcome is passed over. Claims that were recovered or
superseded are not repeated.

Ask for
-------
The evidence behind both claims, the reason for the rejection, and who changed the date or figure, when and
why.

Source
------
The claims standard (`resubmits_claim_id`, "How rules read the tables"). Pre-payment checks of
welfare-to-work claims returned those that failed; what comes back is checked again (provider guidance of
the Work Programme, chapter 9).
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
    days_from,
    with_terms,
)

RULE = Rule(
    id="PBR307",
    version=1,
    title="Rejected, then submitted again with a moved date or measure",
    family="duplicate-claim",
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
                "outcome",
                "outcome_date",
                "submitted_date",
                "status",
                "live",
                "amount_pence",
            ),
            "contracts": ("contract_id", "start_date", "end_date"),
            "outcomes": (
                *VERSION,
                "kind",
                "max_per_client",
                "window_low_days",
                "window_high_days",
                "business_days",
                "claim_within_days",
                "threshold",
                "direction",
            ),
        },
        optional={
            "claims": ("measured_value", "resubmits_claim_id"),
            "clients": ("client_id", "contract_id", "start_date"),
        },
        live_only=False,
    ),
    message=(
        "Claim {earlier_claim_id} for the outcome {outcome} was {earlier_status}; this one gives another "
        "{moved} and now passes {passes:list}."
    ),
)
RESULT = ("client_id", *OUTCOME)
UNKNOWN = "the client's start or a measured value is not known"
FAILS = {
    "the window": "fails_window",
    "the threshold": "fails_threshold",
    "the claim deadline": "fails_deadline",
    "the contract's dates": "fails_contract",
}
OF_BOTH = ("claim_id", "status", "outcome_date", "submitted_date", "measured_value", *FAILS.values())
EARLIER = {name: f"earlier_{name}" for name in OF_BOTH}
TOLD = (
    *(EARLIER[name] for name in ("claim_id", "status", "outcome_date", "measured_value")),
    "moved",
    "passes",
)


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) that repeats another (2), flagged where it now passes a term."""
    turned_down = pl.col("status").is_in(("rejected", "withdrawn")) & (pl.col("amount_pence") >= 0)
    earlier = view.claims.filter(turned_down)
    later = view.claims.filter(pl.col("live")).join(earlier, on=RESULT, how="semi")
    named = pl.col("resubmits_claim_id") == pl.col(EARLIER["claim_id"])
    sent_before = pl.col(EARLIER["submitted_date"]) < pl.col("submitted_date")
    once = (pl.col("max_per_client") == 1) | ~pl.col("in_terms")
    pairs = (
        _tried(later, view)
        .join(_tried(earlier, view).select(*RESULT, *OF_BOTH).rename(EARLIER), on=RESULT, how="inner")
        .filter(named.fill_null(value=False) | (once & sent_before))
        .with_columns(_compared())
        .with_columns(flagged=pl.when("in_terms").then(pl.col("repaired")))
        .sort(
            "flagged",
            EARLIER["submitted_date"],
            EARLIER["claim_id"],
            descending=[True, True, False],
            nulls_last=True,
        )
    )
    nameless = view.claims.filter(
        pl.col("live") & pl.col("client_id").is_null() & pl.col("resubmits_claim_id").is_not_null()
    )
    return pl.concat(
        [_judged(pairs), nameless.with_columns(why_not=pl.lit(NO_CLIENT)).drop("live", "status")],
        how="diagonal",
    ).select(
        "claim_id",
        "outcome",
        "outcome_date",
        "measured_value",
        *TOLD,
        "flagged",
        "why_not",
        at_risk_pence="amount_pence",
        also_claim_ids=pl.concat_list(EARLIER["claim_id"]).list.drop_nulls(),
    )


def _tried(claims: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Add to claims which of the four terms each fails, null where that is not known (5)."""
    dates = view.contracts.select("contract_id", first="start_date", last="end_date")
    starts = view.clients.select("client_id", "contract_id", "start_date")
    date, business = pl.col("outcome_date"), pl.col("business_days")
    lag_days = days_from(pl.col("start_date"), date, business=business)
    sent_days = days_from(date, pl.col("submitted_date"), business=business)
    value, threshold = pl.col("measured_value"), pl.col("threshold")
    short = pl.when(pl.col("direction") == "at_most").then(value > threshold).otherwise(value < threshold)
    late = sent_days > pl.col("claim_within_days")
    no = pl.lit(value=False)
    return (
        with_terms(claims, view.outcomes)
        .filter(~pl.col("in_terms") | (pl.col("kind") != "cohort"))
        .join(starts, on=["client_id", "contract_id"], how="left")
        .join(dates, on="contract_id", how="left")
        .with_columns(
            fails_window=pl.when(pl.col("window_low_days").is_null())
            .then(no)
            .otherwise(~lag_days.is_between("window_low_days", "window_high_days")),
            fails_threshold=pl.when(threshold.is_null()).then(no).otherwise(short),
            fails_deadline=late.fill_null(value=False),
            fails_contract=~date.is_between("first", "last"),
        )
    )


def _compared() -> list[pl.Expr]:
    """Return what a claim gives anew, which terms it passes by that, and whether there is one (3, 4)."""
    other_date = pl.col("outcome_date") != pl.col(EARLIER["outcome_date"])
    other_value = pl.col("measured_value") != pl.col(EARLIER["measured_value"])
    by = dict.fromkeys(FAILS, other_date) | {"the threshold": other_date | other_value}
    repaired = {term: pl.col(EARLIER[fails]) & ~pl.col(fails) & by[term] for term, fails in FAILS.items()}
    return [
        pl.any_horizontal(*repaired.values()).alias("repaired"),
        pl.concat_list(pl.when(is_so).then(pl.lit(term)) for term, is_so in repaired.items())
        .list.drop_nulls()
        .alias("passes"),
        pl.when(other_date & other_value)
        .then(pl.lit("date and measured value"))
        .when(other_date)
        .then(pl.lit("date"))
        .otherwise(pl.lit("measured value"))
        .alias("moved"),
    ]


def _judged(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row for each claim: a query where a pair is one, else not assessable where a pair is not."""
    flagged = (
        pl.when(pl.col("flagged").any())
        .then(pl.lit(value=True))
        .when(pl.col("flagged").is_not_null().all())
        .then(pl.lit(value=False))
    )
    first = ("outcome", "outcome_date", "measured_value", "amount_pence", "in_terms", *TOLD)
    told = pl.when(pl.col("in_terms")).then(pl.lit(UNKNOWN)).otherwise(pl.lit(NOT_IN_TERMS))
    return (
        pairs.group_by("claim_id", maintain_order=True)
        .agg(pl.col(first).first(), flagged=flagged)
        .with_columns(why_not=told)
        .drop("in_terms")
    )
