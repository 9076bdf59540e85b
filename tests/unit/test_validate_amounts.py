"""A figure is read exactly or not at all: by point, by comma, and in which currency."""

import polars as pl
import pytest

from pbr_audit.validate.amounts import COMMA_ONLY, EITHER, NEUTRAL, POINT_ONLY, Kind, amount_forms


def forms(kind: Kind, *words: str, rate: bool = False) -> list[tuple[object, ...]]:
    """Form, value by point, value by comma."""
    found = amount_forms(pl.Series(words, dtype=pl.String), kind, rate=rate)
    return found.select("form", "by_point", "by_comma").rows()


@pytest.mark.parametrize(
    ("word", "pence"),
    [
        ("1,234.50", 123450),
        ("£1,234.50", 123450),
        ("£ 1 234.50", 123450),
        ("GBP 1,234.50", 123450),
        ("1,234.50 GBP", 123450),
        ("gbp 1,234.50", 123450),
        ("(250.00)", -25000),
        ("(£250.00)", -25000),
        ("£(250.00)", -25000),
        ("-£5.00", -500),
        ("£-5.00", -500),
        ("5.00-", -500),
        ("+5.00", 500),
        ("\u22125.00", -500),
        ("1'234.50", 123450),
        ("1\u2019234.50", 123450),
        ("1\u00a0234.5", 123450),
        ("1\u2009234.5", 123450),
        ("1\u202f234.5", 123450),
        ("1,234,567", 123456700),
        ("9,999,999,999,999,999.99", 10**18 - 1),
    ],
)
def test_an_amount_with_a_point_is_read_to_the_penny(word: str, pence: int) -> None:
    assert forms("money", word) == [(POINT_ONLY, pence, None)]


@pytest.mark.parametrize(
    ("word", "pence"),
    [
        ("1.234,50", 123450),
        ("1 234,50", 123450),
        ("12,5", 1250),
        ("1.234.567", 123456700),
        ("(12,34)", -1234),
    ],
)
def test_an_amount_with_a_comma_is_read_to_the_penny(word: str, pence: int) -> None:
    assert forms("money", word) == [(COMMA_ONLY, None, pence)]


@pytest.mark.parametrize(
    ("word", "pence"), [("1234", 123400), ("£5", 500), ("(250)", -25000), ("5-", -500), ("1 234", 123400)]
)
def test_whole_pounds_are_alike_by_point_and_by_comma(word: str, pence: int) -> None:
    assert forms("money", word) == [(NEUTRAL, pence, pence)]


def test_one_comma_before_three_digits_means_thousands_or_a_fraction_of_a_penny() -> None:
    assert forms("money", "1,234", "1.234") == [(EITHER, 123400, None), (EITHER, None, 123400)]


@pytest.mark.parametrize(
    "word",
    [
        "12,34.50",
        "1,23,456",
        "01,234",
        "0,123",
        "1,234 567",
        "1.234 567",
        "1,2 34",
        "1234,567",
        "1234.505",
        "£1234.505",
        "1.2345E+3",
        "\uff11\uff12",
        "\u0661\u0662",
        "10000000000000000",
        "10,000,000,000,000,000",
        "(5",
        "5)",
        "-(5)",
        "--5",
        "-5-",
        "£5 GBP",
        "££5",
        "REF 17",
        "£",
        "£5k",
        "50p",
        "5 %",
        "5\n6",
        "1,,234",
        ".",
        "5.",
        "£.50",
    ],
)
def test_what_is_not_plainly_an_amount_is_none(word: str) -> None:
    assert forms("money", word) == [(None, None, None)]


def test_a_currency_is_kept_apart_from_the_figure() -> None:
    words = pl.Series(["£5", "€5", "$5", "5 EUR", "usd 5", "5", "(€5)"])

    assert amount_forms(words, "money")["currency"].to_list() == ["£", "€", "$", "EUR", "USD", None, "€"]


def test_numbers_are_read_by_point_and_by_comma() -> None:
    words = ("1,5", "1.5", "1,234", "1,234,567", "-1 234,5", "1e3", "1.5e3", "+3", "1,5e3", "£5", "(5)")

    assert forms("number", *words) == [
        (COMMA_ONLY, None, 1.5),
        (POINT_ONLY, 1.5, None),
        (EITHER, 1234.0, 1.234),
        (POINT_ONLY, 1234567.0, None),
        (COMMA_ONLY, None, -1234.5),
        (NEUTRAL, 1000.0, 1000.0),
        (POINT_ONLY, 1500.0, None),
        (NEUTRAL, 3.0, 3.0),
        (None, None, None),
        (None, None, None),
        (None, None, None),
    ]


def test_a_count_of_thousands_is_no_fraction() -> None:
    assert forms("integer", "1,234", "1.234", "1,000", "1234.0", "1234.5", "1,234.5") == [
        (POINT_ONLY, 1234, None),
        (COMMA_ONLY, None, 1234),
        (EITHER, 1000, 1),
        (POINT_ONLY, 1234, None),
        (None, None, None),
        (None, None, None),
    ]


def test_a_percentage_is_a_share_of_one_where_rates_belong() -> None:
    assert forms("number", "95%", "95.5 %", "0,5%", rate=True) == [
        (NEUTRAL, 0.95, 0.95),
        (POINT_ONLY, 0.955, None),
        (COMMA_ONLY, None, 0.005),
    ]


def test_a_percentage_is_nothing_where_they_do_not() -> None:
    found = amount_forms(pl.Series(["95%", "95"]), "number")

    assert found.select("form", "by_point", "percent").rows() == [(None, None, True), (NEUTRAL, 95.0, False)]
