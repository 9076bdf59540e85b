"""A provider's claims repeat the measured value that was keyed just before far oftener than others' do.

What it flags
-------------
A provider whose measured values, in the order in which they were keyed, equal the one before far oftener
than the same values in any order would, and oftener beyond that than other providers' do. No amount is at
risk: people who began and ended a course together have the same number of days in earnest. The claims that
stand in runs of `least_run` and more equal values are listed, so that a sample can be drawn.

Method
------
Live prime claims with a measured value and the moment at which they were keyed (`recorded_at`) are put in
that order, for each contract, adviser and outcome of a provider; of a client's claims for one outcome the
first counts. Two that follow one another are neighbours. How many neighbours would be equal with the same
values in any order, and with what variance, is exact: heaps at the threshold or at whole months are in it.
What is observed above that, as a share of all neighbours of the provider, is its figure. It is held against
the other providers' figures, never the provider's own, with their robust centre and spread (winsorised
Paule and Mandel, on the cautious side), because batches keyed together make neighbours alike in honest
offices too, by a one-sided t-test with at most ten degrees of freedom. The effect is the figure less the
others' centre, with the 95 % interval that the order alone gives; the p-value is 1 where it is under
`least_effect` or no run is as long as `least_run`. The false discovery rate is held over the whole run.
With 10 to 39 providers the rule screens, and clears nobody.

In simulated honest books of 60 providers, where a twentieth of the clients end courses together and are
keyed together, nobody was asked about in 50 books of 300 claims each nor in 50 of 1,000, and so where
values are whole weeks and where shares of courses have heavy tails. Of providers that copied 40 % of their
values, 5 % of all, 92 and 97 % were found (85 and 94 % of whole weeks), and of 20 providers with 100 claims
each 64 %. An honest provider is asked about where courses make half of its clients: in 54 and 80 % of books
in which one in fifty is so. Each finding's evidence has the smallest share that would have been seen.

Example
-------
With `min_pairs` lowered to 12, ten providers have sixteen claims each, keyed one after the other by one
adviser. Nobody's values repeat but F1's, of which the last twelve stand in three runs of four: nine of its
fifteen neighbours are equal, where the same values in any order give 15 %, and others' figures are 0. F1 is
a query, 45 points above the others, and F1-05 and eleven more claims are listed.

Why ask
-------
Somebody who has no timesheet, or no time, copies the line above: the same days, the same earnings, client
after client. Whole sequences then repeat, in an order in which nothing else would put them.

Innocent explanations
---------------------
A course or a contract of employment with one employer began and ended for several clients on one day, and
their forms were keyed one after the other. An adviser keys all claims for one value from a list that is
sorted. The software suggests the last value. The outcome is measured in a few steps.

Not flagged
-----------
1. Claims without a measured value, a client or the moment of keying; and a client's second claim for an
   outcome.
2. Claims keyed at the very same moment by one adviser for one outcome: they were loaded together and have
   no order.
3. A provider with fewer than `min_pairs` neighbours, in rows of at least four by one adviser for one
   outcome: not assessable, and no peer.
4. A provider whose figure is less than `least_effect` above the others' centre, or whose longest run of
   equal values is shorter than `least_run`.
5. Fewer equal neighbours than others have: the question is asked on one side.

Assumptions
-----------
`recorded_at` is the order of keying. Where claims name no adviser, all without one are one row. Fewer than
ten providers with enough neighbours: not assessable.

Ask for
-------
The timesheets, payslips or registers behind a few of the runs, who keyed them and from what, and the log of
the system for those hours.

Source
------
Mood (1940), Annals of Mathematical Statistics 11, on runs; Moran (1948), Journal of the Royal Statistical
Society B 10, on neighbours that are alike; Paule and Mandel (1982).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View, only_contract, pictures
from pbr_audit.stats.peers import FEWEST_PEERS, against_peers
from pbr_audit.stats.runs import equal_neighbours

RULE = Rule(
    id="PBR404",
    version=3,
    title="Runs of identical measured values",
    family="evidence-reuse",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="deliverer_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "deliverer_id",
                "client_id",
                "outcome",
                "measured_value",
                "recorded_at",
            )
        },
        optional={"claims": ("advisor_id",)},
    ),
    params={
        "min_pairs": Param(
            40, unit="neighbours", low=4, high=1_000_000, why="of fewer, two or three equal ones are a share"
        ),
        "least_effect": Param(
            0.25,
            unit="of the neighbours",
            low=0.0,
            high=1.0,
            why="honest batches of one course make a fifth of the pairs equal now and then",
        ),
        "least_run": Param(
            4, unit="equal values", low=2, high=1_000, why="two or three alike are seen in any pile of forms"
        ),
    },
    message=(
        "{equal} of {pairs} measured values equal the one keyed before ({share:percent}), where the same "
        "values in any order give {expected_share:percent}; the longest run of equal values has {longest}."
    ),
)
KEY = ["provider_id"]
ROW = ["contract_id", *KEY, "advisor_id", "outcome"]
DRAWN_UP_TO, NORMAL = 0.05, 1.96


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameters are for decide
    """Return for each row of keyed values how many neighbours are equal, and how often each value stands."""
    keyed = _keyed(view)
    f = pl.len().cast(pl.Float64)
    often = keyed.group_by(*ROW, "measured_value").agg(twos=f * (f - 1), threes=f * (f - 1) * (f - 2))
    runs = keyed.group_by(*ROW, "run").agg(length=pl.len().cast(pl.Int64))
    in_runs = runs.group_by(ROW).agg(
        size=pl.col("length").sum(), equal=(pl.col("length") - 1).sum(), longest=pl.col("length").max()
    )
    return in_runs.join(
        often.group_by(ROW).agg(pl.col("twos", "threes").sum()), on=ROW, how="left", nulls_equal=True
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, flagged where far more neighbours are equal than usual."""
    long = measures.sort(ROW)
    found = equal_neighbours(*(long[name] for name in ("size", "twos", "threes")))
    rows = (
        long.with_columns(
            pairs=pl.Series(found.pairs), mean=pl.Series(found.mean), variance=pl.Series(found.variance)
        )
        .with_columns(pl.when(pl.col("pairs") > 0).then(pl.col("equal", "longest")).otherwise(0))
        .group_by(KEY)
        .agg(
            pl.col("equal", "pairs", "mean", "variance").sum(),
            pl.col("longest").max(),
            contract_id=only_contract(),
        )
        .sort(KEY)
        .with_columns(pl.col("pairs").cast(pl.Int64))
    )
    enough = pl.col("pairs") >= p.min_pairs  # (3)
    rows = rows.with_columns(
        share=pl.col("equal") / pl.col("pairs"),
        expected_share=pl.col("mean") / pl.col("pairs"),
        figure=pl.when(enough).then((pl.col("equal") - pl.col("mean")) / pl.col("pairs")),
        # No two values alike vary by nothing: one pair is the least that can be.
        error=pl.col("variance").clip(1.0).sqrt() / pl.col("pairs"),
    )
    comparable = rows.filter(enough)["provider_id"].n_unique()
    if comparable < FEWEST_PEERS:
        raise NotAssessable(
            f"{comparable} providers have {p.min_pairs} or more measured values keyed one after the other; "
            f"at least {FEWEST_PEERS} are needed to tell what is usual"
        )
    against = against_peers(
        rows["figure"].fill_null(float("nan")),
        (rows["error"] ** 2).fill_null(float("nan")),
        above=True,  # (5)
        whose=rows["provider_id"],
    )
    rows = rows.with_columns(
        p_value=pl.Series(against.p_value).fill_nan(None),
        peers_figure=pl.Series(against.centre),
        peers_spread=pl.Series(against.variance) ** 0.5,
        smallest_seen=pl.Series(against.smallest_seen).clip(p.least_effect, 1.0),
    ).with_columns(pl.when(enough).then(pl.col("p_value", "peers_figure", "peers_spread", "smallest_seen")))
    effect = pl.col("figure") - pl.col("peers_figure")
    rows = rows.with_columns(
        effect=effect,
        effect_low=effect - NORMAL * pl.col("error"),
        effect_high=effect + NORMAL * pl.col("error"),
        excess_claims=effect * pl.col("pairs"),
        providers_compared=pl.lit(comparable),
        why_not=pl.when(~enough).then(
            pl.lit(f"the provider has fewer than {p.min_pairs} measured values keyed one after the other")
        ),
    )
    stands_out = (pl.col("effect") >= p.least_effect) & (pl.col("longest") >= p.least_run)  # (4)
    tested = pl.col("p_value").is_not_null()
    rows = rows.with_columns(
        flagged=pl.when(tested).then(stands_out),
        p_value=pl.when(tested & ~stands_out).then(1.0).otherwise("p_value"),
    ).drop("mean", "variance")
    return rows.with_columns(picture=pl.Series(_pictures(rows), dtype=pl.String))


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims in long runs of equal values, for each provider found."""
    return (
        _keyed(view)
        .join(found, on=KEY, how="semi")
        .filter(pl.len().over(*ROW, "run") >= p.least_run)
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the claims as they would be had `who` copied a share of values from the claim keyed before."""
    claims = view.claims.collect().sort("recorded_at", "claim_id")
    drawn = pl.Series("drawn", rng.random(claims.height)) < share
    row = ["contract_id", "deliverer_id", "advisor_id", "outcome"]
    kept = pl.when(~(pl.col("deliverer_id").is_in(who) & pl.col("drawn"))).then("measured_value")
    copied = pl.coalesce(kept.forward_fill().over(row), "measured_value")
    return {"claims": claims.with_columns(drawn).with_columns(measured_value=copied).drop("drawn")}


