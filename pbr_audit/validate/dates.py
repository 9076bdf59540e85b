"""The ways in which people write a day, and which day each of them means in which order.

Of words, not cells: a column of dates repeats a few hundred. Nothing is read by guess: a year of two digits
has no century, and a spreadsheet's day number has no first day until somebody says which.
"""

from datetime import date
from typing import Literal

import polars as pl

from pbr_audit.tables.formats import EXCEL_1900, EXCEL_1904

# How a word is written: so that it stands for itself, so that it is valid in one order or in both, as a day
# number, or with a year that lacks its century.
SELF_EVIDENT, DAY_ONLY, MONTH_ONLY, EITHER = "self-evident", "day-only", "month-only", "either"
SERIAL, SHORT_YEAR = "serial", "short-year"

# Some blanks look like one another: no-break, figure, thin and narrow no-break.
BLANKS = "[\u00a0\u2007\u2009\u202f]"
_MIDDLE = r"(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.| ([0-9]{1,2}) )"
_YEAR_FIRST = rf"^([0-9]{{4}}){_MIDDLE}([0-9]{{1,2}})$"
_COMPACT = r"^([12][0-9]{3})([0-9]{2})([0-9]{2})$"
_YEAR_LAST = rf"^([0-9]{{1,2}}){_MIDDLE}([0-9]{{4}})$"
_DAY_AND_NAME = r"^([0-9]{1,2})(?:st|nd|rd|th)?[ ./-]{0,2}([a-z]{3,9})\.?,?[ ./-]{0,2}([0-9]{4})$"
_NAME_AND_DAY = r"^([a-z]{3,9})[ .-]{1,2}([0-9]{1,2})(?:st|nd|rd|th)?(?:, ?| |-)([0-9]{4})$"
_SHORT_YEAR = (
    r"^(?:[0-9]{1,2}([ ./-])(?:[0-9]{1,2}|[a-z]{3,9})[ ./-][0-9]{2}|[a-z]{3,9} [0-9]{1,2}, ?[0-9]{2})$"
)
_TIME = r"^(.+?)(?:t|,? )([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(?: ?([ap])\.?m\.?)?$"
_DAY_NUMBER = r"^[0-9]{1,7}(?:\.[0-9]{1,15})?$"
# 18 May 1927 to 31 December 2099, counted from 1900: what may be taken for day numbers. A column of
# years or of small counts holds none.
PLAUSIBLE_NUMBERS = (10_000, 73_050)

_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS = {
    spelt: f"{number:02}"
    for number, name in enumerate(_NAMES, 1)
    for spelt in {name, name[:3], *(["sept"] if name == "september" else [])}
}

# Where day numbers count from: day 60 of 1900 is a 29 February that never was.
_BEFORE_1900, _FIRST_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)
_FALSE_LEAP_DAY = 60
# 31 December 9999.
_LAST_NUMBER = {EXCEL_1900: 2_958_465, EXCEL_1904: 2_957_003}
_MILLISECONDS_A_DAY = 86_400_000

Order = Literal["ymd", "dmy", "mdy"]


def date_forms(words: pl.Series, *, moments: bool) -> pl.DataFrame:
    """Return for each word (trimmed, not null) how it is written and what it means in each order.

    Columns: `form`, null where the word is no date; `itself`, `by_day` and `by_month`, Datetime, null where
    the word cannot be read so; `number`, Float64, of a day number. A time of day other than midnight is read
    only for `moments`.
    """
    plain = words.alias("word").to_frame()
    plain = plain.select(pl.col("word").str.to_lowercase().str.replace_all(BLANKS, " "))
    clock = _groups(plain["word"], _TIME)
    number = pl.when(pl.col("word").str.contains(_DAY_NUMBER)).then("word").cast(pl.Float64, strict=False)
    parts = plain.with_columns(
        clock["1"].zip_with(clock["1"].is_not_null(), plain["word"]).alias("day"),
        _microseconds(clock),
        number.alias("number"),
    )
    day = parts["day"]
    year_last = _groups(day, _YEAR_LAST)
    itself = [
        _date(_groups(day, _YEAR_FIRST), "ymd"),
        _date(_groups(day, _COMPACT), "ymd"),
        _date(_groups(day, _DAY_AND_NAME), "dmy"),
        _date(_groups(day, _NAME_AND_DAY), "mdy"),
    ]
    time = pl.col("time") if moments else pl.when(pl.col("time") == 0).then("time")
    found = {
        "itself": pl.coalesce(pl.lit(one) for one in itself),
        "by_day": pl.lit(_date(year_last, "dmy")),
        "by_month": pl.lit(_date(year_last, "mdy")),
    }
    read = parts.with_columns(
        (date_.cast(pl.Datetime("us")) + pl.duration(microseconds=time)).alias(name)
        for name, date_ in found.items()
    )
    return read.select(_form(moments=moments).alias("form"), *found, "number")


