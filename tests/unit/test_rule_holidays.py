"""Bank holidays of England and Wales, against those that were published."""

from datetime import date

import polars as pl
import pytest

from pbr_audit.rule.holidays import bank_holidays, easter_sunday, is_day_off


@pytest.mark.parametrize(
    ("year", "published"),
    [
        (2010, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27"),
        (2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
        (2015, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2016, "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27"),
        (2017, "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
        (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
        (2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
    ],
)
def test_the_holidays_of_a_year_are_those_that_were_published(year: int, published: str) -> None:
    assert [day.strftime("%m-%d") for day in bank_holidays() if day.year == year] == published.split()


def test_easter_is_where_it_was() -> None:
    assert [easter_sunday(year) for year in (1981, 2000, 2008, 2038)] == [
        date(1981, 4, 19),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2038, 4, 25),
    ]


def test_a_day_off_is_a_weekend_or_a_bank_holiday() -> None:
    days = [date(2016, 4, 29), date(2016, 4, 30), date(2016, 5, 1), date(2016, 5, 2), date(2016, 5, 3)]
    found = pl.DataFrame({"day": days}).select(is_day_off(pl.col("day"))).to_series().to_list()
    assert found == [False, True, True, True, False]
