"""A provider has far more self-employed clients than the other providers have in the same areas and groups.

What it flags
-------------
A provider of whose clients in work a larger share is self-employed than of the other providers' clients in
the same areas and payment groups, by more than honest providers differ. No amount is at risk:
self-employment is work. The claims for it are listed, so that a sample can be drawn, and the finding says
how many of these clients the records of earnings know nothing of.

Method
------
Live prime claims that say how a client works (`employment_type`) are counted as clients, self-employed
where any of the client's claims in the contract says so; a provider's contracts are taken together. In each
area and payment group of their registrations, a contract at a time, the other providers' clients say what
share is usual, drawn towards theirs in all where they are few; those of a provider that stands out itself
are left out there, as they would make its neighbours look low. What is left is held against the spread of
the other providers (never the provider's own figure), robust and on the cautious side, and wider where few
others are behind the usual share. The tail is the beta-binomial's, read with Student's t because the spread
was learnt. With 100 providers and more, spread and tails are learnt from those in the middle and below, and
the p-value is averaged over all that fit them. The effect is the difference of the shares, with its 95 %
interval; the p-value is 1 where it is under `least_effect` or stands on fewer than `least_clients`
self-employed clients. The false discovery rate is held over the whole run. With 10 to 39 providers the rule
screens, and clears nobody.

Where `events` hold employment with earnings (a `value` above nothing), the self-employed clients without
any are counted (`without_earnings`). That is told and not tested: first months in business often earn
nothing.

In simulated honest books of 60 providers, whose rates differ by a standard deviation of 0.4 in log odds
beside what areas and groups make of them, nobody was asked about in 60 books of 300 clients each nor in 60
of 1,000; somebody was in 0 and 7 of 60 where their rates have heavy tails. Of providers that called 40 % of
their clients self-employed, 5 % of all, 85 and 94 % were found, and 69 and 78 % where areas differ most. Of
240 books of 200 providers, heavy tails among them, somebody was asked about in 1, and 67 to 100 % were
found with 5 % acting, 54 to 100 % with 10 %. A provider that runs a course in starting a business, with
half of its clients self-employed in earnest, is asked about. The smallest difference that would have been
seen stands in each finding's evidence.

Example
-------
Ten providers have thirty clients in work each, in two areas. Of F1's twenty-one are self-employed, of the
others' three: a query, 60 points above the 10 % that are usual, and 19 of the 21 have no earnings in the
records. The claims F1-1 to F1-21 are listed.

Why ask
-------
Self-employment pays as a job does, and a client's own word may be all the evidence of it. Reports of 2013
on the Work Programme told of clients who were signed up as self-employed without trade or earnings, and
Parliament's Public Accounts Committee named the risk.

Innocent explanations
---------------------
The provider runs a course in starting a business, or works with clients who had one. Taxi, delivery,
building and care work in its areas is done by people who are self-employed on paper. Its clients live where
there are no employers. Earnings reach the records a year late, after the tax return.

Not flagged
-----------
1. Claims that do not say how the client works, or name no client (cohorts): they are not counted.
2. A provider with fewer than `min_clients` clients that are left: not assessable, and no peer.
3. A provider with fewer than `least_clients` self-employed clients, or a share less than `least_effect`
   above the others', however sure it is.
4. A smaller share than the others': the question is asked on one side.

Assumptions
-----------
An empty area or group is one of its own, and so is everybody's where the source has no such column.
Providers code `employment_type` alike; `other` is not self-employed. Fewer than ten providers with enough
clients: not assessable.

Ask for
-------
For a sample of the listed claims: registration with the tax office, invoices or bank statements, the
business plan, and what the adviser saw of the business.

Source
------
Skellam (1948) for the beta-binomial; Spiegelhalter, Statistics in Medicine 24 (2005), for the spread of
peers; BBC 5 Live (February 2013) on six providers' clients; House of Commons, Committee of Public Accounts,
on the Work Programme.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, Param, Params, Rule, View, shares_given_mix, with_funnels

RULE = Rule(
    id="PBR407",
    version=3,
    title="Self-employment share, and self-employment with no earnings",
    family="employer",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="client_id",
    needs=Needs(
        required={"claims": ("claim_id", "contract_id", "deliverer_id", "client_id", "employment_type")},
        optional={
            "clients": ("client_id", "area", "group"),
            "events": ("client_id", "event", "value"),
        },
    ),
    params={
        "min_clients": Param(
            30, unit="clients", low=4, high=10_000, why="of fewer, a handful is soon a large share"
        ),
        "least_clients": Param(
            10, unit="clients", low=2, high=10_000, why="one course in starting a business has so many"
        ),
        "least_effect": Param(
            0.25,
            unit="of the clients",
            low=0.0,
            high=1.0,
            why="honest providers' trades and courses make a fifth of difference now and then",
        ),
    },
    message=(
        "{self_employed} of {clients} clients in work ({share:percent}) are self-employed; of the other "
        "providers' clients in the same areas and groups, {peers_share:percent} are usual."
    ),
)
KEY = ("provider_id",)
CELL = ("area", "group")
# So many providers show how heavy the tails of honest shares are; fewer leave it to Student's t.
SHOW_THEIR_TAILS = 100
SELF_EMPLOYED = pl.col("employment_type") == "self_employed"


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameters are for decide
    """Return how many clients in work each provider has in each area and group, and what is known of them."""
    earning = view.events.filter((pl.col("event") == "employment") & (pl.col("value") > 0))
    return (
        _in_work(view)
        .group_by("contract_id", *KEY, "client_id")
        .agg(reached=SELF_EMPLOYED.any())
        .join(view.clients, on="client_id", how="left")
        .join(earning.select("client_id", earning=True).unique(), on="client_id", how="left")
        .group_by(*KEY, "contract_id", pl.col(CELL).fill_null(""))
        .agg(
            reached=pl.col("reached").sum().cast(pl.Int64),
            size=pl.len().cast(pl.Int64),
            earning=pl.col("earning").sum().cast(pl.Int64),
            reached_earning=(pl.col("earning") & pl.col("reached")).sum().cast(pl.Int64),
        )
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, flagged where its share is far above the others'."""
    many = measures["provider_id"].n_unique() >= SHOW_THEIR_TAILS
    rows = shares_given_mix(measures, CELL, least=p.min_clients, what="clients in work", below=many)  # (2, 4)
    earning = measures.group_by(KEY).agg(pl.col("reached_earning").sum())
    known = bool(measures["earning"].sum())
    tested = pl.col("p_value").is_not_null()
    large = (pl.col("effect") >= p.least_effect) & (pl.col("reached") >= p.least_clients)  # (3)
    rows = rows.join(earning, on=KEY, how="left", maintain_order="left").with_columns(
        without_earnings=pl.when(known).then(pl.col("reached") - pl.col("reached_earning")),
        flagged=pl.when(tested).then(large),
        p_value=pl.when(tested & ~large).then(1.0).otherwise("p_value"),
        smallest_seen=pl.col("smallest_seen").clip(p.least_effect, 1.0),
    )
    even = rows.with_columns(clumping=pl.lit(1.0))
    drawn = with_funnels(even, x="clients in work", y="share self-employed").drop("clumping")
    return drawn.drop("reached_earning").rename({"reached": "self_employed", "size": "clients"})


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - needs no number
    """Return the claims for self-employment, for each provider found."""
    return (
        _in_work(view)
        .filter(SELF_EMPLOYED)
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the claims as they would be had `who` called a share of their clients self-employed."""
    claims = view.claims.collect()
    clients = claims.select("client_id").unique().sort("client_id")
    clients = clients.with_columns(drawn=pl.Series(rng.random(clients.height)))
    changed = claims.join(clients, on="client_id", how="left", maintain_order="left")
    called = (
        (pl.col("drawn") < share)
        & pl.col("deliverer_id").is_in(who)
        & pl.col("employment_type").is_not_null()
    )
    kind = pl.when(called).then(pl.lit("self_employed")).otherwise("employment_type")
    return {"claims": changed.with_columns(employment_type=kind).drop("drawn")}


def _in_work(view: View) -> pl.LazyFrame:
    """Return the claims that name a client and say how it works (1)."""
    known = pl.col("employment_type").is_not_null() & pl.col("client_id").is_not_null()
    return view.claims.filter(known).rename({"deliverer_id": "provider_id"})
