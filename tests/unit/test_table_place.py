"""Finding the table: titles above it, two levels of names, blank columns, other tables beside it, and doubt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.errors import InputError
from pbr_audit.ingest.table_place import TablePlace, find_table
from pbr_audit.tables.synonyms import plain

NAMES = ("provider_id", "period", "outcome", "cohort_size", "achieved", "Org code", "Attendances")
KNOWN = frozenset(plain(name) for name in NAMES)
WRITE = (
    "write header_row, the number of the row that names the columns, in audit.toml under this table's options"
)


def rows(piped: str) -> list[list[str | None]]:
    """Piped text as records; an empty cell is null, an empty line a blank record."""
    return [[cell.strip() or None for cell in line.split("|")] for line in piped.strip("\n").split("\n")]


def found(piped: str, header_row: int | None = None, header_rows: int | None = None) -> TablePlace:
    return find_table(rows(piped), "figures.csv", known=KNOWN, header_row=header_row, header_rows=header_rows)


def refusal(piped: str, header_row: int | None = None, header_rows: int | None = None) -> str:
    with pytest.raises(InputError) as refused:
        found(piped, header_row, header_rows)
    return str(refused.value)


def test_a_plain_table_has_nothing_to_say() -> None:
    assert found("""
provider_id | period | achieved
PR01 | 2016 | 12
PR02 | 2016 | 14
""") == TablePlace(range(1), (0, 1, 2), ("provider_id", "period", "achieved"), ())


def test_a_plain_table_with_names_that_nobody_knows_is_taken_by_convention() -> None:
    assert found("""
Foo | Bar | Baz
Biff | Baff | Boff
Qux | Teaspoon | Doge
""").names == ("Foo", "Bar", "Baz")


def test_a_published_table_has_titles_notes_and_blank_lines_above() -> None:
    place = found("""
Table 4: outcomes by provider, England
This worksheet contains one table. Some cells hold [c].

Figures are provisional | |
provider_id | period | cohort_size | achieved
PR01 | 2016-Q1 | 300 | [c]
PR02 | 2016-Q1 | 290 | 44
PR03 | 2016-Q1 | [c] | [c]

Source: the department
""")
    assert (place.header, place.columns) == (range(4, 5), (0, 1, 2, 3))
    assert place.said == ("figures.csv: rows 1, 2 and 4 stand above the header and are not read as rows",)


def test_an_export_has_parameters_above_and_blank_columns_inside() -> None:
    place = found("""
Outcome report
Provider: | PR01 | | Period: | | 2016-Q1

provider_id | | period | outcome | | achieved
PR01 | | 2016-Q1 | JOB | | 14
PR02 | | 2016-Q1 | JOB | | 15
""")
    assert place.columns == (0, 2, 3, 5)
    assert place.names == ("provider_id", "period", "outcome", "achieved")
    assert place.said == ("figures.csv: rows 1 and 2 stand above the header and are not read as rows",)


def test_two_levels_become_one_name() -> None:
    place = found("""
provider_id | 2016 | | 2017 |
 | Starts | Outcomes | Starts | Outcomes
PR01 | 10 | 4 | 12 | 5
PR02 | 11 | 4 | 13 | 5
""")
    assert place.header == range(2)
    assert place.names == ("provider_id", "2016 Starts", "2016 Outcomes", "2017 Starts", "2017 Outcomes")
    assert place.said == ("figures.csv: rows 1 and 2 together name the columns",)


def test_two_levels_under_a_title_with_a_column_beside_the_groups() -> None:
    place = found("""
Starts and outcomes

 | | 2016 | | 2017 | |
Provider | Area type | Starts | Outcomes | Starts | Outcomes | Org code
PR01 | A | 10 | 4 | 12 | 5 | R1
PR02 | B | 11 | 4 | 13 | 5 | R2
""")
    assert place.names == (
        "Provider", "Area type", "2016 Starts", "2016 Outcomes", "2017 Starts", "2017 Outcomes", "Org code",
    )  # fmt: skip


def test_a_row_of_groups_over_names_that_suffice_is_a_row_above() -> None:
    place = found("""
