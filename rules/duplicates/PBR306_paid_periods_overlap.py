"""Two payments for one client cover some of the same days.

What it flags
-------------
A live claim of the prime tier that pays for days which an earlier live claim for the same client pays for
already. The whole amount of every claim after the first is at risk; the claim that it overlaps with is
listed at nothing.

Method
------
A claim covers the days from `period_start` to `period_end` where it gives both. Otherwise a sustainment
covers the days of its interval, that in force on its outcome date, up to that date: with an interval of 28
days, the outcome date and the 27 days before it. A client's claims are taken in the order of their outcome
dates, then submission dates, then claim numbers. One that shares a day with a claim before it in that order
is a query of its own. Where it shares days with several, it tells of the one of them whose days end last,
and of several such of the first in that order.

Example
-------
Client P1 has sustainments at £215.00, each for 28 days: C1 of 30 May 2016, C2 of 27 June 2016, which begins
on the day after C1 ends, and F1 of 24 July 2016, which begins on 27 June 2016, the last day of C2. F1 is a
query with £215.00 at risk.

Why ask
-------
A month of work can be sustained once. Payment points that creep together turn twelve months into thirteen,
and a period that two programmes both pay for is paid for twice. Periods that overlap are among the first
things that a payer's own ledger can show.

Innocent explanations
---------------------
A point was moved to the day on which the wages were seen, and the next one was not. The source writes the
first day of the next period as the last one of this. The client held two part-time jobs and the contract
pays for each. A correction was sent without naming the claim that it replaces.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime.
2. Attachments, milestones and cohorts, which cover nothing and are not looked at unless they give a period.
   A claim with only one end of a period is taken as if it gave none.
3. Periods that adjoin: one ends on the day before the other begins.
4. The first claim for the days, in the order above.
5. A later claim that overlaps only with claims which come after it in that order: those are asked about.

Assumptions
-----------
A client number means one person in whatever contract it stands: two contracts that pay for one client's
same days are flagged too, and so are two kinds of sustainment. One person under two numbers is for the
rules on linkage. Two sustainments of one outcome and one date are flagged here and as an outcome claimed
twice; totals count their amounts once. A claim that names no client is not assessable; nor is one that
gives no period and whose outcome the terms do not have, one of a sustainment without an interval, or one
whose period ends before it begins.

Ask for
-------
The evidence of work for both periods, week by week, and the provider's ledger of payment points for the
client.

Source
------
The claims standard, "How rules read the tables" (306 and 301). The Work Programme paid a sustainment for
four continuous weeks since the last payment point: House of Commons written answer, 10 July 2013.
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
    id="PBR306",
    version=2,
    title="Paid periods overlap",
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
                "amount_pence",
            ),
        },
        optional={
            "claims": ("period_start", "period_end"),
            "outcomes": (*VERSION, "kind", "interval_days"),
        },
    ),
    message=(
        "The claim covers {first_day} to {last_day}, of which claim {earlier_claim_id} "
        "covers {earlier_first_day} to {earlier_last_day}."
    ),
)
ORDER = ("outcome_date", "submitted_date", "claim_id")
EARLIER = {
    "earlier_claim_id": "claim_id",
    "earlier_first_day": "first_day",
    "earlier_last_day": "last_day",
}
NO_INTERVAL = "the terms give the sustainment no interval"
ENDS_FIRST = "the period ends before it begins"
# More days than any date has since the epoch: a client's number times this, and a day, do not run together.
APART = 1 << 23
PLACES = 1 << 32


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) that covers days, flagged where an earlier one has some of them."""
    claims = _with_days(view)
    # Read several times below, and sorted once.
    swept = _swept(claims.filter(pl.col("why_not").is_null())).cache()
    met = pl.col("earlier").is_not_null()
    return pl.concat(
        [
            _told(swept, swept.filter(met)),
            swept.filter(~met).with_columns(flagged=pl.lit(value=False)),  # (3, 4)
            claims.filter(pl.col("why_not").is_not_null()),
        ],
        how="diagonal",
    ).select(
        "claim_id",
        "outcome",
        "outcome_date",
        "submitted_date",
        "first_day",
        "last_day",
        *EARLIER,
        "flagged",
        "why_not",
        at_risk_pence="amount_pence",
        also_claim_ids=pl.concat_list("earlier_claim_id"),
    )


