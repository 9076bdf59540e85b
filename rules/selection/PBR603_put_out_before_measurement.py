"""More clients are put out, or leave, before they would be measured than with the other providers.

What it flags
-------------
A provider of whose clients far more were excluded, withdrew or left for another reason before the day on
which they would be measured, without an outcome, than of its peers'. No amount is at risk.

Method
------
A client is measured on the last day on which an outcome could be had: start date and the longest
`window_days` of the contract's milestone or cohort outcomes, as in force on the start date. Clients whose
day has come by the run's date are counted, those of a provider's contracts together. Put out are those who
have no live claim of such an outcome and an end date before that day, with the reason `excluded`,
`withdrew` or `other`. Two shares are held against the other providers' by contract, starting quarter, area
and group, and against the spread between honest ones: those put out of all who started, and those put out
in the last `days_before` days of all who were then still there without an outcome. A share less than
`least_effect` above the peers' counts as p = 1; the smaller p-value, doubled, is the rule's. The effect is
the first share less the peers'. Fewer than 10 comparable providers: not assessable; with 10 to 39 the rule
screens, and clears nobody.

Beside it stands what the rate would be with them in. Of those not put out, `reached` of `counted` reached
an outcome. `tipping_point` is the smallest number of those put out who would have to have reached it for
the rate with all of them to be no lower than that of the other providers as counted, in the same contracts
and as many people in each; it is empty where even all would not do.

Example
-------
F1 and C01 have one rate: of 50 counted 30 reached the outcome. C01 put out 5 besides, F1 put out 40 of its
90. F1 is a query: with them in its rate is 30 of 90, a third, and 25 of the 40 would have to have reached
the outcome for it to be the others'.

Why ask
-------
The surest way to a good rate is to leave out those who would lower it. Whoever is put out just before the
day leaves no failure behind.

Innocent explanations
---------------------
The contract tells the provider to end inactive cases. Clients of one area moved to another scheme. A
provider with many who have no home or are ill loses more of them. Old cases were closed in one go when a
system changed.

Not flagged
-----------
1. Clients who died, moved, fell ill, were transferred or completed, and those who left without a reason:
   they are not counted unless they reached an outcome.
2. Clients whose day of measurement has not come, and contracts whose terms give no window.
3. Those who left after they had reached an outcome, or on the day of measurement or later.
4. A provider with fewer than `least_people`: not assessable.
5. A share that is less than `least_effect` above the peers'.

Assumptions
-----------
A source's own words for the end are mapped to the standard's. Windows are calendar days. Where nobody in
the contract has a claim for such an outcome, rates and tipping point are empty. Simulated, 20 and 60
providers of 300 clients: nobody was asked in 2,000 honest books, and 94 to 100 % of those who put out two in
five of their failures were found; where honest ways of closing cases have heavy tails, somebody was asked
in 5 to 10 % of 500 books.

Ask for
-------
The file of each client put out in the last `days_before` days: who decided, and why.

Source
------
The claims standard (`clients`, `end_reason`). Peterborough's social impact bond measured everybody
released, and not those who engaged, for this reason.
"""

import polars as pl

from pbr_audit.rule import VERSION, Draws, Needs, NotAssessable, Param, Params, Rule, View, in_force, pictures
from pbr_audit.rule.tipping_point import by_provider, with_tipping_points
from pbr_audit.stats.shares_against_peers import SharesAgainstPeers, shares_against_peers

