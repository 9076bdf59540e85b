"""A published rate lies above the funnel of the other providers' rates.

What it flags
-------------
A provider whose published rate for one outcome, over all its periods together, lies further on the paid
side of what the other providers reach than providers of its size differ from one another. Success is what
is paid for, so that such a rate is first of all a good one: the query is how it came about. No amount is at
risk.

Method
------
Of each contract, provider and outcome the published periods are added up. The expected rate is the
published one (`expected`, adjusted for case mix by whoever published it) where the series gives one, else
that of all other providers in the same periods: a logistic regression on the period, and on the contract
where several are compared, fitted without the provider. Providers are compared within a contract that has
`min_providers` with enough expected; the others are compared with all those of the same outcome in other
such contracts.

Rates are held against each other on the arcsine square-root scale. The funnel is additive: to the chance
error of a rate comes the spread between providers (τ²), so that a large provider is not outside because its
rate is known well. Chance alone, or the chance error times a factor (the multiplicative convention), asks
about nearly every large provider wherever providers differ honestly. The centre is the other providers',
deviates beyond 1.5 counted as 1.5. Spread and tails are learnt on the unpaid side: rates below the centre
show what honest providers differ by, whatever happens above it, and half of the providers are a better
guard against a few who stand out than cutting, or leaving out, the outermost tenth at either end, as the
published indicators do. The p-value is averaged over Student's t of several tails and widths, by how well
they fit that side; with few providers all stay in play. A rate is a query only above the upper 99.8 %
limit, and only if it stays one after the correction for all tests of the run. The paid side is above, and
below where the terms of the outcome say `at_most`; without terms it is above, because a published
`achieved` counts what was wanted, and the evidence says so (`direction_known`). The effect is how many
times the usual rate the rate is, with the exact interval of the provider's own.

In 3,600 simulated books of 20, 60 and 200 honest providers with 300 to 3,000 people each, whose rates
differ by standard deviations of 2, 5 or 10 points, or by 5 with heavy tails (Student's t of five degrees of
freedom), 28 held a query, all of them with heavy tails. Where one provider in twenty counts two in five of
the people who did not reach it, too, so that a rate of 35 % becomes 61 %, it was found in 82 to 100 % of
cases among rates that differ by 2 points, in 27 to 94 % at 5 points, more with more providers, and in
hardly any at 10. Honest rates with a long tail on the paid side alone are the known limit: of 20 such books
of 200 providers, ten held a query.

Example
-------
Eleven providers published cohorts of 100 for JOB in 2016-Q1. Ten of them reached it with 28 to 37 each, F1
with 70. The others' rate is 32.5 %, and the upper 99.8 % limit for 100 clients lies at 45: a query about
F1, at 2.2 times the usual rate.

Why ask
-------
Rates far above those of everybody else have been the first sign of outcomes that were not there: patients
who were paid for and could not be found, clients who never knew the provider.

Innocent explanations
---------------------
It is better than the others, and they could learn from it. It was sent easier clients, or works where there
is more work, and the expected rate does not know that. It publishes another thing under the same name: a
special service, a small clinic, a cohort counted at another time.

Not flagged
-----------
1. A cohort of nobody, a number achieved that is below 0 or above the cohort, and a mean number of events a
   person (`frequency`): no share. Another rule asks about figures that cannot be.
2. Where a series gives expected rates, rows without one, or with one that is not between 0 and 1.
3. Earlier releases of a figure: the latest stands, and of one date the last in the order of size.
4. Fewer than `least_expected` outcomes, or clients without one, expected: not assessable.
5. A rate below the limit, and one on the other side: bad results are paid less without anybody asking.
6. A provider whose peers, those comparable with it, are fewer than `min_providers`: not assessable.

Assumptions
-----------
An outcome's code means the same wherever it stands. Honest providers differ above the centre as they do
below it; a few who are far better than any is bad would be asked. Periods that overlap count twice (a year
beside its quarters). One period in many that stands out is lost among the others. With 10 to 39 providers
the rule screens, and clears nobody: the smallest shift that it would have seen is told with each rate.

Ask for
-------
The list of clients behind the rate, and who of the cohort was left out; then a sample of them, traced.

Source
------
Spiegelhalter, Statistics in Medicine 24, 2005, and Spiegelhalter and others, Journal of the Royal
Statistical Society A 175, 2012, on funnels and on additive and multiplicative spread; Paule and Mandel
(1982). World Bank, on patients who could not be traced after they had been paid for.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View
from pbr_audit.rule.rates import expected_as_published, expected_of, told, with_funnels, with_pool
from pbr_audit.stats.rates import rate_against_peers

RULE = Rule(
    id="PBR901",
    version=2,
    title="Published rate outside its funnel",
    family="peer-outlier",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("contract_id", "provider_id", "outcome"),
    by="contract_id",
    needs=Needs(
        required={
            "performance": (
                "contract_id",
                "provider_id",
                "period",
                "outcome",
                "cohort_size",
                "achieved",
            ),
        },
        optional={
            "performance": ("expected", "release_date"),
            "outcomes": ("contract_id", "outcome", "direction", "measure"),
        },
    ),
    params={
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
        "{reached} of {clients} in published cohorts count for {outcome} ({rate:percent}); of clients like "
        "these {usual_rate:percent} do with the other providers compared."
    ),
)
KEY = ["contract_id", "provider_id", "outcome"]
FIGURE = [*KEY, "period"]
ORDER = ("release_date", "cohort_size", "achieved", "expected")


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - parameters are for `decide`
    """Return the latest figures of each provider, outcome and period, and the terms' direction."""
    terms = view.outcomes.unique(["contract_id", "outcome"], keep="any")
    latest = view.performance.group_by(FIGURE).agg(
        pl.col("cohort_size", "achieved", "expected").sort_by(*ORDER, nulls_last=False).last()  # (3)
    )
    return latest.join(terms, on=["contract_id", "outcome"], how="left").select(
        *FIGURE, "cohort_size", "achieved", "expected", "direction", "measure"
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each contract, provider and outcome, above or not above its peers' funnel."""
    cells = _cells(measures).sort(FIGURE)
    compared = with_pool(cells.filter(pl.col("why_not").is_null()), 2 * p.least_expected, p.min_providers)
    series = compared.partition_by("outcome", "pool", maintain_order=True)
    rows = [_judged(figures, p) for figures in series]
    most = max((int(row["providers_compared"][0]) for row in rows), default=0)
    if most < p.min_providers:
        raise NotAssessable(
            f"{most} providers publish rates of one outcome with {p.least_expected:g} expected or more; "
            f"at least {p.min_providers} are needed to tell what is usual"
        )
    left = cells.join(compared, on=KEY, how="anti").group_by(KEY).agg(pl.col("why_not").first())  # (1, 2)
    return pl.concat([*rows, left], how="diagonal").sort(KEY)


def _cells(measures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures turned to the paid side, `clients` and `reached`, with why one is left out."""
    size, achieved, expected = pl.col("cohort_size"), pl.col("achieved"), pl.col("expected")
    a_share = (size > 0) & (achieved >= 0) & (achieved <= size) & pl.col("measure").ne_missing("frequency")
    published = (expected > 0) & (expected < 1)
    given = published.any().over("contract_id", "outcome")
    fewer = pl.col("direction").eq_missing("at_most")
    return measures.select(
        *FIGURE,
        clients=size,
        reached=pl.when(fewer).then(size - achieved).otherwise(achieved),
        published=pl.when(published).then(pl.when(fewer).then(1 - expected).otherwise(expected)),
        direction=pl.col("direction").fill_null("at_least"),
        direction_known=pl.col("direction").is_not_null(),
        why_not=pl.when(~a_share)
        .then(pl.lit("the figures give no share of a cohort"))
        .when(given & ~published.fill_null(value=False))
        .then(pl.lit("the series gives expected rates, and this figure has none")),
    )


def _judged(figures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return the rows of one comparison."""
    unit = ["contract_id", "provider_id"]
    if figures["published"].null_count():
        units, found = expected_of(figures, unit, ["period", "contract_id"])
    else:
        units, found = expected_as_published(figures, unit)
    comparable = found.at_least(p.least_expected)
    enough = comparable.sum() >= p.min_providers
    facts = figures.group_by(unit).agg(
        pl.col("outcome", "direction", "direction_known").first(), periods=pl.len().cast(pl.Int64)
    )
    rows = (
        units.hstack(told(found, rate_against_peers(found, comparable & enough)))
        .join(facts, on=unit, how="left", maintain_order="left")
        .with_columns(
            providers_compared=pl.lit(int(comparable.sum())),
            comparable=pl.Series(comparable, dtype=pl.Boolean),
        )
    )
    above = pl.col("reached") > pl.col("funnel_limit")  # (5)
    rows = rows.with_columns(
        flagged=pl.when(pl.col("p_value").is_not_null()).then(above),
        why_not=pl.when(~pl.col("comparable"))
        .then(
            pl.lit(f"fewer than {p.least_expected:g} outcomes, or clients without one, are expected")
        )  # (4)
        .otherwise(
            pl.lit(f"fewer than {p.min_providers} comparable providers, or three below the usual")
        ),  # (6)
    ).drop("comparable")
    return with_funnels(rows, "people in the cohorts", "rate")


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the figures as they would be had `who` counted a share of the others in their cohorts, too."""
    rows = view.performance.collect()
    terms = view.outcomes.select("contract_id", "outcome", "direction").unique(keep="any").collect()
    rows = rows.join(terms, on=["contract_id", "outcome"], how="left", maintain_order="left")
    left = pl.col("cohort_size") - pl.col("achieved")
    drawn = pl.Series(rng.binomial(rows.select(left.clip(0)).to_series().to_numpy(), share))
    fewer = pl.Series(rng.binomial(rows["achieved"].clip(0).to_numpy(), share))
    changed = pl.when(pl.col("direction").eq_missing("at_most")).then(-fewer).otherwise(drawn)
    moved = pl.when(pl.col("provider_id").is_in(who)).then(changed).otherwise(0)
    return {"performance": rows.with_columns(pl.col("achieved") + moved).drop("direction")}
