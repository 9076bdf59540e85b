"""XLS and XLSB: errors keep their text, and dates count from the workbook's own epoch."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from pbr_audit.sheets.compound import CompoundFile
from pbr_audit.sheets.refusal import Refusal
from tests.unit.old_workbooks import Day, Formula, Lines, Values, xls, xlsb
from tests.unit.reading import refusal, rows

LAST_OF_JANUARY = (date(2016, 1, 31) - date(1899, 12, 30)).days
BETWEEN_EPOCHS = 1462


def test_an_old_workbook_is_read_as_text_with_its_row_numbers(tmp_path: Path) -> None:
    path = xls(tmp_path / "claims.xls", [["claim_id", "amount"], ["007", 1234.5], [], ["C2", 300.0]])
    assert rows(path) == [("007", "1234.5", 2), ("C2", "300", 4)]


def test_errors_of_an_old_workbook_keep_their_text(tmp_path: Path) -> None:
    lines: Lines = [["claim_id", "amount"], ["C1", "#REF!"], ["C2", Formula("#N/A")], ["#DIV/0!", 3.0]]
    assert rows(xls(tmp_path / "claims.xls", lines)) == [
        ("C1", "#REF!", 2),
        ("C2", "#N/A", 3),
        ("#DIV/0!", "3", 4),
    ]


def test_a_row_of_nothing_but_an_error_is_a_row(tmp_path: Path) -> None:
    lines: Values = [["claim_id", "amount"], ["C1", 1.0], [None, "#REF!"]]
    assert rows(xls(tmp_path / "claims.xls", lines))[-1] == (None, "#REF!", 3)
    assert rows(xlsb(tmp_path / "claims.xlsb", lines))[-1] == (None, "#REF!", 3)


def test_a_binary_workbook_is_read_as_text_and_its_errors_keep_theirs(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "claims.xlsb", [["claim_id", "amount"], ["C1", 12.5], ["C2", "#VALUE!"]])
    assert rows(path) == [("C1", "12.5", 2), ("C2", "#VALUE!", 3)]


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_dates_of_an_old_workbook_count_from_its_own_epoch(tmp_path: Path, *, epoch_1904: bool) -> None:
    serial = LAST_OF_JANUARY - (BETWEEN_EPOCHS if epoch_1904 else 0)
    lines: Lines = [["claim_id", "paid_date"], ["C1", Day(serial)], ["C2", Day(serial + 0.5)]]
    assert rows(xls(tmp_path / "claims.xls", lines, epoch_1904=epoch_1904)) == [
        ("C1", "2016-01-31", 2),
        ("C2", "2016-01-31T12:00:00", 3),
    ]


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_dates_of_a_workbook_count_from_its_own_epoch(tmp_path: Path, *, epoch_1904: bool) -> None:
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": epoch_1904}) as book:
        sheet = book.add_worksheet("Claims")
        shown = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["claim_id", "paid_date", "amount"])
        sheet.write_row(1, 0, ["C1", None, LAST_OF_JANUARY])
        sheet.write_number(1, 1, LAST_OF_JANUARY - (BETWEEN_EPOCHS if epoch_1904 else 0), shown)
    # A number that is not shown as a date stays a number, whatever the epoch.
    assert rows(path) == [("C1", "2016-01-31", str(LAST_OF_JANUARY), 2)]


def test_an_old_workbook_under_a_password_is_refused(tmp_path: Path) -> None:
    path = xls(tmp_path / "claims.xls", [["claim_id"], ["C1"]], encrypted=True)
    assert refusal(path) == "claims.xls: is protected by a password; save it without one"


@pytest.mark.parametrize("name", ["claims.xlsx", "claims.ods", "claims.xlsm"])
def test_an_old_workbook_under_the_name_of_a_new_one_is_read(tmp_path: Path, name: str) -> None:
    path = xls(tmp_path / name, [["claim_id", "amount"], ["C1", 1.0]])
    assert rows(path) == [("C1", "1", 2)]


def test_a_far_cell_of_a_binary_workbook_is_refused(tmp_path: Path) -> None:
    wide: Values = [["claim_id", *[None] * 999, 1.0], ["C1"]]
    assert refusal(xlsb(tmp_path / "claims.xlsb", wide, row_step=1_000_000)) == (
        "claims.xlsb: spreads over more than 50 million cells; "
        "save the table as CSV, or copy it into a new workbook"
    )


@pytest.mark.parametrize("length", [0, 68, 512, 1000, 1500, 2500, 4000])
def test_an_old_workbook_cut_short_is_refused(tmp_path: Path, length: int) -> None:
    path = xls(tmp_path / "claims.xls", [["claim_id", "amount"], ["C1", 1.0]])
    path.write_bytes(path.read_bytes()[:length])
    assert refusal(path) == (
        "claims.xls: is not a whole workbook; save it again in a spreadsheet program, or ask for it again"
    )


def test_sectors_that_follow_one_another_in_a_circle_are_refused(tmp_path: Path) -> None:
    data = bytearray(xls(tmp_path / "claims.xls", [["claim_id"]]).read_bytes())
    # The first sector of the stream is said to follow itself.
    data[512 + 2 * 4 : 512 + 3 * 4] = (2).to_bytes(4, "little")
    with pytest.raises(Refusal, match="is not a whole workbook"):
        CompoundFile(bytes(data)).stream("Workbook")
