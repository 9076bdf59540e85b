"""Quarters of dates, and the periods of published figures."""

from datetime import date

import polars as pl
import pytest

from pbr_audit.periods import (
    days_to_quarter_end,
    is_period,
    period_bounds,
    period_end,
    quarter,
    quarter_end,
)

DAY = pl.col("day")


def of_day(day: date | None, expression: pl.Expr) -> object:
    return pl.DataFrame({"day": [day]}, schema={"day": pl.Date}).select(expression).item()


@pytest.mark.parametrize(
    ("day", "name", "last_day", "days_left"),
    [
        (date(2016, 1, 1), "2016-Q1", date(2016, 3, 31), 90),
        (date(2015, 1, 1), "2015-Q1", date(2015, 3, 31), 89),
        (date(2016, 2, 29), "2016-Q1", date(2016, 3, 31), 31),
        (date(2016, 3, 31), "2016-Q1", date(2016, 3, 31), 0),
        (date(2016, 4, 1), "2016-Q2", date(2016, 6, 30), 90),
        (date(2016, 9, 29), "2016-Q3", date(2016, 9, 30), 1),
        (date(2016, 10, 1), "2016-Q4", date(2016, 12, 31), 91),
        (date(2016, 12, 31), "2016-Q4", date(2016, 12, 31), 0),
    ],
)
def test_a_date_lies_in_a_calendar_quarter(day: date, name: str, last_day: date, days_left: int) -> None:
    assert of_day(day, quarter(DAY)) == name
    assert of_day(day, quarter_end(DAY)) == last_day
    assert of_day(day, days_to_quarter_end(DAY)) == days_left


def test_an_unknown_date_has_no_quarter() -> None:
    assert of_day(None, quarter(DAY)) is None
    assert of_day(None, quarter_end(DAY)) is None
    assert of_day(None, days_to_quarter_end(DAY)) is None


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2016-Q1", date(2016, 1, 1), date(2016, 3, 31)),
        ("2016-Q4", date(2016, 10, 1), date(2016, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-02", date(2015, 2, 1), date(2015, 2, 28)),
        ("2016-12", date(2016, 12, 1), date(2016, 12, 31)),
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_period_is_a_quarter_a_month_or_a_year(period: str, first: date, last: date) -> None:
    assert pl.select(is_period(pl.lit(period))).item() is True
    assert period_bounds(period) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "2016-13",
        "2016-00",
        "2016-7",
        "2016-Q5",
        "2016-Q0",
        "2016-q3",
        "2016Q3",
        "16",
        "0000",
        "2016-07-01",
        "2016/17",
        "2016\n",
        "",
    ],
)
def test_anything_else_is_no_period(text: str) -> None:
    assert pl.select(is_period(pl.lit(text))).item() is False
    with pytest.raises(ValueError, match=r"^is not a period; write 2016-Q3, 2016-07 or 2016$"):
        period_bounds(text)


def test_a_missing_period_is_neither_right_nor_wrong() -> None:
    assert pl.select(is_period(pl.lit(None, dtype=pl.String))).item() is None


def test_the_last_day_of_a_period_is_the_same_for_a_column_and_for_one() -> None:
    texts = ["2016", "2016-Q1", "2016-Q4", "2016-02", "2015-02", "2016-12", "1900-02", "2000-Q1"]
    column = pl.DataFrame({"period": texts}).select(period_end(pl.col("period"))).to_series().to_list()
    assert column == [period_bounds(text)[1] for text in texts]
    others = ["2016-13", "2016-Q5", "2016-00", "16", "", "2016-Q", None, "2016-1"]
    ends = pl.DataFrame({"period": others}, schema={"period": pl.String}).select(period_end(pl.col("period")))
    assert ends.to_series().null_count() == len(others)
