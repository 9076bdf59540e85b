"""Delimited text that is not well-formed: every record becomes a row, or is set aside with its reason."""

import csv
import gzip
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.ingest import csv_head, cutting, delimited, opening, records
from tests.unit.reading import aside, read, read_batches, refusal, rows, said, written

ADVICE = "quote a cell that holds the delimiter, and give every row the same number of cells"
LONG = f"has 3 cells where the header has 2; {ADVICE}"
SHORT = f"has 1 cell where the header has 2; {ADVICE}"
NUL = "holds a NUL byte; export the file again as UTF-8 text"
STRAY = "holds text after the end of a quoted cell; quote the whole cell and double the marks in it"
OPEN = "holds a quotation mark that is never closed; close it, or quote the whole cell and double the mark"
NO_TEXT = (
    "holds bytes that are no text in the file's encoding; "
    "export it again as UTF-8, or write its encoding in audit.toml"
)
WINDOWS = "claims.csv: not UTF-8 and read as Windows-1252: 1 line"
# content, rows with their numbers, records set aside
ODD = {
    "a long row": (b"a,b\n1,2,3\n4,5\n", [("4", "5", 3)], [(2, "1,2,3", LONG)]),
    "a short row": (b"a,b\n1,2\n\n3\n", [("1", "2", 2)], [(4, "3", SHORT)]),
    "a short and a long row": (
        b"a,b\n1,2\n3\n4,5,6\n",
        [("1", "2", 2)],
        [(3, "3", SHORT), (4, "4,5,6", LONG)],
    ),
    "a quoted long row": (b'a,b\n"1","2","3"\n', [], [(2, '"1","2","3"', LONG)]),
    "a long row over two lines": (
        b'a,b\n"1\n2",3,4\n5,6\n',
        [("5", "6", 3)],
        [(2, '"1\n2",3,4', LONG)],
    ),
    "a line of blanks": (b"a,b\n  \n1,2\n", [("1", "2", 3)], []),
    "a NUL byte": (b'a,b\n"1\n",2\n3,\x004\n', [("1\n", "2", 2)], [(3, "3,\\x004", NUL)]),
    "bare carriage returns": (b"a,b\r1,2\r\r3,4\r", [("1", "2", 2), ("3", "4", 4)], []),
    "one bare carriage return": (
        b"a,b\r\n1,2\r\n3,4\r5,6\r\n",
        [("1", "2", 2), ("3", "4", 3), ("5", "6", 4)],
        [],
    ),
    "a quotation mark in a cell": (
        b'a,b\n1,2\n3,6" pipe\n4,"5"" pipe"\n',
        [("1", "2", 2), ("3", '6" pipe', 3), ("4", '5" pipe', 4)],
        [],
    ),
    "text after a quoted cell": (b'a,b\n"1"x,2\n3,4\n', [("3", "4", 3)], [(2, '"1"x,2', STRAY)]),
    "blanks beside a quoted cell": (b'a,b\n1, "2,\n3" \n', [("1", "2,\n3", 2)], []),
    "a mark that stays open": (
        b'a,b\n1,2\n3,"4\n5,6\n7,8\n',
        [("1", "2", 2), ("5", "6", 4), ("7", "8", 5)],
        [(3, '3,"4', OPEN)],
    ),
    "a mark that stays open before quoted cells": (
        b'a,b\n1,"2\n3,4\n"5","6"\n7,8\n',
        [("3", "4", 3), ("5", "6", 4), ("7", "8", 5)],
        [(2, '1,"2', OPEN)],
    ),
    "a mark that closes by chance": (
        b'a,b,c\n1,"2,3\n4,5,6\n7,8",9,10\n',
        [("4", "5", "6", 3)],
        [
            (2, '1,"2,3', OPEN),
            (4, '7,8",9,10', f"has 4 cells where the header has 3; {ADVICE}"),
        ],
    ),
    "bytes that are no text": (b"a,b\n1,\x81\n2,3\n", [("2", "3", 3)], [(2, "1,\\x81", NO_TEXT)]),
    "two encodings in one line": (b"a,b\n1,\xc3\xa9\xe9\n", [], [(2, "1,é\\xe9", NO_TEXT)]),
    "byte-order marks in cells": (
        b"\xef\xbb\xbfa,b\n\xef\xbb\xbf1,2\n\xef\xbb\xbf,\xef\xbb\xbf4\n",
        [("\ufeff1", "2", 2), ("\ufeff", "\ufeff4", 3)],
        [],
    ),
    "a byte-order mark before a quoted cell": (b'a,b\n\xef\xbb\xbf"1",2\n', [("1", "2", 2)], []),
    "one column with an empty quoted cell": (
        b'a\n1\n""\n"2"x\n',
        [("1", 2), (None, 3)],
        [(4, '"2"x', STRAY)],
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_every_record_is_a_row_or_set_aside(tmp_path: Path, case: str) -> None:
    content, expected, left = ODD[case]
    path = written(tmp_path, "claims.csv", content)
    assert rows(path) == expected
    assert aside(path) == left


@pytest.mark.parametrize("case", ODD)
def test_pieces_of_any_size_give_the_same_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    header, end, body = ODD[case][0].partition(b"\n" if b"\n" in ODD[case][0] else b"\r")
    # Names that are known, for where most rows have other widths they alone tell the header.
    names = b",".join([b"claim_id", b"tier", b"amount"][: header.count(b",") + 1])
    path = written(tmp_path, "claims.csv", names + end + body * 20)
    whole, left = rows(path), aside(path)
    monkeypatch.setattr(csv_head, "_HEAD_BYTES", 8)
    for size in (3, 16, 61):
        monkeypatch.setattr(delimited, "BLOCK_BYTES", size)
        assert rows(path) == whole
        assert aside(path) == left


def test_a_ragged_row_in_a_late_piece_leaves_the_others_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    lines = [f"{number},{number}" for number in range(1000)]
    lines[700] = "1,2,3"
    path = written(tmp_path, "claims.csv", "a,b\n" + "\n".join(lines))
    assert read(path)["_row"].to_list() == [row for row in range(2, 1002) if row != 702]
    assert aside(path) == [(702, "1,2,3", LONG)]


def test_a_line_that_is_not_utf_8_is_read_as_windows_1252_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", b"a,b\n1,caf\xe9\n2,caf\xc3\xa9\n3,\x80\n")
    assert rows(path) == [("1", "café", 2), ("2", "café", 3), ("3", "€", 4)]
    assert said(path) == ["claims.csv: not UTF-8 and read as Windows-1252: 2 lines"]


def test_a_header_in_windows_1252_names_the_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", b"caf\xe9,b\n1,2\n")
    assert read(path).columns == ["café", "b", "_row"]
    assert said(path) == [WINDOWS]


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_and_32_are_told_by_their_first_bytes(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "claims.csv", 'a,b\n1,"é,\n€"\n2,\U0001f600\n'.encode(name))
    assert rows(path) == [("1", "é,\n€", 2), ("2", "\U0001f600", 3)]
    assert said(path) == [f"claims.csv: was read as {name[:6].upper()}"]


def test_half_a_character_of_utf_16_costs_its_line(tmp_path: Path) -> None:
    content = "a,b\n1,2\n3,".encode("utf-16") + b"\x00\xd8" + "\n5,6\n".encode("utf-16-le") + b"\x37"
    path = written(tmp_path, "claims.csv", content)
    assert rows(path) == [("1", "2", 2), ("5", "6", 4)]
    assert aside(path) == [(3, "3,\\xff", NO_TEXT), (5, "\\xff", NO_TEXT)]


def test_the_encoding_that_audit_toml_names_is_obeyed(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "a,b\n1,Ã©\n".encode("latin-1"))
    assert rows(path) == [("1", "é", 2)]
    assert rows(path, encoding="latin-1") == [("1", "Ã©", 2)]
    assert rows(path, encoding="cp1252") == [("1", "Ã©", 2)]
    assert said(path, encoding="cp1252") == ["claims.csv: was read as Windows-1252"]


def test_a_line_is_not_guessed_at_where_audit_toml_says_utf_8(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", b"a,b\n1,caf\xe9\n2,3\n")
    assert rows(path, encoding="utf-8") == [("2", "3", 3)]
    assert aside(path, encoding="utf-8") == [(2, "1,caf\\xe9", NO_TEXT)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_first_records(tmp_path: Path, mark: str) -> None:
    lines = [["id", "note", "amount"], ["1", "a, b; c | d", "1.50"], ["2", "", "2,50"], ["3", "x", "3"]]
    text = StringIO()
    csv.writer(text, delimiter=mark).writerows(lines)
    path = written(tmp_path, "claims.csv", text.getvalue())
    assert [tuple(cell or "" for cell in row[:3]) for row in rows(path)] == [
        tuple(line) for line in lines[1:]
    ]


def test_a_comma_in_every_amount_does_not_outweigh_the_semicolons(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "a;b\n1,5;2,5\n3,5;4,5\n")) == [
        ("1,5", "2,5", 2),
        ("3,5", "4,5", 3),
    ]


def test_a_first_line_that_declares_the_delimiter_is_obeyed_and_counted(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "sep=|\r\na,b|c,d\r\n1,2|3,4\r\n")) == [("1,2", "3,4", 3)]


def test_two_delimiters_that_divide_the_rows_alike_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "a,b;c\n1,2;3\n")
    assert refusal(path) == (
        "claims.csv: the comma and the semicolon divide its rows equally well; write which one separates the "
        "cells as delimiter in audit.toml under [tables.claims.options]"
    )
    assert rows(path, delimiter=";") == [("1,2", "3", 2)]


def test_a_delimiter_that_was_written_and_divides_nothing_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "claims.csv", "a;b\n1;2\n"), delimiter=",") == (
        "claims.csv: the header is one cell that holds a semicolon; correct delimiter in audit.toml "
        "under [tables.claims.options], or leave it out to have it told from the file"
    )


