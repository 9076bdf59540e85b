"""What stands under a table: notes, sources, totals; and rows that look like them and are rows."""

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pbr_audit.errors import InputError
from pbr_audit.ingest.line_evidence import is_marked, is_total
from pbr_audit.ingest.table_place import Under

NOTE = "beside the table: a note under it"
TOTAL = "beside the table: a total under it"
EMPTY = "beside the table: a line of empty cells"
KNOWN = frozenset({"providerid", "period", "achieved", "orgcode", "attendances"})


def table(piped: str) -> pl.DataFrame:
    """Piped text with its header in row 1; blank lines are no rows and keep their numbers."""
    header, *lines = piped.strip("\n").split("\n")
    names = [name.strip() for name in header.split("|")]
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = [cell.strip() or None for cell in line.split("|")]
        if any(cells):
            rows.append([*cells, *[None] * (len(names) - len(cells)), number])
    return pl.DataFrame(rows, schema={**dict.fromkeys(names, pl.String), "_row": pl.UInt32}, orient="row")


def beside(piped: str, aside: dict[int, str] | None = None) -> dict[int, str]:
    """The lines that are none of the table's rows, by their row."""
    frame = table(piped)
    reasons = Under(frame.columns[:-1], "figures.csv", KNOWN).reasons(
        frame, is_last=True, aside=None if aside is None else records(aside)
    )
    assert reasons.dtype == pl.String
    assert len(reasons) == frame.height
    return {row: reason for row, reason in zip(frame["_row"], reasons, strict=True) if reason is not None}


def records(texts: dict[int, str]) -> pl.DataFrame:
    reasons = ["has 1 cell where the header has 3"] * len(texts)
    schema = {"_row": pl.UInt32, "_text": pl.String, "_reason": pl.String}
    return pl.DataFrame([list(texts), list(texts.values()), reasons], schema=schema)


def test_notes_and_the_source_under_a_published_table() -> None:
    assert beside("""
provider_id | period | achieved
PR01 | 2016-Q1 | 12
PR02 | 2016-Q1 | [c]

Notes
(1) Figures are rounded to the nearest five.
[c] Suppressed to protect people
Source: the register
""") == {5: NOTE, 6: NOTE, 7: NOTE, 8: NOTE}


def test_a_sentence_right_under_the_table_is_a_note() -> None:
    assert beside("""
provider_id | period | achieved
PR01 | 2016-Q1 | 12
Figures for the last quarter are provisional and may change
""") == {3: NOTE}


@pytest.mark.parametrize(
    "last",
    [
        "PR99 | |",
        "Total Recall Ltd | |",
        "Source Ltd | |",
        "Note Printing Works | |",
        "Jane Smith | |",
        "| | 12",
        "1. FC | |",
        "England | 2016-Q1 | 14",
        "Total | 2016-Q1 | 14",
        "Key Support | 2016-Q1 | 13",
        "All Saints Trust | | 25",
        "Note: late | 2016-Q1 | 13",
    ],
)
def test_what_may_be_a_row_stays_one(last: str) -> None:
    above = "provider_id | period | achieved\nPR01 | 2016-Q1 | 12\nPR02 | 2016-Q1 | 13\n"
    assert beside(above + last) == {}


@pytest.mark.parametrize("name", ["Total Recall Ltd", "Source Ltd", "Jane Smith", "PR09", "*", "[c]", "12"])
def test_a_row_with_one_cell_behind_a_blank_line_is_a_row(name: str) -> None:
    above = "provider_id | period | achieved\nPR01 | 2016-Q1 | 12\nPR02 | 2016-Q1 | 13\n\n"
    assert beside(above + name) == {}


def test_a_total_lacks_what_every_row_has() -> None:
    assert beside("""
claim_id | client_id | amount
A1 | C1 | 1,200.00
A2 | C2 | 1,200.00
Grand total | | £2,400.00
""") == {4: TOTAL}


def test_a_total_is_told_by_its_sums_where_no_key_lacks() -> None:
    assert beside("""
provider_id | period | cohort_size | achieved | target
PR01 | 2016-Q1 | 100 | 12 | 0.1
PR02 | 2016-Q1 | 200 | 13 | 0.2
England | 2016-Q1 | 300 | 25 | 0.15
""") == {4: TOTAL}


def test_a_total_may_come_first() -> None:
    assert beside("""
provider_id | period | cohort_size | achieved
England | 2016-Q1 | 300 | 25
PR01 | 2016-Q1 | 100 | 12
PR02 | 2016-Q1 | 200 | 13
""") == {2: "beside the table: a total above its rows"}


def test_nations_are_rows_and_their_total_is_told() -> None:
    assert beside("""
provider_id | period | achieved
England | 2016-Q1 | 12
Wales | 2016-Q1 | 3
Scotland | 2016-Q1 | 4
United Kingdom | 2016-Q1 | 19

Source: the register
""") == {5: TOTAL, 7: NOTE}