Who | | How many |
provider_id | period | cohort_size | achieved
PR01 | 2016 | 10 | 4
PR02 | 2016 | 11 | 4
""")
    assert place.names == ("provider_id", "period", "cohort_size", "achieved")
    assert place.said == ("figures.csv: row 1 stands above the header and is not read as a row",)


def test_years_name_columns_of_figures() -> None:
    assert found("""
Count of outcomes

Region | 2014 | 2015 | 2016
North | 10 | 4 | 12
South | 11 | 4 | 13
""").names == ("Region", "2014", "2015", "2016")


def test_the_table_whose_names_are_known_is_taken_and_the_other_said() -> None:
    place = found("""
provider_id | achieved | | Region | Population
PR01 | 10 | | North | 100
PR02 | 12 | | South | 200
PR03 | 14 | |  |
PR04 | 14 | |  |
""")
    assert (place.columns, place.names, place.beside) == ((0, 1), ("provider_id", "achieved"), (3, 4))
    assert place.said == (
        "figures.csv: columns 4 and 5 hold another table, beside this one after a blank column, and are not read",
    )


def test_two_tables_with_the_same_names_side_by_side_are_refused() -> None:
    assert refusal("""
provider_id | achieved | | provider_id | achieved
PR01 | 10 | | PR01 | 100
PR02 | 12 | | PR02 | 200
""") == (
        "figures.csv: tables stand side by side, columns 1 and 2, and 4 and 5; give each a file or sheet of its own"
    )


def test_a_group_of_columns_that_is_sparse_is_no_other_table() -> None:
    assert found("""
provider_id | achieved | | period | outcome
PR01 | 10 | | 2016-Q1 |
PR02 | 12 | | 2016-Q1 | JOB
PR03 | 14 | |  |
PR04 | 14 | |  |
""").columns == (0, 1, 3, 4)


def test_rows_without_a_header_are_refused_and_nobodys_name_is_said() -> None:
    assert (
        refusal("""
1001 | Jane Smith | 2016-01-04
1002 | John Brown | 2016-01-05
1003 | Anne Jones | 2016-01-06
""")
        == f"figures.csv: no row can be told to be the header; {WRITE}"
    )


def test_a_first_row_with_a_missing_figure_is_no_header() -> None:
    assert (
        refusal("""
Figures by provider

PR01 | suppressed
PR02 | 12
PR03 | 14
""")
        == f"figures.csv: no row can be told to be the header; {WRITE}"
    )


def test_rows_above_the_names_are_not_dropped_as_titles() -> None:
    assert refusal("""
PR08 | 2016-Q1 | 14
PR09 | 2016-Q1 | 15
provider_id | period | achieved
PR01 | 2016-Q1 | 12
PR02 | 2016-Q1 | 14
""") == (
        "figures.csv: row 1 looks like a row of the table, and stands above row 3, which looks like its header; "
        + WRITE
    )


def test_words_only_under_a_title_are_a_doubt() -> None:
    assert (
        refusal("""
This is a title row | |
Foo | Bar | Baz
Biff | Baff | Boff
Qux | Teaspoon | Doge
""")
        == f"figures.csv: no row can be told to be the header; {WRITE}"
    )


def test_audit_toml_ends_the_doubt() -> None:
    place = found(
        """
This is a title row | |
Foo | Bar | Baz
Biff | Baff | Boff
""",
        header_row=2,
    )
    assert (place.header, place.names) == (range(1, 2), ("Foo", "Bar", "Baz"))
    assert place.said == ("figures.csv: row 1 stands above the header and is not read as a row",)


def test_audit_toml_gives_three_rows_of_names() -> None:
    assert found(
        """
 | Adults | |
 | 2016 | | 2017
Provider | Starts | Outcomes | Starts
PR01 | 1 | 2 | 3
""",
        header_row=3,
        header_rows=3,
    ).names == ("Provider", "Adults 2016 Starts", "Adults 2016 Outcomes", "Adults 2017 Starts")


@pytest.mark.parametrize(
    ("header_row", "header_rows", "sentence"),
    [
        (
            9,
            None,
            "audit.toml gives header_row = 9, but the header is looked for in the first 2 rows only; correct header_row",
        ),
        (1, 2, "audit.toml gives more header_rows than header_row allows; correct one of them"),
    ],
)
def test_an_impossible_header_row_gets_a_sentence(
    header_row: int, header_rows: int | None, sentence: str
) -> None:
    assert refusal("provider_id | achieved\nPR01 | 2", header_row, header_rows) == f"figures.csv: {sentence}"


def test_a_column_of_values_without_a_name_is_left_to_the_reader_to_name() -> None:
    place = found("""
