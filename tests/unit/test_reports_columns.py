"""What changes between a frame inside the program and the same rows in a file."""

from decimal import Decimal

import polars as pl
import pytest

from pbr_audit.money import to_decimal, to_text
from pbr_audit.reports.columns import guarded, lists_joined, money_columns_out


def test_pence_become_pounds_under_the_outside_name_and_in_the_same_place() -> None:
    frame = pl.DataFrame({"a": ["x"], "amount_at_risk_pence": [-123_456], "n": [3]})
    assert money_columns_out(frame, to_text).to_dicts() == [
        {"a": "x", "amount_at_risk": "-1234.56", "n": 3},
    ]
    decimal = money_columns_out(frame, to_decimal)
    assert decimal.schema["amount_at_risk"] == pl.Decimal(18, 2)
    assert decimal["amount_at_risk"].to_list() == [Decimal("-1234.56")]


def test_a_missing_amount_stays_missing() -> None:
    frame = pl.DataFrame({"amount_pence": pl.Series([None], dtype=pl.Int64)})
    assert money_columns_out(frame, to_text)["amount"].to_list() == [None]


def test_lists_are_joined_and_an_empty_one_is_empty() -> None:
    frame = pl.DataFrame({"ids": pl.Series([["a", "b"], []], dtype=pl.List(pl.String))})
    assert lists_joined(frame)["ids"].to_list() == ["a|b", ""]


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "=1+1",
            "+cmd",
            "-cmd",
            "-1+1",
            "@sum",
            "\t=1",
            "\r=1",
            "\n=1",
            "=",
            "-",
            "--1",
            "+1-2",
            "+44 20 7946",
        ),
        *(" =1", "\ufeff=1", "\u200b@x", "\x00=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_guarded(cell: str) -> None:
    frame, cells = guarded(pl.DataFrame({"text": [cell]}))
    assert frame["text"].to_list() == [f"'{cell}"]
    assert cells == 1


@pytest.mark.parametrize(
    "cell", ["-1200.00", "+5", "-.5", "1e-7", "-1E+05", "a=b", " -5.00 ", "", None, "'a", "\u22121", "'"]
)
def test_a_number_and_harmless_text_stay_as_they_are(cell: str | None) -> None:
    frame = pl.DataFrame({"text": pl.Series([cell], dtype=pl.String)})
    safe, cells = guarded(frame)
    assert safe.equals(frame)
    assert cells == 0


@pytest.mark.parametrize("cell", ["'=1", "''=1", "'\t", "'-5"])
def test_text_that_is_guarded_already_gets_one_more_so_that_the_guard_can_be_told(cell: str) -> None:
    frame, cells = guarded(pl.DataFrame({"text": [cell]}))
    assert frame["text"].to_list() == [f"'{cell}"]
    assert cells == 1


def test_a_header_is_a_cell_too() -> None:
    frame, cells = guarded(pl.DataFrame({"=1+1": ["@x"], "n": [-1]}))
    assert frame.to_dicts() == [{"'=1+1": "'@x", "n": -1}]
    assert cells == 2


def test_a_frame_without_text_needs_no_guard() -> None:
    frame, cells = guarded(pl.DataFrame({"n": [-1]}))
    assert frame.to_dicts() == [{"n": -1}]
    assert cells == 0
