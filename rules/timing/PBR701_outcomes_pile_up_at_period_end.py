"""A provider dates more of its outcomes in a quarter's last days than the other providers do.

What it flags
-------------
A provider, in one contract, of whose outcomes a larger share is dated in the last days of a calendar
quarter than of the other providers' outcomes, by more than chance would give. No amount is at risk: the
rule says that a pattern is unusual, not that any outcome is wrong. The claims dated in those days are
listed, so that a sample can be drawn.

Method
------
For each provider that delivers, and each contract, live prime claims are counted by outcome date: all of
them, and those dated in the last days of a quarter (`last_days`). The share is compared with that of all
outcomes of the *other* providers, taken together; a provider is never part of its own comparison. The
p-value is the exact binomial probability of as many outcomes in those days, or more, at the others' share.
Over all comparisons the false discovery rate is held at `q` (Benjamini and Hochberg). The effect is the
difference of the two shares; its 95 % interval is the exact one of the provider's own share (Clopper and
Pearson) less the others' share.

This is a first, simple version. It knows chance and not variety. In simulated books of 20 honest providers
with 20 to 400 outcomes each, somebody was flagged in 5 % of the books where all had one share, and in 77 %
where their shares differed honestly by a standard deviation of 2.7 points, through intake days and seasons.
That is why the severity is `info` and not the `medium` of other statistical rules: take a finding as a
place to look first. A later version will hold each provider against the spread of its peers.

Example
-------
With `min_outcomes` lowered to four, eleven providers have four outcomes each. Ten of them date one in four
in the last seven days of a quarter, F1 all four. The others' share is 10 of 40, 25 %; four of four at 25 %
has a probability of 0.25 to the fourth power, 0.0039, and among eleven comparisons a q-value of 0.043. F1
is a query: 75 points above the others.

Why ask
-------
Where a target or a band closes with the quarter, outcomes can be brought forward into it, dated in it, or
saved up for the next. In job training programmes in the United States, managers were shown to time their
reports by the measurement period, at a real cost to the training itself.

Innocent explanations
---------------------
Courses, school terms and fixed contracts end with the month. An employer takes people on in a quarter's
last week. Somebody enters the quarter's outcomes on its last day and dates them so, which is careless and
nothing more. The provider began late in a quarter, or serves one area with a season of its own. The rule
does not know honest variety between providers, and flags some of it.

Not flagged
-----------
1. Sustainment and cohort outcomes are not counted: their dates follow from a rule, four weeks after the
   last or the cohort's end, not from an event.
2. A provider with fewer outcomes than `min_outcomes`: not assessable.
3. A smaller share than the others': the question is asked on one side.
4. A provider where nobody else has an outcome in those days: not assessable, for want of a share to hold it
   against.

Assumptions
-----------
All providers had the same days to choose from and much the same mix of outcomes. Outcomes that the terms do
not have are counted as if dated by an event. Outcomes happen independently of one another. Fewer than
`min_providers` with enough outcomes: the whole rule is not assessable. With 10 to 39, it screens and clears
nobody.

Ask for
-------
For a sample of the listed claims, the document that dates the outcome (payslip, certificate, employer's
letter), and the day on which it was keyed in; and the provider's count of outcomes by week for the whole
year.

Source
------
Courty and Marschke, Journal of Labor Economics 22(1), 2004, on the timing of reported outcomes; Clopper and
Pearson (1934); Benjamini and Hochberg (1995).
"""

import polars as pl

from pbr_audit.rule import Needs, NotAssessable, Param, Params, Rule, View, days_to_quarter_end
from pbr_audit.stats import benjamini_hochberg, binomial_upper_tail, clopper_pearson

RULE = Rule(
    id="PBR701",
    version=1,
    title="Outcomes pile up at the end of a period",
    family="timing",
    severity="info",
    basis="statistical",
    subject="provider",
    key=("contract_id", "provider_id"),
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
        "min_outcomes": Param(
            20,
            unit="outcomes",
            low=4,
            high=10_000,
            why="below this only an extreme share could be told from chance",
        ),
        "min_providers": Param(
            10, unit="providers", low=10, high=1_000, why="fewer do not show what is usual among providers"
        ),
        "q": Param(
            0.05,
            unit="of the flags",
            low=0.001,
            high=0.5,
            why="one flag in twenty may be chance, and a reader is told so",
        ),
    },
    message=(
        "{last_days_outcomes} of {outcomes} outcomes ({share:percent}) are dated in the last days of a "
        "quarter; of the other providers', {others_share:percent} are."
    ),
)
KEY = ["contract_id", "provider_id"]
DATED_BY_RULE = ("sustainment", "cohort")


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each contract and provider how many outcomes there are, and how many in the last days."""
    return (
        _outcomes(view)
        .group_by(KEY)
        .agg(outcomes=pl.len().cast(pl.Int64), last_days_outcomes=_in_last_days(p).sum().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each contract and provider, flagged where the q-value of its share is small."""
    enough = pl.col("outcomes") >= p.min_outcomes  # (2)
    comparable = measures.filter(enough)["provider_id"].n_unique()
    if comparable < p.min_providers:
        raise NotAssessable(
            f"{comparable} providers have {p.min_outcomes} outcomes or more; "
            f"at least {p.min_providers} are needed to tell what is usual"
        )
    others = pl.col("outcomes").sum() - pl.col("outcomes").sum().over("provider_id")
    in_last_days = pl.col("last_days_outcomes")
    rows = measures.sort(KEY).with_columns(
        share=in_last_days / pl.col("outcomes"),
        others_share=(in_last_days.sum() - in_last_days.sum().over("provider_id")) / others,
    )
    counts = rows["last_days_outcomes"], rows["outcomes"]
    tail = binomial_upper_tail(*counts, rows["others_share"])  # (3)
    low, high = clopper_pearson(*counts)
    tested = enough & (pl.col("others_share") > 0)  # (4)
    rows = rows.with_columns(p_value=pl.when(tested).then(pl.Series(tail)))
    q_values = benjamini_hochberg(rows["p_value"].fill_null(float("nan")))
    return rows.with_columns(
        last_days=pl.lit(p.last_days),
        providers_compared=pl.lit(comparable),
        effect=pl.col("share") - pl.col("others_share"),
        effect_low=pl.Series(low) - pl.col("others_share"),
        effect_high=pl.Series(high) - pl.col("others_share"),
        q_value=pl.when(tested).then(pl.Series(q_values)),
        flagged=pl.when(tested).then(pl.Series(q_values) <= p.q),
        why_not=pl.when(enough)
        .then(pl.lit("no other provider has an outcome in these days"))
        .otherwise(pl.lit(f"the provider has fewer than {p.min_outcomes} outcomes")),
    )


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
