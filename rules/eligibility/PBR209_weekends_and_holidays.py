"""A provider dates more of its outcomes on Sundays and bank holidays than the spread of its peers explains.

What it flags
-------------
A provider of whose outcomes a larger share is dated on Sundays and bank holidays than honest providers
differ by. No amount is at risk: people do begin work on a Sunday. The claims dated so are listed, for a
sample.

Method
------
Live prime claims whose outcome is dated by an event are counted by outcome date: all, and those on a Sunday
or a bank holiday of England and Wales (worked out, those of one year alone included). The share is held
against the other providers': what is expected is theirs in the same contract, outcome and quarter, drawn
towards the outcome's in all quarters where they are few, so that Easter and Christmas are no difference. A
provider's contracts are taken together. A provider's clumping from one cell to another widens its error.
How far honest shares lie apart, and how heavy their tails are, is learnt from the other providers in the
middle and below (one far above is known only to be above), so that a few who do this neither widen what
they are held against nor hide each other; the p-value is averaged over all spreads and tails that fit the
others. It becomes a query where it survives the correction over all statistical tests of the run and the
share is at least `least_effect` above the peers'. The effect is that difference, with its 95 % interval;
`smallest_seen` is the smallest one that would be found four times in five.

Of 300 simulated honest books of 60 providers with 300 and 1,000 outcomes each (shares alike, that varied by
40 % of themselves, with heavy tails), somebody was a query in 8; of 80 books of 20 providers in 3. Of 5 %
of 60 providers, who dated 40 % of their outcomes on any day of the week, 70 to 77 % were found with 1,000
outcomes, where honest shares vary as where they are alike, and 25 to 30 % with 300. The first version
counted Saturdays, too, and where honest shares vary found nobody. Where one honest provider in ten works
with shops and hotels and has four times as many at weekends, somebody is a query in 32 % of books with
1,000 outcomes: the known limit, and the first thing to ask.

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
3. Saturdays, on which honest providers differ most: shops and job fairs are open, and somebody who makes
   dates up has as many Sundays.
4. A difference of less than `least_effect`, and a smaller share than the others'.

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
    version=3,
    title="Sunday and holiday dates against peers",
    family="timing",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
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
    },
    message=(
        "{reached} of {size} outcomes ({share:percent}) are dated on a Sunday or a bank holiday, where the "
        "peers have {peers_share:percent}."
    ),
)
KEY = ("provider_id",)
DATED_BY_RULE = ("sustainment", "cohort")
SATURDAY = 6
MEASURED = r"^(days|weeks)"


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - what is counted has no parameter
    """Return for each contract, provider, outcome and quarter the outcomes, and those on days of rest."""
    return (
        _outcomes(view)
        .group_by("contract_id", *KEY, "outcome", "outcome_date")
        .agg(size=pl.len().cast(pl.Int64))
        .with_columns(reached=pl.when(_is_day_of_rest()).then("size").otherwise(0))
        .group_by("contract_id", *KEY, "outcome", quarter=pl.col("outcome_date").dt.truncate("1q"))
        .agg(pl.col("size", "reached").sum())
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider with its share against the peers' spread."""
    wide = ("contract_id", "outcome")
    rows = shares_as_rows(
        measures,
        cell=(*wide, "quarter"),
        wide=wide,
        least=p.min_outcomes,
        what="outcomes",
        below=True,
    )  # (2)
    large = pl.col("effect") >= p.least_effect  # (4)
    rows = rows.with_columns(flagged=pl.when(pl.col("p_value").is_not_null()).then(large))
    return with_funnels(rows, x="outcomes", y="share on Sundays and holidays")


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:  # noqa: ARG001
    """Return the claims that are dated on a day of rest, for each provider found."""
    return (
        _outcomes(view)
        .filter(_is_day_of_rest())
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


def _is_day_of_rest() -> pl.Expr:
    """Return whether an outcome is dated on a Sunday or a bank holiday (3)."""
    day = pl.col("outcome_date")
    return is_day_off(day) & (day.dt.weekday() != SATURDAY)


def _outcomes(view: View) -> pl.LazyFrame:
    """Return the claims whose outcome is dated by an event (1)."""
    measured = pl.col("measure").str.contains(MEASURED).fill_null(value=False)
    by_rule = view.outcomes.filter(pl.col("kind").is_in(DATED_BY_RULE) | measured)
    return view.claims.join(by_rule, on=["contract_id", "outcome"], how="anti").rename(
        {"deliverer_id": "provider_id"}
    )
