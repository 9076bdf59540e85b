"""Bank holidays of England and Wales, worked out: those that the calendar gives, and those of one year alone.

A contract elsewhere has others; a day too many or too few is one for all providers alike.
"""

from datetime import date, timedelta

import polars as pl

FIRST_YEAR, LAST_YEAR = 1978, 2099
MONDAY, SATURDAY = 0, 5
# Proclaimed for one year: jubilees, a millennium, a wedding, a funeral, a coronation, and days moved for one.
ONCE = (
    date(1999, 12, 31),
    date(2002, 6, 3),
    date(2002, 6, 4),
    date(2011, 4, 29),
    date(2012, 6, 4),
    date(2012, 6, 5),
    date(2020, 5, 8),
    date(2022, 6, 2),
    date(2022, 6, 3),
    date(2022, 9, 19),
    date(2023, 5, 8),
)
# What the calendar would have given in those years.
MOVED = (date(2002, 5, 27), date(2012, 5, 28), date(2020, 5, 4), date(2022, 5, 30))


def is_day_off(day: pl.Expr) -> pl.Expr:
    """Return whether a date is a Saturday, a Sunday or a bank holiday of England and Wales."""
    return (day.dt.weekday() > SATURDAY) | day.is_in(list(bank_holidays()))


def bank_holidays() -> tuple[date, ...]:
    """Return the bank holidays from 1978 to 2099, substitutes for those at a weekend included, sorted."""
    by_calendar = {day for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in _of_year(year)}
    return tuple(sorted((by_calendar - set(MOVED)) | set(ONCE)))


def _of_year(year: int) -> set[date]:
    easter = easter_sunday(year)
    new_year = date(year, 1, 1)
    christmas = date(year, 12, 25)
    days = {
        _first_weekday_from(new_year),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    }
    first = _first_weekday_from(christmas)
    second = christmas + timedelta(days=1)
    # A Christmas on a Sunday is made up for on the Tuesday: the Monday is Boxing Day itself.
    if christmas.weekday() > SATURDAY:
        return days | {second, second + timedelta(days=1)}
    return days | {first, _first_weekday_from(second if first == christmas else first + timedelta(days=1))}


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, of_century = divmod(year, 100)
    moon = year % 19
    leap = century // 4
    correction = (8 * century + 13) // 25
    epact = (19 * moon + century - leap - correction + 15) % 30
    quarter, rest = divmod(of_century, 4)
    weekday = (32 + 2 * (century % 4) + 2 * quarter - epact - rest) % 7
    late = (moon + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _monday_from(day: date) -> date:
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def _first_weekday_from(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)
