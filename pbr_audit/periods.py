"""Time in the units that a report speaks: calendar quarters, and the periods of published figures."""

import re
from datetime import date, timedelta

import polars as pl

QUARTER_MONTHS = 3
YEAR_MONTHS = 12
# A quarter, a month or a year; `2016-13` and `2016-Q5` are none.
PERIOD_PATTERN = r"^([1-9][0-9]{3})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$"


def quarter(day: pl.Expr) -> pl.Expr:
    """Return the calendar quarter of a date, as text: `2016-Q3`."""
    year = day.dt.year().cast(pl.String)
    return pl.concat_str(year, pl.lit("-Q"), day.dt.quarter().cast(pl.String))


def quarter_end(day: pl.Expr) -> pl.Expr:
    """Return the last day of the calendar quarter that a date lies in."""
    return pl.date(day.dt.year(), day.dt.quarter() * QUARTER_MONTHS, 1).dt.month_end()


def days_to_quarter_end(day: pl.Expr) -> pl.Expr:
    """Return the whole days from a date to the last day of its quarter; 0 on that day itself."""
    return (quarter_end(day) - day).dt.total_days()


def is_period(text: pl.Expr) -> pl.Expr:
    """Return true where text is a period of the standard: `2016-Q3`, `2016-07` or `2016`; null stays null."""
    return text.str.contains(PERIOD_PATTERN)


def period_end(text: pl.Expr) -> pl.Expr:
    """Return the last day of a period of the standard, as `period_bounds` has it; null where it is none."""
    year = text.str.slice(0, 4).cast(pl.Int32, strict=False)
    part = text.str.slice(5).str.strip_prefix("Q").cast(pl.Int32, strict=False)
    last_month = pl.when(text.str.contains("Q")).then(part * QUARTER_MONTHS).otherwise(part)
    # A text that is no period must not reach the calendar, which refuses a thirteenth month.
    month = pl.when(is_period(text)).then(last_month.fill_null(YEAR_MONTHS))
    return pl.date(pl.when(is_period(text)).then(year), month, 1).dt.month_end()


def period_bounds(period: str) -> tuple[date, date]:
    """Return the first and the last day of `2016-Q3`, `2016-07` or `2016`, both within the period.

    Raises ValueError, whose sentence does not hold the text.
    """
    # fullmatch, because Python's `$` would let a line break pass.
    found = re.fullmatch(PERIOD_PATTERN, period)
    if found is None:
        message = "is not a period; write 2016-Q3, 2016-07 or 2016"
        raise ValueError(message)
    year = int(found[1])
    if found[2]:
        first_month = (int(found[2]) - 1) * QUARTER_MONTHS + 1
        return date(year, first_month, 1), _month_end(year, first_month + QUARTER_MONTHS - 1)
    if found[3]:
        return date(year, int(found[3]), 1), _month_end(year, int(found[3]))
    return date(year, 1, 1), date(year, YEAR_MONTHS, 31)


def _month_end(year: int, month: int) -> date:
    if month == YEAR_MONTHS:
        return date(year, YEAR_MONTHS, 31)
    return date(year, month + 1, 1) - timedelta(days=1)
