"""A provider dates more of its outcomes on days of rest than the spread of its peers explains.

What it flags
-------------
A provider of whose outcomes a larger share is dated on Sundays and bank holidays, or on Saturdays, than
honest providers differ by. No amount is at risk: people do begin work on a Sunday. The claims dated so are
listed, for a sample.

Method
------
Live prime claims whose outcome is dated by an event are counted by outcome date: all, those on a Sunday or
a bank holiday of England and Wales (worked out, those of one year alone included), and those on a Saturday.
These are two questions, because honest providers differ most in Saturdays; the second is of low severity.
Each share is held against the other providers': what is expected is theirs in the same contract, outcome
and quarter, drawn towards the outcome's in all quarters where they are few, so that Easter and Christmas
are no difference. A provider's contracts are taken together. A provider's clumping from one cell to another
widens its error. How far honest shares lie apart, and how heavy their tails are, is learnt from the other
providers in the middle and below (one far above is known only to be above), so that a few who do this
neither widen what they are held against nor hide each other; the p-value is averaged over all spreads and
tails that fit the others. It becomes a query where it survives the correction over all statistical tests of
the run and the share is at least `least_effect` above the peers', on Saturdays `least_saturdays`. The
effect is that difference, with its 95 % interval; `smallest_seen` is the smallest one that would be found
four times in five.

Of 600 simulated honest books of 20 and 60 providers with 300 and 1,000 outcomes each (shares alike, that
varied by 40 % of themselves, with heavy tails), somebody was a query in 8. Of 5 % of the providers, who
dated 40 % of their outcomes on any day of the week, 63 to 73 % of 60 and 46 to 64 % of 20 were found with
1,000 outcomes, and 8 to 23 % with 300. Where one honest provider in ten works with shops and hotels and has
four times as many at weekends, somebody is a query in 6 to 18 % of books: the known limit, and the first
thing to ask. With a floor as low on Saturdays as on Sundays it was nearly every book.

Example
-------
Eleven providers have 24 outcomes each. Ten of them date one on a Sunday, F1 nine, on Sundays and on Monday
2 May 2016, a bank holiday: 37.5 % against one in 24, a query.

Why ask
-------
Dates that nobody lived fall on any day of the week: one in seven on a Sunday. Dates of contracts signed,
certificates issued and interviews held fall on working days.

Innocent explanations
---------------------
Shops, hotels, care homes and stadiums engage people on Sundays, and a provider may work with just those. It
may run its courses or job fairs on Sundays. Its system may date an outcome by the day on which a text
message came in.

Not flagged
-----------
1. Sustainment and cohort outcomes, and those measured in days or weeks: their dates follow from a rule and
   fall on any day of the week.
2. A provider with fewer than `min_outcomes` outcomes that are dated by an event: not assessable.
3. A difference of less than `least_effect`, on Saturdays of less than `least_saturdays`, and a smaller
   share than the others'.

Assumptions
-----------
The contract is worked in England or Wales; elsewhere a few days of the year are taken for working days, or
for holidays, for all providers alike. Outcomes that the terms do not have are counted as if dated by an
event. With fewer than ten providers that have enough outcomes the rule is not assessable; with 10 to 39 it
screens, and clears nobody.

Ask for
-------
For a sample of the listed claims, the document that dates the outcome (contract of employment, certificate,
attendance list), and who was on duty that day.

Source
------
The Banking and Financial Dealings Act 1971 and the proclamations under it, for the days; Efron (2004) for a
spread learnt from the data's middle.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, Param, Params, Rule, View, is_day_off, shares_as_rows, with_funnels

RULE = Rule(
    id="PBR209",
    version=4,
    title="Weekend and holiday dates against peers",
    family="timing",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id", "days"),
    by="deliverer_id",
    needs=Needs(
        required={"claims": ("claim_id", "contract_id", "deliverer_id", "outcome", "outcome_date")},
        optional={"outcomes": ("contract_id", "outcome", "kind", "measure")},
    ),
    params={
        "min_outcomes": Param(
            20,
            unit="outcomes",
            low=4,
            high=10_000,
            why="below this only an extreme share could be told from chance",
        ),
        "least_effect": Param(
            0.04,
            unit="of the outcomes",
            low=0.0,
            high=1.0,
            why="one outcome in 25 is the least that is worth a question, however sure it is",
        ),
        "least_saturdays": Param(
            0.15,
            unit="of the outcomes",
            low=0.0,
            high=1.0,
            why="providers that work with shops have one in ten more on Saturdays than others, in earnest",
        ),
    },
    message=(
        "{reached} of {size} outcomes ({share:percent}) are dated on {days}, where the peers have "
        "{peers_share:percent}."
    ),
)
KEY = ("provider_id", "days")
DATED_BY_RULE = ("sustainment", "cohort")
SATURDAY = 6
REST, SATURDAYS = "Sundays and bank holidays", "Saturdays"
# Honest providers differ most in Saturdays.
SEVERITY = {REST: "medium", SATURDAYS: "low"}
MEASURED = r"^(days|weeks)"
QUARTER = pl.col("outcome_date").dt.truncate("1q")


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - what is counted has no parameter
    """Return for each contract, provider, outcome, quarter and sort of day how many outcomes there are."""
    return (
        _outcomes(view)
        .group_by("contract_id", "provider_id", "outcome", days=_days(), quarter=QUARTER)
        .agg(size=pl.len().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return two rows for each provider, one for each sort of days: its share against the peers' spread."""
    return pl.concat([_asked(measures, days, p) for days in (REST, SATURDAYS)]).sort(KEY)


