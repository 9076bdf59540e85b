"""JSON lines and arrays: every value as the text in which it was written."""

from pathlib import Path

import polars as pl
import pytest

from pbr_audit.ingest import json_records
from tests.unit.reading import read, read_batches, refusal, rows, written


@pytest.mark.parametrize("name", ["claims.jsonl", "claims.ndjson", "claims.json"])
def test_a_line_is_a_record_and_records_are_numbered_from_1(tmp_path: Path, name: str) -> None:
    assert rows(written(tmp_path, name, '{"a": "x", "b": "y"}\n{"a": "z", "b": ""}\n')) == [
        ("x", "y", 1),
        ("z", None, 2),
    ]


@pytest.mark.parametrize("name", ["claims.json", "claims.jsonl"])
def test_an_array_of_objects_is_read_as_its_records(tmp_path: Path, name: str) -> None:
    assert rows(written(tmp_path, name, ' [ {"a": "x"} ,\n{"a": "y"}\n ] \n')) == [("x", 1), ("y", 2)]


def test_numbers_keep_the_text_in_which_they_were_written(tmp_path: Path) -> None:
    numbers = ["1234.50", "1234567890123456789", "-0.10", "1e5", "21289.0", "007"[2:]]
    lines = "".join(f'{{"a": {number}}}\n' for number in numbers)
    frame = read(written(tmp_path, "claims.jsonl", lines))
    assert frame["a"].to_list() == numbers
    assert frame.schema["a"] == pl.String()


def test_true_false_and_null_are_read_as_a_csv_file_would_hold_them(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.jsonl", '{"a": true}\n{"a": false}\n{"a": null}\n')
    assert read(path)["a"].to_list() == ["true", "false", None]


def test_a_key_that_a_record_lacks_is_an_empty_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.jsonl", '{"a": "1"}\n{"b": "2"}\n{}\n')
    assert read(path).columns == ["a", "b", "_row"]
    assert rows(path) == [("1", None, 1), (None, "2", 2), (None, None, 3)]


def test_all_batches_have_the_columns_that_only_the_last_record_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "_BATCH_RECORDS", 2)
    path = written(tmp_path, "claims.jsonl", '{"a": "1"}\n' * 4 + '{"b": "2"}\n')
    parts = read_batches(path)
    assert [part.frame.columns for part in parts] == [["a", "b", "_row"]] * 3
    assert rows(path)[-1] == (None, "2", 5)


def test_records_are_read_whole_across_the_parts_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_records, "_CHUNK_BYTES", 3)
    path = written(tmp_path, "claims.json", '[{"a": "żółw \\u00e9", "b": 12.50},\n{"a": "y", "b": 7}]')
    assert rows(path) == [("żółw é", "12.50", 1), ("y", "7", 2)]


def test_a_byte_order_mark_is_let_pass(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.json", b'\xef\xbb\xbf[{"a": "x"}]')) == [("x", 1)]


def test_the_programs_own_columns_are_not_read(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.jsonl", '{"_row": 9, "a": "x", "_file": "old.csv"}')) == [("x", 1)]


WRITE_AGAIN = "is not valid JSON; write the file again, one object for each row"
NO_COMMA = "is not followed by a comma or by the closing bracket; write the file again as JSON"
REFUSED = {
    "no bytes": (b"", "claims.json: holds no records; write one JSON object for each row"),
    "an empty array": (b"[]", "claims.json: holds no records; write one JSON object for each row"),
    "empty objects": (b"{}\n{}", "claims.json: holds no records; write one JSON object for each row"),
    "no JSON": (b'{"a": 1}\nclaim_id,amount\n', f"claims.json record 2: {WRITE_AGAIN}"),
    "a record cut off": (b'{"a": 1}\n{"a": "x', f"claims.json record 2: {WRITE_AGAIN}"),
    "an array cut off": (b'[{"a": 1},', f"claims.json record 2: {WRITE_AGAIN}"),
    "a missing comma": (
        b'[{"a": 1} {"a": 2}]',
        f"claims.json record 1: {NO_COMMA}",
    ),
    "text after the array": (
        b'[{"a": 1}] {"a": 2}',
        "claims.json: goes on after its closing bracket; write one array of objects",
    ),
    "a bare value": (b'{"a": 1}\n7\n', "claims.json record 2: is not an object; write each row as {...}"),
    "a list in a cell": (
        b'{"amount": 1}\n{"amount": [2]}',
        "claims.json record 2: amount holds a list or an object; write one column for each value in it",
    ),
    "an object in a cell": (
        b'{"a": {"b": 2}}',
        "claims.json record 1: a key holds a list or an object; write one column for each value in it",
    ),
    "no number": (b'{"a": NaN}', f"claims.json record 1: {WRITE_AGAIN}"),
    "a key twice": (
        b'{"a": 1, "a": 2}',
        "claims.json record 1: names one column twice; rename one of them",
    ),
    "two keys that differ in blanks": (
        b'{"a": 1, "a ": 2}',
        "claims.json: columns 1 and 2 of the header have the same name; rename or delete one of them",
    ),
    "a key without a name": (
        b'{"a": 1, " ": 2}',
        "claims.json: column 2 of the header has no name; name it, or delete the column",
    ),
    "invalid UTF-8": (b'{"a": "caf\xe9"}', "claims.json: is not valid UTF-8; save the file as UTF-8"),
    "half a character": (
        b'{"a": "\\ud800"}',
        "claims.json: holds half a character (a lone surrogate); write the file again as UTF-8",
    ),
    "deep nesting": (
        b'{"a": ' + b"[" * 100_000,
        "claims.json record 1: is nested too deeply; write one flat object for each row",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_with_one_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = REFUSED[case]
    assert refusal(written(tmp_path, "claims.json", content)) == sentence


def test_a_record_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "_CHUNK_BYTES", 64)
    monkeypatch.setattr(json_records, "_LONGEST_RECORD", 256)
    path = written(tmp_path, "claims.json", '{"a": "' + "x" * 2000)
    assert refusal(path) == "claims.json: holds a record of over 64 million characters; check its brackets"
