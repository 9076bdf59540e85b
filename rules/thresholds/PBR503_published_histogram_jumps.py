"""In a published histogram, far more people reach the paid threshold than its own shape gives.

What it flags
-------------
A published count of measured values (examination marks, waiting times, weeks in work), for one contract or
series, provider and outcome, that jumps at the outcome's threshold: from the values just short of it to
those that just reach it the counts rise more than anywhere else in the same histogram, by more than its own
unevenness would give. No amount is at risk: no claim is known.

Method
------
The counts are put on the grid of their values (the smallest distance between two of them; a value that is
not listed counts nobody). The block of `width` values that just reach the threshold is held against the
block of `width` values just short of it; where the terms say `at_most`, the other way round. The step is
the logarithm of the first over the second. The same step is taken at every other value within eight blocks
whose own blocks do not touch those two: these are placebos. A line through them (the median of all slopes)
gives the usual step at the threshold, their robust spread beyond sampling error, taken on the cautious
side, what a histogram with gaps, teeth and heaps of its own does anyway. The p-value is Student's t,
one-sided, with half as many degrees of freedom as there are placebo blocks that do not overlap, less two;
it is 1 where a placebo's step is as large. All statistical tests of a run are corrected together. The
effect is how many times the usual ratio the ratio at the threshold is, with its 95 % interval; `excess` is
how many people would have to lie short of the threshold for the step to be usual.

In 9,600 simulated honest histograms of 1,000 to 60,000 people, smooth, with teeth, with heaps at fives and
tens, with waves, 0 to 5.5 % had a p-value of 0.05 or less. The five Regents examinations of 2010 in New
York, pass mark 65, all have one of about 0.005 or less.

Example
-------
With `width` at 1, READ has a threshold of 65, and in the figures of PR01 100 people have each mark from 50
to 80, but 30 have 64 and 170 have 65: 5.6 times the ratio that the rest gives, and nowhere else does a
count rise. That is a query: 69 people would have to lie short of the threshold for the step to be usual. In
PR02's figures 100 have each mark, 64 and 65 too: they are clear.

Why ask
-------
A count that is published whole shows what no single file shows. When marks of the Regents examinations were
counted, the jump at the pass mark came from graders who looked at near-misses again; it went away when
grading was moved elsewhere.

Innocent explanations
---------------------
Near-misses may be marked again by rule, or may try again until they pass, and only the last result is
counted. A threshold that is a round number fills by itself; where other round numbers lie within eight
blocks they show how much. The measure may end, or change, at the threshold for reasons of its own.

Not flagged
-----------
1. A histogram whose outcome has no threshold in the terms, or another one in another version of them: not
   assessable.
2. One whose values lie on no even grid, or that counts fewer than nobody: not assessable.
3. One with fewer than 20 people in either block at the threshold, or with too few values around it to
   compare with: not assessable.
4. A jump that is no larger than the largest elsewhere, and a drop.

Assumptions
-----------
Every person is counted once, and the measure went on beyond the threshold. Rows of one value are added up,
so that a histogram that is published twice seems surer than it is. Counts that were rounded to protect
people are taken as they stand. Outcomes that the terms do not have are not looked at. A jump is a reason to
ask, whoever made it and why; figures of everybody together name nobody.

Ask for
-------
How a result near the threshold is arrived at, who may look at it again, and the first results before any
second look; the same histogram for years or places in which nothing was paid at the threshold.

Source
------
Dee, Dobbie, Jacob and Rockoff, American Economic Journal: Applied Economics 11(3), 2019, on the Regents;
Imbens and Lemieux, Journal of Econometrics 142, 2008, on placebo cut-offs.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View
from pbr_audit.stats.jump import Direction, HistogramJump, histogram_jump, on_grid

RULE = Rule(
    id="PBR503",
    version=2,
    title="Published histogram jumps at the threshold",
    family="threshold-clustering",
    severity="medium",
    basis="statistical",
    subject="cohort",
    key=("contract_id", "provider_id", "outcome"),
    by="contract_id",
    needs=Needs(
        required={
            "score_counts": ("contract_id", "outcome", "measured_value", "count"),
            "outcomes": ("contract_id", "outcome", "threshold", "direction"),
        },
        optional={"score_counts": ("provider_id",)},
    ),
    params={
        "width": Param(
            3,
            unit="values",
            low=1,
            high=100,
            why="wide enough to even out marks that few raw scores stand for, and still at the threshold",
        ),
    },
    message=(
        "{paid} of the people counted for {outcome} just reach the threshold of {threshold:number} and "
        "{short} lie just short of it, {effect:number} times the ratio that the rest of the histogram gives."
    ),
)
KEY = ["contract_id", "provider_id", "outcome"]
HISTOGRAM = ["measured_value", "count", "versions", "threshold", "direction"]
TOLD = {
    "paid": pl.Int64(),
    "short": pl.Int64(),
    "excess": pl.Int64(),
    "largest_elsewhere": pl.Float64(),
    "effect": pl.Float64(),
    "effect_low": pl.Float64(),
    "effect_high": pl.Float64(),
    "p_value": pl.Float64(),
    "why_not": pl.String(),
}


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameters decide later
    """Return a row for each histogram: its values and counts, in order, and its threshold."""
    thresholds = view.outcomes.group_by("contract_id", "outcome").agg(
        threshold=pl.col("threshold").first(),
        direction=pl.col("direction").first(),
        versions=pl.struct("threshold", "direction").n_unique(),
    )
    return (
        view.score_counts.group_by(*KEY, "measured_value")
        .agg(pl.col("count").sum())
        .sort(*KEY, "measured_value")
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("measured_value", "count"))
        .join(thresholds, on=["contract_id", "outcome"], how="inner")
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each histogram, flagged where it jumps, if that is sure."""
    rows = measures.sort(KEY)
    width: int = p.width
    found = [_jump(*row, width=width) for row in rows.select(HISTOGRAM).iter_rows()]
    jumps = pl.DataFrame([_told(one) for one in found], schema=TOLD)
    told = pl.concat([rows.drop("measured_value", "count", "versions"), jumps], how="horizontal")
    return told.with_columns(
        width=pl.lit(p.width),
        flagged=pl.col("p_value") < 1,
    )


def _jump(
    values: list[float],
    counts: list[int],
    versions: int,
    threshold: float | None,
    direction: Direction | None,
    *,
    width: int,
) -> HistogramJump | str:
    """Return what one histogram shows, or why it cannot be assessed."""
    if versions != 1:
        return "the outcome's threshold changed during the contract"  # (1)
    if threshold is None or direction is None:
        return "the terms have no threshold for the outcome"  # (1)
    grid = on_grid(values, counts, threshold, direction)
    if grid is None:
        return "the values lie on no even grid, or a count is below nothing"  # (2)
    found = histogram_jump(grid[0], threshold=grid[1], width=width, direction=direction)  # (4)
    return found or "too few people or values lie around the threshold"  # (3)


def _told(found: HistogramJump | str) -> dict[str, object]:
    if isinstance(found, str):
        return {"why_not": found}
    return {
        "paid": round(found.paid),
        "short": round(found.short),
        "excess": round(found.excess),
        "largest_elsewhere": round(found.largest_elsewhere, 1),
        "effect": round(found.factor, 1),
        "effect_low": found.low,
        "effect_high": found.high,
        "p_value": found.p_value,
    }