def test_a_total_above_a_blank_line_in_the_middle_is_left_to_validation() -> None:
    assert (
        beside("""
claim_id | client_id | amount
A1 | C1 | 10.00
Total | | 10.00
A2 | C2 | 20.00
A3 | C3 | 20.00
""")
        == {}
    )


def test_sums_are_not_told_in_a_part_of_a_table() -> None:
    frame = table("""
provider_id | period | achieved
PR01 | 2016-Q1 | 12
PR02 | 2016-Q1 | 13
England | 2016-Q1 | 25
""")
    under = Under(frame.columns[:-1])
    assert under.reasons(frame.head(1), is_last=False).to_list() == [None]
    assert under.reasons(frame.tail(2), is_last=True).to_list() == [None, None]


def test_records_that_were_set_aside_are_told_as_notes_too() -> None:
    frame = table("provider_id | period | achieved\nPR01 | 2016-Q1 | 12\nPR02 | 2016-Q1 | 13")
    aside = records(
        {
            4: "PR03,2016-Q1,12,13",
            5: '"Smith, J"',
            6: "* Smith, Jones, 12, 13",
            7: "Source: the register, table 4",
            8: "Note: suppressed figures, rates and shares of these, are left out",
            9: "* provisional and likely to change,,,",
            10: '"Some figures, which are few, may change later",,',
        }
    )
    rows, notes = Under(frame.columns[:-1]).both(frame, aside, is_last=True)
    assert rows.to_list() == [None, None]
    own = "has 1 cell where the header has 3"
    assert notes.to_list() == [own, own, own, NOTE, NOTE, NOTE, NOTE]


def test_the_header_again_is_no_row() -> None:
    assert beside("""
provider_id | period | achieved
PR01 | 2016-Q1 | 12
provider_id | period | achieved
PR02 | 2016-Q1 | 13
""") == {3: "beside the table: the header again"}


@pytest.mark.parametrize("names", ["org_code | attendances |", "provider_id | period | achieved"])
def test_another_table_under_this_one_is_refused(names: str) -> None:
    with pytest.raises(InputError) as refused:
        beside(f"""
provider_id | period | achieved
PR01 | 2016-Q1 | 12
PR02 | 2016-Q1 | 13

Table 2
{names}
PR02 | 2016-Q1 | 13
""")
    assert str(refused.value) == (
        "figures.csv: another table begins under this one, at row 6; give each table a file or sheet of its own"
    )


def test_lines_of_empty_cells_at_the_end_are_no_rows_and_divide_like_blank_ones() -> None:
    frame = table("""
provider_id | period | achieved
PR01 | 2016-Q1 | 12
x | x | x
PR02 | 2016-Q1 | 12
x | x | x
Notes | |
x | x | x
""").with_columns(pl.all().exclude("_row").replace("x", None))
    reasons = Under(frame.columns[:-1]).reasons(frame, is_last=True)
    assert reasons.to_list() == [None, None, None, EMPTY, NOTE, EMPTY]


def test_two_columns_have_no_notes() -> None:
    assert beside("name | role\nA | prime\n\nSource: the register |") == {}


CELL = st.one_of(
    st.none(),
    st.sampled_from(
        ["Total", "England", "Notes", "Source Ltd", "Total Recall Ltd", "C01", "[c]", "*", "0", "All"]
    ),
    st.text("ab1 (.:*[", min_size=1, max_size=12).map(str.strip).map(lambda text: text or None),
)


@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=12))
def test_only_lines_with_their_sign_are_ever_set_aside(rows: list[tuple[str | None, ...]]) -> None:
    schema = dict.fromkeys("pqrs", pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_row_index("_row", 2).select(*"pqrs", "_row")
    reasons = Under(tuple("pqrs")).reasons(frame, is_last=True)
    for row, reason in zip(rows, reasons, strict=True):
        cells = [cell for cell in row if cell]
        if reason == NOTE:
            assert len(cells) == 1
            assert is_marked(cells[0]) or len(cells[0].split()) >= 4
        elif reason == EMPTY:
            assert not cells
        elif reason is not None:
            assert is_total(cells[0])
            assert len(cells) > 1


@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=9), st.integers(1, 10**6), st.integers(1, 10**6)), min_size=2
    )
)
def test_full_rows_that_are_no_sums_always_stay(rows: list[tuple[str, int, int]]) -> None:
    lines = [[name, str(one), str(other)] for name, one, other in rows]
    sums = [sum(one for _, one, _ in rows), sum(other for _, _, other in rows)]
    ends = (rows[0], rows[-1])
    assume(all(2 * one != sums[0] and 2 * other != sums[1] for _, one, other in ends))
    frame = pl.DataFrame(lines, schema=dict.fromkeys("pqr", pl.String), orient="row")
    frame = frame.with_row_index("_row", 2).select(*"pqr", "_row")
    assert Under(tuple("pqr")).reasons(frame, is_last=True).null_count() == len(rows)