provider_id | | achieved
PR01 | x1 | 10
PR02 | x2 | 12
""")
    assert (place.columns, place.names, place.said) == ((0, 2), ("provider_id", "achieved"), ())


def test_places_count_as_in_the_sheet_where_columns_are_blank() -> None:
    sentence = "columns 3 and 4 of the header have the same name; rename or delete one of them"
    assert (
        refusal("""
provider_id | | period | period | achieved
PR01 | | x1 | 9 | 10
PR02 | | x2 | 9 | 12
""")
        == f"figures.csv: {sentence}"
    )


def test_a_figure_that_could_be_a_year_is_no_name() -> None:
    assert (
        refusal("""
Figures by area

North | 2016 | 1950
South | 12 | 13
East | 30 | 31
""")
        == f"figures.csv: no row can be told to be the header; {WRITE}"
    )


def test_two_different_headers_are_a_doubt() -> None:
    assert refusal("""
provider_id | achieved
PR01 | 10
PR02 | 12

Org code | Attendances
R1 | 100
R2 | 120
""") == (
        f"figures.csv: rows 1 and 5 both look like the header; {WRITE}, or give each table a file or sheet "
        "of its own"
    )


def test_a_header_that_stands_again_on_each_page_is_one_header() -> None:
    assert found("""
provider_id | achieved
PR01 | 10
PR02 | 12
provider_id | achieved
PR03 | 10
""").header == range(1)


WORDS = st.text("abcdefgh", min_size=3, max_size=8)
FIGURES = st.integers(0, 99999).map(str)


@st.composite
def headerless(draw: st.DrawFn) -> list[list[str | None]]:
    """Rows of codes, words and figures, with gaps, under nothing or a title, and no header at all."""
    columns = [
        draw(st.sampled_from(["code", "word", "figure", "date", "year"]))
        for _ in range(draw(st.integers(2, 6)))
    ]
    columns[-1] = "figure"
    cells = {
        "code": st.integers(100, 999).map(lambda number: f"C{number}"),
        "word": WORDS,
        "figure": FIGURES,
        "year": st.integers(1990, 2029).map(str),
        "date": st.dates().map(lambda day: day.isoformat()),
    }
    gap = st.sampled_from([False] * 6 + [True])
    lines: list[list[str | None]] = [
        [None if draw(gap) else draw(cells[kind]) for kind in columns]
        for _ in range(draw(st.integers(3, 12)))
    ]
    # A figure somewhere near the top, as tables of figures have.
    lines[0][-1] = lines[1][-1] = lines[2][-1] = "7"
    title: list[list[str | None]] = [["A title over the table"], []] if draw(st.booleans()) else []
    return title + lines


@given(headerless())
def test_a_row_of_data_never_becomes_the_header(lines: list[list[str | None]]) -> None:
    with pytest.raises(InputError):
        find_table(lines, "figures.csv", known=KNOWN)


@given(headerless(), st.integers(0, 3), st.integers(0, 1))
def test_the_header_is_found_over_any_rows(lines: list[list[str | None]], above: int, blank: int) -> None:
    body = lines[2:] if len(lines[0]) == 1 else lines
    width = len(body[0])
    header: list[str | None] = [*NAMES[: width - 1], NAMES[-1]]
    titles: list[list[str | None]] = [[f"Title {number}"] for number in range(above)]
    place = find_table([*titles, *([[]] * blank), header, *body], "figures.csv", known=KNOWN)
    assert place.header == range(above + blank, above + blank + 1)
    assert place.names == tuple(header)


def test_values_that_are_also_names_of_columns_make_no_header() -> None:
    assert refusal("""
C101 | period | Jane Smith | 2016-01-04
C102 | outcome | Jane Smith | 2016-01-05
| period | Anne Jones |
C104 | outcome | achieved | 2016-01-07
""").startswith("figures.csv: row 1 looks like a row of the table, and stands above row 4, ")
    assert (
        refusal("""
| period | outcome
C102 | JOB | North
C103 | period | South
""")
        == f"figures.csv: no row can be told to be the header; {WRITE}"
    )
