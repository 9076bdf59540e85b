"""Harder clients get fewer contacts than easier ones, by more than with the other providers.

What it flags
-------------
A provider that met its hardest clients far less often than its others, by more than honest providers differ
in this. No amount is at risk.

Method
------
Clients who started, have a risk score, and whose first `days` days are over by the run's date. A contact is
a row of `activities` for the client, whoever met them, from the start date on for `days` days and no later
than the day on which the client left; those days are the client's time. Each score is set against the mean
of the same provider's clients of the same contract, area and group. The third furthest above, of all of its
contracts together, is the hardest. The figure is the logarithm of the others' contacts for each day over
the hardest third's, half a contact put on either, with the error that differences between clients give it.
It is held against the other providers' figures: their robust centre and their spread beyond chance (Paule
and Mandel, deviates cut to 1.5), one-sided, by Student's t with few degrees of freedom. The effect is the
share of contacts that the hardest third lacks of what its peers' ratio gives; below `least_effect` the
p-value is 1. Fewer than 10 comparable providers: not assessable; with 10 to 39 the rule screens, and clears
nobody.

Beside it stand, for either group, how many had no contact at all, and the median day of the first.

Example
-------
F1 met each of its hardest clients three times in the first 91 days and each of the others twelve times. Its
peers, C01 to C10, met both eleven to thirteen times. F1 is a query: three in four contacts are lacking.

Why ask
-------
Where only the outcome is paid, somebody who is unlikely to reach it costs less the less they are seen. The
harder groups of the Work Programme got less than half of the support that had been promised for them.

Innocent explanations
---------------------
The hardest are served by a specialist whose contacts are not in the table. They miss appointments that were
offered, and missed ones are not recorded. They are seen in groups, or for longer each time.

Not flagged
-----------
1. Clients without a start date, without a risk score, or whose first `days` days are not over.
2. Contacts before the start or after the client left, or past the `days`.
3. People alone in their contract, area and group: they are compared with nobody.
4. A provider with fewer than `least_people` in the hardest third or fewer than `least_contacts` contacts
   with the others: not assessable; it may not record them.
5. An effect smaller than `least_effect`, or hardest clients who get relatively more.

Assumptions
-----------
The table of contacts is as complete for harder clients as for easier ones. All contacts count alike.
Simulated, 20 and 60 providers of 300 clients: somebody was asked in 1 to 5 % of 500 honest books, and 88 to
92 % of those who met their hardest third once were found; where honest ratios differ twice as widely, in
one in fifty, and 10 to 31 %; where they have heavy tails, with 20 providers somebody is asked in one in
six, a known limit.

Ask for
-------
For a sample of the hardest third: the diary, appointments offered and missed, and who else serves them.

Source
------
Public Accounts Committee on the Work Programme (2014); Paule and Mandel (1982).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View, only_contract
from pbr_audit.rule.forests import with_forests
from pbr_audit.stats.rate_gap import Served, rate_gap_against_peers

RULE = Rule(
    id="PBR602",
    version=2,
    title="Harder clients get fewer contacts",
    family="parking",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="client_id",
    needs=Needs(
        required={
            "clients": ("client_id", "contract_id", "provider_id", "start_date", "risk_score"),
            "activities": ("client_id", "activity_date"),
        },
        optional={"clients": ("area", "group", "end_date")},
    ),
    params={
        "days": Param(
            91,
            unit="days",
            low=7,
            high=730,
            why="a quarter, when most service is given",
        ),
        "least_people": Param(
            20,
            unit="people in the hardest third",
            low=2,
            high=10_000,
            why="fewer do not show how they differ",
        ),
        "least_contacts": Param(
            40, unit="contacts", low=1, high=100_000, why="who records fewer may not record them at all"
        ),
        "least_effect": Param(
            0.2, unit="of the contacts", low=0.0, high=1.0, why="one in five is what missed appointments make"
        ),
    },
    message=(
        "The hardest third of the clients of {provider_id} had {hard_contacts} contacts in {hard_days} days, "
        "the others {others_contacts} in {others_days}: {effect:percent} fewer than peers' ratios give; "
        "{hard_without} of {hard} of the hardest had none, of the others {others_without} of {others}."
    ),
)
KEY = ["provider_id"]
STRATUM = [*KEY, "contract_id", "area", "group"]
GROUPS = ("hard", "others")
COUNTED = [f"{group}{name}" for group in GROUPS for name in ("", "_contacts", "_days", "_without")]


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return a row for each client (1) with contacts, days, and days to the first contact (2)."""
    last = pl.min_horizontal(pl.col("start_date") + pl.duration(days=p.days - 1), pl.col("end_date"))
    over = pl.lit(value=True)
    if view.as_of is not None:
        over = pl.col("start_date") + pl.duration(days=p.days - 1) <= view.as_of
    clients = (
        view.clients.filter(pl.col("start_date").is_not_null(), pl.col("risk_score").is_not_null(), over)
        .with_columns(last=last)
        .filter(pl.col("last") >= pl.col("start_date"))
    )
    within = (pl.col("activity_date") >= pl.col("start_date")) & (pl.col("activity_date") <= pl.col("last"))
    contacts = (
        view.activities.select("client_id", "activity_date")
        .join(clients.select("client_id", "start_date", "last"), on="client_id", how="inner")
        .filter(within)
        .group_by("client_id")
        .agg(
            contacts=pl.len().cast(pl.Int64),
            first_day=(pl.col("activity_date") - pl.col("start_date")).dt.total_days().min(),
        )
    )
    return clients.join(contacts, on="client_id", how="left").select(
        *STRATUM,
        "risk_score",
        "first_day",
        contacts=pl.col("contacts").fill_null(0),
        days=(pl.col("last") - pl.col("start_date")).dt.total_days() + 1,
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, to be flagged where the hardest lack contacts (5)."""
    rows = _in_two_groups(measures)
    places = _by_place(measures, rows)
    enough = (places["hard"] >= p.least_people) & (places["others_contacts"] >= p.least_contacts)  # (4)
    found = rate_gap_against_peers(
        _served(places, "others"), _served(places, "hard"), enough=enough, whose=places["provider_id"]
    )
    table = pl.concat([places, pl.DataFrame(found.columns(), nan_to_null=True)], how="horizontal")
    compared = table.filter(pl.col("gap").is_not_null())["provider_id"].n_unique()
    if not table["p_value"].count():
        raise NotAssessable(
            f"{compared} providers have a hardest third of {p.least_people} and {p.least_contacts} "
            "contacts with the others; at least 10 are needed to tell what is usual"
        )
    few = f"fewer than {p.least_people} in the hardest third, or {p.least_contacts} contacts with the others"
    table = (
        table.with_columns(
            providers_compared=pl.lit(compared, dtype=pl.Int64),
            flagged=pl.when(pl.col("p_value").is_not_null()).then(pl.col("effect") >= p.least_effect),
            why_not=pl.lit(few),
        )
        .with_columns(p_value=pl.when("flagged").then("p_value").when(~pl.col("flagged")).then(1.0))
        .drop("others_squares", "hard_squares")
    )
    return with_forests(table, x="contacts that the hardest third lacks, as a share")


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the contacts as they would be had `who` met `share` of their hardest third once and no more."""
    clients, contacts = view.clients.collect(), view.activities.collect()
    hardest = (pl.col("risk_score").rank() > pl.len() * 2 / 3).over(KEY)
    drawn = pl.Series(rng.random(clients.height)) < share
    parked = clients.filter(pl.col("provider_id").is_in(who) & hardest & drawn)["client_id"]
    later = pl.col("activity_date").rank("ordinal").over("client_id") > 1
    return {"activities": contacts.filter(~(pl.col("client_id").is_in(parked.implode()) & later))}


def _in_two_groups(measures: pl.DataFrame) -> pl.DataFrame:
    """Return the clients with others around them (3), and whether each is of the hardest third."""
    away = (pl.col("risk_score") - pl.col("risk_score").mean().over(STRATUM)).round(9)
    rows = measures.filter(pl.len().over(STRATUM) > 1).with_columns(away=away)
    place, people = pl.col("away").rank().over(KEY), pl.len().over(KEY)
    return rows.with_columns(hard_one=place > people * 2 / 3, others_one=place <= people * 2 / 3)


def _by_place(measures: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return sums by provider for the hardest third and for the others."""
    sums = []
    for group in GROUPS:
        of = rows.filter(f"{group}_one")
        rate = pl.col("contacts").sum().over(KEY) / pl.col("days").sum().over(KEY)
        sums.append(
            of.with_columns(squares=((pl.col("contacts") - rate * pl.col("days")) ** 2).round(9))
            .group_by(KEY)
            .agg(
                pl.len().cast(pl.Int64).alias(group),
                pl.col("contacts").sum().alias(f"{group}_contacts"),
                pl.col("days").sum().alias(f"{group}_days"),
                (pl.col("contacts") == 0).sum().cast(pl.Int64).alias(f"{group}_without"),
                pl.col("first_day").median().alias(f"{group}_first_day"),
                pl.col("squares").sort().sum().alias(f"{group}_squares"),
            )
        )
    places = measures.group_by(KEY).agg(
        people=pl.len().cast(pl.Int64),
        contract_id=only_contract(),
    )
    places = places.sort(KEY)
    for part in sums:
        places = places.join(part, on=KEY, how="left", maintain_order="left")
    return places.with_columns(
        pl.col(COUNTED).fill_null(0), pl.col("hard_squares", "others_squares").fill_null(0.0)
    )


def _served(places: pl.DataFrame, group: str) -> Served:
    events, days, squares = (places[f"{group}_{name}"] for name in ("contacts", "days", "squares"))
    return Served(events, days, places[group], squares)