def _asked(measures: pl.DataFrame, days: str, p: Params) -> pl.DataFrame:
    wide = ("contract_id", "outcome")
    there = pl.when(pl.col("days") == days).then("size").otherwise(0)
    rows = shares_as_rows(
        measures.with_columns(reached=there),
        cell=(*wide, "quarter"),
        wide=wide,
        least=p.min_outcomes,
        what="outcomes",
        below=True,
    )  # (2)
    least: float = p.least_saturdays if days == SATURDAYS else p.least_effect
    tested, large = pl.col("p_value").is_not_null(), pl.col("effect") >= least  # (3)
    rows = rows.with_columns(
        days=pl.lit(days),
        flagged=pl.when(tested).then(large),
        p_value=pl.when(tested & ~large).then(1.0).otherwise("p_value"),
        smallest_seen=pl.col("smallest_seen").clip(least, 1.0),
        severity=pl.lit(SEVERITY[days]),
    )
    return with_funnels(rows, x="outcomes", y=f"share on {days}")


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:  # noqa: ARG001
    """Return the claims that are dated on such days, for each provider and sort of days found."""
    return (
        _outcomes(view)
        .with_columns(days=_days())
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the claims had `who` made up a share of their dates: any day of the same week."""
    claims = view.claims.collect()
    drawn = pl.Series("drawn", rng.random(claims.height))
    made_up = pl.col("deliverer_id").is_in(who) & (pl.col("drawn") < share)
    weekday = (pl.col("drawn") / share * 7).floor().clip(0, 6).cast(pl.Int64)
    any_day = pl.col("outcome_date").dt.truncate("1w") + pl.duration(days=weekday)
    dated = pl.when(made_up).then(any_day).otherwise("outcome_date")
    return {"claims": claims.with_columns(drawn).with_columns(outcome_date=dated).drop("drawn")}


def _days() -> pl.Expr:
    """Return on what sort of day an outcome is dated; a bank holiday on a Saturday is a Saturday."""
    day = pl.col("outcome_date")
    off = pl.when(day.dt.weekday() == SATURDAY).then(pl.lit(SATURDAYS)).otherwise(pl.lit(REST))
    return pl.when(is_day_off(day)).then(off).otherwise(pl.lit("working days"))


def _outcomes(view: View) -> pl.LazyFrame:
    """Return the claims whose outcome is dated by an event (1)."""
    measured = pl.col("measure").str.contains(MEASURED).fill_null(value=False)
    by_rule = view.outcomes.filter(pl.col("kind").is_in(DATED_BY_RULE) | measured)
    return view.claims.join(by_rule, on=["contract_id", "outcome"], how="anti").rename(
        {"deliverer_id": "provider_id"}
    )
