"""A rule's sentence is filled in from its columns."""

from datetime import date

import polars as pl
import pytest

from pbr_audit.errors import RulePackError
from pbr_audit.rule import fields, sentence

ROW = {
    "outcome_date": date(2016, 5, 2),
    "price_pence": 123_456_789,
    "share": 0.1234,
    "weeks": 26.0,
    "fields": ["date", "measure"],
    "currency": "GBP",
}


def told(message: str, **change: object) -> str:
    text: str = pl.DataFrame([ROW | change]).select(sentence(message)).item()
    return text


def test_each_form_reads_as_a_person_would_write_it() -> None:
    message = "{outcome_date}: {price_pence:money}, {share:percent}, {weeks:number} weeks; {fields:list}."
    assert told(message) == "2016-05-02: £1,234,567.89, 12.3 %, 26 weeks; date, measure."


@pytest.mark.parametrize(
    ("pence", "currency", "text"),
    [
        (0, "GBP", "£0.00"),
        (5, "GBP", "£0.05"),
        (-5, "GBP", "-£0.05"),
        (99_999, "GBP", "£999.99"),
        (100_000, "GBP", "£1,000.00"),
        (100_000, "EUR", "EUR 1,000.00"),
        (100_000, None, "1,000.00"),
    ],
)
def test_money_is_written_with_its_currency(pence: int, currency: str | None, text: str) -> None:
    row = pl.DataFrame(
        {"x": [pence], "currency": [currency]}, schema_overrides={"x": pl.Int64, "currency": pl.String}
    )
    assert row.select(sentence("{x:money}")).item() == text


def test_what_is_missing_is_said_to_be_missing() -> None:
    assert told("On {outcome_date}.", outcome_date=None) == "On (not given)."


def test_a_message_may_say_what_stands_for_what_is_missing() -> None:
    message = "The price is {price_pence:money|none}, on {outcome_date|no day}."
    assert told(message) == "The price is £1,234,567.89, on 2016-05-02."
    empty = pl.DataFrame([ROW]).with_columns(
        price_pence=pl.lit(None, dtype=pl.Int64), outcome_date=pl.lit(None, dtype=pl.Date)
    )
    assert empty.select(sentence(message)).item() == "The price is none, on no day."


def test_a_message_without_columns_is_written_as_it_is() -> None:
    assert told("Nothing to fill in.") == "Nothing to fill in."


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("{x:pounds}", "the message formats x as pounds; the forms are list, money, number, percent"),
        ("{x", "the message has a brace that encloses no column"),
        ("{}", "the message has a brace that encloses no column"),
    ],
)
def test_a_message_that_cannot_be_filled_in_does_not_load(message: str, what: str) -> None:
    with pytest.raises(RulePackError) as refused:
        fields(message, "rules/x.py")
    assert str(refused.value) == f"rules/x.py: {what}"
