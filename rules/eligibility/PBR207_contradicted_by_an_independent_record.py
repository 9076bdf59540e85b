"""A check, or a record of benefit, work or reoffending, contradicts the outcome that was claimed.

What it flags
-------------
A live claim of the prime tier that the last check contradicted; or over whose paid days another body
records what the terms name in `ineligible_during` (benefit, employment, reoffence); or that says that the
client was employed where the records of the client's work show none in that time. The whole amount of the
claim is at risk.

Method
------
*Checks.* Those with the result `confirmed` or `contradicted` count that are dated on the claim's outcome
date or later. A check with a claim number is about that claim. One with a client number alone is about the
client's last result: the live claims of the prime tier, of any contract, with that client number and the
latest outcome date that is not after the check. The last check of a claim by date holds; of several on one
date a confirmation does. A claim with a check of its own is not judged by checks of its client. A claim
that is contradicted is a query. One whose own check confirmed it is clear, whatever the events say.

*Days paid for.* Where the claim gives `period_start` and `period_end`, these are the span, and all its days
are paid for. Else a sustainment's span is the `interval_days` up to its outcome date, and all of them are
paid for. Else the span of a milestone whose `measure` begins with `days` is from `job_start_date` to the
outcome date, and `measured_value` days of it (whole ones, and no more than the span has) are paid for. Both
ends belong to a span. Other claims pay for no days.

*Events.* Of the events of the claim's client whose kind is benefit, employment or reoffence, and which the
terms in force on the outcome date name in `ineligible_during`, those are read that do not hold the outcome
date itself: what holds it is asked about by another rule. An event without an end runs to the day of the
run. Its days within the span, plus the days paid for, less the days of the span, are the days which they
have in common at the least, wherever the days paid for lie. More than `overlap_days` of them are a query;
of a reoffence, one is. Of several events the one with the most such days is told, then the one that began
first, then by kind and by end; days of several events are not added up.

*Work.* It is asked of a claim that pays for days where its `employment_type` is `employed`, it has terms
that do not name employment, and events hold some employment of its client (with whatever date): one of them
has to have a day between `overlap_days` before the span and `overlap_days` after it. If none has, it is a
query.

A claim that is found in several ways is one query and tells of the first: check, event, work.

Example
-------
A sustainment of 28 days is not paid during benefit. Client P1's of 30 May 2016 (F1, £215.00) pays for the
days from 3 May 2016; benefit is recorded from 1 January 2016 to 20 May 2016: 18 days in common, and a query
with £215.00 at risk. Client P2's benefit ended on 16 May 2016, after 14 of those days: C1 is clear.

Why ask
-------
A provider says that somebody was in work and off benefit; the payer's own records say on which days benefit
was paid. Both cannot be right.

Innocent explanations
---------------------
Benefit runs on for a week or two after work begins, and is recorded to the end of a fortnight. The contract
allows work of a few hours beside benefit: then its terms should not name it. A record of another person was
matched. An employer reports late, or under another name. The check found nobody at home. The claim was
mended after the check.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims that no check that counts is about, and that pay for no days, or whose terms name none of the
   three kinds and of which no work is asked: they are not looked at.
3. A check that was `unable` to tell, or left somebody `untraced`, and a contradiction that a later check,
   or one of the same day, takes back.
4. An event with `overlap_days` or fewer in common with the days paid for: it is how records of honest work
   look at their edges. A fortnight is how often benefit is paid.
5. An event that holds the outcome date.
6. A client of whom no employment at all is recorded: the record may not know the client.

Assumptions
-----------
Unless a check contradicts it, its own check confirms it, or an event or missing work makes it a query, a
claim is not assessable where the terms do not have its contract or outcome; where it pays for days and they
name one of the kinds, and it names no client, events hold no row of that kind, or it is a milestone in days
without a measured value or a period; and where they name one, or work is asked, and its span is not known:
it ends before it begins, or it gives no period, and there is no interval, or no first day of work. Work
that is not found is not assessable, rather than a query, where the outcome lies fewer than `settled_days`
before the day of the run. Where there is neither a table of checks nor one of events, the rule is not
assessable. Words are compared letter by letter.

Ask for
-------
What the check found and the provider's answer; for benefit and work, the payslips of the days in common,
with their hours, and the holder of the record's own dates.

Source
------
The claims standard (`checks`, `ineligible_during`, "How rules read the tables" 306). The Work Programme
paid a sustainment for weeks in work and off benefit, and the Department for Work and Pensions compared all
claims with benefit records and a sample with tax records.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
    VERSION,
    WHOLE,
    Needs,
    NotAssessable,
    Param,
    Params,
    Rule,
    View,
    with_paid_days,
    with_terms,
)

RULE = Rule(
    id="PBR207",
    version=2,
    title="An independent record contradicts the outcome",
    family="ineligible-period",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by=WHOLE,
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "outcomes": (*VERSION, "kind", "measure", "interval_days", "ineligible_during"),
        },
        optional={
            "claims": ("measured_value", "period_start", "period_end", "job_start_date", "employment_type"),
            "checks": ("claim_id", "client_id", "check_date", "result"),
            "events": ("client_id", "event", "start_date", "end_date"),
        },
    ),
    params={
        "overlap_days": Param(
            14,
            unit="days",
            low=0,
            high=366,
            why="benefit is paid and recorded by the fortnight, and runs on into the first days of work",
        ),
        "settled_days": Param(
            60,
            unit="days",
            low=0,
            high=366,
            why="employers report monthly, and correct a month in the next one",
        ),
    },
    message="The outcome {outcome} of {outcome_date} is contradicted by {record}.",
)
PAYS_FOR_DAYS = pl.any_horizontal(pl.col("first_day", "no_span").is_not_null())
KINDS = ("benefit", "employment", "reoffence")
NO_MEASURE = "the claim does not say how many days were worked"
UNSETTLED = "records of work may not have caught up with the outcome"
EVENT = ("event", "event_start", "event_end", "common_days")
TOLD = ("outcome", "outcome_date", "first_day", "last_day", "check_date", *EVENT, "record")
ON_A_SPAN = ("claim_id", "client_id", "outcome_date", "first_day", "last_day")


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every live prime claim (1) with something to be held against (2), flagged where that differs."""
    if not (view.has("checks", "check_date") or view.has("events", "event")):
        raise NotAssessable("there is neither a checks nor an events table")
    claims = _with_span(view).cache()  # read several times below
    checked = pl.col("contradicted").is_not_null()
    confirmed = ((pl.col("check_of") == "claim") & ~pl.col("contradicted")).fill_null(value=False)
    age_days = (pl.lit(view.as_of, dtype=pl.Date) - pl.col("outcome_date")).dt.total_days()
    found = pl.col("record").is_not_null()
    judged = found | pl.col("confirmed") | pl.col("why_not").is_null()
    return (
        claims.join(_checked(view), on="claim_id", how="left")
        .join(_events_behind(view, claims, p.overlap_days), on="claim_id", how="left")
        .join(_work_behind(view, claims, p.overlap_days), on="claim_id", how="left")
        .filter(pl.any_horizontal("barred", "asked", checked, ~pl.col("in_terms")))
        .with_columns(confirmed=confirmed, settled=(age_days >= p.settled_days).fill_null(value=False))
        .with_columns(record=_record(), why_not=_why_not())
        .select(
            "claim_id",
            *TOLD,
            "why_not",
            flagged=pl.when(judged).then(found),
            at_risk_pence="amount_pence",
        )
    )


