"""JSON lines and arrays: every value as the text in which it was written."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.ingest import json_records, json_text
from tests.unit.reading import aside, read, read_batches, refusal, rows, said, written


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
    monkeypatch.setattr(json_text, "_CHUNK_BYTES", 3)
    path = written(tmp_path, "claims.json", '[{"a": "żółw \\u00e9", "b": 12.50},\n{"a": "y", "b": 7}]')
    assert rows(path) == [("żółw é", "12.50", 1), ("y", "7", 2)]


def test_a_byte_order_mark_is_let_pass(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.json", b'\xef\xbb\xbf[{"a": "x"}]')) == [("x", 1)]


def test_the_programs_own_columns_are_not_read(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.jsonl", '{"_row": 9, "a": "x", "_file": "old.csv"}')) == [("x", 1)]


NO_JSON = "is not valid JSON; write it again, one object for each row"
NO_COMMA = "is not followed by a comma or by the closing bracket; write the file again as JSON"
CUT_OFF = "is cut off, for the file ends inside it; ask for the whole file"
NO_OBJECT = "is not an object; write each row as {...}"
NESTED = "holds a list or an object in a cell; write one column for each value in it"
TWICE = "names one column twice; rename one of them"
HALF = "holds half a character, or bytes that are no UTF-8; write it again as UTF-8"
DEEP = "is nested too deeply; write one flat object for each row"
NO_RECORDS = "claims.json: holds no records; write one JSON object for each row"
REFUSED = {
    "no bytes": (b"", NO_RECORDS),
    "an empty array": (b"[]", NO_RECORDS),
    "empty objects": (b"{}\n{}", NO_RECORDS),
    "no JSON at all": (b"claim_id,amount\n1,2\n", f"claims.json record 1: {NO_JSON}"),
    "one bare value": (b"7", f"claims.json record 1: {NO_OBJECT}"),
    "an array without commas": (b'[{"a": 1} {"a": 2}]', f"claims.json record 2: {NO_COMMA}"),
    "text in an array": (b'[{"a": 1}, a, {"a": 2}]', f"claims.json record 2: {NO_JSON}"),
    "an object of an array that stays open": (
        b'[{"a": 1, {"a": 2}, {"a": 3}]',
        f"claims.json record 1: {NO_JSON}",
    ),
    "text after the array": (
        b'[{"a": 1}] {"a": 2}',
        "claims.json record 2: stands behind the closing bracket; write one array of objects",
    ),
    "two lists of records": (
        b'{"a": [{"b": 1}], "c": [{"b": 2}]}',
        "claims.json: holds several lists of records; write one file for each of them",
    ),
    "two keys that differ in blanks": (
        b'{"a": 1, "a ": 2}',
        "claims.json: columns 1 and 2 of the header have the same name; rename or delete one of them",
    ),
    "deep nesting": (b'{"a": ' + b"[" * 100_000, f"claims.json record 1: {DEEP}"),
}
# content, rows, records set aside
ODD = {
    "a line that is no JSON": (
        b'{"a": 1}\nclaim_id,amount\n{"a": 2}\n',
        [("1", 1), ("2", 3)],
        [(2, "claim_id,amount", NO_JSON)],
    ),
    "a line cut off": (b'{"a": 1}\n{"a": "x', [("1", 1)], [(2, '{"a": "x', CUT_OFF)]),
    "an array cut off inside a record": (
        b'[{"a": 1}, {"a": "x',
        [("1", 1)],
        [(2, '{"a": "x', CUT_OFF)],
    ),
    "a bare value": (b'{"a": 1}\n7, 8\r\n{"a": 2}\n', [("1", 1), ("2", 3)], [(2, "7, 8", NO_OBJECT)]),
    "a bare value in an array": (b'[{"a": 1}, [2]]', [("1", 1)], [(2, "[2]", NO_OBJECT)]),
    "a broken object in an array": (
        b'[{"a": "]}"}, {"a": x, "b": "}"}, {"a": 2}]',
        [("]}", 1), ("2", 3)],
        [(2, '{"a": x, "b": "}"}', NO_JSON)],
    ),
    "a list in a column of the table": (
        b'{"amount": 1}\n{"amount": [2]}',
        [("1", 1)],
        [(2, '{"amount": [2]}', NESTED)],
    ),
    "a key twice": (b'{"a": 1}{"a": 1, "a": 2}', [("1", 1)], [(2, '{"a": 1, "a": 2}', TWICE)]),
    "half a character in a name": (
        b'{"a": 1, "\\ud800": 2}\n{"a": "caf\xc3\xa9"}',
        [("caf\xe9", 2)],
        [(1, '{"a": "1", "\\ud800": "2"}', HALF)],
    ),
    "half a character": (b'{"a": "\\ud800"}\n{"a": 1}', [("1", 2)], [(1, '{"a": "\\ud800"}', HALF)]),
    "bytes that are no UTF-8": (
        b'{"a": "caf\xe9"}\n{"a": 1}',
        [("1", 2)],
        [(1, '{"a": "caf\\udce9"}', HALF)],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_is_refused_with_one_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = REFUSED[case]
    assert refusal(written(tmp_path, "claims.json", content)) == sentence


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("chunk", [1, 5, 1 << 20])
def test_a_record_that_is_no_row_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, chunk: int
) -> None:
    monkeypatch.setattr(json_text, "_CHUNK_BYTES", chunk)
    content, expected, left = ODD[case]
    path = written(tmp_path, "claims.json", content)
    assert rows(path) == expected
    assert aside(path) == left


def test_an_array_that_ends_between_records_is_said_to_have_no_end(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.json", '[{"a": 1},')
    assert rows(path) == [("1", 1)]
    assert said(path) == [
        "claims.json: ends without its closing bracket; ask whether records are missing at its end"
    ]


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
def test_the_one_list_of_objects_in_an_object_is_its_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(json_text, "_CHUNK_BYTES", chunk)
    content = '{"meta": {"n": [1, 2]}, "data": [{"a": "x"}, {"a": 1.50}], "next": null}'
    path = written(tmp_path, "claims.json", content)
    assert rows(path) == [("x", 1), ("1.50", 2)]
    assert said(path) == ["claims.json: its records were read from the one list of objects in it"]


def test_records_with_lists_of_objects_on_lines_are_no_wrappers(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.jsonl", '{"id": 1, "items": [{"x": 1.0}]}\n{"id": 2, "items": []}\n')
    assert rows(path) == [("1", '[{"x": 1.0}]', 1), ("2", "[]", 2)]


def test_a_nested_value_in_a_column_of_no_table_is_kept_as_its_text(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.jsonl", '{"a": {"b": [1.50, "é", null, true, NaN]}, "c": 1}\n')
    assert rows(path) == [('{"b": [1.50, "é", null, true, NaN]}', "1", 1)]


def test_what_python_writes_for_no_number_is_kept_as_text(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.jsonl", '{"a": NaN, "b": -Infinity}')) == [("NaN", "-Infinity", 1)]


def test_a_key_without_a_name_is_a_column_under_its_number(tmp_path: Path) -> None:
    assert read(written(tmp_path, "claims.jsonl", '{"a": 1, " ": 2}')).columns == ["a", "column 2", "_row"]


def test_utf_16_and_gzip_are_read_as_what_they_hold(tmp_path: Path) -> None:
    text = '[{"a": "é"}]'
    assert rows(written(tmp_path, "claims.json", text.encode("utf-16"))) == [("é", 1)]
    packed = written(tmp_path, "claims.jsonl.gz", gzip.compress(text.encode()))
    assert rows(packed) == [("é", 1)]


def test_a_record_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_CHUNK_BYTES", 64)
    monkeypatch.setattr(json_text, "_LONGEST_RECORD", 256)
    path = written(tmp_path, "claims.json", '{"a": "' + "x" * 2000)
    assert refusal(path) == "claims.json record 1: is longer than 256 characters; check its brackets"
