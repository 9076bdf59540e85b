"""A provider submits next to nothing for months though outcomes went on, and then all of it together.

What it flags
-------------
A provider, in one contract, that in two or three months on end submitted far less than was due by its own
rhythm, and most of it in the one month after, and that by more than its peers' own worst months show. No
amount is at risk: the outcomes may all be right, and what is unusual is when they were told. The claims
that came together are listed, for a sample.

Method
------
Of each provider that delivers, live prime claims are counted by the month of the outcome and that of the
submission. How many months claims take is learnt from the provider's own, those of the last months by what
had come when earlier months were as young (chain ladder), and drawn a little towards all providers'. With
the outcomes it gives what was due in each month: a busy month of outcomes is no spike, and a month without
them no silence. For each month the two, and the three, before it are scored as if claims due in them had
been held for it: the likelihood's score for half of them moved. From the score that of the other providers
in that month is taken, of the whole book and of the contract, with what it varies by among them: holidays,
a system that was down and a contract's calendar are nobody's. It is divided by the provider's own standard
deviation in its other months (drawn towards the others' as if by ten months), and multiplied by the share
missing in the fuller of the silent months. The worst months count, one test a provider, and are held
against the others' worst months: the logarithm of the score plus one half, its spread learnt robustly and
on the cautious side, by t with four degrees of freedom at most. It becomes a query where it survives the
correction over all statistical tests of the run, and in each silent month at least `least_quiet` of what
was due was missing, at least `least_effect` came together in the month after beyond what usually does, and
this happened no oftener than `most_times`. A month counts as silent only where three tenths of the
provider's usual number were due. The effect is what came together as a share of what was due, with 95 %
limits that follow from the score; it is the largest of many months, and so larger than a second look would
give. `smallest_seen` is the share held back that would be found four times in five; above 1 none would be.
The severity is `low`: when a claim was told says little of what it is worth.

In 3,800 simulated honest books of 20 and 60 providers with 100 to 1,000 claims each in three years (nine
kinds: weekly and monthly ways with short leaves, leaves of five weeks, gaps with heavy tails, batches, one
in ten quarterly, a contract's calendar, a system down for one contract or all, winding up) somebody was a
query in 18, never in more than 5 % of one kind. Of 5 % of the providers, who once held 80 % of two months
back, 59 to 71 % were found with 1,000 claims where the others submit every week or month, 6 to 34 % with
300, and 1 to 7 % with 100; with 1,000 claims 29 to 42 % where a system was down, 2 to 18 % where the others
take leaves of five weeks, one in ten is quarterly, or each contract has its calendar, and hardly anybody
where they submit in batches or at long gaps of their own. Several hide one another: of 10 % who did so
among 60 providers 16 % were found. Where one honest provider in ten is absent for two months once, it looks
the same: of 60 with 1,000 claims somebody was a query in 48 % of such books, of 60 with 300 in 10 %. It is
the first thing to ask.

Example
-------
Eleven providers have two outcomes in every month from January 2015 to March 2016. Ten submit in the month
itself. F1 does, too, but what it reached in June, July and August came on 20 September 2015: a query.

Why ask
-------
Claims that come together leave no time to look at each, and papers that are written together are alike.
Outcomes are held back where a month's or a year's target is met already, or while something is put right.
Managers of training programmes in the United States were shown to time what they report.

Innocent explanations
---------------------
The one person who submits was ill, or left and was not replaced. The provider changed its system. The
evidence for all these claims came from one employer, who was late. The commissioner had asked it to wait.
The figures cannot tell these from claims that were held back.

Not flagged
-----------
1. Claims that are submitted again after rejection, and corrections: their day is not the first.
2. Outcomes of a cohort, which wait for its result; claims submitted before the outcome's month (PBR201 asks
   about those that were before the outcome) or twelve months and more after it.
3. A provider with fewer than `min_months` months before which enough claims were due: not assessable.
4. Months before which fewer than `least_due` claims were due.
5. A silence after which the claims came over several months, one month without submissions, and a spike
   without a silence before it.
6. A provider to which it happened oftener than `most_times`: once a quarter is a rhythm like another.

Assumptions
-----------
A provider's way of submitting is the same from year to year. Whom a prime submits for, and holds back all
of, cannot be told from a calendar that the contract sets. Only claims that have come are seen. Months are
the calendar's. With fewer than ten providers that have enough months the rule is not assessable; with 10 to
39 it screens, and clears nobody.

Ask for
-------
Why nothing was submitted in these months, and who submits. For a sample of the listed claims, the evidence
with the day on which it reached the provider, and the day on which the outcome was keyed in.

Source
------
Mack (1993), ASTIN Bulletin 23(2), for claims that come late; Courty and Marschke, Journal of Labor
Economics 22(1), 2004, on the timing of reports; Miettinen (1976) for the limits; Paule and Mandel (1982),
with large deviates cut, for the spread.
"""

import polars as pl

from pbr_audit.rule import OUTCOME, WHOLE, Draws, Needs, Param, Params, Rule, View, held_back_as_rows