def test_a_column_without_a_name_is_kept_under_its_number_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "claim_id,,tier,\nC1,7,prime,\nC2,,prime,\n")
    assert read(path).rows(named=True)[0] == {
        "claim_id": "C1",
        "column 2": "7",
        "tier": "prime",
        "column 4": None,
        "_row": 2,
    }
    assert said(path) == [
        'claims.csv: column 2 has no name in the header; its cells are kept as "column 2"',
        "claims.csv: column 4 has neither a name nor cells",
    ]


def test_a_column_without_a_name_is_kept_where_no_name_is_known_either(tmp_path: Path) -> None:
    assert read(written(tmp_path, "claims.csv", "a,,c\n1,2,3\n")).columns == ["a", "column 2", "c", "_row"]


def test_a_delimiter_at_the_end_of_every_row_is_an_empty_column(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "claim_id,tier\nC1,prime,\nC2,prime,\n")
    assert read(path).rows() == [("C1", "prime", None, 2), ("C2", "prime", None, 3)]
    assert said(path) == ["claims.csv: column 3 has neither a name nor cells"]


def test_one_cell_more_in_every_row_is_not_taken_for_a_column(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "claim_id,tier\n1,C1,prime\n2,C2,prime\n")
    assert rows(path) == []
    assert [row for row, _, _ in aside(path)] == [2, 3]


