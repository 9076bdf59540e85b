"""Far more published rates just reach their target than just miss it.

What it flags
-------------
An outcome of a contract or published series whose rates, over all providers and periods, gather at their
targets: those that just reach it are more, against those that just miss it, than rates further off give.
The query is to the scheme and names no provider: a few dozen periods of one provider cannot show it. No
amount is at risk: no claim is known.

Method
------
Each row of published performance with a target and a cohort of at least `least_size` gives one distance:
achieved / cohort_size less target. Distances are counted in steps of a fifth of `block`. The block of width
`block` that just reaches the target is held against the block that just misses it; a rate of exactly the
target has reached it. The same ratio is taken at every step within eight blocks whose own blocks do not
touch those two: these are placebos. A line through their logarithms (the median of all slopes) gives the
usual ratio at the target, their robust spread beyond sampling error, taken on the cautious side, the error
of it. The p-value is Student's t, one-sided, with half as many degrees of freedom as there are placebo
blocks that do not overlap, less two; it is 1 where a placebo's step is as large. All statistical tests of a
run are corrected together. The effect is how many times the usual ratio the ratio at the target is; it is a
query only where the lower limit of its 95 % interval is at least `least_factor`: in a large series a trifle
would be certain, too.

In 1,200 simulated honest series of 1,200 to 12,000 rates, one was a query; in 120 where half of the
near-misses were moved up to the target, 114 were. The four-hour waits of English A&E departments from 2016
to 2019 are none: of the rates of major departments within half a point of 95 %, 98 reach it and 74 miss it,
1.5 times the usual ratio, which may be no more than 1.03.

Example
-------
With cohorts of 1,000 and a target of 90 %, four of JOB's published rates (P01 to P04) lie at each tenth of
a point from 86.8 % to 93.2 %, but sixteen (P01 to P16) at each from 90.0 % to 90.4 %. So 80 just reach the
target and 20 just miss it, 3.9 times the ratio that the rest gives, with an interval from 2.4 to 6.4: a
query. With four there too, they are clear.

Why ask
-------
A target that pays, or that shames, draws figures over its edge: by work on the last few cases, which is
what it is for, and by deciding what counts. English hospitals met targets for waiting in part by measures
that helped nobody, such as holding ambulances outside or admitting people just before the fourth hour.

Innocent explanations
---------------------
Effort goes to whoever is just short of the target, as intended. A contract ends, or funding follows, where
it is missed, so that the provider is no longer in the figures. The target was set where most providers
stood anyway.

Not flagged
-----------
1. Rows with a cohort smaller than `least_size`: one person more or less would decide on which side their
   rate lies.
2. Rows without a target, with a target that is no share between 0 and 1, or whose figures give no share:
   they are not counted. Identical rows count once.
3. An outcome with fewer than 20 rates in either block at the target, or too few further off: not
   assessable.
4. A gathering that is no larger than the largest elsewhere, and one that may be below `least_factor`.

Assumptions
-----------
The target is to be reached: where a low rate is wanted, map its complement. Rows are independent: providers
whose rate lies near the target for years make the result seem surer than it is. Revised figures of one
period count each.

Ask for
-------
How the figures of those that just reached the target were arrived at: what was left out of the cohort, what
was decided after the period closed, and the same rates before validation.

Source
------
Bevan and Hood, Public Administration 84(3), 2006, on targets in English health care; Imbens and Lemieux,
Journal of Econometrics 142, 2008, on placebo cut-offs.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View
from pbr_audit.stats.jump import REACH, HistogramJump, histogram_jump

RULE = Rule(
    id="PBR502",
    version=2,
    title="Published rates gather at the target",
    family="threshold-clustering",
    severity="medium",
    basis="statistical",
    subject="contract",
    key=("contract_id", "outcome"),
    by="contract_id",
    needs=Needs(
        required={
            "performance": (
                "contract_id",
                "provider_id",
                "period",
                "outcome",
                "cohort_size",
                "achieved",
                "target",
            ),
        },
    ),
    params={
        "block": Param(
            0.005,
            unit="of the cohort",
            low=0.001,
            high=0.05,
            why="half a point is what work on the last few cases of a period can move",
        ),
        "least_size": Param(
            200, unit="people", low=1, high=1_000_000, why="one person is then half a point or less"
        ),
        "least_factor": Param(
            1.25,
            unit="times the usual ratio",
            low=1,
            high=100,
            why="a quarter more than usual is worth a question; in a large series less would be certain, too",
        ),
    },
    message=(
        "{paid} published rates for {outcome} just reach their target and {short} just miss it, "
        "{effect:number} times the ratio that rates further off give."
    ),
)
KEY = ["contract_id", "outcome"]
FIGURES = [*KEY, "provider_id", "period", "cohort_size", "achieved", "target"]
# Steps in a block; one block more than is looked at, and its own width, on either side of the target.
STEPS = 5
FURTHEST = (REACH + 2) * STEPS
GRID = pl.DataFrame({"step": range(-FURTHEST, FURTHEST + 1)}, schema={"step": pl.Int64()})
# A distance of 0.3 - 0.1 - 0.2 steps is none.
ROUNDING = 1e-9
TOLD = {
    "paid": pl.Int64(),
    "short": pl.Int64(),
    "largest_elsewhere": pl.Float64(),
    "effect": pl.Float64(),
    "effect_low": pl.Float64(),
    "effect_high": pl.Float64(),
    "p_value": pl.Float64(),
    "why_not": pl.String(),
}


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each outcome how many rates lie at each step from their target, near it."""
    size, achieved, target = pl.col("cohort_size"), pl.col("achieved"), pl.col("target")
    a_share = (achieved >= 0) & (achieved <= size) & (target > 0) & (target < 1)  # (2)
    steps = ((achieved / size - target) * (STEPS / p.block) + ROUNDING).floor().cast(pl.Int64)
    rows = view.performance.filter((size >= p.least_size) & a_share).unique(FIGURES)  # (1)
    return (
        rows.select(*KEY, step=steps)
        .group_by(*KEY)
        .agg(pl.col("step").filter(pl.col("step").abs() <= FURTHEST).sort())
        .sort(KEY)
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each outcome, flagged where its gathering is large, if it is sure (4)."""
    rows = measures.sort(KEY)
    told = pl.DataFrame([_told(_gathering(steps)) for steps in rows["step"]], schema=TOLD)
    rows = pl.concat([rows.drop("step"), told], how="horizontal")
    large = pl.col("effect_low") >= p.least_factor
    return rows.with_columns(
        block=pl.lit(p.block),
        flagged=pl.when(pl.col("p_value").is_not_null()).then(large),
    )


def _gathering(steps: pl.Series) -> HistogramJump | None:
    counted = steps.to_frame("step").group_by("step").len("rates")
    rates = GRID.join(counted, on="step", how="left", maintain_order="left")["rates"].fill_null(0)
    return histogram_jump(rates, threshold=FURTHEST, width=STEPS)


def _told(found: HistogramJump | None) -> dict[str, object]:
    if found is None:
        return {"why_not": "too few rates lie around the target"}  # (3)
    return {
        "paid": round(found.paid),
        "short": round(found.short),
        "largest_elsewhere": round(found.largest_elsewhere, 1),
        "effect": round(found.factor, 1),
        "effect_low": found.low,
        "effect_high": found.high,
        "p_value": found.p_value,
    }
