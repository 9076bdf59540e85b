"""One employer is behind far more of a provider's clients in work than the areas they live in explain.

What it flags
-------------
A provider of whose clients in work a large share has one and the same employer, far more than of the other
providers' clients in the same areas have, and more than honest providers differ by. No amount is at risk:
one partner may take on many people in earnest. The claims that name the employer are listed, so that a
sample can be drawn.

Method
------
Live prime claims that name an employer are counted as clients, each once for each of its employers, by
deliverer and by the area of the client's registration. Two clients of one provider in one area have the
same employer in a share of all such pairs; so have one of its clients and one of another provider's, and
two clients of the other providers. A pair counts by the square of the share of the area that works
elsewhere, so that an employer of everybody counts for little. The figure is the square root of what the
first share is above the second, less what the third is above the second (a neighbour's habit is not this
provider's): about the share of the provider's clients that one employer has beyond what the area gives. It
does not depend on how many clients there are. It is held against the other providers' figures, never the
provider's own, with their robust centre and their spread (winsorised Paule and Mandel, on the cautious
side), by a one-sided t-test with at most six degrees of freedom.

The employer told is the one with the most clients above the number that the others' shares give in the same
areas, and the effect is that excess as a share of the provider's clients. It has to be `least_excess` or
more and stand on `least_clients` clients, else the p-value is 1. The 95 % interval is the exact one of the
employer's share (Clopper and Pearson) less the share expected. The false discovery rate is held over the
whole run. With 10 to 39 providers the rule screens, and clears nobody.

In simulated honest books of 60 providers, each with a partner that takes on 6 % of its clients in the mean,
nobody was asked about in 50 books of 300 clients each nor in 50 of 1,000, and so where one employer takes
on up to 60 % of an area; in books of 200 providers where these shares have heavy tails somebody was in 4 of
30. Of providers that named one small employer for 40 % of their clients, 5 % of all, 96 % were found with
300 clients each, and 73 % where areas have such an employer. An honest provider is asked about where one
true partner takes on a third of its clients. The smallest share that would have been seen stands in each
finding's evidence.

Example
-------
Ten providers have thirty clients in work in one area, spread over the same ten employers. Of F1's clients
fifteen have the employer E01, of the others' one in ten: a query, 40 points above what the area gives. The
claims F1-1 to F1-15 are listed.

Why ask
-------
Where the employer's letter is the evidence, whoever holds one employer's letterhead or friendship holds as
many outcomes as it likes. In a criminal case about a British welfare-to-work provider, staff had signed as
employers of clients who were not at work there.

Innocent explanations
---------------------
A large partner took people on in a campaign: a warehouse that opened, a care provider, a council. A social
enterprise of the provider's own exists for this. A temporary-work agency stands for many workplaces. The
provider serves a group (ex-offenders, parents) that few employers take on. The provider serves one end of
an area where one employer is near.

Not flagged
-----------
1. Claims that name no employer, and clients whose registration has no area: they are not counted.
2. Clients in an area where no other provider has two clients in work: nothing says what is usual there.
3. A provider with fewer than `min_clients` clients that are left: not assessable, and no peer.
4. A provider whose employer has less than `least_excess` beyond the areas' share, or fewer than
   `least_clients` clients, however unusual that is.
5. A provider whose clients are spread over more employers than others': the question is asked on one side.

Assumptions
-----------
An area is a labour market: providers in it can send people to the same employers. An employer has one
`employer_id`. A client who had two employers counts once for each. All contracts are taken together,
because employers are the same for all. Fewer than ten providers with enough clients: not assessable.

Ask for
-------
Payslips or the employer's payroll for a sample of the listed claims, how the vacancies came about, who at
the employer confirms the work, and any tie between the employer and the provider or its staff.

Source
------
Weir and Cockerham, Evolution 38 (1984), for pairs within against pairs between; Paule and Mandel (1982);
the case against staff of A4e (sentenced in 2015).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View, pictures
from pbr_audit.stats import clopper_pearson
from pbr_audit.stats.alike import alike_within
from pbr_audit.stats.peers import FEWEST_PEERS, against_peers

RULE = Rule(
    id="PBR405",
    version=2,
    title="One employer behind a provider's outcomes",
    family="employer",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id", "employer_id"),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "deliverer_id", "client_id", "employer_id"),
            "clients": ("client_id", "area"),
        }
    ),
    params={
        "min_clients": Param(
            30, unit="clients", low=4, high=10_000, why="of fewer, one workplace is soon a large share"
        ),
        "least_excess": Param(
            0.3,
            unit="of the clients",
            low=0.05,
            high=1.0,
            why="partners that take on a quarter of a provider's clients are seen among honest ones",
        ),
        "least_clients": Param(
            10, unit="clients", low=2, high=10_000, why="a works canteen takes on a handful"
        ),
    },
    message=(
        "{employer_clients} of {clients} clients in work ({share:percent}) have the employer {employer_id}; "
        "of the other providers' clients in the same areas, {expected_share:percent} have."
    ),
)
KEY = ["provider_id"]
CELL = [*KEY, "area"]
MOST_DF = 6.0
DRAWN_UP_TO = 0.05


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameters are for decide
    """Return how many clients each provider has with each employer in each area."""
    return (
        _in_work(view)
        .select("provider_id", "client_id", "employer_id")
        .unique()
        .join(view.clients.select("client_id", "area"), on="client_id", how="left")
        .group_by(*CELL, "employer_id")
        .agg(clients=pl.len().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider with clients in work, flagged where one employer stands out."""
    counted = measures.group_by(*CELL, "employer_id").agg(pl.col("clients").sum()).sort(*CELL, "employer_id")
    providers = counted.select(KEY).unique().sort(KEY)
    rows = providers.join(_compared(counted.drop_nulls("area"), p), on=KEY, how="left")  # (1)
    comparable = rows["figure"].count()
    if comparable < FEWEST_PEERS:
        raise NotAssessable(
            f"{comparable} providers have {p.min_clients} clients or more in work in areas that others serve "
            f"too; at least {FEWEST_PEERS} are needed to tell what is usual"
        )
    against = against_peers(
        *(rows[name].fill_null(float("nan")) for name in ("figure", "variance")),
        above=True,  # (5)
        most_df=MOST_DF,
    )
    low, high = clopper_pearson(rows["employer_clients"].fill_null(0), rows["clients"].fill_null(0))
    stands_out = (pl.col("effect") >= p.least_excess) & (pl.col("employer_clients") >= p.least_clients)  # (4)
    known = pl.col("figure").is_not_null()
    p_value = pl.Series(against.p_value)
    rows = rows.with_columns(
        p_value=pl.when(known & stands_out).then(p_value).when(known).then(1.0),
        flagged=pl.when(known).then(stands_out),
        effect_low=pl.when(known).then(pl.Series(low) - pl.col("expected_share")),
        effect_high=pl.when(known).then(pl.Series(high) - pl.col("expected_share")),
        peers_figure=pl.when(known).then(pl.Series(against.centre)),
        peers_spread=pl.when(known).then(pl.Series(against.variance) ** 0.5),
        smallest_seen=pl.when(known).then(
            pl.Series(against.centre + against.smallest_seen).clip(p.least_excess, 1.0)
        ),
        excess_claims=pl.col("employer_clients") - pl.col("expected_clients"),
        providers_compared=pl.lit(comparable),
        why_not=pl.when(~known).then(
            pl.lit(f"the provider has fewer than {p.min_clients} clients in work in areas that others serve")
        ),
    )
    return rows.with_columns(picture=pl.Series(_pictures(rows), dtype=pl.String))


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - needs no number
    """Return the claims of each provider found that name the employer."""
    return (
        _in_work(view)
        .join(found, on=[*KEY, "employer_id"], how="semi")
        .select(*KEY, "employer_id", "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the claims as they would be had each of `who` named one employer for `share` of its clients."""
    claims = view.claims.collect()
    clients = claims.select("client_id").unique().sort("client_id")
    clients = clients.with_columns(drawn=pl.Series(rng.random(clients.height)))
    moved = (
        (pl.col("drawn") < share) & pl.col("deliverer_id").is_in(who) & pl.col("employer_id").is_not_null()
    )
    # The employer of each that has the fewest claims of all: a small firm, not the area's largest.
    frequent = pl.len().over("employer_id")
    named = (
        pl.col("employer_id").sort_by(frequent, "employer_id", nulls_last=True).first().over("deliverer_id")
    )
    changed = claims.join(clients, on="client_id", how="left", maintain_order="left")
    return {
        "claims": changed.with_columns(employer_id=pl.when(moved).then(named).otherwise("employer_id")).drop(
            "drawn"
        )
    }


def _in_work(view: View) -> pl.LazyFrame:
    """Return the claims that name a client and an employer (1)."""
    return view.claims.filter(pl.col("employer_id").is_not_null() & pl.col("client_id").is_not_null()).rename(
        {"deliverer_id": "provider_id"}
    )


def _compared(counted: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return for each provider with enough clients (2, 3) the figure and the employer that stands out."""
    everybody = pl.col("clients").sum()
    cells = counted.with_columns(
        here=everybody.over(CELL),
        others_here=everybody.over("area") - everybody.over(CELL),
        others=everybody.over("area", "employer_id") - pl.col("clients"),
    ).filter((pl.col("here") > 1) & (pl.col("others_here") > 1))
    codes = cells.select(pl.col("provider_id", "area", "employer_id").rank("dense") - 1)
    alike = alike_within(codes["provider_id"], codes["area"], codes["employer_id"], cells["clients"])
    figures = cells.select(pl.col("provider_id").unique().sort()).with_columns(
        clients=pl.Series(alike.clients).cast(pl.Int64),
        figure=pl.Series(alike.figure),
        variance=pl.Series(alike.variance),
    )
    leading = (
        cells.group_by(*KEY, "employer_id")
        .agg(
            above=(pl.col("clients") - pl.col("here") * pl.col("others") / pl.col("others_here")).sum(),
            employer_clients=pl.col("clients").sum(),
        )
        .sort("above", "employer_id", descending=[True, False])
        .unique("provider_id", keep="first", maintain_order=True)
        .drop("above")
    )
    # What the others' shares give, in those of the provider's areas too where the employer has nobody of it.
    expected = (
        cells.unique(CELL)
        .select(*CELL, "here", "others_here")
        .join(leading.select(*KEY, "employer_id"), on=KEY)
        .join(counted.group_by("area", "employer_id").agg(of_all=everybody), on=["area", "employer_id"])
        .join(cells.select(*CELL, "employer_id", "clients"), on=[*CELL, "employer_id"], how="left")
        .group_by(KEY)
        .agg(
            expected_clients=(
                pl.col("here") * (pl.col("of_all") - pl.col("clients").fill_null(0)) / pl.col("others_here")
            ).sum()
        )
    )
    return (
        figures.join(leading, on=KEY)
        .join(expected, on=KEY)
        .filter(pl.col("clients") >= p.min_clients)
        .with_columns(
            share=pl.col("employer_clients") / pl.col("clients"),
            expected_share=pl.col("expected_clients") / pl.col("clients"),
        )
        .with_columns(effect=pl.col("share") - pl.col("expected_share"))
        .sort(KEY)
    )


def _pictures(rows: pl.DataFrame) -> list[str | None]:
    """Return a funnel for each row that may become a finding."""
    shown = rows.drop_nulls("figure")
    drawn = rows.select(
        (pl.col("flagged") & (pl.col("p_value") <= DRAWN_UP_TO)).fill_null(value=False)
    ).to_series()
    return [
        pictures.funnel(
            shown["clients"],
            shown["figure"],
            shown["provider_id"].to_list().index(row["provider_id"]),
            row["peers_figure"],
            (row["peers_figure"] * (1 - row["peers_figure"])) ** 0.5,
            spread_sd=row["peers_spread"],
            x="clients in work",
            y="one employer beyond its area",
        )
        if draw
        else None
        for row, draw in zip(rows.iter_rows(named=True), drawn, strict=True)
    ]