RULE = Rule(
    id="PBR603",
    version=3,
    title="Clients put out just before they would be measured",
    family="exclusion",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="contract_id",
    needs=Needs(
        required={
            "clients": ("client_id", "contract_id", "provider_id", "start_date", "end_date", "end_reason"),
            "outcomes": (*VERSION, "kind", "window_high_days"),
        },
        optional={
            "clients": ("area", "group"),
            "claims": ("contract_id", "client_id", "outcome", "outcome_date"),
        },
    ),
    params={
        "days_before": Param(
            90, unit="days", low=1, high=730, why="a quarter's returns are prepared in the quarter before"
        ),
        "least_people": Param(
            50, unit="people", low=5, high=10_000, why="one person is then two points of the share"
        ),
        "least_effect": Param(
            0.1,
            unit="of the people",
            low=0.0,
            high=1.0,
            why="honest ways of closing cases make one in ten",
        ),
    },
    message=(
        "{put_out} of {people} people with {provider_id} were put out or left before they would be measured "
        "({put_out_share:percent}; its peers' share is {expected_share:percent}), {late} of them in the "
        "last {days_before} days; the rate of {rate_counted:percent|unknown height} would be "
        "{rate_with_them:percent|as unknown} with them in, had none of them reached the outcome."
    ),
)
KEY = ["provider_id"]
CELL = ["contract_id", "quarter", "area", "group"]
COUNTS = ["people", "reached", "put_out", "late", "late_people"]
MEASURED = ("milestone", "cohort")
OUT = ("excluded", "withdrew", "other")
PICTURED = 0.05
# Providers close cases in ways of their own, and differ with heavier tails than counts do.
MOST_DF = 4.0


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return counts by contract, provider, starting quarter, area and group."""
    reached = (pl.col("reached_date") <= pl.col("measured_date")).fill_null(value=False)
    left = (pl.col("end_date") < pl.col("measured_date")).fill_null(value=False) & ~reached  # (3)
    out = left & pl.col("end_reason").is_in(OUT).fill_null(value=False)
    eve = pl.col("measured_date") - pl.duration(days=p.days_before)
    gone = (pl.col("end_date") < eve) | (pl.col("reached_date") < eve)
    late = out & (pl.col("end_date") >= eve)
    return (
        _measured(view)
        .filter(out | ~left)  # (1)
        .group_by("contract_id", *KEY, "area", "group", quarter=pl.col("start_date").dt.truncate("1q"))
        .agg(
            people=pl.len().cast(pl.Int64),
            reached=reached.sum().cast(pl.Int64),
            put_out=out.sum().cast(pl.Int64),
            late=late.sum().cast(pl.Int64),
            late_people=(~gone.fill_null(value=False)).sum().cast(pl.Int64),
        )
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, to be flagged where more are put out (5)."""
    cells = measures.sort(*KEY, *CELL)
    places = by_provider(cells, COUNTS)
    whole = _against(cells, places, "put_out", "people", p.least_people)
    if not pl.Series(whole.p_value).is_not_nan().any():
        raise NotAssessable(
            f"of {whole.compared.max(initial=0):.0f} providers {p.least_people} people or more have come to "
            "be measured; at least 10 are needed to tell what is usual"
        )
    eve = _against(cells, places, "late", "late_people", p.least_people)
    rates = with_tipping_points(places)
    told = pl.DataFrame(
        {
            "expected_share": whole.share,
            "peers_spread": whole.spread,
            "effect": whole.effect,
            "effect_low": whole.low,
            "effect_high": whole.high,
            "smallest_seen": whole.seen,
            "late_reached": eve.reached,
            "late_size": eve.size,
            "late_expected_share": eve.share,
            "late_effect": eve.effect,
            "whole_p": whole.p_value,
            "late_p": eve.p_value,
        },
        nan_to_null=True,
    )
    late_share = (pl.col("late_reached") / pl.col("late_size")).fill_nan(None)
    told = told.with_columns(late_share=late_share).drop("late_reached", "late_size")
    rows = pl.concat([rates, told], how="horizontal")
    large, late_large = pl.col("effect") >= p.least_effect, pl.col("late_effect") >= p.least_effect
    smaller = pl.min_horizontal(
        pl.when(large).then("whole_p").otherwise(1.0),
        pl.when(late_large).then("late_p").otherwise(1.0),
    )
    known = pl.col("whole_p").is_not_null()
    rows = rows.with_columns(
        providers_compared=pl.lit(int(whole.compared.max(initial=0)), dtype=pl.Int64),
        days_before=pl.lit(p.days_before),
        p_value=pl.when(known).then((2 * smaller).clip(0, 1)),
        flagged=pl.when(known).then(large | late_large.fill_null(value=False)),
        why_not=pl.lit(f"fewer than {p.least_people} people have come to be measured"),  # (4)
    )
    return rows.with_columns(picture=_pictures(rows))


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the clients as they would be had `who` put out `share` of those without an outcome, late."""
    clients = view.clients.collect()
    measured = _measured(view).select("client_id", "measured_date", "reached_date").collect()
    rows = clients.join(measured, on="client_id", how="left", maintain_order="left")
    drawn = pl.Series(rng.random(rows.height)) < share
    eve = pl.col("measured_date") - pl.duration(days=p.days_before)
    there = pl.col("end_date").is_null() | (pl.col("end_date") >= pl.col("measured_date"))
    out = pl.col("provider_id").is_in(who) & there & pl.col("reached_date").is_null() & eve.is_not_null()
    return {
        "clients": rows.with_columns(
            end_date=pl.when(out & drawn).then(eve + pl.duration(days=1)).otherwise("end_date"),
            end_reason=pl.when(out & drawn).then(pl.lit("excluded")).otherwise("end_reason"),
        ).select(clients.columns)
    }


def _measured(view: View) -> pl.LazyFrame:
    """Return the clients whose day of measurement has come (2), with it and their first outcome."""
    terms = view.outcomes.filter(pl.col("kind").is_in(MEASURED), pl.col("window_high_days").is_not_null())
    started = view.clients.filter(pl.col("start_date").is_not_null())
    days = (
        started.select("contract_id", "start_date")
        .unique()
        .join(terms, on="contract_id", how="inner")
        .filter(in_force("start_date"))
        .group_by("contract_id", "start_date")
        .agg(days=pl.col("window_high_days").max())
    )
    reached = (
        view.claims.join(
            terms.select("contract_id", "outcome").unique(), on=["contract_id", "outcome"], how="semi"
        )
        .group_by("client_id")
        .agg(reached_date=pl.col("outcome_date").min())
    )
    measured = pl.col("start_date") + pl.duration(days=pl.col("days"))
    come = pl.lit(value=True) if view.as_of is None else measured <= view.as_of
    return (
        started.join(days, on=["contract_id", "start_date"], how="inner")
        .filter(come)
        .join(reached, on="client_id", how="left")
        .with_columns(measured_date=measured)
    )


def _against(
    cells: pl.DataFrame, places: pl.DataFrame, reached: str, size: str, least: int
) -> SharesAgainstPeers:
    """Return the shares of `reached` in `size` by place, against the other providers' in the same cells."""
    place = cells.select(KEY).join(places.select(KEY).with_row_index("place"), on=KEY, how="left")["place"]
    provider = cells["provider_id"].rank("dense")
    narrow = cells.select(pl.struct(CELL).rank("dense")).to_series()
    return shares_against_peers(
        place,
        provider,
        (narrow, cells["contract_id"].rank("dense")),
        cells[reached],
        cells[size],
        least=least,
        most_df=MOST_DF,
    )


def _pictures(rows: pl.DataFrame) -> pl.Series:
    """Return a funnel for each row that may become a query: all providers' shares, one of them set off."""
    shown = rows.with_row_index("at").filter(pl.col("whole_p").is_not_null())
    wanted = shown.filter(pl.col("flagged") & (pl.col("p_value") <= PICTURED))
    pictured = {
        own["at"]: pictures.funnel(
            shown["people"],
            shown["put_out_share"],
            shown["at"].index_of(own["at"]) or 0,
            own["expected_share"],
            (own["expected_share"] * (1 - own["expected_share"])) ** 0.5,
            spread_sd=own["peers_spread"],
            x="people",
            y="share put out before they are measured",
        )
        for own in wanted.iter_rows(named=True)
    }
    return pl.Series([pictured.get(at) for at in range(rows.height)], dtype=pl.String)
