"""A cohort whose results are published is smaller than the number of clients who started in it.

What it flags
-------------
A row of published performance whose cohort, together with those said to be excluded, is smaller than the
number who started, by more than `least_share` of them. No amount is at risk: the rule asks where people
went, not what is owed.

Method
------
How many started is counted in `clients`, where that has registrations of the row's contract and provider
whose `cohort` is the row's period and that have a start date, each client once; else it is the row's own
`started`. From it are taken `cohort_size` and `excluded` (nobody, where that is empty). What remains is
compared with `least_share` of those who started; exactly that is allowed. Its severity is `medium`: cohorts
are defined in many ways.

Example
-------
PR01 published a cohort of 380 for 2016-Q1, in which 430 started and 18 were excluded: 32 people are in
neither, a query. PR02 published a cohort of 412 for the same figures, and all are there.

Why ask
-------
The surest way to a good rate is to leave out those who would lower it. Contracts that measure everybody who
starts were designed against that, and lose their design where the cohort is what the provider says it is.

Innocent explanations
---------------------
People died, moved or were transferred, and the table does not count them as excluded. The cohort is of
those who could be matched to records. The cohort counts those measured in the period, and those who started
are of another one.

Not flagged
-----------
1. A cohort that is larger than the number who started.
2. People said to be excluded: whether there are more of them than elsewhere is asked by another rule.
3. A shortfall of at most `least_share` of those who started.
4. Rows for which nothing says how many started: they are not looked at.

Assumptions
-----------
The row's period is that in which the cohort started. Registrations in another cohort, or in none, are not
counted. A cohort, a number started or a number excluded below nothing leaves the row not assessable. Rows
that give one figure in several releases are each held against the same start; where several of them are
queries, they are one query, which tells of the row with the most people missing.

Ask for
-------
The list of everybody who started in the period, with why each of those who are not in the cohort left it.

Source
------
The claims standard, the tables of published performance (`started`, `excluded`) and of clients (`cohort`).
The Peterborough social impact bond measured the whole cohort and not only those who engaged, against just
this.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View

RULE = Rule(
    id="PBR604",
    version=2,
    title="Cohort smaller than the clients who started",
    family="exclusion",
    severity="medium",
    basis="record",
    subject="provider",
    key=("provider_id", "contract_id", "outcome"),
    about_a_period=True,
    by="contract_id",
    needs=Needs(
        required={"performance": ("contract_id", "provider_id", "period", "outcome", "cohort_size")},
        optional={
            "performance": ("started", "excluded"),
            "clients": ("client_id", "contract_id", "provider_id", "cohort", "start_date"),
        },
    ),
    params={
        "least_share": Param(
            0.02,
            unit="of those who started",
            low=0.0,
            high=1.0,
            why="a few in a hundred die, move or turn out to be there twice in any cohort",
        ),
    },
    message=(
        "{started} started in {period}, and the cohort for {outcome} is {cohort_size} with {excluded} "
        "excluded: {missing} are in neither."
    ),
)
MILLION = 1_000_000
FIGURE = ("contract_id", "provider_id", "outcome", "period")
TOLD = ("missing", "started", "cohort_size", "excluded", "counted_in", "effect")


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every row that says how many started (4), flagged where some are missing (1, 2, 3)."""
    starters = (
        view.clients.filter(pl.col("start_date").is_not_null())
        .group_by("contract_id", "provider_id", period="cohort")
        .agg(counted=pl.col("client_id").n_unique().cast(pl.Int64))
    )
    missing = pl.col("started") - pl.col("cohort_size") - pl.col("excluded")
    possible = pl.min_horizontal("started", "cohort_size", "excluded") >= 0
    judged = (
        view.performance.join(starters, on=["contract_id", "provider_id", "period"], how="left")
        .with_columns(
            started=pl.coalesce("counted", "started"),
            excluded=pl.col("excluded").fill_null(0),
            counted_in=pl.when(pl.col("counted").is_not_null())
            .then(pl.lit("clients"))
            .otherwise(pl.lit("performance")),
        )
        .filter(pl.col("started").is_not_null())
        .select(
            *FIGURE,
            "started",
            "cohort_size",
            "excluded",
            "counted_in",
            missing=missing,
            effect=pl.when(pl.col("started") > 0).then(missing / pl.col("started")),
            flagged=pl.when(possible).then(
                missing * MILLION > pl.col("started") * round(p.least_share * MILLION)
            ),
            why_not=pl.lit("a number of people is below nothing"),
        )
    )
    # Several rows of one figure are one query, which tells of the one with the most missing.
    told = judged.filter("flagged").sort(TOLD, descending=True, nulls_last=True)
    others = judged.filter(pl.col("flagged").eq_missing(other=True).not_())
    return pl.concat([told.with_columns(pl.col(TOLD).first().over(FIGURE)), others])