def test_a_title_above_the_header_is_no_row(tmp_path: Path) -> None:
    content = "Claims of quarter 3\n\nclaim_id,tier,amount\nC1,prime,1\nC2,prime,2\n"
    path = written(tmp_path, "claims.csv", content)
    assert rows(path) == [("C1", "prime", "1", 4), ("C2", "prime", "2", 5)]
    assert said(path) == ["claims.csv: row 1 stands above the header and is not read as a row"]


def test_a_header_that_cannot_be_told_apart_is_refused_with_its_row(tmp_path: Path) -> None:
    assert (
        refusal(written(tmp_path, "claims.csv", 'claim_id,"tier"x\nC1,prime\n'))
        == f"claims.csv row 1: {STRAY}"
    )


def test_a_gzip_file_under_any_name_and_a_plain_one_named_gz_are_read(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", gzip.compress(b"a,b\n1,2\n"))) == [("1", "2", 2)]
    path = written(tmp_path, "claims.csv.gz", b"a,b\n1,2\n")
    assert rows(path) == [("1", "2", 2)]
    assert said(path) == [
        "claims.csv.gz: is named like a gzip file and is not packed; it was read as it stands"
    ]


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FREE_INFLATION_BYTES", 1000)
    path = written(tmp_path, "claims.csv.gz", gzip.compress(b"a,b\n" + b"1,2\n" * 1_000_000))
    assert refusal(path) == (
        "claims.csv.gz: unpacks to more than 100 times its size, as no table should; "
        "unpack it, look at it, and give the file that comes out"
    )


def test_a_small_file_of_equal_rows_may_unpack_to_much_more_than_its_size(tmp_path: Path) -> None:
    content = gzip.compress(b"a,b\n" + b"1,2\n" * 200_000)
    assert len(content) * opening.MOST_INFLATION < 800_000
    assert read(written(tmp_path, "claims.csv.gz", content)).height == 200_000


def test_a_mark_that_no_other_closes_within_reach_costs_its_line_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    monkeypatch.setattr(cutting, "LONGEST_RECORD", 200)
    monkeypatch.setattr(records, "LONGEST_RECORD", 200)
    path = written(tmp_path, "claims.csv", 'a,b\n1,2\n3,"4\n' + "5,6\n" * 500)
    assert read(path)["_row"].to_list() == [2, *range(4, 504)]
    assert aside(path) == [(3, '3,"4', OPEN)]


def test_a_file_of_marks_that_all_stay_open_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_FREE_LINES", 100)
    path = written(tmp_path, "claims.csv", "a,b,c\n" + 'x",""",\n' * 2000)
    assert refusal(path) == f"claims.csv row 1: {records.TOO_MANY_OPEN}"


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    monkeypatch.setattr(cutting, "LONGEST_RECORD", 200)
    path = written(tmp_path, "claims.csv", "a,b\n1,2\n" + "x" * 1000)
    sentence = "is longer than 200 bytes; check its line ends, or ask for the file again"
    assert refusal(path) == f"claims.csv row 3: {sentence}"


@given(
    st.lists(
        st.sampled_from(["a", '"', '""', ",", "\n", "\r\n", "\r", "b", " ", '"x"', "\0", "é"]), max_size=30
    )
)
def test_every_character_of_any_text_is_in_exactly_one_record(parts: list[str]) -> None:
    text = "".join(parts)
    found = list(records.Records(",", 2).of(text, is_last=True))
    ends = [0, *(record.end for record in found)]
    assert ends[-1] == len(text)
    pieces = [text[start:end] for start, end in pairwise(ends)]
    assert [piece.rstrip("\r\n") for piece in pieces] == [record.text for record in found]


@given(st.lists(st.sampled_from(["a", '"', '""', ",", "\n", "\r\n", "\r", "b", "é", '","']), max_size=30))
def test_well_formed_text_is_read_as_python_reads_it(parts: list[str]) -> None:
    text = "".join(parts)
    reader = records.Records(",")
    found = list(reader.of(text, is_last=True))
    if any(record.problem or record.form is records.Form.LOOSE for record in found):
        return
    expected = list(csv.reader(StringIO(text, newline=""), strict=True))
    assert [reader.cells(record) if record.text else [] for record in found] == expected


def test_files_put_together_with_their_marks_and_headers_are_one_table(tmp_path: Path) -> None:
    one = b"\xef\xbb\xbfclaim_id,tier,amount\r\nC1,prime,1\r\n"
    path = written(tmp_path, "claims.csv", one + one.replace(b"C1", b"C2"))
    assert rows(path) == [("C1", "prime", "1", 2), ("C2", "prime", "1", 4)]
    assert aside(path) == [(3, "claim_id,tier,amount", "beside the table: the header again")]
    assert said(path) == ["claims.csv: byte-order marks left out at the begin of 1 line below the first"]


def test_the_last_batch_says_what_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 16)
    path = written(tmp_path, "claims.csv", b"a,b\n" + b"1,caf\xe9\n" * 20)
    parts = read_batches(path)
    assert len(parts) > 1
    assert [part.said for part in parts[:-1]] == [()] * (len(parts) - 1)
    assert parts[-1].said == ("claims.csv: not UTF-8 and read as Windows-1252: 20 lines",)
