"""Values around an outcome's threshold: which threshold was in force, and in what bins they are counted.

Results of one outcome under one threshold are a series, whichever contracts have it; another threshold, of
another contract or another time, is another series. Bins begin at the threshold, so that every multiple of
its round number lies at the edge of one (`pbr_audit.stats.heaps`).
"""

from collections.abc import Sequence

import polars as pl

from pbr_audit.rule.terms_of import VERSION
from pbr_audit.stats.heaps import heaps_around

THRESHOLD_TERMS = (*VERSION, "measure", "threshold", "threshold_of_baseline", "direction")
# What the results of one series have in common, in the measure's unit; null where it does not apply.
SERIES = ("outcome", "measure", "threshold", "direction", "unit", "width", "reach")
UNITS_EACH_SIDE = 1.5
# A distance of 0.3 - 0.1 - 0.2 bins is none.
ROUNDING = 1e-9


def thresholds_of(outcomes: pl.LazyFrame, *, unit: float = 0.0, reach: float = 0.0) -> pl.LazyFrame:
    """Return each version of an outcome's terms with its `series` and the heaps around its threshold.

    `outcomes` has THRESHOLD_TERMS; `unit` and `reach` stand in place of what follows from the threshold
    where they are above 0. `series` is the outcome, or "JOB at_least 26 weeks_in_work" where the outcome has
    had several thresholds. `threshold` is null where there is none, none in the measure's own unit, or no
    direction; `unit`, `width` and `reach` are null where no heaps lie around it.
    """
    own = ~pl.col("threshold_of_baseline").fill_null(value=False) & pl.col("direction").is_not_null()
    versions = outcomes.sort(VERSION).with_columns(threshold=pl.when(own).then("threshold"))
    several = pl.struct("measure", "threshold", "direction").n_unique().over("outcome") > 1
    value = pl.col("threshold").cast(pl.String).str.strip_suffix(".0")
    whole = pl.concat_str("outcome", "direction", value, "measure", separator=" ", ignore_nulls=True)
    without = pl.concat_str("outcome", pl.lit(" without a threshold"))
    which = pl.when(value.is_null()).then(without).otherwise(whole)
    rows = versions.with_columns(series=pl.when(several).then(which).otherwise("outcome")).collect()
    around = [
        _around(threshold, measure, unit, reach)
        for threshold, measure in rows.select("threshold", "measure").iter_rows()
    ]
    heaps = pl.DataFrame(around, schema=dict.fromkeys(SERIES[-3:], pl.Float64), orient="row")
    told = rows.select(*VERSION, "series", "measure", "threshold", "direction")
    return pl.concat([told, heaps], how="horizontal").lazy()


def _around(
    threshold: float | None, measure: str | None, unit: float, reach: float
) -> tuple[float | None, float | None, float | None]:
    found = None if threshold is None else heaps_around(threshold, measure, unit=unit, reach=reach)
    return (None, None, None) if found is None else (found.unit, found.width, found.reach)


def bin_from_threshold() -> pl.Expr:
    """Return in which bin `measured_value` lies: 0 is the first that is paid, those below 0 are short.

    Null where no heaps lie around the threshold.
    """
    beyond = pl.col("measured_value") - pl.col("threshold")
    paid_way = pl.when(direction="at_most").then(-beyond).otherwise(beyond)
    return (paid_way / pl.col("width") + ROUNDING).floor().cast(pl.Int64)


def is_near_miss() -> pl.Expr:
    """Tell whether `measured_value` lies short of the threshold by no more than the reach."""
    return bin_from_threshold().is_between(-(pl.col("reach") / pl.col("width")).round(), -1)


def counted_bin() -> pl.Expr:
    """Return the bin in which `measured_value` is counted: all that lies further off is one bin a side.

    Bins reach one and a half units to either side. Values of nothing and below are further off: for those
    nothing began.
    """
    furthest = _furthest() + 1
    nothing = pl.when(direction="at_most").then(furthest).otherwise(-furthest)
    counted = bin_from_threshold().clip(-furthest, furthest)
    return pl.when(pl.col("measured_value") > 0).then(counted).otherwise(nothing)


def people_by_bin(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return a row for each `key`, sorted, and a column for each bin in which anybody is, from low to high.

    `rows` are of one series, with `bin` as `counted_bin` gives it, and `people`; those further off are left
    out.
    """
    near = rows.filter(pl.col("bin").abs() <= _furthest(), pl.col("people") > 0)
    counts = near.group_by(*key, "bin").agg(pl.col("people").sum()).sort("bin", *key)
    wide = counts.pivot("bin", index=key, values="people") if counts.height else counts.select(key)
    everybody = rows.select(key).unique().sort(key)
    return everybody.join(wide, on=key, how="left", maintain_order="left").with_columns(
        pl.exclude(key).fill_null(0)
    )


def _furthest() -> pl.Expr:
    return (UNITS_EACH_SIDE * pl.col("unit") / pl.col("width") + ROUNDING).floor().cast(pl.Int64)
