"""Every odd file of the shared collection whose format is read gives rows, or one sentence; nothing else.

No file of the collection is left out. Workbooks that end the process that reads them, or ask it for too much, are
made by the tests of the workbook reader.
"""

from pathlib import Path

import pytest

from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest import READERS, batches

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "badinputs"
FILES = sorted(
    path for path in ROOT.rglob("*") if path.is_file() and path.name.lower().endswith(tuple(READERS))
)

pytestmark = pytest.mark.skipif(
    not FILES, reason="the shared collection of odd files is not beside the project"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_an_odd_file_gives_rows_or_one_sentence(path: Path) -> None:
    try:
        found = list(batches(TableInput("claims", (path,)), DataSet(ROOT, "odd files")))
    except InputError as error:
        sentence = str(error)
        assert sentence.startswith(path.relative_to(ROOT).as_posix())
        assert "\n" not in sentence
    else:
        assert found
        assert len({tuple(batch.frame.columns) for batch in found}) == 1
        numbers = [number for batch in found for number in batch.frame["_row"]]
        assert numbers == sorted(set(numbers))
