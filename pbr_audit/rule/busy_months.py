"""Advisers' busiest months as rows of a rule: counts of clients by month become arrays, answers columns.

The statistics are in `pbr_audit.stats.caseload`.
"""

from datetime import date

import numpy as np
import polars as pl

from pbr_audit.rule.pictures import calendar
from pbr_audit.stats.caseload import DEVIATE_95, Caseloads, busiest_month, caseloads
from pbr_audit.stats.exact import Floats

PROVIDER = ["contract_id", "provider_id"]
ADVISER = [*PROVIDER, "advisor_id"]
# One colleague's months are one person's luck.
FEWEST_COLLEAGUES = 2
# A picture is drawn of what may become a finding, and of nothing else.
TOLD = 0.05


def busiest_months(measures: pl.DataFrame, least_expected: float, least_months: int) -> pl.DataFrame:
    """Return a row for each adviser, sorted: the busiest month and what was to be expected of it.

    `measures` has ADVISER, the first day of the month `began`, the day `reached` (null: not), and `clients`;
    it is not empty. Of an adviser's month the clients of its busiest day count as one. `comparable` tells who
    has enough expected in enough months; `p_value` is null for the others, and for those with fewer than 2
    comparable colleagues. Columns as a statistical rule's; `outcomes` counts clients, `on_one_day` those of
    the month's busiest day, `counted` the clients with that day's as one.
    """
    first = measures.select(pl.col("began").min()).item()
    units = measures.select(ADVISER).unique().sort(ADVISER).with_row_index("unit")
    cells = measures.join(units, on=ADVISER, how="left").with_columns(
        began=_months_since(first, "began"), day="reached", reached=_months_since(first, "reached")
    )
    of = _caseloads(cells)
    one_day = _on_one_day(cells, of.counts.shape)
    counts, expected = of.counts - np.maximum(one_day - 1, 0), of.expected
    comparable = (expected.sum(1) >= least_expected) & ((expected > 0).sum(1) >= least_months)
    group = units.select(pl.struct(PROVIDER).rle_id()).to_series().cast(pl.Int64).to_numpy()
    colleagues = np.bincount(group, comparable)[group] - comparable
    compared = comparable & (colleagues >= FEWEST_COLLEAGUES)
    found = busiest_month(counts, expected, group, compared)
    at = np.arange(len(counts)), found.month
    usual = np.where(found.expected > 0, found.expected, np.nan)
    width = np.exp(DEVIATE_95 * np.sqrt(1 / np.maximum(found.count, 0.5) + found.dispersion))
    told = {
        "expected": np.round(found.expected, 2),
        "dispersion": found.dispersion,
        "months": found.months,
        "effect": found.count / usual,
        "effect_low": found.count / usual / width,
        "effect_high": found.count / usual * width,
        "usual_month": np.round(found.typical, 2),
        "smallest_seen": found.smallest / np.where(found.typical > 0, found.typical, np.nan),
        "excess_claims": found.count - found.expected,
        "excess_error": np.sqrt(found.expected + found.dispersion * found.expected**2),
        "p_value": found.p_value,
    }
    day = pl.lit(first).dt.offset_by(pl.format("{}mo", "month"))
    return (
        units.drop("unit")
        .with_columns(
            *(pl.Series(name, values).fill_nan(None) for name, values in told.items()),
            month=pl.Series(found.month),
            counted=pl.Series(counts[at]).cast(pl.Int64),
            outcomes=pl.Series(of.counts[at]).cast(pl.Int64),
            on_one_day=pl.Series(one_day[at]).cast(pl.Int64),
            colleagues=pl.Series(np.rint(colleagues)).cast(pl.Int64),
            comparable=pl.Series(comparable),
            picture=pl.Series(
                [
                    _drawn(first, row, mean, at) if p_value <= TOLD else None
                    for row, mean, at, p_value in zip(
                        counts, found.means, found.month, found.p_value, strict=True
                    )
                ],
                dtype=pl.String,
            ),
        )
        .with_columns(
            excess_df=pl.lit(10.0),
            period=day.dt.strftime("%Y-%m"),
            providers_compared=pl.lit(units["provider_id"].filter(pl.Series(compared)).n_unique()),
        )
        .drop("month")
    )


def _months_since(first: date, name: str) -> pl.Expr:
    since = pl.col(name).dt.year() - pl.lit(first).dt.year()
    return since.cast(pl.Int64) * 12 + pl.col(name).dt.month() - pl.lit(first).dt.month()


def _caseloads(cells: pl.DataFrame) -> Caseloads:
    by_month = cells.group_by("unit", "began", "reached").agg(pl.col("clients").sum())
    by_month = by_month.sort("unit", "began", "reached")
    return caseloads(
        by_month["unit"], by_month["began"], by_month["reached"].fill_null(-1), by_month["clients"]
    )


def _on_one_day(cells: pl.DataFrame, shape: tuple[int, ...]) -> Floats:
    """Return how many clients the busiest day of each unit's month has."""
    most = (
        cells.drop_nulls("reached")
        .group_by("unit", "reached", "day")
        .agg(pl.col("clients").sum())
        .group_by("unit", "reached")
        .agg(pl.col("clients").max())
    )
    filled = np.zeros(shape)
    filled[most["unit"].to_numpy(), most["reached"].to_numpy()] = most["clients"].to_numpy()
    return filled


def _drawn(first: date, counts: Floats, means: Floats, month: int) -> str:
    marked = np.arange(len(counts)) == month
    return calendar(first, counts, means, "month", marked=marked, y="clients")
