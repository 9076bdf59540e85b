"""XLSX and ODS workbooks: cells as a person sees them, rows as the spreadsheet numbers them."""

import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from pbr_audit.ingest import workbook
from pbr_audit.sheets import cell_text, limits
from tests.unit.reading import read, read_batches, refusal, rows, written
from tests.unit.workbooks import Lines, Sheets, edited, ods, xlsx

# Spreadsheets know no time zones.
MOMENT = datetime.fromisoformat("2016-01-31T09:30:00")

Writer = Callable[[Path, Sheets], Path]


BOTH = pytest.mark.parametrize(("write", "ending"), [(xlsx, "xlsx"), (ods, "ods")])


@BOTH
def test_a_sheet_is_read_as_text_below_its_header(tmp_path: Path, write: Writer, ending: str) -> None:
    path = write(tmp_path / f"claims.{ending}", {"Claims": [["id", "amount"], ["007", 1234.5], ["C2", 300]]})
    frame = read(path)
    assert frame.schema == {"id": pl.String(), "amount": pl.String(), "_row": pl.UInt32()}
    assert frame.rows() == [("007", "1234.5", 2), ("C2", "300", 3)]


@BOTH
def test_dates_times_and_booleans_are_written_as_the_standard_has_them(
    tmp_path: Path, write: Writer, ending: str
) -> None:
    lines: Lines = [["day", "moment", "yes"], [date(2016, 1, 31), MOMENT, True]]
    path = write(tmp_path / f"claims.{ending}", {"Claims": lines})
    assert rows(path) == [("2016-01-31", "2016-01-31T09:30:00", "true", 2)]


@BOTH
def test_empty_rows_are_no_rows_but_keep_their_numbers(tmp_path: Path, write: Writer, ending: str) -> None:
    lines: Lines = [["a", "b"], [1, None], [None, None], [None, None], [None, 2]]
    path = write(tmp_path / f"claims.{ending}", {"Claims": lines})
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("1", None, 2), (None, "2", 5)]
    assert batch.blank_lines == 2


def test_a_header_further_down_and_to_the_right_keeps_the_sheets_row_numbers(tmp_path: Path) -> None:
    lines: Lines = [[], [], [None, None, "a", "b"], [], [None, None, 1, 2]]
    assert rows(xlsx(tmp_path / "claims.xlsx", {"Claims": lines})) == [("1", "2", 5)]


def test_numbers_have_fifteen_significant_digits_and_no_exponent(tmp_path: Path) -> None:
    numbers = [1234.5600000000002, 0.1 + 0.2, 1e-7, 21289.0, -0.5, 1234567890123456.0, 1e20, 123456.789e-12]
    texts = ["1234.56", "0.3", "0.0000001", "21289", "-0.5", "1234567890123456", "1" + "0" * 20]
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["n"], *[[number] for number in numbers]]})
    assert read(path)["n"].to_list() == [*texts, "0.000000123456789"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1234.5600000000002, "1234.56"), (0.1 + 0.2, "0.3"), (1e-7, "0.0000001"), (1.5e-10, "0.00000000015")],
)
def test_a_float_is_written_as_the_spreadsheet_shows_it(cell: float, text: str) -> None:
    assert cell_text.number(cell) == text


def test_a_time_is_written_as_hours_minutes_and_seconds(tmp_path: Path) -> None:
    path = ods(tmp_path / "claims.ods", {"Claims": [["t"], [time(9, 30)]]})
    assert rows(path) == [("09:30:00", 2)]


def test_a_blank_column_without_a_name_is_passed_over(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["a", None, "b"], [1, None, 2]]})
    assert rows(path) == [("1", "2", 2)]


def test_a_header_without_rows_gives_one_empty_batch(tmp_path: Path) -> None:
    (batch,) = read_batches(xlsx(tmp_path / "claims.xlsx", {"Claims": [["a", "b"]]}))
    assert batch.frame.columns == ["a", "b", "_row"]
    assert batch.frame.height == 0


def test_long_sheets_come_in_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_BATCH_ROWS", 2_000)
    path = xlsx(
        tmp_path / "claims.xlsx",
        {"Claims": [["claim_id", "amount"], *[[f"C{number}", number] for number in range(7_100)]]},
    )
    assert [part.frame.height for part in read_batches(path)] == [2_000, 2_000, 2_000, 1_100]
    assert rows(path) == [(f"C{number}", str(number), number + 2) for number in range(7_100)]


@BOTH
def test_the_source_names_the_sheet(tmp_path: Path, write: Writer, ending: str) -> None:
    (batch,) = read_batches(write(tmp_path / f"claims.{ending}", {"Q3 returns": [["a"], [1]]}))
    assert batch.source.shown == f"claims.{ending} sheet Q3 returns"


def test_the_named_sheet_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "returns.xlsx", {"Claims": [["a"], [1]], "Notes": [["b"], [2]]})
    assert rows(path, sheet="Notes") == [("2", 2)]


def test_a_sheet_named_like_the_table_is_read_where_none_is_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "returns.xlsx", {"Notes": [["b"], [2]], "CLAIMS ": [["a"], [1]]})
    assert rows(path) == [("1", 2)]


def test_the_one_sheet_that_is_not_empty_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "returns.xlsx", {"Sheet1": [["a"], [1]], "Sheet2": [], "Sheet3": []})
    assert rows(path) == [("1", 2)]


def test_several_sheets_that_may_be_meant_are_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "returns.xlsx", {"Q1": [["a"], [1]], "Q2": [["a"], [2]]})
    assert refusal(path) == (
        "returns.xlsx: has the sheets Q1, Q2; name the one to read in audit.toml under [tables.claims] as sheet, "
        'or write sheet = "*" there if each of them holds a part of the table'
    )


