"""Tables as they are published and exported, through `validate`: what is read, what is set aside, what is said."""

import re
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tests.cli.command_line import Ran, command

ROWS = """\
CPA01,PR01,2016-Q1,JOB,300,40
CPA01,PR02,2016-Q1,JOB,290,44
CPA01,PR03,2016-Q1,JOB,410,55
"""
HEADER = "contract_id,provider_id,period,outcome,cohort_size,achieved\n"
AUDIT = 'standard = "0.1"\n[tables.performance]\nfiles = ["performance.*"]\n'
NOTE = "beside the table: a note under it"
TOTAL = "beside the table: a total under it"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def validated(folder: Path, text: str, capsys: pytest.CaptureFixture[str], audit: str = "") -> Ran:
    (folder / "performance.csv").write_text(text, encoding="utf-8")
    if audit:
        (folder / "audit.toml").write_text(AUDIT + audit, encoding="utf-8")
    return command(capsys)("validate", folder)


def counts(ran: Ran) -> tuple[int, int, int]:
    """Read, accepted and rejected."""
    found = re.search(r"performance +(\d+) +(\d+) +(\d+)", ran.out)
    assert found is not None, ran.out + ran.err
    return int(found[1]), int(found[2]), int(found[3])


def remarks(ran: Ran) -> list[str]:
    text = re.sub(r"\n +(?![ -])", " ", ran.out.partition("\nRemarks\n")[2])
    return re.findall(r"- (.*)", text)


def test_a_published_csv_with_titles_notes_and_a_total(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = validated(
        folder,
        "Outcomes by provider, example statistics\nReleased on 24 November 2016\n\n"
        + HEADER
        + ROWS
        + 'Total,,,,1000,139\n\nNotes\n(1) Figures are provisional, and may be revised later\n"Source: register"\n',
        capsys,
    )
    assert counts(ran) == (7, 3, 4)
    assert f"3  {NOTE}\n" in ran.out
    assert f"1  {TOTAL}\n" in ran.out
    assert remarks(ran) == ["performance.csv: rows 1 and 2 stand above the header and are not read as rows"]
    assert ran.code == 0


def test_the_same_padded_with_commas_as_a_spreadsheet_writes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = validated(
        folder,
        "Outcomes by provider,,,,,\n,,,,,\n" + HEADER + ROWS + ",,,,,\nSource: the register,,,,,\n",
        capsys,
    )
    assert counts(ran) == (5, 3, 2)
    assert "1  beside the table: a line of empty cells" in ran.out
    assert remarks(ran) == ["performance.csv: row 1 stands above the header and is not read as a row"]
    assert ran.code == 0


def test_an_export_by_semicolons_with_parameters_and_a_blank_column(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = (HEADER + ROWS).replace(",", ";").replace("01;", "01;;").replace("contract_id;", "contract_id;;")
    table = table.replace("PR01;;", "PR01;")
    ran = validated(folder, "Report: outcomes\nRun by:;A Person;;;;;\n;;;;;;\n" + table, capsys)
    assert counts(ran) == (3, 3, 0)
    assert remarks(ran)[0] == (
        "performance.csv: rows 1 and 2 stand above the header and are not read as rows"
    )


def test_two_levels_of_names_are_mapped_by_both(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = validated(
        folder,
        "contract_id,provider_id,outcome,2016,,2017,\n,,,Starts,Outcomes,Starts,Outcomes\n"
        "CPA01,PR01,JOB,10,4,12,5\nCPA01,PR02,JOB,10,4,12,5\n",
        capsys,
        '[tables.performance.columns]\nperiod = { value = "2017" }\n'
        'cohort_size = "2017 Starts"\nachieved = "2017 Outcomes"\n',
    )
    assert counts(ran) == (2, 2, 0)
    assert remarks(ran) == ["performance.csv: rows 1 and 2 together name the columns"]


def test_a_person_says_which_row_names_the_columns(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Our figures\n" + HEADER.replace("contract_id", "c").replace("achieved", "a") + ROWS
    columns = '[tables.performance.columns]\ncontract_id = "c"\nachieved = "a"\n'
    ran = validated(folder, text, capsys, f"[tables.performance.options]\nheader_row = 2\n{columns}")
    assert counts(ran) == (3, 3, 0)
    ran = validated(folder, text, capsys, f"[tables.performance.options]\nheader_row = 0\n{columns}")
    assert (ran.code, ran.out) == (2, "")
    assert "header_row" in ran.err


def test_two_tables_in_one_file_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = validated(folder, HEADER + ROWS + "\nTable 2: women\n" + HEADER + ROWS, capsys)
    assert (ran.code, ran.out) == (2, "")
    assert " ".join(ran.err.split()) == (
        "pbr-audit: performance.csv: another table begins under this one, at row 7; give each table a file or "
        "sheet of its own"
    )


def test_figures_without_a_header_are_refused_and_no_cell_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = validated(folder, "Figures, by provider\n" + ROWS.replace("PR", "Canary"), capsys)
    assert (ran.code, ran.out) == (2, "")
    assert "header_row" in ran.err
    assert "Canary" not in ran.err


def test_a_last_row_with_only_its_provider_is_a_row_that_was_lost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = validated(folder, HEADER + ROWS + "\n,Total Recall Ltd,,,,\n", capsys)
    assert counts(ran) == (4, 3, 1)
    assert "beside the table" not in ran.out
    assert ran.code == 3


def test_a_workbook_with_a_title_spacers_a_total_and_notes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with xlsxwriter.Workbook(str(folder / "performance.xlsx")) as book:
        sheet = book.add_worksheet("Table 1")
        sheet.write_row(0, 0, ["Outcomes by provider"])
        sheet.write_row(1, 0, ["Period:", None, "2016-Q1"])
        for row, line in enumerate([HEADER, *ROWS.splitlines()], start=3):
            for column, cell in enumerate(line.strip().split(",")):
                # A spacer after the second column, as merged cells leave it.
                sheet.write(row, column + (column > 1), int(cell) if cell.isdigit() else cell)
        sheet.write_row(7, 0, ["England", "England", None, "2016-Q1", "JOB", 1000, 139])
        sheet.write_row(9, 0, ["[c] Suppressed to protect people"])
    ran = command(capsys)("validate", folder)
    assert counts(ran) == (5, 3, 2)
    assert f"1  {NOTE}\n" in ran.out
    assert f"1  {TOTAL}\n" in ran.out
    assert remarks(ran)[0] == (
        "performance.xlsx sheet Table 1: rows 1 and 2 stand above the header and are not read as rows"
    )
    assert ran.code == 0
