"""How one cell is read: strictly, and never guessed."""

# ruff: noqa: DTZ001 - the standard has local time without an offset

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from pbr_audit.tables import TABLES
from pbr_audit.validate.cells import HAS_AN_OFFSET, MISSING, UNREADABLE
from pbr_audit.validate.compiled import compile_pass

TEXT = ("clients", "cohort")
DAY = ("referrals", "score_date")
MOMENT = ("clients", "recorded_at")
NUMBER = ("clients", "risk_score")
INTEGER = ("performance", "started")
MONEY = ("performance", "planned_amount")


def read(column: tuple[str, str], cells: list[object], dtype: pl.DataType | None = None) -> list[object]:
    """The values of cells; for a rejected one its reason, without the column."""
    table, name = column
    frame = pl.DataFrame({name: pl.Series(cells, dtype=dtype or pl.String())}).with_row_index("_row")
    verdicts = compile_pass(table, ((name, frame.schema[name]),)).judge(frame)
    typed = TABLES[table].columns[name].typed_name
    accepted, rejected = verdicts.split()
    found = dict(accepted.select("_row", typed).iter_rows())
    for row, reasons in rejected.select("_row", "_reasons").iter_rows():
        own = [reason for reason in reasons if reason.startswith(f"{name}: ")]
        found[row] = own[0].removeprefix(f"{name}: ")
    return [found[row] for row in range(len(cells))]


def test_a_day_is_written_in_one_way() -> None:
    assert read(DAY, ["2016-02-29", " 2016-03-01 "]) == [
        date(2016, 2, 29),
        date(2016, 3, 1),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "2016-1-5",
        "2016-02-30",
        "05/01/2016",
        "20160105",
        "+2016-01-5",
        "-016-01-05",
        "2016-01- 5",
        "2016- 1-05",
        "2016-01-05T00:00:00",
        "\uff12016-01-05",
        "42374",
    ],
)
def test_any_other_form_is_not_a_day(cell: str) -> None:
    assert read(DAY, [cell]) == [UNREADABLE["date"]]


def test_a_moment_has_seconds_or_not_and_a_t_or_a_blank() -> None:
    cells: list[object] = [
        "2016-01-05T09:30:15",
        "2016-01-05 09:30:15",
        "2016-01-05T09:30",
        "2016-01-05 09:30",
        "2016-01-05",
        "2016-01-05T09:30:15.5",
    ]

    assert read(MOMENT, cells) == [
        datetime(2016, 1, 5, 9, 30, 15),
        datetime(2016, 1, 5, 9, 30, 15),
        datetime(2016, 1, 5, 9, 30),
        datetime(2016, 1, 5, 9, 30),
        datetime(2016, 1, 5),
        datetime(2016, 1, 5, 9, 30, 15, 500_000),
    ]


@pytest.mark.parametrize(
    "cell",
    ["2016-01-05T09:30:00Z", "2016-01-05T09:30:00+01:00", "2016-01-05 09:30-0500", "2016-01-05T09:30 Z"],
)
def test_an_offset_is_refused_with_its_own_reason(cell: str) -> None:
    assert read(MOMENT, [cell]) == [HAS_AN_OFFSET]


def test_a_typed_column_with_a_time_zone_is_refused_for_its_offset() -> None:
    zoned = pl.Datetime("us", "Europe/London")

    assert read(MOMENT, [None, datetime(2016, 1, 5)], zoned) == [None, HAS_AN_OFFSET]


@pytest.mark.parametrize(
    "cell", ["2016-01-05T24:00", "2016-01-05T09:60", "2016-01-05T09:30:60", "09:30", "x"]
)
def test_what_is_no_time_of_day_is_not_a_moment(cell: str) -> None:
    assert read(MOMENT, [cell]) == [UNREADABLE["datetime"]]


def test_a_number_may_have_a_sign_a_point_and_an_exponent() -> None:
    cells: list[object] = ["182", "-0.5", "+3", ".5", "5.", "1.5e3", " 7 "]

    assert read(NUMBER, cells) == [182.0, -0.5, 3.0, 0.5, 5.0, 1500.0, 7.0]


