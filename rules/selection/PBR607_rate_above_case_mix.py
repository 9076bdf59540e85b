"""A provider reaches an outcome for more clients than their mix explains.

What it flags
-------------
A provider of whose started clients a larger share reached an outcome than the same kinds of clients do with
the other providers, by more than providers of its size differ from one another. Success is what is paid for
and no fault, so that the severity is `info`: the finding is a place to look first, and gives weight to
others about the same provider. No amount is at risk.

Method
------
Every registration with a start counts, whatever became of it, once its time is over: the longest window
that the outcome's terms ever had after the start, or `follow_up_days` where they have none, and the time in
which claims may come in, or `late_days`. (Of business days, seven calendar days for five and a fortnight.)
It has reached the outcome where a live claim of its contract, whoever made it, dates it by the end of that
window. The severity is `info` for the reason above.

What was to be expected is a logistic regression on payment group, area, tenth of the risk score, year of
start and contract, fitted on the clients of all other providers. What is not known is a category of its
own; one that fewer than four providers have is taken together with the others such. Providers are compared
within a contract that has `min_providers` with enough clients; the others with all those of the same
outcome in other such contracts.

Observed and expected rates are held against each other on the arcsine square-root scale, with the error of
the count (Poisson binomial) and that of the expectation. To them comes the spread between providers, learnt
on the unpaid side: rates below the centre show what honest providers differ by, whatever happens above it.
The p-value is averaged over Student's t of several tails and widths, by how well they fit that side. A rate
is a query only above the upper 99.8 % limit, and only if it stays one after the correction for all tests of
the run. The effect is outcomes reached over those usual, with the exact interval of the provider's own
rate.

In 600 simulated books of 20 and 60 honest providers with 300 or 1,000 clients each, whose rates differ by
standard deviations of 2, 5 or 10 points, by 5 with heavy tails (Student's t of five degrees of freedom), or
by a mix that no table shows, and by area, one held a query. Where one provider in twenty claims for two in
five of the clients who did not reach it, it was found in 27 to 53 % of cases at 2 points, in 4 to 24 % at
5, and in hardly any at 10: how much honest providers differ limits what can be seen. Honest rates with a
long tail on the paid side alone gave two queries in 120 books.

Example
-------
Of eleven providers with sixteen clients each, started in 2014, ten reached JOB for eight of theirs, one
more or less, and F1 for all sixteen. Clients like F1's reach it in half of the cases with the others: a
query.

Why ask
-------
Clients who never came, and outcomes that nobody can trace, show first as a success that nobody beside has.
Of the job placements in one Australian review 42 % were found to be genuine.

Innocent explanations
---------------------
It is better than the others, and they could learn from it. Its clients are easier in ways that nobody wrote
down. There is more work where it works. It was allowed to choose whom to start; another rule asks about
that.

Not flagged
-----------
1. Attachments, which everybody has, and cohort outcomes, which are no client's.
2. Clients without a start, and those whose time is not over: they are not counted.
3. A provider for whom fewer than `least_expected` outcomes, or clients without one, are expected: not
   assessable.
4. A rate below the limit, or below the usual one.
5. A provider whose peers, those comparable with it, are fewer than `min_providers`: not assessable.

Assumptions
-----------
An outcome's code means the same in every contract. The risk score was made by somebody else, or by all
providers alike. Effects of group, area, risk and year add up in log odds. Honest providers differ above the
centre as they do below it. With 10 to 39 providers the rule screens, and clears nobody: the smallest rate
that it would have seen is told with each.

Ask for
-------
A seeded sample of the listed claims, traced to the client and the employer; the list of clients who
started; and what the provider does that the others do not.

Source
------
Spiegelhalter, Statistics in Medicine 24, 2005, on funnels with an additive spread; Efron (2004) and Barber
and Candès (2015) on a null learnt from the data; Sydney Morning Herald, 20 April 2012, on placements that
were checked.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View
from pbr_audit.rule.rates import expected_of, numbered, told, with_funnels, with_pool
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
from pbr_audit.stats.rates import rate_against_peers

RULE = Rule(
    id="PBR607",
    version=1,
    title="Outcome rate above what case mix explains",
    family="peer-outlier",
    severity="info",
    basis="statistical",
    subject="provider",
    key=("contract_id", "provider_id", "outcome"),
    by="client_id",
    needs=Needs(
        required={"clients": CLIENTS, "claims": ("claim_id", *CLAIMS), "outcomes": OUTCOMES},
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
        "min_providers": Param(
            10, unit="providers", low=10, high=1_000, why="fewer do not show what is usual among providers"
        ),
    },
    message=(
        "{reached} of {clients} clients reached {outcome} ({rate:percent}); of clients like these "
        "{usual_rate:percent} do with the other providers compared."
    ),
)
KEY = ["contract_id", "provider_id", "outcome"]


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each provider, outcome and kind of client how many started (1, 2) and reached it."""
    return (
        starters(view, follow_up_days=p.follow_up_days, late_days=p.late_days)
        .group_by(*KEY, *MIX)
        .agg(clients=pl.len().cast(pl.Int64), reached=pl.col("reached").sum().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each contract, provider and outcome, above or not above its peers' funnel."""
    cells = numbered(with_pool(measures, 2 * p.least_expected, p.min_providers))
    rows = [
        _judged(cells.filter(outcome=outcome, pool=pool), p)
        for outcome, pool in cells.select("outcome", "pool").unique().sort("outcome", "pool").iter_rows()
    ]
    most = max((int(row["providers_compared"][0]) for row in rows), default=0)
    if most < p.min_providers:
        raise NotAssessable(
            f"{most} providers have {p.least_expected:g} outcomes or more to be expected of clients whose "
            f"time is over; at least {p.min_providers} are needed to tell what is usual"
        )
    return pl.concat(rows).sort(KEY)


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims of the outcome for the clients of each provider found; no amount is at risk."""
    del p
    whose = view.clients.select("client_id", "contract_id", "provider_id")
    return (
        view.claims.join(whose, on=["client_id", "contract_id"], how="inner")
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def _judged(cells: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return the rows of one outcome and pool of providers."""
    units, found = expected_of(cells, KEY[:2], ["contract_id", *MIX], p.least_expected)
    comparable = found.at_least(p.least_expected)
    enough = comparable.sum() >= p.min_providers
    rows = units.hstack(told(found, rate_against_peers(found, comparable & enough))).with_columns(
        outcome=pl.lit(cells["outcome"][0]),
        providers_compared=pl.lit(int(comparable.sum())),
        comparable=pl.Series(comparable, dtype=pl.Boolean),
    )
    above = pl.col("reached") > pl.col("funnel_limit")  # (4)
    rows = rows.with_columns(
        flagged=pl.when(pl.col("p_value").is_not_null()).then(above),
        why_not=pl.when(~pl.col("comparable"))
        .then(
            pl.lit(f"fewer than {p.least_expected:g} outcomes, or clients without one, are expected")
        )  # (3)
        .otherwise(
            pl.lit(f"fewer than {p.min_providers} comparable providers, or three below the usual")
        ),  # (5)
    ).drop("comparable")
    return with_funnels(rows, "clients", "success rate")


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims as they would be had `who` claimed for a share of those who did not reach it."""
    rows = starters(view, follow_up_days=p.follow_up_days, late_days=p.late_days)
    return claimed_besides(view, rows.filter(pl.col("provider_id").is_in(who)), share, rng)