def _record() -> pl.Expr:
    """Say which record contradicts a claim; null where none does."""
    until = pl.col("event_end").cast(pl.String).fill_null("a day not yet known")
    shared = "{} from {} to {}, of which at least {} of the days paid for are a part"
    event = pl.format(shared, "event", "event_start", until, "common_days")
    work = pl.format("the records of work, which hold none from {} to {}", "first_day", "last_day")
    return (
        pl.when("contradicted")
        .then(pl.format("a check of the {} on {}", "check_of", "check_date"))
        .when(pl.col("confirmed"))
        .then(None)
        .when(pl.col("event").is_not_null())
        .then(event)
        .when(~pl.col("works") & pl.col("settled"))
        .then(work)
    )


def _why_not() -> pl.Expr:
    """Say why a claim that no record contradicts cannot be judged; null where it can."""
    unmeasured = pl.when(pl.col("paid_days").is_null()).then(pl.lit(NO_MEASURE))
    missing = pl.coalesce("no_span", pl.when("barred").then(pl.coalesce("unseen", unmeasured)))
    return (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("barred") & pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when((pl.col("barred") | pl.col("asked")) & missing.is_not_null())
        .then(missing)
        .when(~pl.col("works") & ~pl.col("settled"))
        .then(pl.lit(UNSETTLED))
    )


