"""Outcomes were keyed in long after their dates, or many of different weeks on one day.

What it flags
-------------
A day on which a provider keyed in live claims of the prime tier, where at least one of them is dated more
than `most_days` before that day, or where at least `least_claims` were keyed in whose outcome dates lie at
least `least_spread_days` apart. No amount is at risk: when a claim was keyed in says nothing of whether it
is right.

Method
------
The claims of one provider (who delivered) and one contract are put together by the day of `recorded_at`. A
claim's delay is that day less the outcome's date, in calendar days. The spread is the latest outcome date
less the earliest. Behind the finding stand the late claims, or all claims of the day where none is late.
The severity is `low` where a claim is late and `info` where the day is only one of many claims.

Example
-------
On 3 October 2016 PR01 keyed in F1, for an outcome of 2 May 2016, 154 days before; the rule's limit is 90: a
query. On 9 May it keyed in C1, for an outcome of 2 May.

Why ask
-------
A record made at the time is evidence; one made months later is a memory, or a reconstruction. Outcomes that
were found when a target fell short, or copied from a list, arrive late and together.

Innocent explanations
---------------------
Systems are filled in bulk: by an upload at the month's end, a migration, or a new member of staff who works
through a backlog. Proof of earnings comes from elsewhere, and comes late. The claims were known in time and
keyed in again.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. A delay of exactly `most_days`, and a record made before the outcome, which another rule asks about.
3. Many claims of one day whose outcomes lie nearer together than `least_spread_days`: that is a week's
   work.

Assumptions
-----------
`recorded_at` is when the outcome was first keyed in, in local time. A claim without it is not looked at; a
provider none of whose claims has it is not either.

Ask for
-------
The system's log of the day, and the papers that were keyed in, with the dates on which they were received.

Source
------
The claims standard (`recorded_at`). Uploads do come in bulk, so that many claims of one day are no more
than a hint.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="PBR206",
    version=1,
    title="Keyed in long after, or in bulk on one day",
    family="sequence",
    severity="low",
    basis="record",
    subject="provider",
    key=("provider_id", "contract_id", "recorded_on"),
    by="deliverer_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "deliverer_id", "outcome_date", "recorded_at"),
        },
    ),
    params={
        "most_days": Param(
            90, unit="days", low=0, why="contracts commonly give about three months to claim an outcome"
        ),
        "least_claims": Param(
            50, unit="claims", low=2, why="more than a caseworker keys in on a day of ordinary work"
        ),
        "least_spread_days": Param(
            60, unit="days", low=1, why="outcomes of two months on one day are no longer one month's upload"
        ),
    },
    message=(
        "Claims keyed in on {recorded_on}: {claims}, of which {late} for outcomes more than {most_days} days "
        "before; the earliest outcome is of {earliest}."
    ),
)
DAY = ("provider_id", "contract_id", "recorded_on")


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each day on which a provider keyed in claims (1) how many, how late and how far apart."""
    return (
        _keyed_in(view)
        .group_by(DAY)
        .agg(
            claims=pl.len().cast(pl.Int64),
            late=_is_late(p).sum().cast(pl.Int64),
            longest_delay_days=pl.col("delay").max(),
            earliest=pl.col("outcome_date").min(),
            latest=pl.col("outcome_date").max(),
        )
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each day, flagged where a claim is late (2) or claims are many and far apart (3)."""
    any_late = pl.col("late") > 0
    spread = (pl.col("latest") - pl.col("earliest")).dt.total_days()
    bulk = (pl.col("claims") >= p.least_claims) & (spread >= p.least_spread_days)
    return measures.sort(DAY).with_columns(
        most_days=pl.lit(p.most_days),
        spread_days=spread,
        flagged=any_late | bulk,
        severity=pl.when(any_late).then(pl.lit("low")).otherwise(pl.lit("info")),
    )


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the late claims of each day found, or all of a day's where none is late."""
    none_late = ~_is_late(p).any().over(DAY)
    return (
        _keyed_in(view)
        .join(found, on=DAY, how="semi")
        .filter(_is_late(p) | none_late)
        .select(*DAY, "claim_id", at_risk_pence=pl.lit(0, dtype=pl.Int64))
    )


def _keyed_in(view: View) -> pl.LazyFrame:
    """Return the claims that say when they were keyed in, with the day and the delay."""
    return (
        view.claims.filter(pl.col("recorded_at").is_not_null())
        .with_columns(recorded_on=pl.col("recorded_at").dt.date())
        .with_columns(delay=(pl.col("recorded_on") - pl.col("outcome_date")).dt.total_days())
        .rename({"deliverer_id": "provider_id"})
    )


def _is_late(p: Params) -> pl.Expr:
    most_days: int = p.most_days
    return pl.col("delay") > most_days