def moments_of_numbers(numbers: pl.Expr, epoch: str) -> pl.Expr:
    """Return the moment (Datetime) that a spreadsheet's day number stands for; null where there is none.

    A fraction of a day is taken to the millisecond: a spreadsheet holds it no finer.
    """
    day = numbers.floor()
    if epoch == EXCEL_1900:
        start, there = _BEFORE_1900, (day >= 1) & (day != _FALSE_LEAP_DAY)
        number = numbers + pl.when(day < _FALSE_LEAP_DAY).then(1).otherwise(0)
    else:
        start, there, number = _FIRST_OF_1904, day >= 0, numbers
    since = pl.duration(milliseconds=(number * _MILLISECONDS_A_DAY).round().cast(pl.Int64, strict=False))
    return pl.when(there & (day <= _LAST_NUMBER[epoch])).then(pl.lit(start).cast(pl.Datetime("us")) + since)


def _form(*, moments: bool) -> pl.Expr:
    number = pl.col("number")
    plausible = number.is_between(*PLAUSIBLE_NUMBERS)
    return (
        pl.when(pl.col("itself").is_not_null())
        .then(pl.lit(SELF_EVIDENT))
        .when(pl.col("by_day").is_not_null() & pl.col("by_month").is_not_null())
        .then(pl.lit(EITHER))
        .when(pl.col("by_day").is_not_null())
        .then(pl.lit(DAY_ONLY))
        .when(pl.col("by_month").is_not_null())
        .then(pl.lit(MONTH_ONLY))
        .when(plausible if moments else plausible & (number == number.floor()))
        .then(pl.lit(SERIAL))
        .when(pl.col("day").str.contains(_SHORT_YEAR))
        .then(pl.lit(SHORT_YEAR))
    )


def _groups(texts: pl.Series, pattern: str) -> pl.DataFrame:
    """Return the groups of a pattern as columns "1", "2" and so on; taken once, for matching is the cost."""
    return texts.str.extract_groups(pattern).struct.unnest()


def _date(groups: pl.DataFrame, order: Order) -> pl.Series:
    """Return the Date that three parts say, in `order`; the middle one is in one of several groups."""
    first, *middle, last = groups.columns
    parts = [pl.col(first), pl.coalesce(middle), pl.col(last)]
    year, month, day = (parts[order.index(letter)] for letter in "ymd")
    numbered = pl.coalesce(month.replace_strict(_MONTHS, default=None), month.str.zfill(2))
    text = pl.concat_str(year, numbered, day.str.zfill(2), separator="-")
    return groups.select(text.str.to_date("%Y-%m-%d", strict=False)).to_series()


def _microseconds(clock: pl.DataFrame) -> pl.Series:
    """Return the time since midnight, 0 where no time is given, null where it is no time of a day."""
    hour, minute, second, fraction, half = (pl.col(str(group)) for group in range(2, 7))
    shown, minutes = hour.cast(pl.Int64), minute.cast(pl.Int64)
    seconds = second.fill_null("0").cast(pl.Int64)
    micros = fraction.fill_null("0").str.pad_end(6, "0").cast(pl.Int64)
    afternoon = pl.when(half == "p").then(12).otherwise(0)
    hours = pl.when(half.is_null()).then(shown).otherwise(shown % 12 + afternoon)
    on_the_clock = pl.when(half.is_null()).then(shown < 24).otherwise(shown.is_between(1, 12))  # noqa: PLR2004  # hours
    there = on_the_clock & (minutes < 60) & (seconds < 60)  # noqa: PLR2004  # a minute of seconds
    since = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros
    return clock.select(pl.when(hour.is_null()).then(0).when(there).then(since).alias("time")).to_series()
