"""`pbr-audit look`: what a file holds, and never a cell of an identifier, a name or a text."""

import re
from pathlib import Path

import pytest
from rich.console import Console

from pbr_audit.cli import look as module
from pbr_audit.look.page import pages, text
from tests.cli.command_line import Command, command
from tests.unit.looking import FAMILY, GIVEN, cells

run = pytest.fixture(command)

PEOPLE = {
    "Participant ID": "id:P", "Surname": "family", "DOB": "dmy+-9000", "Date started": "dmy", "Needs score": "rate",
    "Phone": "phone", "Case no": "zip", "Notes": "free", "Left": "none",
}  # fmt: skip


def csv(folder: Path, name: str, columns: dict[str, list[str | None]]) -> Path:
    """Write columns as a CSV file."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(f'"{cell or ""}"' for cell in row) for row in rows)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_file_of_people_is_described_without_one_of_them(run: Command, tmp_path: Path) -> None:
    path = csv(tmp_path, "people.csv", {name: cells(kind) for name, kind in PEOPLE.items()})
    seen = run("look", path)
    assert (seen.code, seen.err) == (0, "")
    assert [re.sub(r" {2,}", " | ", line.strip()) for line in seen.out.splitlines()] == [
        "people.csv: 12 rows, 9 columns",
        "Looks like clients; of the required columns nothing was found for contract_id and provider_id.",
        "column | values | filled | different | range | remarks",
        '"Participant ID" | text | 100 % | 12 | taken for client_id',
        '"Surname" | text | 100 % | 12 | sensitive: names of people; taken for family_name',
        '"DOB" | dates, day-first | 100 % | 12 | sensitive: dates of birth; taken for date_of_birth',
        '"Date started" | dates, day-first | 100 % | 12 | 2023-04-03 to 2023-07-11 | taken for start_date',
        '"Needs score" | numbers | 100 % | 12 | 0.11 to 0.22 | taken for risk_score',
        '"Phone" | text | 100 % | 12 | sensitive: telephone numbers; taken for phone',
        '"Case no" | whole numbers | 100 % | 12',
        '"Notes" | text | 100 % | 12',
        '"Left" | none | 0 % | 0',
        '"DOB": read as day-first; 58 % of the values are valid only so',
        '"Date started": read as day-first; 50 % of the values are valid only so',
    ]


def test_amounts_have_a_range_and_a_sum_and_missing_figures_their_meaning(
    run: Command, tmp_path: Path
) -> None:
    amounts = ["£1,200.00", "(250.00)", "[c]", "..", None, "£0.50"]
    path = tmp_path / "a.csv"
    path.write_text(
        "Code,Paid out\n" + "".join(f'x{n},"{cell or ""}"\n' for n, cell in enumerate(amounts)),
        encoding="utf-8",
    )
    line = next(line for line in run("look", path).out.splitlines() if "Paid out" in line)
    assert re.sub(r" {2,}", " | ", line.strip()) == (
        '"Paid out" | amounts | 50 % | 3 | -250.00 to 1,200.00, 950.50 in all | '
        "1 cell not available (..); 1 cell withheld for confidentiality ([c])"
    )


def test_dates_that_nothing_decides_are_said_to_be_undecided(run: Command, tmp_path: Path) -> None:
    path = csv(tmp_path, "d.csv", {"When": ["01/02/2016", "03/04/2016"], "What": ["a", "b"]})
    out = run("look", path).out
    assert '  "When": nothing decides between day-first and month-first\n' in out
    assert "2016-02-01" not in out


def test_no_name_of_anybody_is_on_the_terminal(tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "people.csv",
        {name: cells(kind) for name, kind in PEOPLE.items()} | {"[bold]x": list(GIVEN)},
    )
    found = pages(path)
    console = Console(record=True, width=200)
    module.draw(found, console)
    drawn = console.export_text()
    assert "sensitive: dates of birth" in drawn
    assert '"[bold]x"' in drawn
    assert [name for name in (*GIVEN, *FAMILY) if re.search(rf"\b{name}\b", drawn + text(found))] == []


def test_a_path_that_is_not_there_is_one_sentence(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "nothing.csv"
    ran = run("look", path)
    assert (ran.code, ran.err) == (2, f"pbr-audit: {path}: there is no such file or folder; check the name\n")


def test_a_file_of_another_format_is_one_sentence(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(b"PK\x03\x04")
    ran = run("look", path)
    assert ran.code == 0
    assert ran.out.startswith("letter.docx: is of no format that is read; ")
    assert ran.out.count("\n") == 1


def test_five_thousand_columns_are_counted_and_the_first_are_shown(run: Command, tmp_path: Path) -> None:
    path = csv(tmp_path, "wide.csv", {f"Field {n}": ["1", "2"] for n in range(5_000)})
    out = run("look", path).out
    assert out.startswith("wide.csv: 2 rows, 5,000 columns\n")
    assert "  and 4,800 more columns, not shown\n" in out
