"""Every odd text, JSON and gzip file of the shared collection is read, or refused with one sentence.

What is read is held against counts of our own, made with the standard library and by hand.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROOT = REPOSITORY.parent / "shared" / "data" / "badinputs"
ENDINGS = (".csv", ".tsv", ".txt", ".json", ".csv.gz")
FILES = {
    path.relative_to(ROOT).as_posix(): path
    for path in sorted(ROOT.rglob("*"))
    if path.is_file() and path.name.lower().endswith(ENDINGS)
}
MOST_SECONDS = 30
MOST_BYTES = 1_000_000_000

pytestmark = pytest.mark.skipif(
    not FILES, reason="the shared collection of odd files is not beside the project"
)

Found = dict[str, Any]


@pytest.fixture(scope="module")
def became() -> dict[str, Found]:
    """What became of each file, all read in one process that is not this one."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("reading_of_files.py"))],
        input="".join(f"{path}\n" for path in FILES.values()),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, len(found)) == (0, len(FILES)), done.stderr[-2000:]
    return {Path(one["path"]).relative_to(ROOT).as_posix(): one for one in found}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_with_one_sentence_in_time_and_memory(
    became: dict[str, Found], name: str
) -> None:
    found = became[name]
    assert found["seconds"] < MOST_SECONDS
    assert found["peak_bytes"] < MOST_BYTES
    if "refused" in found:
        assert found["refused"].startswith(Path(name).name)
        assert "\n" not in found["refused"]
    else:
        read, accepted, rejected = found["counts"]
        assert read == accepted + rejected == len(found["rows"]) + len(found["aside"])
        assert (accepted, rejected) == (len(found["rows"]), len(found["aside"]))


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".json")])
def test_every_record_of_a_text_file_is_a_row_or_set_aside_or_the_header(
    became: dict[str, Found], name: str
) -> None:
    found = became[name]
    if "refused" in found:
        return
    expected = record_numbers(FILES[name])
    read = sorted([*found["rows"], *found["aside"]])
    header = len(expected) - len(read)
    assert read == expected[header:]
    sentences = [said for said in found["said"] if "above the header" in said or "together name" in said]
    assert header == 1 or sentences


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".json")])
def test_every_record_of_a_json_file_is_a_row_or_set_aside(became: dict[str, Found], name: str) -> None:
    found = became[name]
    if "refused" in found:
        return
    records = json.loads(FILES[name].read_bytes())
    assert len(found["rows"]) + len(found["aside"]) == (len(records) if isinstance(records, list) else 1)


def record_numbers(path: Path) -> list[int]:
    """Return the numbers of a file's records that hold anything; blank lines are counted among them."""
    lines = decoded(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if path.name in LINE_BY_LINE:
        return [number for number, line in enumerate(lines, start=1) if line]
    if all(line.count('"') % 2 == 0 for line in lines):
        return [number for number, line in enumerate(lines, start=1) if line.strip(" ")]
    text = StringIO("\n".join(lines))
    records = csv.reader(text, delimiter=max(",;\t|", key="".join(lines).count))
    return [number for number, record in enumerate(records, start=1) if any(record)]


# Quotation marks are text in these, or stay open, and a line of blanks is a row: looked at by hand.
LINE_BY_LINE = {"blns.txt", "invalid_many_rows.csv"}


def decoded(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")