def _keyed(view: View) -> pl.LazyFrame:
    """Return the claims in the order of keying, `run` numbering the runs of equal values within each row."""
    known = pl.col("measured_value").is_finite() & pl.all_horizontal(
        pl.col("client_id", "recorded_at").is_not_null()
    )
    in_order = (
        view.claims.filter(known)  # (1)
        .rename({"deliverer_id": "provider_id"})
        .sort("recorded_at", "claim_id")
        .unique(["contract_id", "client_id", "outcome"], keep="first", maintain_order=True)
        .filter(pl.len().over(*ROW, "recorded_at") == 1)  # (2)
    )
    changed = pl.col("measured_value").ne_missing(pl.col("measured_value").shift(1))
    return in_order.with_columns(run=changed.cum_sum().over(ROW))


def _pictures(rows: pl.DataFrame) -> list[str | None]:
    """Return a funnel for each row that may become a finding."""
    shown = rows.drop_nulls("figure")
    drawn = rows.select((pl.col("flagged") & (pl.col("p_value") <= DRAWN_UP_TO)).fill_null(value=False))
    places = {provider: place for place, provider in enumerate(shown["provider_id"])}
    return [
        pictures.funnel(
            shown["pairs"],
            shown["figure"],
            places[row["provider_id"]],
            row["peers_figure"],
            row["error"] * row["pairs"] ** 0.5,
            spread_sd=row["peers_spread"],
            x="neighbours",
            y="equal ones beyond the values' own",
        )
        if draw
        else None
        for row, draw in zip(rows.iter_rows(named=True), drawn.to_series(), strict=True)
    ]
