"""An adviser's clients succeed more often than those of the other advisers of the same provider.

What it flags
-------------
An adviser of whose started clients a larger share reached an outcome than of the same kinds of clients with
the other advisers of the same provider, by more than advisers of one provider differ from one another. No
amount is at risk. The claims for the adviser's clients are listed, so that a sample can be drawn.

Method
------
Every registration with a start and an adviser counts for that adviser, whoever signed its claims and
whatever became of it, once its time is over: the longest window that the outcome's terms ever had after the
start, or `follow_up_days` where they have none, and the time in which claims may come in, or `late_days`.
It has reached the outcome where a live claim of its contract dates it by the end of that window.

What was to be expected is a logistic regression on payment group, area, tenth of the risk score, year of
start and contract, fitted on the clients of all other advisers. What is not known is a category of its own;
one that fewer than four advisers have is taken together with the others such. An adviser is then held
against the mean of the provider's other advisers, so that all advisers of a good provider are as usual
there: whatever makes a provider better or worse does not count. How much advisers of one provider differ is
learnt over all providers, on the unpaid side: advisers below their colleagues show what honest ones differ
by, whatever happens above. Deviations are additive on the arcsine square-root scale, with the error of the
count (Poisson binomial), of the expectation and of the colleagues' mean. The p-value is averaged over
Student's t of several tails and widths, by how well they fit the unpaid side. An adviser is a query only
above the upper 99.8 % limit, and only if it stays one after the correction for all tests of the run, in
which advisers are the provider's family. The effect is outcomes reached over those usual among colleagues,
with the exact interval of the adviser's own rate. `well_above` is the probability that the adviser's own
rate is above 1.25 times the usual one, by its clients alone. When an adviser's rate rose is not asked.

In 480 simulated books of 20 and 60 honest providers with 300 or 1,000 clients each, whose rates differ by 5
or 10 points and their advisers' by none, 3 or 6, two held a query. Where one adviser of one provider in
twenty claims for two in five of the clients who did not reach it, somebody there was found in 22 to 50 % of
cases where honest advisers do not differ, in 12 to 29 % at 3 points, and in fewer than one in ten at 6:
some sixty clients an adviser show no less than twice the usual rate.

Example
-------
Of eleven advisers of PR01 with sixteen clients each, started in 2014, ten had JOB reached by eight of
theirs, one more or less, and F1 by all sixteen. With colleagues, clients like F1's reach it in half of the
cases: a query.

Why ask
-------
In the case of A4e it was single people at one office: a manager, recruiters and an administrator were
charged over forms signed for candidates and employers. A provider's own rate hides what one of its advisers
does.

Innocent explanations
---------------------
The adviser is better than colleagues. Clients who are ready for work are given to one adviser, in ways that
nobody wrote down; others have the hard cases, or the trainees. Somebody's clients are registered under a
team leader once they have found work.

Not flagged
-----------
1. Attachments, which everybody has, and cohort outcomes, which are no client's.
2. Clients without a start or without an adviser, and those whose time is not over: they are not counted.
3. An adviser for whom fewer than `least_expected` outcomes, or clients without one, are expected: not
   assessable.
4. An adviser with fewer than two comparable colleagues at the provider: not assessable. Whether the whole
   provider stands out is another rule's question.
5. A rate below the limit, or below the usual one.

Assumptions
-----------
The adviser of the registration did the work. Effects of group, area, risk and year add up in log odds.
Honest advisers differ above their colleagues' mean as they do below it, and alike at all providers. Fewer
than `min_advisers` comparable ones in all: the rule is not assessable. Where they belong to fewer than 40
providers it screens, and clears nobody: the smallest rate that it would have seen is told with each.

Ask for
-------
A seeded sample of the listed claims, traced to the client and the employer, with the evidence as it was
filed and the day on which it was; how clients are given to advisers; and when the adviser's came to be
registered there.

Source
------
Spiegelhalter, Statistics in Medicine 24, 2005, on funnels with an additive spread; Efron (2004) and Barber
and Candès (2015) on a null learnt from the data; House of Commons, Public Accounts Committee, HC 103, and
court reports on A4e.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View
from pbr_audit.rule.rates import expected_of, numbered, told, with_funnels
from pbr_audit.rule.starters import (
    BY_SUBMISSION,
    CLAIMS,
    CLIENTS,
    CLIENTS_MIX,
    MIX,
    OUTCOMES,
    claimed_besides,
    starters,
)
from pbr_audit.stats.rates import rate_against_colleagues

RULE = Rule(
    id="PBR402",
    version=2,
    title="Adviser's success rate above colleagues' with the same case mix",
    family="staff-outlier",
    severity="medium",
    basis="statistical",
    subject="advisor",
    key=("contract_id", "provider_id", "advisor_id", "outcome"),
    by="client_id",
    needs=Needs(
        required={
            "clients": (*CLIENTS, "advisor_id"),
            "claims": ("claim_id", *CLAIMS),
            "outcomes": OUTCOMES,
        },
        optional={"clients": CLIENTS_MIX},
        distinct=BY_SUBMISSION,
    ),
    params={
        "follow_up_days": Param(
            365, unit="days", low=1, high=3_650, why="a year is the usual time to judge a start by"
        ),
        "late_days": Param(
            90, unit="days", low=0, high=730, why="claims come in some months after the outcome"
        ),
        "least_expected": Param(
            5.0,
            unit="outcomes",
            low=1.0,
            high=1_000.0,
            why="below five expected a ratio of observed to expected is mostly luck",
        ),
        "min_advisers": Param(
            10, unit="advisers", low=10, high=1_000, why="fewer do not show what is usual among colleagues"
        ),
    },
    message=(
        "{reached} of the adviser's {clients} clients reached {outcome} ({rate:percent}); of clients like "
        "these {usual_rate:percent} do with the provider's {colleagues} other advisers compared."
    ),
)
ADVISER = ["contract_id", "provider_id", "advisor_id"]
KEY = [*ADVISER, "outcome"]


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each adviser, outcome and kind of client how many started (1, 2) and reached it."""
    return (
        starters(view, follow_up_days=p.follow_up_days, late_days=p.late_days)
        .filter(pl.col("advisor_id").is_not_null())
        .group_by(*KEY, *MIX)
        .agg(clients=pl.len().cast(pl.Int64), reached=pl.col("reached").sum().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each adviser and outcome, above or not above the provider's other advisers."""
    cells = numbered(measures)
    outcomes = measures["outcome"].unique().sort()
    rows = [_judged(cells.filter(outcome=outcome), p) for outcome in outcomes]
    most = max((row["comparable"].sum() for row in rows), default=0)
    if most < p.min_advisers:
        raise NotAssessable(
            f"{most} advisers have {p.least_expected:g} outcomes or more to be expected of clients whose "
            f"time is over; at least {p.min_advisers} are needed to tell what is usual"
        )
    return pl.concat(rows).drop("comparable").sort(KEY)


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims of the outcome for the clients of each adviser found; no amount is at risk."""
    del p
    whose = view.clients.select("client_id", *ADVISER)
    return (
        view.claims.join(whose, on=["client_id", "contract_id"], how="inner")
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def _judged(cells: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return the rows of one outcome."""
    units, found = expected_of(cells, ADVISER, ["contract_id", *MIX], p.least_expected)
    comparable = found.at_least(p.least_expected)
    enough = comparable.sum() >= p.min_advisers
    provider = units.select(pl.struct("contract_id", "provider_id").rle_id()).to_series().cast(pl.Int64)
    judged, colleagues = rate_against_colleagues(found, provider, comparable & enough)
    rows = units.hstack(told(found, judged)).with_columns(
        outcome=pl.lit(cells["outcome"][0]),
        colleagues=pl.Series(colleagues, dtype=pl.Int64),
        comparable=pl.Series(comparable, dtype=pl.Boolean),
    )
    compared = pl.col("p_value").is_not_null()
    above = pl.col("reached") > pl.col("funnel_limit")  # (5)
    rows = rows.with_columns(
        providers_compared=pl.col("provider_id").filter(compared).n_unique().cast(pl.Int64),
        advisers_compared=compared.sum().cast(pl.Int64),
        flagged=pl.when(compared).then(above),
        why_not=pl.when(~pl.col("comparable"))
        .then(
            pl.lit(f"fewer than {p.least_expected:g} outcomes, or clients without one, are expected")
        )  # (3)
        .otherwise(
            pl.lit("the adviser has fewer than two comparable colleagues, or too few stand below")
        ),  # (4)
    )
    return with_funnels(rows, "clients", "success rate")


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims had one adviser of each of `who` claimed for a share of its other clients too."""
    rows = starters(view, follow_up_days=p.follow_up_days, late_days=p.late_days)
    first = (
        view.clients.filter(pl.col("provider_id").is_in(who))
        .group_by("contract_id", "provider_id")
        .agg(pl.col("advisor_id").min())
    )
    return claimed_besides(view, rows.join(first, on=ADVISER, how="semi"), share, rng)