def test_a_sheet_that_is_not_there_is_said_with_those_that_are(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "returns.xlsx", {"Q1": [["a"], [1]], "Q2": []})
    assert refusal(path, sheet="Q3") == (
        "returns.xlsx: has no sheet Q3; its sheets are Q1, Q2; "
        "correct sheet in audit.toml under [tables.claims]"
    )


def test_an_error_cell_keeps_its_text_so_that_it_is_rejected_and_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Claims")
        sheet.write_row(1, 1, ["a", "b"])
        sheet.write_formula(2, 1, "=1/0", value="#DIV/0!")
        sheet.write_number(2, 2, 7)
    assert rows(path) == [("#DIV/0!", "7", 3)]


def test_an_error_cell_of_an_ods_file_keeps_its_text(tmp_path: Path) -> None:
    path = ods(tmp_path / "claims.ods", {"Claims": [["a", "b"], ["ERROR HERE", 7]]})
    edited(
        path,
        "content.xml",
        '<table:table-cell office:value-type="string"><text:p>ERROR HERE</text:p>',
        '<table:table-cell office:value-type="string" office:string-value="" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
        'calcext:value-type="error"><text:p>#REF!</text:p>',
    )
    assert rows(path) == [("#REF!", "7", 2)]


def test_a_row_with_a_formula_that_was_never_calculated_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Claims")
        sheet.write_row(0, 0, ["claim_id", "amount"])
        sheet.write_row(1, 0, [1])
        sheet.write_formula(1, 1, "=A1+1", value=99)
        sheet.write_row(2, 0, [2, 3])
    edited(path, "xl/worksheets/sheet1.xml", "<v>99</v>", "<v></v>")
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("2", "3", 3)]
    assert batch.aside is not None
    assert batch.aside.rows() == [
        (
            2,
            "1",
            "holds a formula without a stored result; open the workbook in a spreadsheet program, save it, "
            "and try again",
        )
    ]


def test_a_formula_whose_result_is_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Claims")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_number(1, 0, 1)
        sheet.write_formula(1, 1, '=""', value="")
    edited(path, "xl/worksheets/sheet1.xml", '<c r="B2">', '<c r="B2" t="str">')
    assert rows(path) == [("1", None, 2)]


def test_a_column_that_holds_cells_under_no_name_is_named_by_its_number(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["amount", "claim_id"], [1, "C1"], [2, "C2", 3]]})
    (batch,) = read_batches(path)
    assert batch.frame.columns == ["amount", "claim_id", "column 3", "_row"]
    assert batch.frame.rows() == [("1", "C1", None, 2), ("2", "C2", "3", 3)]
    assert batch.said == (
        'claims.xlsx sheet Claims: column 3 has no name in the header; its cells are kept as "column 3"',
    )


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["a", "a "], [1, 2]]})
    assert refusal(path) == (
        "claims.xlsx sheet Claims: columns 1 and 2 of the header have the same name; "
        "rename or delete one of them"
    )


@BOTH
def test_an_empty_sheet_is_refused(tmp_path: Path, write: Writer, ending: str) -> None:
    path = write(tmp_path / f"claims.{ending}", {"Claims": []})
    sentence = f"claims.{ending} sheet Claims: is empty; the first row must name the columns"
    assert refusal(path) == sentence


@pytest.mark.parametrize("name", ["claims.xlsx", "claims.ods"])
@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"PK\x03\x04rest"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    sentence = "is not a whole workbook; save it again in a spreadsheet program, or ask for it again"
    assert refusal(written(tmp_path, name, content)) == f"{name}: {sentence}"


def test_a_zip_archive_without_a_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "claims.xlsx", "w") as archive:
        archive.writestr("claims.csv", "a,b\n1,2\n")
    sentence = "is not a whole workbook; save it again in a spreadsheet program, or ask for it again"
    assert refusal(tmp_path / "claims.xlsx") == f"claims.xlsx: {sentence}"


def test_a_far_corner_cell_is_refused_before_the_reader_asks_for_its_memory(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["a", "b"], [1, 2]]})
    edited(path, "xl/worksheets/sheet1.xml", '<c r="B2">', '<c r="XFD1048576">')
    assert refusal(path) == (
        "claims.xlsx: spreads over more than 50 million cells; "
        "save the table as CSV, or copy it into a new workbook"
    )


def test_a_row_repeated_a_million_times_is_refused_before_the_reader_writes_it_out(tmp_path: Path) -> None:
    path = ods(tmp_path / "claims.ods", {"Claims": [["a"], [1]]})
    edited(
        path,
        "content.xml",
        '<table:table-cell office:value-type="float"',
        '<table:table-cell table:number-columns-repeated="99999999" office:value-type="float"',
    )
    assert refusal(path) == (
        "claims.ods: spreads over more than 50 million cells; "
        "save the table as CSV, or copy it into a new workbook"
    )


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_INFLATED_BYTES", 1000)
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["a"], [1]]})
    assert refusal(path) == (
        "claims.xlsx: unpacks to more than 0 MiB; save the table as CSV, or copy it into a new workbook"
    )


def test_an_f_below_the_cells_is_no_formula(tmp_path: Path) -> None:
    # Sparklines and the like name their range in an element of another namespace.
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["claim_id", "amount"], ["C1", 1], ["C2", 2]]})
    edited(
        path,
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        '</sheetData><extLst><ext xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        "<xm:f>Claims!B2:B3</xm:f></ext></extLst>",
    )
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("C1", "1", 2), ("C2", "2", 3)]
    assert batch.aside is None
