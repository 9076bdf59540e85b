"""Money is exact to the penny, or it is not typed."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.money import (
    MAX_PENCE,
    parse_amount,
    parse_pence_text,
    pence_of,
    shown,
    to_decimal,
    to_text,
)

COLUMN = pl.col("amount")


def parsed(*texts: str | None) -> list[int | None]:
    frame = pl.DataFrame({"amount": texts}, schema={"amount": pl.String})
    result = frame.select(parse_pence_text(COLUMN))["amount"]
    assert result.dtype == pl.Int64
    return result.to_list()


def pence(values: list[object], dtype: pl.DataType | type[pl.DataType]) -> list[int | None]:
    frame = pl.DataFrame({"amount": pl.Series(values, dtype=dtype)})
    result = frame.select(pence_of(COLUMN, dtype))["amount"]
    assert result.dtype == pl.Int64
    return result.to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1234.50", 123450),
        ("1234.5", 123450),
        ("1234", 123400),
        ("0", 0),
        ("-0.05", -5),
        ("-0", 0),
        ("0.29", 29),
        ("007.10", 710),
        ("  12.30\t", 1230),
        ("9007199254740993.01", 900719925474099301),
        ("9999999999999999.99", MAX_PENCE),
        ("-9999999999999999.99", -MAX_PENCE),
    ],
)
def test_an_amount_in_pounds_and_pence_is_read_exactly(text: str, expected: int) -> None:
    assert parsed(text) == [expected]
    assert parse_amount(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "+1.00",
        ".50",
        "5.",
        "1.005",
        "1234.500",
        "1,234.50",
        "£1.00",
        "1.00 GBP",
        "(1.00)",
        "--1",
        "- 1",
        "1-",
        "1e3",
        "0x10",
        "1_000",
        "1.0.0",
        "1\n2",
        "10000000000000000",
        "NaN",
        "inf",
        "\u0661\u0662",  # Arabic-Indic digits
        "\u22125",  # a minus sign that is not the hyphen
        "",
        "   ",
        "-",
        ".",
    ],
)
def test_text_that_is_not_plainly_an_amount_is_not_typed(text: str) -> None:
    assert parsed(text) == [None]
    with pytest.raises(ValueError, match=r'^is not an amount in pounds and pence; write it as "1234\.50"$'):
        parse_amount(text)


def test_a_null_amount_stays_null() -> None:
    assert parsed(None, "1") == [None, 100]


@given(st.integers(-MAX_PENCE, MAX_PENCE))
def test_every_amount_survives_the_way_to_text_and_back(amount_pence: int) -> None:
    frame = pl.DataFrame({"amount": [amount_pence]})
    text = frame.select(to_text(COLUMN))
    assert text.item() == str(Decimal(amount_pence).scaleb(-2))
    assert text.select(parse_pence_text(COLUMN)).item() == amount_pence
    assert parse_amount(text.item()) == amount_pence


@given(st.text(alphabet="0123456789.,+-e ", max_size=22))
def test_columns_and_single_amounts_are_read_alike(text: str) -> None:
    try:
        expected = parse_amount(text)
    except ValueError:
        expected = None
    assert parsed(text) == [expected]


def test_pence_of_text_is_read_strictly() -> None:
    assert pence(["1.50", "1.505", None], pl.String) == [150, None, None]


@pytest.mark.parametrize(
    ("scale", "texts", "expected"),
    [
        (0, ["12", "-3", None], [1200, -300, None]),
        (1, ["12.3", "-0.1"], [1230, -10]),
        (2, ["12.34", "9007199254740993.01"], [1234, 900719925474099301]),
        (3, ["12.340", "12.345", "-0.010", "-0.001"], [1234, None, -1, None]),
        (30, ["1.01", "1.010000000000000000000000000001"], [101, None]),
    ],
)
def test_a_decimal_of_any_scale_is_exact_and_null_where_finer_than_a_penny(
    scale: int, texts: list[str | None], expected: list[int | None]
) -> None:
    values: list[object] = [None if text is None else Decimal(text) for text in texts]
    assert pence(values, pl.Decimal(38, scale)) == expected


def test_a_decimal_beyond_the_standards_range_is_not_typed() -> None:
    values: list[object] = [Decimal(10**16), Decimal(10**16 - 1), Decimal(10**37), Decimal(-(10**37))]
    assert pence(values, pl.Decimal(38, 0)) == [None, MAX_PENCE - 99, None, None]


@pytest.mark.parametrize("dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Int128])
def test_whole_pounds_are_a_hundred_pence_each(dtype: type[pl.DataType]) -> None:
    assert pence([127, -127, 0, None], dtype) == [12700, -12700, 0, None]


def test_whole_pounds_beyond_the_standards_range_are_not_typed() -> None:
    assert pence([10**16 - 1, 10**16, -(10**16), 2**63 - 1], pl.Int64) == [MAX_PENCE - 99, None, None, None]
    assert pence([2**64 - 1, 3], pl.UInt64) == [None, 300]


def test_a_float_is_what_its_shortest_decimal_form_says() -> None:
    floats: list[object] = [0.1, 1234.5, 0.29, 1.1 + 2.2, 0.005, 1e15, 1e16, -0.0, -2.5, None]
    assert pence(floats, pl.Float64) == [10, 123450, 29, None, None, 10**17, None, 0, -250, None]


def test_a_float_that_is_no_number_is_not_typed() -> None:
    assert pence([float("nan"), float("inf"), float("-inf")], pl.Float64) == [None, None, None]


def test_a_single_precision_float_is_read_by_its_own_shortest_form() -> None:
    assert pence([0.1, 1234.56], pl.Float32) == [10, 123456]


def test_a_column_of_nulls_without_a_type_has_no_amounts() -> None:
    assert pence([None, None], pl.Null) == [None, None]


def test_a_type_that_cannot_hold_amounts_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^a column of type Date cannot hold amounts$"):
        pence([date(2016, 1, 1)], pl.Date)


@pytest.mark.parametrize(
    ("amount_pence", "expected"),
    [
        (123450, "1234.50"),
        (-123450, "-1234.50"),
        (5, "0.05"),
        (-5, "-0.05"),
        (0, "0.00"),
        (-(2**63), "-92233720368547758.08"),
        (None, None),
    ],
)
def test_pence_are_written_with_two_decimals(amount_pence: int | None, expected: str | None) -> None:
    frame = pl.DataFrame({"amount": [amount_pence]}, schema={"amount": pl.Int64})
    assert frame.select(to_text(COLUMN)).item() == expected


def test_pence_become_the_decimals_of_a_parquet_file() -> None:
    result = pl.DataFrame({"amount": [123450, -5, MAX_PENCE, None]}).select(to_decimal(COLUMN))["amount"]
    assert result.dtype == pl.Decimal(18, 2)
    assert result.to_list() == [Decimal("1234.50"), Decimal("-0.05"), Decimal("9999999999999999.99"), None]


@pytest.mark.parametrize(
    ("amount_pence", "currency", "expected"),
    [
        (123450, "GBP", "£1,234.50"),
        (-5, "GBP", "-£0.05"),
        (0, "GBP", "£0.00"),
        (123456789012, "GBP", "£1,234,567,890.12"),
        (123450, "EUR", "EUR 1,234.50"),
        (-123450, "EUR", "-EUR 1,234.50"),
    ],
)
def test_people_see_the_currency_and_the_thousands(amount_pence: int, currency: str, expected: str) -> None:
    assert shown(amount_pence, currency) == expected


def test_the_pound_is_the_currency_where_none_is_named() -> None:
    assert shown(100) == "£1.00"