RULE = Rule(
    id="PBR702",
    version=1,
    title="Submissions go quiet, then spike",
    family="timing",
    severity="low",
    basis="statistical",
    subject="provider",
    key=("contract_id", "provider_id"),
    by=WHOLE,
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "deliverer_id",
                "outcome",
                "outcome_date",
                "submitted_date",
            )
        },
        optional={
            "claims": ("resubmits_claim_id", "supersedes_claim_id"),
            "outcomes": (*OUTCOME, "kind"),
        },
    ),
    params={
        "least_quiet": Param(
            0.7,
            unit="of the claims due",
            low=0.0,
            high=1.0,
            why="six weeks in which nobody is there leave less of two months empty",
        ),
        "least_effect": Param(
            0.5,
            unit="of the claims due",
            low=0.0,
            high=1.0,
            why="what was due has to have come together: a backlog that is worked off slowly is none",
        ),
        "least_due": Param(
            5,
            unit="claims",
            low=2,
            high=10_000,
            why="below this a silence of two months is chance",
        ),
        "min_months": Param(
            12,
            unit="months",
            low=6,
            high=120,
            why="a year is needed to know a provider's own rhythm",
        ),
        "most_times": Param(
            2,
            unit="times",
            low=1,
            high=40,
            why="what happens three times and more is a provider's way of submitting",
        ),
    },
    message=(
        "Of {due:number} claims due from {silent_from} to {silent_to}, by its own rhythm, {came:number} were "
        "submitted then, and {effect:percent} of them together in {spike}."
    ),
)
KEY = ("contract_id", "provider_id")
# The months of a provider between which a shift is put, and the day on which it lets go.
FIRST_MONTHS, LAST_MONTHS, RELEASED = 2, 4, 10


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - every rule's measure has them
    """Return for each provider and month of outcome how many claims were submitted in which month."""
    return (
        _first_submissions(view)
        .group_by(*KEY, outcome_month=_month("outcome_date"), submitted_month=_month("submitted_date"))
        .agg(claims=pl.len().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each contract and provider: its most silent months, against the peers' worst ones."""
    first, spike = pl.col("first_month"), pl.col("spike_month")
    said = "%B %Y"
    return _rows(measures, p).select(
        pl.exclude("held", "first_month", "spike_month"),
        flagged=pl.when(pl.col("p_value").is_not_null()).then("held"),
        silent_from=first.dt.strftime(said),
        silent_to=spike.dt.offset_by("-1mo").dt.strftime(said),
        spike=spike.dt.strftime(said),
    )


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims that came together: of earlier months' outcomes, submitted in the spike's month."""
    spikes = _rows(measure(view, p).collect(), p).select(*KEY, "spike_month")
    outcome = _month("outcome_date")
    return (
        _first_submissions(view)
        .join(found, on=KEY, how="semi")
        .join(spikes.lazy(), on=KEY, how="inner")
        .filter(_month("submitted_date") == pl.col("spike_month"), outcome < pl.col("spike_month"))
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001 - every rule's shift has them
    """Return the claims had `who` held a share of two months' back and submitted them in the third."""
    claims = view.claims.collect()
    months = (
        claims.filter(pl.col("deliverer_id").is_in(who))
        .group_by("deliverer_id")
        .agg(months=_month("submitted_date").unique().sort())
        .filter(pl.col("months").list.len() > FIRST_MONTHS + LAST_MONTHS)
        .sort("deliverer_id")
    )
    room = pl.col("months").list.len() - FIRST_MONTHS - LAST_MONTHS
    place = (pl.Series(rng.random(months.height)) * room).floor().cast(pl.Int64) + FIRST_MONTHS
    begin = months.select("deliverer_id", begin=pl.col("months").list.get(place))
    rows = claims.with_columns(drawn=pl.Series(rng.random(claims.height))).join(
        begin, on="deliverer_id", how="left", maintain_order="left"
    )
    third = pl.col("begin").dt.offset_by("2mo")
    moves = pl.col("submitted_date").is_between("begin", third, closed="left") & (pl.col("drawn") < share)
    day = pl.when(moves).then(third.dt.offset_by(f"{RELEASED}d")).otherwise("submitted_date")
    return {"claims": rows.with_columns(submitted_date=day).drop("drawn", "begin")}


def _rows(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return the rows with the first days of the months that they are about."""
    return held_back_as_rows(
        measures,
        KEY,
        "contract_id",
        least_due=p.least_due,  # (4)
        least_quiet=p.least_quiet,
        least_effect=p.least_effect,  # (5)
        least_months=p.min_months,  # (3)
        most_times=p.most_times,  # (6)
    )


def _first_submissions(view: View) -> pl.LazyFrame:
    """Return the claims that were submitted for the first time (1), of outcomes of one client (2)."""
    cohorts = view.outcomes.filter(kind="cohort")
    return (
        view.claims.drop_nulls("submitted_date")
        .filter(pl.col("resubmits_claim_id").is_null() & pl.col("supersedes_claim_id").is_null())
        .join(cohorts, on=OUTCOME, how="anti")
        .rename({"deliverer_id": "provider_id"})
    )


def _month(name: str) -> pl.Expr:
    return pl.col(name).dt.truncate("1mo")