def _with_span(view: View) -> pl.LazyFrame:
    """Add to each claim its span, the kinds that its terms name, and whether they bar any of its days."""
    known = view.events.select(known=pl.col("event").unique().implode())
    kinds = pl.col("ineligible_during").list.set_intersection(list(KINDS))
    unseen = pl.col("kinds").list.set_difference("known").list.sort()
    said = pl.format("events holds no row whose event is {}", unseen.list.join(" or "))
    outcomes = (
        view.outcomes.with_columns(kinds=kinds)
        .join(known, how="cross")
        .with_columns(unseen=pl.when(unseen.list.len() > 0).then(said))
        .drop("known", "ineligible_during")
    )
    barred = (pl.col("kinds").list.len() > 0).fill_null(value=False) & PAYS_FOR_DAYS
    return with_paid_days(with_terms(view.claims, outcomes)).with_columns(barred=barred)


def _checked(view: View) -> pl.LazyFrame:
    """Return for each claim that a check is about whether the last contradicted it (3), and its date."""
    claims = view.claims.select("claim_id", "client_id", "outcome_date")
    checks = view.checks.filter(pl.col("result").is_in(("confirmed", "contradicted")))
    of_claims = checks.filter(pl.col("claim_id").is_not_null()).drop("client_id")
    of_clients = checks.filter(pl.col("claim_id").is_null()).drop("claim_id")
    in_time = pl.col("outcome_date") <= pl.col("check_date")
    last_result = pl.col("outcome_date") == pl.col("outcome_date").max().over("client_id", "check_date")
    last_check = pl.col("check_date") == pl.col("check_date").max().over("claim_id")
    own = claims.join(of_claims, on="claim_id", how="inner").filter(in_time)
    others = claims.join(of_clients, on="client_id", how="inner").filter(in_time).filter(last_result)
    by_whom = {"claim": own, "client": others.join(own, on="claim_id", how="anti")}
    every = [about.with_columns(check_of=pl.lit(whom)) for whom, about in by_whom.items()]
    return (
        pl.concat(every, how="diagonal")
        .filter(last_check)
        .group_by("claim_id", "check_of", "check_date")
        .agg(contradicted=(pl.col("result") == "contradicted").all())
    )


def _events(view: View) -> pl.LazyFrame:
    """Return the events with the last day of each, that of the run where it is open."""
    ended = pl.coalesce("end_date", pl.lit(view.as_of, dtype=pl.Date))
    return view.events.select(
        "client_id", "event", event_start="start_date", event_end="end_date", ended=ended
    )


def _events_behind(view: View, claims: pl.LazyFrame, overlap_days: int) -> pl.LazyFrame:
    """Return for each claim with an event too long over its paid days (4) the one with most of them."""
    begins = pl.max_horizontal("event_start", "first_day")
    ends = pl.min_horizontal("ended", "last_day")
    within_days = (ends - begins).dt.total_days() + 1
    common_days = within_days + pl.col("paid_days") - pl.col("span_days")
    allowed_days = pl.when(pl.col("event") == "reoffence").then(0).otherwise(overlap_days)
    holds_the_outcome = pl.col("outcome_date").is_between("event_start", "ended")  # (5)
    return (
        claims.filter("barred", pl.col("first_day").is_not_null())
        .select(*ON_A_SPAN, "kinds", "paid_days", "span_days")
        .join(_events(view), on="client_id", how="inner")
        .filter(pl.col("kinds").list.contains(pl.col("event")), ~holds_the_outcome)
        .with_columns(within_days=within_days, common_days=common_days)
        .filter(pl.col("within_days") > 0, pl.col("common_days") > allowed_days)
        .sort("common_days", "event_start", "event", "ended", descending=[True, False, False, False])
        .group_by("claim_id", maintain_order=True)
        .agg(pl.col(EVENT).first())
    )


def _work_behind(view: View, claims: pl.LazyFrame, overlap_days: int) -> pl.LazyFrame:
    """Return the claims `asked` for records of work (6), and whether there are some; null without a span."""
    margin = pl.duration(days=overlap_days)
    begun = pl.col("event_start") <= pl.col("last_day") + margin
    near = begun & (pl.col("ended") >= pl.col("first_day") - margin)
    return (
        claims.filter(
            pl.col("employment_type") == "employed",
            ~pl.col("kinds").list.contains("employment"),
            PAYS_FOR_DAYS,
        )
        .select(*ON_A_SPAN)
        .join(_events(view).filter(pl.col("event") == "employment"), on="client_id", how="inner")
        .group_by("claim_id")
        .agg(asked=True, works=near.any(ignore_nulls=False))
    )