@pytest.mark.parametrize(
    "cell", ["1,234", "1_000", "nan", "inf", "1e999", "0x10", "1 000", "--1", ".", "five"]
)
def test_any_other_form_is_not_a_number(cell: str) -> None:
    assert read(NUMBER, [cell]) == [UNREADABLE["number"]]


def test_a_whole_number_may_end_in_a_point_and_zeros() -> None:
    cells: list[object] = ["412", "21289.0", "-3", "+7", "5.", "0012"]

    assert read(INTEGER, cells) == [412, 21289, -3, 7, 5, 12]


@pytest.mark.parametrize("cell", ["1.5", "1e3", "9999999999999999999", "1,000", "x"])
def test_any_other_form_is_not_a_whole_number(cell: str) -> None:
    assert read(INTEGER, [cell]) == [UNREADABLE["integer"]]


@pytest.mark.parametrize("cell", ["1234.505", "£1,234.50", "1,234.50", "(250.00)", "1e3", "12.3.4", "x"])
def test_what_is_not_pounds_and_pence_is_not_an_amount(cell: str) -> None:
    assert read(MONEY, [cell]) == [UNREADABLE["money"]]


def test_an_amount_becomes_whole_pence() -> None:
    cells: list[object] = ["1234.50", "-0.05", " 7 ", "9999999999999999.99"]

    assert read(MONEY, cells) == [123450, -5, 700, 999999999999999999]


def test_text_is_trimmed_and_keeps_its_zeros() -> None:
    assert read(TEXT, [" 007 ", "\u00a0x\t", "", "   ", None]) == ["007", "x", None, None, None]


def test_blank_cells_are_null_in_every_kind() -> None:
    for column in (DAY, MOMENT, NUMBER, INTEGER):
        assert read(column, ["", " ", None]) == [None, None, None]


def test_a_blank_cell_in_a_required_column_is_missing() -> None:
    assert read(("events", "start_date"), ["", " ", None]) == [MISSING] * 3


@pytest.mark.parametrize(
    ("column", "dtype", "cells", "expected"),
    [
        (TEXT, pl.Int64(), [17, None], ["17", None]),
        (TEXT, pl.Float64(), [17.0, 0.5, float("nan")], ["17", "0.5", None]),
        (TEXT, pl.Boolean(), [True], ["true"]),
        (TEXT, pl.Date(), [date(2016, 1, 5)], ["2016-01-05"]),
        (TEXT, pl.Categorical(), ["A"], ["A"]),
        (DAY, pl.Date(), [date(2016, 1, 5)], [date(2016, 1, 5)]),
        (DAY, pl.Int64(), [42374], [UNREADABLE["date"]]),
        (NUMBER, pl.Float64(), [0.5, float("nan")], [0.5, None]),
        (NUMBER, pl.Float64(), [float("inf")], [UNREADABLE["number"]]),
        (NUMBER, pl.Boolean(), [True], [UNREADABLE["number"]]),
        (INTEGER, pl.Float64(), [3.0, 3.5], [3, UNREADABLE["integer"]]),
        (INTEGER, pl.UInt64(), [3, 2**63], [3, UNREADABLE["integer"]]),
        (INTEGER, pl.Decimal(10, 2), [Decimal("3.00"), Decimal("3.50")], [3, UNREADABLE["integer"]]),
        (MONEY, pl.Float64(), [0.1, float("nan")], [10, None]),
        (MONEY, pl.Decimal(18, 2), [Decimal("1.50")], [150]),
        (MONEY, pl.Int64(), [3], [300]),
        (MONEY, pl.Date(), [date(2016, 1, 5)], [UNREADABLE["money"]]),
        (TEXT, pl.List(pl.Int64()), [[1]], [UNREADABLE["text"]]),
        (TEXT, pl.Null(), [None], [None]),
    ],
)
def test_typed_sources_are_read_as_strictly(
    column: tuple[str, str], dtype: pl.DataType, cells: list[object], expected: list[object]
) -> None:
    assert read(column, cells, dtype) == expected


def test_a_day_with_a_time_is_a_day_only_at_midnight() -> None:
    moments: list[object] = [datetime(2016, 1, 5), datetime(2016, 1, 5, 9)]

    assert read(DAY, moments, pl.Datetime("ms")) == [
        date(2016, 1, 5),
        UNREADABLE["date"],
    ]
