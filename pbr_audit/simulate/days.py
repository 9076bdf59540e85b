"""Days as whole numbers since 1970-01-01, and the working week."""

from datetime import date

import numpy as np

from pbr_audit.simulate.columns import MISSING, Ints

_EPOCH = date(1970, 1, 1).toordinal()
# 1970-01-01 was a Thursday.
_FIRST_WEEKDAY = 3
_SATURDAY = 5
WEEK_DAYS = 7
DAY_SECONDS = 86_400


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to a date."""
    return day.toordinal() - _EPOCH


# All dates that the invented world may name lie between these two.
FIRST_DAY = day_number(date(2012, 1, 1))
LAST_DAY = day_number(date(2022, 12, 31))


def weekday(days: Ints) -> Ints:
    """Return 0 for Monday to 6 for Sunday."""
    return (days + _FIRST_WEEKDAY) % WEEK_DAYS


def working_day(days: Ints) -> Ints:
    """Move a Saturday or Sunday to the Monday after it."""
    place = weekday(days)
    return days + np.where(place >= _SATURDAY, WEEK_DAYS - place, 0)


def whole_weeks(days: Ints) -> Ints:
    """Round a number of days up to whole weeks, so that a move by it keeps the day of the week."""
    return -(-days // WEEK_DAYS) * WEEK_DAYS


def after(days: Ints, lags: Ints) -> Ints:
    """Add lags to days; a missing day stays missing."""
    return np.where(days == MISSING, MISSING, days + lags)


def quarter_number(days: Ints) -> Ints:
    """Return the calendar quarters since 1970-Q1."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // 3


def quarter_first_day(quarters: Ints) -> Ints:
    """Return the first day of calendar quarters, counted since 1970-Q1."""
    return (quarters * 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def quarter_last_day(days: Ints) -> Ints:
    """Return the last day of the calendar quarter that each day lies in."""
    following = ((quarter_number(days) + 1) * 3).astype("datetime64[M]")
    return following.astype("datetime64[D]").astype(np.int64) - 1
