"""Which day a word means in which order."""

# ruff: noqa: DTZ001 - the standard has local time without an offset

from datetime import datetime, timedelta

import polars as pl
import pytest

from pbr_audit.tables.formats import EXCEL_1900, EXCEL_1904
from pbr_audit.validate.dates import (
    DAY_ONLY,
    EITHER,
    MONTH_ONLY,
    SELF_EVIDENT,
    SERIAL,
    SHORT_YEAR,
    date_forms,
    moments_of_numbers,
)

JANUARY_5 = datetime(2016, 1, 5)
MAY_1 = datetime(2016, 5, 1)


def read(word: str, *, moments: bool = False) -> tuple[object, ...]:
    """Form, meaning by itself, as day-first, as month-first."""
    found = date_forms(pl.Series([word]), moments=moments)
    return found.select("form", "itself", "by_day", "by_month").row(0)


@pytest.mark.parametrize(
    "word",
    [
        "2016-01-05",
        "2016/01/05",
        "2016.1.5",
        "2016-1-5",
        "20160105",
        "2016-01-05T00:00:00",
        "2016-01-05 00:00:00.000",
        "5 Jan 2016",
        "5\u00a0January 2016",
        "5-Jan-2016",
        "05 JAN 2016",
        "5th January, 2016",
        "5Jan2016",
        "Jan 5, 2016",
        "January 5 2016",
        "5/Jan/2016",
    ],
)
def test_a_year_first_or_a_months_name_needs_no_order(word: str) -> None:
    assert read(word) == (SELF_EVIDENT, JANUARY_5, None, None)


@pytest.mark.parametrize(
    "word", ["5/1/2016", "05/01/2016", "05-01-2016", "5.1.2016", "5 1 2016", "05/01/2016 0:00"]
)
def test_small_numbers_may_be_day_or_month(word: str) -> None:
    assert read(word) == (EITHER, None, JANUARY_5, MAY_1)


def test_a_number_above_twelve_is_a_day() -> None:
    assert read("25/12/2016") == (DAY_ONLY, None, datetime(2016, 12, 25), None)
    assert read("12/25/2016") == (MONTH_ONLY, None, None, datetime(2016, 12, 25))
    assert read("29/02/2016") == (DAY_ONLY, None, datetime(2016, 2, 29), None)


@pytest.mark.parametrize("word", ["5/1/16", "05-01-16", "16-01-05", "5-Jan-16", "Jan 5, 16"])
def test_two_digits_are_no_year(word: str) -> None:
    assert read(word) == (SHORT_YEAR, None, None, None)


@pytest.mark.parametrize(
    "word",
    [
        "31/04/2016",
        "29/02/2015",
        "2016-02-30",
        "13/13/2016",
        "0/1/2016",
        "5/1-2016",
        "5 foo 2016",
        "2016",
        "99999",
        "20161305",
        "42374.5",
        "2016-01-05T09:30:00",
        "2016-01-05T00:00:00Z",
        "5/1/2016 24:00",
        "\uff15/1/2016",
        "x",
    ],
)
def test_what_is_no_day_is_none(word: str) -> None:
    assert read(word) == (None, None, None, None)


@pytest.mark.parametrize(
    ("word", "time"),
    [
        ("5/1/2016 9:30", timedelta(hours=9, minutes=30)),
        ("5/1/2016 09:30:15", timedelta(hours=9, minutes=30, seconds=15)),
        ("5/1/2016, 9:30 PM", timedelta(hours=21, minutes=30)),
        ("5/1/2016 12:30 am", timedelta(minutes=30)),
        ("5/1/2016 12:30 pm", timedelta(hours=12, minutes=30)),
        ("5/1/2016 09:30:15.25", timedelta(hours=9, minutes=30, seconds=15, milliseconds=250)),
    ],
)
def test_a_moment_has_a_time_of_day(word: str, time: timedelta) -> None:
    assert read(word, moments=True) == (EITHER, None, JANUARY_5 + time, MAY_1 + time)


@pytest.mark.parametrize(
    "word", ["5/1/2016 13:30 pm", "5/1/2016 0:30 am", "5/1/2016 09:60", "5/1/2016 09:30:60"]
)
def test_what_is_no_time_of_day_is_no_moment(word: str) -> None:
    assert read(word, moments=True) == (None, None, None, None)


@pytest.mark.parametrize(
    ("word", "form"), [("42374", SERIAL), ("9999", None), ("73050", SERIAL), ("73051", None)]
)
def test_only_plausible_numbers_are_taken_for_day_numbers(word: str, form: str | None) -> None:
    assert read(word) == (form, None, None, None)


@pytest.mark.parametrize(
    ("number", "of_1900", "of_1904"),
    [
        (0.0, None, datetime(1904, 1, 1)),
        (1.0, datetime(1900, 1, 1), datetime(1904, 1, 2)),
        (59.0, datetime(1900, 2, 28), datetime(1904, 2, 29)),
        # The 29 February 1900 that never was.
        (60.0, None, datetime(1904, 3, 1)),
        (61.0, datetime(1900, 3, 1), datetime(1904, 3, 2)),
        (42374.0, JANUARY_5, datetime(2020, 1, 6)),
        (42374.3958333333, datetime(2016, 1, 5, 9, 30), datetime(2020, 1, 6, 9, 30)),
        (2957003.0, datetime(9995, 12, 30), datetime(9999, 12, 31)),
        (2958465.0, datetime(9999, 12, 31), None),
        (2958466.0, None, None),
    ],
)
def test_day_numbers_count_from_1900_or_from_1904(number: float, of_1900: object, of_1904: object) -> None:
    numbers = pl.DataFrame({"number": [number]})

    assert numbers.select(moments_of_numbers(pl.col("number"), EXCEL_1900)).item() == of_1900
    assert numbers.select(moments_of_numbers(pl.col("number"), EXCEL_1904)).item() == of_1904
