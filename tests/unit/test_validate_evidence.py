"""A format is decided by what is valid in one way only."""

import polars as pl
import pytest

from pbr_audit.validate.evidence import (
    MIXED,
    UNDECIDED,
    AmountEvidence,
    DateEvidence,
    amount_evidence,
    date_evidence,
)

WHERE = "claims.csv, outcome_date"


def test_dates_are_counted_by_how_they_are_written() -> None:
    cells = pl.Series(["25/12/2016", " 25/12/2016", "5/1/2016", "2016-01-05", "42374", "x", "", None, "[c]"])

    assert date_evidence(cells) == DateEvidence(
        year_first=1, day_only=2, month_only=0, either=1, serial=1, unreadable=1
    )


def test_figures_are_counted_by_how_they_are_written() -> None:
    cells = pl.Series(["£5", "£5", "(1,234.50)", "1,234", "12,5", "x", "..", None, "7 [r]", "€-3"])

    assert amount_evidence(cells) == AmountEvidence(
        plain=4, point_only=1, comma_only=1, either=1, unreadable=1, negative=2, currencies={"£": 2, "€": 1}
    )


def test_evidence_adds_up_in_any_cut() -> None:
    dates = pl.Series(["25/12/2016", "5/1/2016", "x", "2016-01-05", "12/25/2016", "42374"])
    figures = pl.Series(["£5", "1,234", "€1.5", "1,5", "x", "-3"])

    for cut in range(7):
        assert date_evidence(dates[:cut]) + date_evidence(dates[cut:]) == date_evidence(dates)
        assert amount_evidence(figures[:cut]) + amount_evidence(figures[cut:]) == amount_evidence(figures)


@pytest.mark.parametrize(
    ("found", "decided", "sentence"),
    [
        (
            DateEvidence(day_only=41, either=59),
            "day-first",
            "read as day-first; 41 % of the values are valid only so",
        ),
        (
            DateEvidence(month_only=1, either=999),
            "month-first",
            "read as month-first; less than 1 % of the values are valid only so",
        ),
        (
            DateEvidence(day_only=999, either=1),
            "day-first",
            "read as day-first; 99 % of the values are valid only so",
        ),
        (DateEvidence(year_first=3), "year-first", "read as year-first, or by the month's name"),
        (DateEvidence(either=9), UNDECIDED, "nothing decides between day-first and month-first"),
        (
            DateEvidence(year_first=1, serial=9),
            UNDECIDED,
            "holds a spreadsheet's day numbers, and nothing says whether they count from 1900 or from 1904",
        ),
        (
            DateEvidence(day_only=1, month_only=2000, either=7),
            MIXED,
            "1 value is valid only as day-first and 2,000 only as month-first, so none of them is read",
        ),
        (
            DateEvidence(day_only=2, serial=2),
            MIXED,
            "2 values are a spreadsheet's day numbers and 2 written as dates, so none of them is read",
        ),
    ],
)
def test_the_order_of_dates_is_decided_or_refused(found: DateEvidence, decided: str, sentence: str) -> None:
    assert found.decided() == decided
    assert found.order() == (None if decided in {UNDECIDED, MIXED} else decided)
    assert found.sentence(WHERE) == f"{WHERE}: {sentence}"


@pytest.mark.parametrize(
    ("found", "decided", "sentence"),
    [
        (
            AmountEvidence(point_only=1, either=1),
            "decimal-point",
            "read with a decimal point; 50 % of the values are valid only so",
        ),
        (
            AmountEvidence(comma_only=2),
            "decimal-comma",
            "read with a decimal comma; 100 % of the values are valid only so",
        ),
        (AmountEvidence(plain=2), "decimal-point", "read as plain figures, with the signs around them"),
        (
            AmountEvidence(plain=2, either=1),
            UNDECIDED,
            "nothing decides between a decimal point and a decimal comma",
        ),
        (
            AmountEvidence(point_only=1, comma_only=1),
            MIXED,
            "1 value is valid only with a decimal point and 1 only with a decimal comma, so that what could be either is not read",
        ),
    ],
)
def test_the_decimal_mark_is_decided_or_refused(found: AmountEvidence, decided: str, sentence: str) -> None:
    assert found.decided() == decided
    assert found.decimal() == (None if decided in {UNDECIDED, MIXED} else decided)
    assert found.sentence(WHERE) == f"{WHERE}: {sentence}"


def test_no_sentence_holds_a_cell() -> None:
    cells = pl.Series(["25/12/2016", "CANARY", "13/13/1987"])

    assert not any(part in date_evidence(cells).sentence(WHERE) for part in ("25", "CANARY", "1987"))
