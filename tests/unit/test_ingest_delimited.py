"""CSV files: every row with its number, or one sentence."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.ingest import batches, delimited
from pbr_audit.ingest import blocks as cutting
from tests.unit.reading import read, read_batches, refusal, rows, written


def test_the_row_below_the_header_is_row_2(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "a,b\n1,2\n3,4\n")) == [("1", "2", 2), ("3", "4", 3)]


def test_the_row_number_is_the_last_column_and_cells_are_text(tmp_path: Path) -> None:
    frame = read(written(tmp_path, "claims.csv", "id,amount\n007,1234.50\n"))
    assert frame.schema == {"id": pl.String(), "amount": pl.String(), "_row": pl.UInt32()}
    assert frame.rows() == [("007", "1234.50", 2)]


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "a,b\n1,2\n3,4")) == [("1", "2", 2), ("3", "4", 3)]


def test_windows_line_ends_are_no_part_of_a_cell(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", 'a,b\r\n1,2\r\n3,"4"\r\n5,\r\n')
    assert rows(path) == [("1", "2", 2), ("3", "4", 3), ("5", None, 4)]


def test_both_kinds_of_line_ends_may_stand_in_one_file(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "a,b\r\n1,2\n3,4\r\n")) == [("1", "2", 2), ("3", "4", 3)]


def test_a_byte_order_mark_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    assert read(written(tmp_path, "claims.csv", "\ufeffa,b\n1,2\n")).columns == ["a", "b", "_row"]


def test_headers_are_trimmed_and_may_be_quoted(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", '"Claim, number" , b \n1,2\n'.replace('" ,', '",'))
    assert read(path).columns == ["Claim, number", "b", "_row"]


def test_a_quoted_cell_may_hold_delimiters_line_ends_and_doubled_quotes(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", 'a,b\n"1,\r\n\n2","say ""yes"""\n3,4\n')
    assert rows(path) == [("1,\r\n\n2", 'say "yes"', 2), ("3", "4", 3)]


def test_an_empty_cell_is_null_quoted_or_not(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", 'a,b\n,""\n"",\n')) == [(None, None, 2), (None, None, 3)]


def test_blank_lines_are_no_rows_but_keep_their_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "\na,b\n\r\n\n1,2\n\n3,4\n\n")
    (batch,) = read_batches(path)
    assert batch.frame.rows() == [("1", "2", 5), ("3", "4", 7)]
    assert batch.blank_lines == 4


def test_a_blank_line_of_a_table_with_one_column_is_no_row_either(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "a\n1\n\n2\n")) == [("1", 2), ("2", 4)]


def test_a_row_of_empty_cells_is_a_row(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", "a,b\n,\n")) == [(None, None, 2)]


def test_a_header_without_rows_gives_one_empty_batch_with_its_columns(tmp_path: Path) -> None:
    (batch,) = read_batches(written(tmp_path, "claims.csv", "a,b\n"))
    assert batch.frame.height == 0
    assert batch.frame.columns == ["a", "b", "_row"]


def test_a_gzip_file_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv.gz", gzip.compress(b"a,b\n1,2\n"))
    assert rows(path) == [("1", "2", 2)]


@pytest.mark.parametrize(("mark", "name"), [(";", "claims.csv"), ("\t", "claims.csv"), ("|", "claims.csv")])
def test_another_delimiter_is_read_where_audit_toml_names_it(tmp_path: Path, mark: str, name: str) -> None:
    path = written(tmp_path, name, f'a{mark}b\n"1,5{mark}"{mark}2\n')
    assert rows(path, delimiter=mark) == [(f"1,5{mark}", "2", 2)]


def test_the_programs_own_columns_of_corrected_rejects_are_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "_file,_row,_reasons,claim_id\nold.csv,7,x,C1\n")
    assert read(path).rows(named=True) == [{"claim_id": "C1", "_row": 2}]


def test_many_small_blocks_give_the_rows_of_one_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f'{number},"cell, {number}\n second line"' for number in range(200)]
    path = written(tmp_path, "claims.csv", "a,b\n" + "\n".join(lines) + "\n\n")
    whole = read(path)
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    assert len(read_batches(path)) > 20
    assert read(path).equals(whole)
    assert whole["_row"].to_list() == list(range(2, 202))


def test_an_error_in_a_late_block_names_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    lines = [f"{number},{number}" for number in range(100)]
    lines[70] = "1,2,3"
    path = written(tmp_path, "claims.csv", "a,b\n" + "\n".join(lines))
    assert refusal(path) == (
        "claims.csv row 72: has 3 cells where the header has 2; "
        "quote a cell that holds the delimiter, and give every row the same number of cells"
    )


