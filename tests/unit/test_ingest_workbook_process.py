"""Whatever a workbook does to the process that reads it, this one goes on and says one sentence."""

import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest import batches, workbook_process
from pbr_audit.ingest.batch import Source
from pbr_audit.ingest.workbook_process import WorkbookProcess
from pbr_audit.sheets.limits import Limits
from tests.unit.reading import refusal, rows, written
from tests.unit.workbooks import Lines, edited, ods, xlsx

CLAIMS: Lines = [["claim_id", "amount"], ["C1", 1], ["C2", 2]]
TO_DO = "save the table as CSV, or copy it into a new workbook"
TOO_MUCH = f"claims.xlsx: needs more memory to be read than a workbook of its size should; {TO_DO}"
TOO_LONG = f"claims.xlsx: takes longer to be read than a workbook of its size should; {TO_DO}"
ENDED = f"claims.xlsx: ends the program that reads workbooks; {TO_DO}"
NOT_WHOLE = (
    "claims.xlsx: is not a whole workbook; save it again in a spreadsheet program, or ask for it again"
)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits that Linux keeps to")


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Collect the processes that a test starts; none of them is left when it ends."""
    processes: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **given: Any) -> None:
            super().__init__(*arguments, **given)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    yield processes
    # `returncode` is set by waiting: a process that has one is no zombie.
    assert [process for process in processes if process.returncode is None] == []


def test_one_process_is_started_a_workbook(
    tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    path = xlsx(tmp_path / "claims.xlsx", {"Sheet1": CLAIMS, "Sheet2": [], "Sheet3": []})
    assert rows(path) == [("C1", "1", 2), ("C2", "2", 3)]
    assert len(started) == 1
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_reader_that_wants_no_more_leaves_no_process(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    long_lines: Lines = [["claim_id", "amount"], *[[f"C{number}", number] for number in range(30_000)]]
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": long_lines})
    reading = batches(TableInput("claims", (path,)), DataSet(tmp_path, "test"))
    assert next(reading).frame.height == 20_000
    assert started[0].returncode is None
    reading.close()  # type: ignore[attr-defined]  # a generator
    assert started[0].returncode is not None


def test_the_process_imports_only_what_it_needs() -> None:
    ran = subprocess.run(
        [sys.executable, "-P", "-c", "import sys, pbr_audit.sheets.child; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in ran.stdout.split()}
    assert "python_calamine" in loaded
    assert loaded & {"polars", "numpy", "pandera", "pydantic", "click", "rich"} == set()
    ours = {name for name in ran.stdout.split() if name.startswith("pbr_audit.")}
    assert {name for name in ours if not name.startswith("pbr_audit.sheets")} == set()


def test_nothing_that_lies_in_the_working_folder_is_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("zipfile.py", "json.py", "pbr_audit.py", "sitecustomize.py"):
        written(tmp_path, name, "raise SystemExit(3)\n")
    assert rows(xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS}))[0] == ("C1", "1", 2)


@LINUX
@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import os; os.abort()", TOO_MUCH),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", TOO_MUCH),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", ENDED),
        ("raise SystemExit(7)", ENDED),
        ("raise ValueError('a cell of somebody')", ENDED),
        ("import sys; sys.stdout.write('what is no message at all')", ENDED),
        ("import sys; sys.stdout.buffer.write(bytes([0, 0, 0, 2]) + b'[]')", ENDED),
        ("import sys; sys.stdout.buffer.write(bytes([0, 0, 9, 9]) + b'{')", ENDED),
        (
            "from pbr_audit.sheets.limits import confine; confine(1 << 40, 0.2)\nwhile True: pass",
            TOO_LONG,
        ),
    ],
)
def test_a_process_that_dies_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    program: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(workbook_process, "_BEGIN", program)
    assert refusal(xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})) == sentence
    assert capfd.readouterr() == ("", "")


def test_a_process_that_does_not_answer_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_process, "_BEGIN", "import time; time.sleep(600)")
    monkeypatch.setattr(workbook_process, "_START_SECONDS", 0.3)
    assert refusal(xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})) == TOO_LONG


def test_a_process_that_dies_between_two_answers_is_one_sentence(
    tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    with WorkbookProcess(Source("claims.xlsx", path)) as book:
        assert book.sheets == [("Claims", False)]
        started[0].terminate()
        started[0].wait()
        with pytest.raises(InputError) as raised:
            book.ask({"ask": "filled", "sheet": "Claims"})
    assert str(raised.value) == ENDED


def test_the_legal_workbook_of_one_far_cell_is_refused_at_once(tmp_path: Path) -> None:
    path = far_cell(tmp_path / "claims.xlsx", "XFD1048576")
    assert path.stat().st_size < 1450
    assert refusal(path) == f"claims.xlsx: spreads over more than 50 million cells; {TO_DO}"


@LINUX
def test_a_block_of_cells_larger_than_its_memory_ends_the_process_and_not_this_one(tmp_path: Path) -> None:
    # Nothing in its bytes gives it away: the reader asks for the memory of 736 million cells, and is refused.
    assert refusal(far_cell(tmp_path / "claims.xlsx", "ZZ1048576")) == TOO_MUCH


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    bomb = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    edited(path, "xl/worksheets/sheet1.xml", "<worksheet ", f"{bomb}<worksheet ")
    sentence = "holds a document type declaration, as no spreadsheet program writes"
    assert refusal(path) == f"claims.xlsx: {sentence}; {TO_DO}"


def test_an_archive_that_unpacks_to_hundreds_of_times_its_size_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/picture.bin", bytes(65 << 20))
    assert refusal(path) == (
        f"claims.xlsx: unpacks to more than 400 times its size, as no spreadsheet program writes; {TO_DO}"
    )


def test_an_archive_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"x/{number}", b"")
    sentence = "holds more than 20,000 parts, as no spreadsheet program writes"
    assert refusal(path) == f"claims.xlsx: {sentence}; {TO_DO}"


def test_parts_that_lie_in_one_another_are_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    with zipfile.ZipFile(path, "a") as archive:
        first = archive.infolist()[0]
        archive.writestr("xl/again.xml", b"")
        again = archive.infolist()[-1]
        again.header_offset, again.compress_size = first.header_offset, first.compress_size
        again.file_size, again.CRC, again.compress_type = first.file_size, first.CRC, first.compress_type
    sentence = "holds parts that lie in one another, as no spreadsheet program writes"
    assert refusal(path) == f"claims.xlsx: {sentence}; {TO_DO}"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/sheet1.xml", b"<worksheet/>")
    assert refusal(path) == NOT_WHOLE


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"<html><body><table><tr><td>claim_id</td></tr></table></body></html>",
            "is a web page (HTML) under the name of a workbook; "
            "open it in a spreadsheet program and save it as .xlsx",
        ),
        (
            b"\xef\xbb\xbf\r\n<TABLE border=1><tr><td>claim_id",
            "is a web page (HTML) under the name of a workbook; "
            "open it in a spreadsheet program and save it as .xlsx",
        ),
        (
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>',
            "is an XML spreadsheet of 2003 under the name of a workbook; "
            "open it in a spreadsheet program and save it as .xlsx",
        ),
        (
            b"claim_id,amount\nC1,2\n",
            "is text under the name of a workbook; give it a name that ends in .csv, or save it as .xlsx",
        ),
        (
            "claim_id\tamount\nC1\t2\n".encode("utf-16"),
            "is text under the name of a workbook; give it a name that ends in .csv, or save it as .xlsx",
        ),
        (
            b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
            "is a PDF under the name of a workbook; ask for the table itself",
        ),
        (
            b"\x09\x04\x06\x00\x00\x00\x10\x00",
            "is a workbook of a program older than Excel 5; "
            "open it in a spreadsheet program and save it as .xlsx",
        ),
        (
            b"",
            "is not a whole workbook; save it again in a spreadsheet program, or ask for it again",
        ),
    ],
)
def test_what_is_no_workbook_is_called_what_it_is(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert refusal(written(tmp_path, "claims.xls", content)) == f"claims.xls: {sentence}"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_workbook_cut_short_is_refused(tmp_path: Path, ending: str, share: float) -> None:
    write = xlsx if ending == "xlsx" else ods
    path = write(tmp_path / f"claims.{ending}", {"Claims": CLAIMS})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert refusal(path) == NOT_WHOLE.replace("xlsx", ending)


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_a_damaged_workbook_is_read_or_refused_and_no_sentence_holds_a_cell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], place: int
) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [["claim_id", "client_id"], ["C1", "canary-4711"]]})
    data = bytearray(path.read_bytes())
    at = len(data) * place // 100
    data[at : at + 8] = bytes(255 - byte for byte in data[at : at + 8])
    path.write_bytes(data)
    try:
        rows(path)
        sentence = "claims.xlsx is read: some damage does not matter"
    except InputError as error:
        sentence = str(error)
    assert sentence.startswith("claims.xlsx")
    assert "canary" not in sentence
    assert capfd.readouterr() == ("", "")


def test_a_directory_that_points_before_the_file_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": CLAIMS})
    data = bytearray(path.read_bytes())
    # The directory is said to begin further on than it does, so that all parts lie that much earlier.
    end = data.rindex(b"PK\x05\x06")
    began = int.from_bytes(data[end + 16 : end + 20], "little")
    data[end + 16 : end + 20] = (began + 500).to_bytes(4, "little")
    path.write_bytes(data)
    parts = "holds parts that do not fit together; save the table as CSV, or copy it into a new workbook"
    assert refusal(path) == f"claims.xlsx: {parts}"


def test_an_archive_that_says_to_go_on_in_other_files_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [("a",), ("1",)]})
    content = path.read_bytes()
    end = content.rindex(b"PK\5\6")
    # The locator of the large archives' directory: the second of two files holds it.
    locator = b"PK\6\7" + struct.pack("<IQI", 1, 0, 2)
    path.write_bytes(content[:end] + locator + content[end:])
    assert refusal(path) == NOT_WHOLE


def test_a_part_in_an_encoding_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "claims.xlsx", {"Claims": [("a",), ("1",)]})
    edited(path, "xl/workbook.xml", 'encoding="UTF-8"', 'encoding="UTF-6"')
    assert refusal(path) == f"claims.xlsx: holds parts that do not fit together; {TO_DO}"


def test_a_larger_workbook_may_take_more() -> None:
    limits = Limits()
    assert limits.seconds_for(0) < limits.seconds_for(1 << 30)
    assert limits.memory_for(0, 0) < limits.memory_for(1 << 28, 0) < limits.memory_for(1 << 28, 1 << 20)
    assert limits.memory_for(1 << 40, 1 << 40) == limits.memory_bytes


def far_cell(path: Path, place: str) -> Path:
    """Write a legal workbook of two cells, A1 and a far one."""
    space = "http://schemas.openxmlformats.org/"
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{space}package/2006/relationships"><Relationship Id="r" '
        f'Type="{space}officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{space}spreadsheetml/2006/main" '
        f'xmlns:r="{space}officeDocument/2006/relationships"><sheets>'
        '<sheet name="Claims" sheetId="1" r:id="s"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}package/2006/relationships">'
        f'<Relationship Id="s" Type="{space}officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}spreadsheetml/2006/main"><sheetData>'
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{place}"><v>1</v></c></row>'
        "</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path
