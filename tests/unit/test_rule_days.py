"""Days as contract terms count them: calendar days, and Mondays to Fridays after the earlier day."""

from datetime import date

import polars as pl
import pytest

from pbr_audit.rule import days_from, days_in_words

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2016, 5, day) for day in (6, 7, 8, 9))
NEXT_FRIDAY = date(2016, 5, 13)


def counted(start: date | None, end: date | None, *, business: bool | None) -> object:
    days = days_from(pl.col("start"), pl.col("end"), business=pl.col("business"))
    schema = {"start": pl.Date, "end": pl.Date, "business": pl.Boolean}
    return pl.DataFrame([(start, end, business)], schema=schema, orient="row").select(days).item()


@pytest.mark.parametrize(
    ("start", "end", "calendar", "working"),
    [
        (FRIDAY, FRIDAY, 0, 0),
        (FRIDAY, SATURDAY, 1, 0),
        (FRIDAY, SUNDAY, 2, 0),
        (FRIDAY, MONDAY, 3, 1),
        (SATURDAY, MONDAY, 2, 1),
        (SUNDAY, MONDAY, 1, 1),
        (SATURDAY, SUNDAY, 1, 0),
        (FRIDAY, NEXT_FRIDAY, 7, 5),
        (SATURDAY, NEXT_FRIDAY, 6, 5),
    ],
)
def test_days_are_counted_after_the_earlier_day_and_up_to_the_later(
    start: date, end: date, calendar: int, working: int
) -> None:
    assert counted(start, end, business=False) == calendar
    assert counted(start, end, business=True) == working
    assert counted(end, start, business=False) == -calendar
    assert counted(end, start, business=True) == -working


@pytest.mark.parametrize("business", [False, True])
def test_an_unknown_date_leaves_the_days_unknown(*, business: bool) -> None:
    assert counted(None, FRIDAY, business=business) is None
    assert counted(FRIDAY, None, business=business) is None


@pytest.mark.parametrize(
    ("days", "business", "words"),
    [
        (1, False, "1 day"),
        (-1, False, "-1 day"),
        (0, False, "0 days"),
        (91, False, "91 days"),
        (1, True, "1 working day"),
        (15, True, "15 working days"),
        (None, True, None),
    ],
)
def test_days_have_words_for_a_sentence(days: int | None, *, business: bool, words: str | None) -> None:
    frame = pl.DataFrame({"days": [days]}, schema={"days": pl.Int64})
    assert frame.select(days_in_words(pl.col("days"), business=pl.lit(business))).item() == words
