"""A provider dates more of its outcomes in a quarter's last days than the spread of its peers explains.

What it flags
-------------
A provider whose outcomes pile up in the last days of calendar quarters and are missing from the weeks
after, both by more than honest providers differ: as they would be if outcomes were brought forward over the
quarter's end. No amount is at risk: the rule says that a pattern is unusual, not that any outcome is wrong.
The claims dated in those days are listed, so that a sample can be drawn.

Method
------
For each provider that delivers, contract and quarter, live prime claims are counted by outcome date: all,
those in the quarter's last days (`last_days`), and those in its first weeks (`after_days`). What is
expected is the other providers' share in the same contract and quarter, drawn towards that of all contracts
where they are few: month lengths, holidays and seasons that all have are no difference. A provider's
contracts are taken together. Two shares are held against the peers: of all outcomes those in the last days
(the pile), and of the rest those not in the first weeks (the gap). A provider's clumping from quarter to
quarter, as of courses that end on one day, widens its error. How far honest shares lie apart, and how heavy
their tails are, is learnt from the other providers in the middle and below (one far above is known only to
be above), so that a few who do this neither widen what they are held against nor hide each other; the
p-value is averaged over all spreads and tails that fit the others. The two p-values become one: the sum of
their deviates, taken to be correlated by a quarter. It is 1 where either lies less than one and a half
standard deviations out. It becomes a query where it survives the correction over all statistical tests of
the run and the share in the last days is at least `least_effect` above the peers'. The effect is that
difference, with its 95 % interval; `smallest_seen` is the smallest one that the pile alone would show four
times in five.

The first version held shares against chance, and asked somebody in 77 % of simulated honest books whose
providers' shares differed by 2.7 points; the second held them against a spread that those who did this had
widened themselves. Of 550 simulated honest books of 60 providers with 300 and 1,000 outcomes each (shares
alike, that varied, with heavy tails, courses that end together), somebody was a query in 10. Of providers
that brought 40 % of a quarter's first weeks forward, with 1,000 outcomes and 5 % of 60 providers doing so,
79 % were found where honest ones are alike, 83 % with heavy tails, 52 % with courses and 37 % where they
differ by 2.7 points; with 300 outcomes 54 % and 17 %. Where one honest provider in ten enters a fifth of a
quarter on its last days, somebody is a query in 20 to 32 % of books: the known limit.

Example
-------
Eleven providers have 24 outcomes each in one quarter. Ten of them date three in its last week and eight in
its first four; F1 dates twelve in the last week and none in the first four. Of F1's outcomes 50 % lie in
the last week, of the others' an eighth: a query.

Why ask
-------
Where a target or a band closes with the quarter, outcomes can be brought forward into it, or dated in it.
In job training programmes in the United States, managers were shown to time their reports by the
measurement period, at a real cost to the training itself.

Innocent explanations
---------------------
Courses, school terms and fixed contracts end with the quarter, and nothing begins in the weeks after. An
employer takes people on in a quarter's last week. The provider's own year ends there, and its staff are
away afterwards. Somebody enters the quarter's outcomes on its last day and dates them so, which is careless
and nothing more; it leaves a pile and no gap, but by chance may seem to leave both.

Not flagged
-----------
1. Sustainment and cohort outcomes are not counted: their dates follow from a rule, four weeks after the
   last or the cohort's end, not from an event.
2. A provider with fewer outcomes than `min_outcomes`: not assessable.
3. The quarter in which a provider's first outcome lies, where that is later than its first `after_days`
   days: somebody who began late in a quarter has a pile and a gap for no other reason.
4. A pile without a gap after it, or a gap without a pile, and fewer than the others': the question is asked
   on one side.
5. A difference of less than `least_effect`, however sure it is.

Assumptions
-----------
Providers of one contract had the same days to choose from and much the same mix of outcomes. Outcomes that
the terms do not have are counted as if dated by an event. What is brought forward comes from the first
weeks of the next quarter: from further off it leaves no gap that could be seen. With fewer than ten
providers that have enough outcomes the rule is not assessable; with 10 to 39 it screens, and clears nobody.

Ask for
-------
For a sample of the listed claims, the document that dates the outcome (payslip, certificate, employer's
letter), and the day on which it was keyed in; and the provider's count of outcomes by week for the whole
year.

Source
------
Courty and Marschke, Journal of Labor Economics 22(1), 2004, on the timing of reported outcomes; Efron
(2004) for a spread learnt from the data's middle; Stouffer (1949) for the sum of deviates.
"""

import polars as pl

from pbr_audit.rule import (
    Draws,
    Needs,
    Param,
    Params,
    Rule,
    View,
    days_to_quarter_end,
    shares_as_rows,
    with_funnels,
)
from pbr_audit.stats.two_signs import two_signs

