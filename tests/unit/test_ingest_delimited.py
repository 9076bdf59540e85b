"""CSV files: every row with its number, or one sentence."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.ingest import READERS, batches, delimited
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


EMPTY = "is empty; the first row must name the columns"
NOT_PACKED = "is a zip archive or a workbook; unpack it, or end its name in .xlsx or .ods"
REFUSED_FILES = {
    "no bytes": (b"", EMPTY),
    "blank lines only": (b"\n\r\n\n", EMPTY),
    "a byte order mark only": (b"\xef\xbb\xbf", EMPTY),
    "a zip archive": (b"PK\x03\x04rest", NOT_PACKED),
    "a header twice": (
        b"a,b, a\n1,2,3\n",
        "columns 1 and 3 of the header have the same name; rename or delete one of them",
    ),
    "a PDF document": (b"%PDF-1.7\n", "is a PDF document; ask for the table as CSV or as a workbook"),
    "a Parquet file": (b"PAR1\0\0", "is a Parquet file; end its name in .parquet"),
    "an old workbook": (
        b"\xd0\xcf\x11\xe0rest",
        "is a workbook or another office document; end its name in .xls, or save it as CSV",
    ),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_file_that_is_no_csv_table_is_refused_with_one_sentence(tmp_path: Path, case: str) -> None:
    content, sentence = REFUSED_FILES[case]
    assert refusal(written(tmp_path, "claims.csv", content)) == f"claims.csv: {sentence}"


def test_a_name_that_is_a_pattern_to_polars_is_followed_by_its_columns_number(tmp_path: Path) -> None:
    path = written(tmp_path, "claims.csv", "a,*,^a.*$\n1,2,3\n")
    assert read(path).columns == ["a", "* (column 2)", "^a.*$ (column 3)", "_row"]
    assert rows(path) == [("1", "2", "3", 2)]


@pytest.mark.parametrize("content", [";", ",,\n,,\n", '""\t\n'])
def test_a_file_of_empty_cells_is_refused(tmp_path: Path, content: str) -> None:
    sentence = "claims.csv: has no header; the first row must name the columns"
    assert refusal(written(tmp_path, "claims.csv", content)) == sentence


def test_a_carriage_return_inside_quotes_is_text(tmp_path: Path) -> None:
    assert rows(written(tmp_path, "claims.csv", b'a,b\n"1\r2",3\n')) == [("1\r2", "3", 2)]


@pytest.mark.parametrize("content", [gzip.compress(b"a,b\n" + b"1,2\n" * 999)[:-9], b"\x1f\x8b"])
def test_a_broken_gzip_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, "claims.csv.gz", content)
    assert refusal(path) == "claims.csv.gz: is not a whole gzip file; ask for it again"


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
        f"claims.dbf: is of no format that is read; save it as one of {', '.join(READERS)}"
    )


def test_files_come_in_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    names = ["b.csv", "a.csv"]
    files = tuple(written(tmp_path, name, f"a,b\n{name},1\n") for name in names)
    read_in_order = batches(TableInput("claims", files), DataSet(tmp_path, "test"))
    assert [batch.source.file for batch in read_in_order] == names
