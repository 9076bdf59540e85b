"""An outcome is dated outside the time from the client's start in which the contract pays for it.

What it flags
-------------
A live claim of the prime tier whose outcome is dated too early or too late: the days from the client's
start to the outcome are below the first or above the second figure of the outcome's `window_days`. The
whole amount of the claim is at risk.

Method
------
The days are those from the client's `start_date` to the outcome's date, both ends of the window included.
The window is that in force on the outcome's date, and so is the way of counting. They are calendar days.
Where the terms say `business_days = true` they are Mondays to Fridays, counted from the day after the
start: from a Friday to the Monday after it is one day. Bank holidays are not known yet, and count as
working days.

Example
-------
A job outcome is paid from 182 to 730 days after the start. Client P1 started on 4 January 2016. Claim F1,
dated 3 July 2016, is 181 days after it: a query with £1,200.00 at risk. Claim C1, dated a day later, is
clear. Client P2 started on 9 June 2014; claim F2, dated 9 June 2016, comes 731 days after it, and is a
query too.

Why ask
-------
The window is what was bought. An outcome before it opens cannot be the lasting one that is paid for, and
one after it closes may owe nothing to the service. A date, or a start date, that was moved to bring an
outcome into its window shows here once either record is corrected.

Innocent explanations
---------------------
The start was recorded late, or again after a break, and the contract counts from an earlier day. The
contract stops the clock for illness, prison or maternity leave, which the terms at hand cannot say. A
variation changed the window. The outcome is dated by the day of its evidence, some days after it was
reached.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes for which the terms give no window: they are not looked at.
3. The first and the last day of the window.

Assumptions
-----------
The start date in the table of clients is the one that the contract counts from. A claim is not assessable
where it names no client, where its client has no row or no start date, where the client's row belongs to
another contract (its start is not this contract's start), and where the terms do not have the contract or
the outcome. Where working days are counted, the contract's own count is lower by the bank holidays between:
an outcome a day or two after the window may in truth lie inside it, and one on its first days before it.

Ask for
-------
The record of the client's start, with who made it and when, the document that shows the outcome's date, and
any agreement that stopped or extended the client's time.

Source
------
The claims standard, "Contract terms" (`window_days`) and "How rules read the tables" (prices and windows).
The Work Programme attached clients for up to two years; the Work and Health Programme's guidance for
providers (chapter 13) pays an outcome within 456 and 182 days of the start.
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
    days_from,
    days_in_words,
    with_terms,
)

RULE = Rule(
    id="PBR102",
    version=1,
    title="Outcome outside its window from the start date",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "clients": ("client_id", "contract_id", "start_date"),
            "outcomes": (*VERSION, "window_low_days", "window_high_days", "business_days"),
        },
    ),
    message=(
        "The outcome {outcome} is dated {outcome_date}, {lag} from the client's start on "
        "{start_date}; the contract pays from {window_low_days} to {window_high_days}."
    ),
)
NO_ROW = "the client is not in the table of clients"
OTHER_CONTRACT = "the client's start is that of another contract"
NO_START = "the client has no start date"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) of an outcome with a window, flagged where it lies outside."""
    has_window = pl.col("window_low_days").is_not_null()
    claims = with_terms(view.claims, view.outcomes).filter(has_window | ~pl.col("in_terms"))  # (2)
    starts = view.clients.select("client_id", "start_date", registered_for="contract_id")
    business = pl.col("business_days")
    lag_days = days_from(pl.col("start_date"), pl.col("outcome_date"), business=business)
    inside = pl.col("lag_days").is_between("window_low_days", "window_high_days")  # (3)
    return (
        claims.join(starts, on="client_id", how="left")
        .with_columns(lag_days=lag_days, why_not=_why_not())
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "start_date",
            "lag_days",
            "window_low_days",
            "window_high_days",
            "why_not",
            lag=days_in_words(pl.col("lag_days"), business=business),
            flagged=pl.when(pl.col("why_not").is_null()).then(~inside),
            at_risk_pence="amount_pence",
        )
    )


def _why_not() -> pl.Expr:
    """Say why a claim cannot be judged; null where it can."""
    return (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("registered_for").is_null())
        .then(pl.lit(NO_ROW))
        .when(pl.col("registered_for") != pl.col("contract_id"))
        .then(pl.lit(OTHER_CONTRACT))
        .when(pl.col("start_date").is_null())
        .then(pl.lit(NO_START))
    )