def _with_days(view: View) -> pl.LazyFrame:
    """Add to each claim its first and last day, or why they are not known; leave out what covers nothing."""
    given = pl.col("period_start").is_not_null() & pl.col("period_end").is_not_null()
    interval = pl.duration(days=pl.col("interval_days") - 1)
    why_not = (
        pl.when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(~given & ~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("first_day").is_null())
        .then(pl.lit(NO_INTERVAL))
        .when(pl.col("last_day") < pl.col("first_day"))
        .then(pl.lit(ENDS_FIRST))
    )
    return (
        with_terms(view.claims, view.outcomes)
        .filter(given | ~pl.col("in_terms") | (pl.col("kind") == "sustainment"))  # (2)
        .with_columns(
            first_day=pl.when(given).then("period_start").otherwise(pl.col("outcome_date") - interval),
            last_day=pl.when(given).then("period_end").otherwise("outcome_date"),
        )
        .with_columns(why_not=why_not)
    )


def _swept(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Add the earlier claim of the client that runs furthest (`earlier`, its place), if it reaches this one.

    `place` numbers the rows in order. The running maximum is of client and last day in one number, so that it
    begins anew with each client; who raised it last runs furthest, and is the first that runs so far.
    """
    begins = (pl.col("client_id") != pl.col("client_id").shift()).fill_null(value=True)
    furthest = pl.col("to").cum_max().shift()
    raises = (pl.col("to") > furthest).fill_null(value=True)
    who = pl.when(raises).then("place").forward_fill().shift()
    return (
        claims.sort("client_id", *ORDER)
        .with_row_index("place")
        .with_columns(client=begins.cast(pl.Int64).cum_sum() * APART)
        .with_columns(
            **{"from": pl.col("client") + pl.col("first_day").to_physical()},
            to=pl.col("client") + pl.col("last_day").to_physical(),
        )
        .with_columns(earlier=pl.when(furthest >= pl.col("from")).then(who))
    )


def _told(swept: pl.LazyFrame, met: pl.LazyFrame) -> pl.LazyFrame:
    """Return the claims of `met` with the earlier one that they overlap with, flagged where there is one.

    The earlier one that runs furthest may begin after this one ends, where outcomes do not follow the order
    of their periods. Others may overlap all the same; they are looked up by days, for those clients alone.
    """
    earlier = swept.select("place", **{told: pl.col(name) for told, name in EARLIER.items()})
    named = met.join(earlier, left_on="earlier", right_on="place", how="left")
    beyond = pl.col("earlier_first_day") > pl.col("last_day")
    unclear = named.filter(beyond).drop("earlier", *EARLIER)
    looked_up = (
        unclear.join(_by_day(swept, unclear), on="place", how="left")
        .join(earlier, left_on="earlier", right_on="place", how="left")
        .with_columns(flagged=pl.col("earlier").is_not_null())  # (5)
    )
    return pl.concat(
        [named.filter(~beyond).with_columns(flagged=pl.lit(value=True)), looked_up], how="diagonal"
    )


def _by_day(swept: pl.LazyFrame, unclear: pl.LazyFrame) -> pl.LazyFrame:
    """Return, of the earlier claims that share a day with one of a client of `unclear`, the last to end.

    Last day and place are one number, the greater the later it ends and the sooner it comes in the order; its
    running maximum on one day is of the claims before.
    """
    ends = (pl.col("last_day").to_physical().cast(pl.Int64) + APART) * PLACES
    best = pl.col("best").cum_max().shift().over("client", "day", order_by="place")
    return (
        swept.join(unclear, on="client", how="semi")
        .select("place", "client", best=ends - pl.col("place"), day=pl.date_ranges("first_day", "last_day"))
        .explode("day")
        .with_columns(best=best)
        .group_by("place")
        .agg(pl.col("best").max())
        .drop_nulls("best")
        .select("place", earlier=(-pl.col("best") % PLACES).cast(pl.get_index_type()))
    )