RULE = Rule(
    id="PBR701",
    version=4,
    title="Outcomes pile up at the end of a period",
    family="timing",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="deliverer_id",
    needs=Needs(
        required={"claims": ("claim_id", "contract_id", "deliverer_id", "outcome", "outcome_date")},
        optional={"outcomes": ("contract_id", "outcome", "kind")},
    ),
    params={
        "last_days": Param(
            7,
            unit="days",
            low=1,
            high=31,
            why="a week before the books close is when a target is made or missed",
        ),
        "after_days": Param(
            28,
            unit="days",
            low=1,
            high=60,
            why="what is brought forward is missing from the weeks that it would have come in",
        ),
        "min_outcomes": Param(
            20,
            unit="outcomes",
            low=4,
            high=10_000,
            why="below this only an extreme share could be told from chance",
        ),
        "least_effect": Param(
            0.05,
            unit="of the outcomes",
            low=0.0,
            high=1.0,
            why="one outcome in twenty is the least that is worth a question, however sure it is",
        ),
    },
    message=(
        "{reached} of {size} outcomes ({share:percent}) are dated in the last days of a quarter, where the "
        "peers have {peers_share:percent}, and {start_share:percent} of the others in its first weeks, where "
        "they have {peers_start_share:percent}."
    ),
)
KEY = ("provider_id",)
DATED_BY_RULE = ("sustainment", "cohort")


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each contract, provider and quarter how many outcomes lie where, and the first one's day."""
    days_in = _days_in(pl.col("outcome_date"))
    after_days: int = p.after_days
    return (
        _outcomes(view)
        .group_by("contract_id", *KEY, quarter=pl.col("outcome_date").dt.truncate("1q"))
        .agg(
            size=pl.len().cast(pl.Int64),
            at_the_end=_in_last_days(p).sum().cast(pl.Int64),
            at_the_start=(days_in < after_days).sum().cast(pl.Int64),
            first_days_in=days_in.min(),
        )
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider: the pile, the gap after it, and both against the peers."""
    began = (pl.col("quarter") == pl.col("quarter").min().over("contract_id", *KEY)) & (
        pl.col("first_days_in") >= p.after_days
    )
    counts = measures.filter(~began)  # (3)
    pile = _against_peers(counts.with_columns(reached="at_the_end"), p.min_outcomes)  # (2)
    rest = counts.with_columns(size=pl.col("size") - pl.col("at_the_end"))
    gap = _against_peers(rest.with_columns(reached=pl.col("size") - pl.col("at_the_start")), 1)
    # One-sided both, and 1 where either is missing (4).
    both = two_signs(pile["p_value"].fill_null(float("nan")), gap["p_value"].fill_null(float("nan")))
    rows = pile.with_columns(
        p_value=pl.Series(both).fill_nan(None),
        start_share=1 - gap["share"],
        peers_start_share=1 - gap["peers_share"],
        why_not=pl.coalesce("why_not", gap["why_not"]),
    )
    large = pl.col("effect") >= p.least_effect  # (5)
    rows = rows.with_columns(flagged=pl.when(pl.col("p_value").is_not_null()).then(large))
    return with_funnels(rows, x="outcomes", y="share in the last days")


def _against_peers(counts: pl.DataFrame, least: int) -> pl.DataFrame:
    cell = ("contract_id", "quarter")
    return shares_as_rows(counts, cell=cell, wide=("quarter",), least=least, what="outcomes", below=True)


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims that are dated in the last days, for each provider found."""
    return (
        _outcomes(view)
        .filter(_in_last_days(p))
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def _outcomes(view: View) -> pl.LazyFrame:
    """Return the claims whose outcome is dated by an event (1)."""
    by_rule = view.outcomes.filter(pl.col("kind").is_in(DATED_BY_RULE))
    return view.claims.join(by_rule, on=["contract_id", "outcome"], how="anti").rename(
        {"deliverer_id": "provider_id"}
    )


def _in_last_days(p: Params) -> pl.Expr:
    last_days: int = p.last_days
    return days_to_quarter_end(pl.col("outcome_date")) < last_days


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims had `who` dated a share of each quarter's first weeks in the last days before it."""
    claims = view.claims.collect()
    drawn = pl.Series(rng.random(claims.height))
    day, last_days = pl.col("outcome_date"), int(p.last_days)
    moved = pl.col("deliverer_id").is_in(who) & (_days_in(day) < p.after_days) & (drawn < share)
    before = (drawn / share * last_days).floor().clip(0, last_days - 1).cast(pl.Int64) + 1
    earlier = day.dt.truncate("1q") - pl.duration(days="before")
    dated = pl.when(moved).then(earlier).otherwise(day)
    return {"claims": claims.with_columns(before=before).with_columns(outcome_date=dated).drop("before")}


def _days_in(day: pl.Expr) -> pl.Expr:
    return (day - day.dt.truncate("1q")).dt.total_days()
