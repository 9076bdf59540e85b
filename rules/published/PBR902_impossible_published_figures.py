"""Published figures are arithmetically impossible: a count below zero, a rate above 1, a month 13.

What it flags
-------------
A row of published performance that cannot be right, whatever happened: more achieved than the cohort holds;
a count or an amount below zero; an expected or a target rate below 0 or above 1; a period that is no year
(2016), quarter (2016-Q3) or month (2016-07). No amount is at risk: the rule says that a figure is wrong,
not what is owed.

Method
------
Each row is held against arithmetic alone, in the order above; the finding names the first that fails.
Limits are inclusive: all of the cohort may achieve, and 0 and 1 are rates. Several impossible rows for one
provider, contract, outcome and period make one finding, which shows the first of them in the order of their
figures.

Example
-------
PR01 publishes 21 achieved of a cohort of 20 for 2016-Q1: a query. PR02 publishes 20 of 20, which can be.
PR03 publishes figures for the month 2016-13: a query, because no month has that number.

Why ask
-------
A figure that cannot be was typed, converted or added up wrongly, and what is paid, ranked or argued from it
is wrong too. It is also the cheapest sign that others beside it, which could be, deserve a second look.

Innocent explanations
---------------------
A typing error, or two columns that changed places. Outcomes of an earlier cohort were counted in the period
in which they were reached. A clawback made the net amount of a period negative. A rate was published as a
percentage, 95 for 0.95. The source counts financial years or four-week periods, and the mapping did not
convert them.

Not flagged
-----------
1. A column that the source does not have, and an empty cell.
2. More started, or more excluded, than the cohort holds: people start in one period and are measured in
   another. Whether a cohort is smaller than it ought to be is asked by another rule.
3. Nobody achieved, or an empty cohort: that can be.
4. A rate of exactly 0 or 1.
5. More achieved than the cohort holds, and an expected or a target rate above 1, where the terms at hand
   say that the outcome's `measure` is `frequency`: a mean number of events a person may well be above one.
6. A negative amount for an outcome for which the terms at hand have a `[[deduction]]`.

Assumptions
-----------
A cohort counts people of whom each can achieve the outcome once. Where a source counts outcomes of which
one person can reach several, the contract's terms have to say so (5), or the rule has to be left out.

Ask for
-------
The publisher's own working for the row: the list behind the count, and the table before it was rounded,
converted or netted.

Source
------
The claims standard, the table of published performance. How much an argument can rest on published counts:
nearly full results for the Troubled Families programme stood beside an evaluation that found no discernible
effect (Public Finance, December 2016).
"""

import polars as pl

from pbr_audit.rule import OUTCOME, Needs, Params, Rule, View

RULE = Rule(
    id="PBR902",
    version=2,
    title="Published figures that cannot be",
    family="validity",
    severity="high",
    basis="arithmetic",
    subject="provider",
    key=("provider_id", "contract_id", "outcome"),
    about_a_period=True,
    by="provider_id",
    needs=Needs(
        required={
            "performance": ("contract_id", "provider_id", "period", "outcome", "cohort_size", "achieved"),
        },
        optional={
            # Not in every source: what is absent says nothing that could be impossible (1).
            "performance": (
                "started",
                "excluded",
                "expected",
                "target",
                "amount_pence",
                "planned_amount_pence",
            ),
            "outcomes": (*OUTCOME, "measure"),
            "deductions": OUTCOME,
        },
    ),
    message="The figures for {outcome} in {period}, {achieved} of {cohort_size}, cannot be: {what}.",
)
PERIOD = "^[1-9][0-9]{3}(-(Q[1-4]|0[1-9]|1[0-2]))?$"
ROW = (
    "contract_id",
    "provider_id",
    "outcome",
    "period",
    "cohort_size",
    "achieved",
    "started",
    "excluded",
    "expected",
    "target",
    "amount_pence",
    "planned_amount_pence",
)


SUBJECT = ROW[:4]


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every published row, flagged where a figure cannot be; one row tells for each subject."""
    counts_events = view.outcomes.filter(measure="frequency").select(OUTCOME).unique()
    deducted = view.deductions.select(OUTCOME).unique()
    rows = (
        view.performance.join(counts_events.with_columns(events=True), on=OUTCOME, how="left")
        .join(deducted.with_columns(deducts=True), on=OUTCOME, how="left")
        .with_columns(pl.col("events", "deducts").fill_null(value=False))
        .with_columns(what=_what())
        .select(*ROW, "what", flagged=pl.col("what").is_not_null())
    )
    figures = (*ROW[4:], "what")
    told = rows.filter("flagged").sort(*ROW, "what", nulls_last=True)
    return pl.concat(
        [told.with_columns(pl.col(figures).first().over(SUBJECT)), rows.filter(~pl.col("flagged"))]
    )


def _what() -> pl.Expr:
    """Say what cannot be: started and excluded are held against no cohort (2), and 0 of 0 passes (3)."""
    people = ~pl.col("events")  # (5)
    expected, target = pl.col("expected"), pl.col("target")
    wrong = {
        "more achieved than the cohort holds": people & (pl.col("achieved") > pl.col("cohort_size")),
        "a negative number achieved": pl.col("achieved") < 0,
        "a negative cohort": pl.col("cohort_size") < 0,
        "a negative number started": pl.col("started") < 0,
        "a negative number excluded": pl.col("excluded") < 0,
        "a negative amount": (pl.col("amount_pence") < 0) & ~pl.col("deducts"),  # (6)
        "a negative planned amount": pl.col("planned_amount_pence") < 0,
        "an expected rate outside 0 to 1": (expected < 0) | (people & (expected > 1)),  # (4)
        "a target rate outside 0 to 1": (target < 0) | (people & (target > 1)),
        "the period is none of the calendar": ~pl.col("period").str.contains(PERIOD),
    }
    return pl.coalesce(pl.when(cannot_be).then(pl.lit(said)) for said, cannot_be in wrong.items())