ADVICE = "quote a cell that holds the delimiter, and give every row the same number of cells"
NOT_UTF8 = "is not valid UTF-8; save the file as UTF-8"
BARE = "holds a carriage return without a line feed; save the file with line ends CRLF or LF"
STRAY = (
    "holds a quotation mark inside an unquoted cell or after the end of a quoted one; "
    "quote the whole cell and double the mark"
)
OPEN = "holds a quotation mark that is never closed; close it, or quote the whole cell and double the mark"
NOT_PACKED = "is a zip archive or a workbook; unpack it, or end its name in .xlsx or .ods"
REFUSED_ROWS = {
    "a long row": (b"a,b\n1,2,3\n", 2, f"has 3 cells where the header has 2; {ADVICE}"),
    "a short row": (b"a,b\n1,2\n\n3\n", 4, f"has 1 cell where the header has 2; {ADVICE}"),
    "a short and a long row": (b"a,b\n1,2\n3\n4,5,6\n", 3, f"has 1 cell where the header has 2; {ADVICE}"),
    "a quoted long row": (b'a,b\n"1","2","3"\n', 2, f"has 3 cells where the header has 2; {ADVICE}"),
    "a line of blanks": (b"a,b\n  \n", 2, f"has 1 cell where the header has 2; {ADVICE}"),
    "invalid UTF-8": (b"a,b\n1,2\n3,caf\xe9\n", 3, NOT_UTF8),
    "invalid UTF-8 in the header": (b"caf\xe9,b\n1,2\n", 1, NOT_UTF8),
    "a NUL byte": (b'a,b\n"1\n",2\n3,\x004\n', 3, "holds a NUL byte; export the file again as UTF-8 text"),
    "bare carriage returns": (b"a,b\r1,2\r3,4\r", 1, BARE),
    "one bare carriage return": (b"a,b\r\n1,2\r\n3,4\r5,6\r\n", 3, BARE),
    "a quotation mark in a cell": (b'a,b\n1,2\n3,6" pipe\n4,5" pipe\n', 3, STRAY),
    "text after a quoted cell": (b'a,b\n"1"x,2\n', 2, STRAY),
    "a blank before a quoted cell": (b'a,b\n1, "2"\n', 2, STRAY),
    "a quotation mark that stays open": (b'a,b\n1,2\n3,"4\n5,6\n', 3, OPEN),
}
REFUSED_FILES = {
    "no bytes": (b"", "is empty; the first row must name the columns"),
    "blank lines only": (b"\n\r\n\n", "is empty; the first row must name the columns"),
    "a byte order mark only": (b"\xef\xbb\xbf", "is empty; the first row must name the columns"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "is UTF-16 text; save the file as UTF-8"),
    "gzip": (gzip.compress(b"a,b\n1,2\n"), "is a gzip file; end its name in .csv.gz"),
    "a zip archive": (b"PK\x03\x04rest", NOT_PACKED),
    "a header without a name": (
        b"a,,c\n1,2,3\n",
        "column 2 of the header has no name; name it, or delete the column",
    ),
    "a header of blanks": (b" ,\n1,2\n", "has no header; the first row must name the columns"),
    "a header twice": (
        b"a,b, a\n1,2,3\n",
        "columns 1 and 3 of the header have the same name; rename or delete one of them",
    ),
    "semicolons": (
        b"a;b\n1;2\n",
        (
            "the header is one cell that holds a semicolon; if that separates the columns, "
            'write delimiter = ";" in audit.toml under [tables.claims.options]'
        ),
    ),
    "tabs": (
        b"a\tb\n1\t2\n",
        (
            "the header is one cell that holds a tab; if that separates the columns, "
            'write delimiter = "\\t" in audit.toml under [tables.claims.options]'
        ),
    ),
}


@pytest.mark.parametrize("case", REFUSED_ROWS)
def test_a_row_that_can_be_read_in_two_ways_is_refused_with_one_sentence(tmp_path: Path, case: str) -> None:
    content, row, sentence = REFUSED_ROWS[case]
    assert refusal(written(tmp_path, "claims.csv", content)) == f"claims.csv row {row}: {sentence}"


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_file_that_is_no_csv_table_is_refused_with_one_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = REFUSED_FILES[case]
    assert refusal(written(tmp_path, "claims.csv", content)) == f"claims.csv: {sentence}"


def test_a_carriage_return_inside_quotes_is_text(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", b'a,b\n"1\r2",3\n')) == [("1\r2", "3", 2)]


@pytest.mark.parametrize(
    "content", [gzip.compress(b"a,b\n" + b"1,2\n" * 999)[:-9], b"a,b\n1,2\n", b"\x1f\x8b"]
)
def test_a_broken_gzip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, "claims.csv.gz", content)
    assert refusal(path) == "claims.csv.gz: is not a whole gzip file; ask for it again"


def test_a_record_without_end_is_taken_as_an_open_quotation_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 64)
    monkeypatch.setattr(cutting, "LONGEST_RECORD_BYTES", 200)
    path = written(tmp_path, "claims.csv", 'a,b\n1,2\n3,"4\n' + "5,6\n" * 500)
    assert refusal(path) == (
        "claims.csv row 3: holds a quotation mark that is never closed; "
        "close it, or quote the whole cell and double the mark"
    )


def test_a_folder_named_like_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").mkdir()
    sentence = "claims.csv: is a folder; name a file that holds the table claims"
    assert refusal(tmp_path / "claims.csv") == sentence


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    sentence = "claims.csv: is not there; name a file that holds the table claims"
    assert refusal(tmp_path / "claims.csv") == sentence


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, "claims.csv", "a,b\n1,2\n")
    monkeypatch.setattr(Path, "open", refuse)
    sentence = "claims.csv: cannot be read (permission denied); check the file and who may read it"
    assert refusal(path) == sentence


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "claims.dbf", b"x")) == (
        "claims.dbf: is of no format that is read; "
        "save it as one of .csv, .csv.gz, .parquet, .xlsx, .xlsm, .xlsb, .xls, .ods, .json, .jsonl, .ndjson"
    )


def test_files_come_in_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    names = ["b.csv", "a.csv"]
    files = tuple(written(tmp_path, name, f"a,b\n{name},1\n") for name in names)
    read_in_order = batches(TableInput("claims", files), DataSet(tmp_path, "test"))
    assert [batch.source.file for batch in read_in_order] == names
