"""Every odd workbook of the shared collection is read whole or refused with one sentence, within its limits.

For XLSX, XLSM and ODS the rows are held against a count from the XML that shares no code with the program.
For XLS and XLSB there is no second reader: what is held is that rows come in order, each once.
"""

import re
import time
from pathlib import Path

import pytest

from pbr_audit.dataset import DataSet, Options, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest import Batch, batches
from pbr_audit.ingest.batch import Source
from pbr_audit.ingest.workbook_process import WorkbookProcess
from tests.contracts.sheet_rows import filled_rows

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "badinputs"
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
FILES = sorted(path for path in ROOT.rglob("*") if path.name.lower().endswith(ENDINGS))
MOST_SECONDS = 30
MOST_KILOBYTES = 1_000_000

# What no reader can be expected to read; everything else has sheets.
UNREADABLE = {
    "OOM_alloc3.xls": "is not a whole workbook; save it again in a spreadsheet program, or ask for it again",
    "issue252.xlsx": "holds parts that do not fit together; "
    "save the table as CSV, or copy it into a new workbook",
    "issue_385.xls": "is protected by a password; save it without one",
    "issue_594_dos.ods": "is not a whole workbook; save it again in a spreadsheet program, or ask for it again",
    "pass_protected.ods": "is protected by a password; save it without one",
    "pass_protected.xlsb": "is protected by a password; save it without one",
    "pass_protected.xlsx": "is protected by a password; save it without one",
    "too_small.xls": "is text under the name of a workbook; "
    "give it a name that ends in .csv, or save it as .xlsx",
}

# Sheets that are no table even where the first filled row is taken for the header: what is read of the
# collection does not shrink unseen.
REFUSED = {
    # Two names of the header are the same.
    "column_row_ranges.xlsx": {"Column ranges", "Row ranges"},
    "formula.issue.xlsx": {"Sheet1"},
    "issue446.xlsx": {"Sheet1"},
    "issue_565_multi_axis_shared.xlsx": {"Sheet1"},
    "issue_567_absolute_shared.xlsx": {"Sheet1"},
    "ptgexp-truncated-operand.xls": {"Tab 1"},
    "richtext-after-plain.xlsx": {"Sheet1"},
    "shared_formula_reversed.xlsx": {"Sheet1", "Sheet2"},
    "issue-312.xlsx": {"invalid"},
    # Tables side by side, or the same name twice.
    "gh548_incorrect_sst_unique_count.xls": {
        "Booked Appointments Data",
        "Non-Booked Data",
        "Provider Level Data",
        "System Mapping",
    },
    "table_with_insertrow_attribute.xlsx": {"Sheet1"},
}

pytestmark = pytest.mark.skipif(
    not FILES, reason="the shared collection of odd files is not beside the project"
)
EACH_FILE = pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())


@pytest.fixture(autouse=True)
def most_kilobytes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how much memory the processes took that read the workbooks."""
    seen: list[int] = []
    close = WorkbookProcess.close

    def noting_close(book: WorkbookProcess) -> None:
        status = Path(f"/proc/{book._process.pid}/status")
        if status.exists():
            seen.extend(map(int, re.findall(r"VmHWM:\s*(\d+) kB", status.read_text())))
        close(book)

    monkeypatch.setattr(WorkbookProcess, "close", noting_close)
    return seen


@EACH_FILE
def test_an_odd_workbook_is_read_whole_or_refused_with_one_sentence(
    path: Path, most_kilobytes: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    refused: set[str] = set()
    for sheet, first in first_filled_rows(path).items():
        began = time.monotonic()
        found = read(path, sheet, Options())
        if isinstance(found, str) and first:
            # Where nothing tells the header a person names it.
            found = read(path, sheet, Options(header_row=first))
        assert time.monotonic() - began < MOST_SECONDS
        if isinstance(found, str):
            assert re.fullmatch(rf"{re.escape(f'{path.name} sheet {sheet}')}: [^\n]+; [^\n]+", found)
            refused |= {sheet} if first else set()
        else:
            check_rows(path, sheet, found)
    assert refused <= REFUSED.get(path.name, set())
    assert all(kilobytes < MOST_KILOBYTES for kilobytes in most_kilobytes)
    assert capfd.readouterr() == ("", "")


def first_filled_rows(path: Path) -> dict[str, int]:
    """Return a workbook's sheets, each with the number of its first filled row, 0 for an empty one."""
    if path.name in UNREADABLE:
        assert opening(path) == f"{path.name}: {UNREADABLE[path.name]}"
        return {}
    with WorkbookProcess(Source(path.name, path)) as book:
        return {
            name: len(book.ask({"ask": "first", "sheet": name, "rows": 1})["first"])
            for name, _ in book.sheets
        }


def opening(path: Path) -> str:
    """Return the sentence with which a workbook is refused."""
    with pytest.raises(InputError) as raised:
        WorkbookProcess(Source(path.name, path))
    return str(raised.value)


def read(path: Path, sheet: str, options: Options) -> list[Batch] | str:
    """Return the batches of a sheet, or the sentence with which it is refused."""
    table_input = TableInput("claims", (path,), sheet=sheet, options=options)
    try:
        return list(batches(table_input, DataSet(path.parent, "odd files")))
    except InputError as error:
        return str(error)


def check_rows(path: Path, sheet: str, found: list[Batch]) -> None:
    """Hold the rows that were read and set aside against those that the file holds."""
    given = [number for batch in found for number in batch.frame["_row"]]
    aside = [number for batch in found if batch.aside is not None for number in batch.aside["_row"]]
    assert given == sorted(set(given))
    assert set(given).isdisjoint(aside)
    if path.name.lower().endswith((".xls", ".xlsb")):
        return
    filled = filled_rows(path, sheet)
    header = max((number for number in filled if number not in {*given, *aside}), default=0)
    assert filled - set(range(1, header + 1)) == {*given, *aside}
    assert min([*given, *aside], default=header + 1) > header
    above = [number for number in filled if number < header]
    said = " ".join(sentence for batch in found for sentence in batch.said)
    assert not above or "above the header" in said or "together name the columns" in said
