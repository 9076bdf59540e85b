"""Which sheet of a workbook is read, and a table that stands in several."""

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tests.unit.reading import read_batches, refusal, rows
from tests.unit.workbooks import Lines, Sheets, edited, ods, xlsx

HEADER = ["claim_id", "amount"]
MONTHS: Sheets = {
    "2016-01": [HEADER, ["C1", 1]],
    "2016-02": [HEADER, ["C2", 2], ["C3", 3]],
    "Notes": [["claim_id", "note"], ["C1", "late"]],
    "Empty": [],
}


def sheets_read(path: Path, sheet: str) -> dict[str | None, list[tuple[object, ...]]]:
    """Return the rows of each sheet."""
    return {batch.source.sheet: batch.frame.rows() for batch in read_batches(path, sheet=sheet)}


def test_a_star_reads_all_sheets_that_hold_cells(tmp_path: Path) -> None:
    months = {name: lines for name, lines in MONTHS.items() if name != "Notes"}
    for path in (xlsx(tmp_path / "claims.xlsx", months), ods(tmp_path / "claims.ods", months)):
        assert sheets_read(path, "*") == {
            "2016-01": [("C1", "1", 2)],
            "2016-02": [("C2", "2", 2), ("C3", "3", 3)],
        }


def test_a_pattern_reads_the_sheets_that_it_matches(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", MONTHS)
    assert sheets_read(path, "2016-*") == {
        "2016-01": [("C1", "1", 2)],
        "2016-02": [("C2", "2", 2), ("C3", "3", 3)],
    }


def test_a_sheet_whose_name_is_a_pattern_is_that_sheet(tmp_path: Path) -> None:
    path = ods(tmp_path / "claims.ods", {"all?": [HEADER, ["C1", 1]], "alls": [HEADER, ["C2", 2]]})
    assert sheets_read(path, "all?") == {"all?": [("C1", "1", 2)]}


def test_a_pattern_that_matches_nothing_is_said(tmp_path: Path) -> None:
    assert refusal(xlsx(tmp_path / "claims.xlsx", MONTHS), sheet="2017-*") == (
        "claims.xlsx: no sheet that is shown and holds cells matches 2017-*; its sheets are 2016-01, 2016-02, "
        "Notes, Empty; correct sheet in audit.toml under [tables.claims]"
    )


def test_a_hidden_sheet_beside_the_one_that_is_shown_is_said_and_not_read(tmp_path: Path) -> None:
    sheets: Sheets = {"Returns": [HEADER, ["C1", 1]], "Lists": [["code"], ["JOB"]]}
    (batch,) = read_batches(xlsx(tmp_path / "claims.xlsx", sheets, hidden=["Lists"]))
    assert batch.frame.rows() == [("C1", "1", 2)]
    assert batch.said == ("claims.xlsx: sheet Lists is hidden, and is not read",)


def test_a_pattern_does_not_read_hidden_sheets_and_says_so(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", MONTHS, hidden=["2016-02"])
    (batch,) = read_batches(path, sheet="2016-*")
    assert batch.source.sheet == "2016-01"
    assert batch.said == ("claims.xlsx: sheet 2016-02 is hidden, and is not read",)


def test_a_hidden_sheet_that_is_named_is_read(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", MONTHS, hidden=["2016-02"])
    assert sheets_read(path, "2016-02") == {"2016-02": [("C2", "2", 2), ("C3", "3", 3)]}


def test_the_only_sheet_that_holds_cells_is_read_though_it_is_hidden(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "book.xlsx", {"Sheet1": [], "Data": [HEADER, ["C1", 1]]}, hidden=["Data"])
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("C1", "1", 2)]
    assert batch.said == ("book.xlsx: sheet Data is hidden, and is read all the same",)


def test_title_rows_are_said_and_row_numbers_stay_the_sheets_own(tmp_path: Path) -> None:
    lines: Lines = [["Returns of quarter 3"], [], HEADER, ["C1", 1], ["C2", 2]]
    (batch,) = read_batches(xlsx(tmp_path / "claims.xlsx", {"Claims": lines}))
    assert batch.frame.rows() == [("C1", "1", 4), ("C2", "2", 5)]
    assert batch.said == ("claims.xlsx sheet Claims: row 1 stands above the header and is not read as a row",)


def test_numbers_too_long_for_a_spreadsheet_are_counted_by_column(tmp_path: Path) -> None:
    header = ["claim_id", "client_id", "whoever"]
    long_lines = [[f"C{number}", 1234567890123456 + number, 1e17] for number in range(3)]
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [header, *long_lines, ["C9", 999999999999999, "1e17"]]})
    (batch,) = read_batches(path)
    assert batch.frame.height == 4
    # A header that nobody expects may be somebody's data, and is not said.
    assert batch.said == (
        "claims.xlsx sheet Claims, column 2 (client_id): 3 values are numbers of 16 digits or more, "
        "which a spreadsheet rounds; ask for the file with this column as text",
        "claims.xlsx sheet Claims, column 3: 3 values are numbers of 16 digits or more, "
        "which a spreadsheet rounds; ask for the file with this column as text",
    )


def test_long_numbers_that_are_text_are_whole_and_nothing_is_said(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [HEADER, ["12345678901234567", 1]]})
    (batch,) = read_batches(path)
    assert batch.frame["claim_id"].to_list() == ["12345678901234567"]
    assert batch.said == ()


def test_cells_that_are_merged_under_the_header_are_said(tmp_path: Path) -> None:
    path = tmp_path / "claims.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Claims")
        sheet.write_row(0, 0, ["claim_id", "provider_id"])
        sheet.write_column(1, 0, ["C1", "C2"])
        sheet.merge_range(1, 1, 2, 1, "PR01")
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("C1", "PR01", 2), ("C2", None, 3)]
    assert batch.said == (
        "claims.xlsx sheet Claims: under the header 1 block of cells is merged; "
        "only the first cell of a block holds its value",
    )


def test_a_row_with_nothing_but_a_formula_never_calculated_is_set_aside(tmp_path: Path) -> None:
    path = ods(tmp_path / "claims.ods", {"Claims": [HEADER, ["C1", 1], [None, 77]]})
    edited(
        path,
        "content.xml",
        '<table:table-cell office:value-type="float" office:value="77"><text:p>77</text:p></table:table-cell>',
        '<table:table-cell table:formula="of:=[.B2]"/>',
    )
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("C1", "1", 2)]
    assert batch.aside is not None
    assert batch.aside.select("_row", "_text").rows() == [(3, "")]


@pytest.mark.parametrize("dates", [True, False])
def test_a_cell_is_a_date_only_where_the_sheet_says_so(tmp_path: Path, *, dates: bool) -> None:
    cell = date(2016, 1, 31) if dates else 42400
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["claim_id", "paid_date"], ["C1", cell]]})
    assert rows(path) == [("C1", "2016-01-31" if dates else "42400", 2)]
