"""From a source's headers to the standard's columns."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.dataset import ColumnSource, Constant, Expression, Header, OneOf, Scalar, TableInput
from pbr_audit.errors import ConfigurationError, InputError, PbrAuditError
from pbr_audit.ingest import Mapped, Source, mapped

SOURCE = Source("figures.csv", Path("figures.csv"))
# What `performance` requires, so that a test names only the columns that it is about.
REQUIRED = frozenset({"contract_id", "provider_id", "period", "outcome", "cohort_size", "achieved"})
CLIENT = frozenset({"client_id", "contract_id", "provider_id"})
CLAIM = frozenset({"claim_id", "tier", "client_id", "outcome_date", "submitted_date", "amount"})
Given = ColumnSource


def mapping(
    frame: pl.DataFrame, *, waived: frozenset[str] = REQUIRED, table: str = "performance", **columns: Given
) -> Mapped:
    """Map a frame's columns to those of `table`."""
    return mapped(TableInput(table, (), columns=columns), SOURCE, frame.schema, waived=waived)


def values(frame: pl.DataFrame, column: str, given: Given, table: str = "performance") -> list[object]:
    """Map one column; its cells."""
    table_input = TableInput(table, (), columns={column: given})
    found = mapped(table_input, SOURCE, frame.schema, waived=REQUIRED | CLAIM)
    return frame.select(x=found.columns[column])["x"].to_list()


def doubts(
    frame: pl.DataFrame, column: str, given: Given, table: str = "performance"
) -> dict[str, list[int]]:
    """The reasons that the mapping has against rows, with the places of the rows."""
    table_input = TableInput(table, (), columns={column: given})
    found = mapped(table_input, SOURCE, frame.schema, waived=REQUIRED | CLAIM)
    flags = {doubt.reason: frame.select(x=doubt.flag)["x"] for doubt in found.doubts}
    return {reason: flag.arg_true().to_list() for reason, flag in flags.items()}


def refusal(frame: pl.DataFrame, table: str = "performance", **columns: Given) -> PbrAuditError:
    """Map what cannot be mapped; the error."""
    with pytest.raises(PbrAuditError) as caught:
        mapping(frame, waived=frozenset(), table=table, **columns)
    return caught.value


# --- headers


def test_columns_of_the_standards_names_need_no_mapping_and_others_are_left_out() -> None:
    frame = pl.DataFrame({"provider_id": ["A"], "remark": ["x"], "_row": [2]})
    assert set(mapping(frame).columns) == {"provider_id"}


def test_a_header_is_taken_as_it_is() -> None:
    frame = pl.DataFrame({"Org code": [" A ", None], "provider_id": ["no", "no"]})
    assert values(frame, "provider_id", Header("Org code")) == [" A ", None]


def test_a_typed_column_keeps_its_type() -> None:
    frame = pl.DataFrame({"n": [1], "day": [date(2016, 1, 2)]})
    found = mapping(frame, cohort_size=Header("n"), release_date=Header("day"))
    assert frame.select(**found.columns).schema == {"cohort_size": pl.Int64(), "release_date": pl.Date()}


def test_each_file_has_its_own_of_several_headers_and_a_file_with_none_lacks_the_column() -> None:
    one_of = OneOf((" Area", "District"))
    assert values(pl.DataFrame({"District": ["N"]}), "area", one_of, "clients") == ["N"]
    assert values(pl.DataFrame({"Area": ["S"]}), "area", one_of, "clients") == ["S"]
    assert (
        "area" not in mapping(pl.DataFrame({"x": ["1"]}), waived=CLIENT, table="clients", area=one_of).columns
    )


def test_of_several_headers_the_standards_own_name_needs_no_mention() -> None:
    assert values(pl.DataFrame({"area": ["N"]}), "area", OneOf(("District",)), "clients") == ["N"]


def test_two_of_several_headers_in_one_file_are_one_too_many() -> None:
    frame = pl.DataFrame({"Area": ["N"], "District": ["S"]})
    assert str(refusal(frame, "clients", area=OneOf(("Area", "Town", "District")))) == (
        "figures.csv: audit.toml tables.clients.columns.area names 3 headers, and this file has 2 of them; keep one"
    )


def test_a_required_column_of_which_a_file_has_no_header_is_missing() -> None:
    frame = pl.DataFrame({"name": ["x"], "role": ["prime"]})
    assert str(refusal(frame, "providers", provider_id=OneOf(("Ref", "Code")))) == (
        "figures.csv: the required column provider_id is missing; add it, or name its header in audit.toml "
        "under [tables.providers.columns]"
    )


def test_a_header_may_look_like_an_expression() -> None:
    frame = pl.DataFrame({"seen - breached": ["7"], "seen": ["9"], "breached": ["1"]})
    assert values(frame, "achieved", Header("seen - breached")) == ["7"]


def test_plain_text_that_is_no_header_is_an_expression_over_headers() -> None:
    frame = pl.DataFrame({"seen": ["9"], "breached": ["1"]})
    assert values(frame, "achieved", Header("seen - breached")) == [8.0]


def test_a_required_column_that_is_missing_is_named() -> None:
    frame = pl.DataFrame({name: ["x"] for name in REQUIRED - {"period"}})
    error = refusal(frame)
    assert isinstance(error, InputError)
    assert str(error) == (
        "figures.csv: the required column period is missing; "
        "add it, or name its header in audit.toml under [tables.performance.columns]"
    )


def test_headers_that_differ_in_case_and_blanks_are_suggested_and_no_others() -> None:
    frame = pl.DataFrame({name: ["x"] for name in ["contract_id", "Outcome ", "COHORT-SIZE", "Jo Smith"]})
    assert str(refusal(frame)) == (
        "figures.csv: the required columns provider_id, period, outcome, cohort_size and achieved are missing; "
        "add them, or name their headers in audit.toml under [tables.performance.columns] "
        '(did you mean the headers "Outcome " and "COHORT-SIZE"?)'
    )


def test_a_sheet_is_named_with_its_file() -> None:
    frame = pl.DataFrame({name: ["x"] for name in REQUIRED - {"period"}})
    source = Source("figures.xlsx", Path("figures.xlsx"), "Q3")
    with pytest.raises(InputError, match=r"^figures\.xlsx sheet Q3: the required column period is missing;"):
        mapped(TableInput("performance", ()), source, frame.schema)


def test_a_header_that_audit_toml_names_and_the_file_lacks_is_refused() -> None:
    error = refusal(pl.DataFrame({"ORG CODE": ["A"]}), provider_id=Header("org_code"))
    assert str(error) == (
        'figures.csv: audit.toml tables.performance.columns.provider_id names the header "org_code", '
        'which is not there; correct it (did you mean the header "ORG CODE"?)'
    )


def test_a_column_with_a_condition_of_its_own_may_be_waived() -> None:
    frame = pl.DataFrame({name: ["x"] for name in REQUIRED - {"period"}})
    assert set(mapping(frame, waived=frozenset({"period"})).columns) == REQUIRED - {"period"}


# --- constants and words


@pytest.mark.parametrize(
    ("value", "cell"),
    [("AE-4H", "AE-4H"), (0.95, "0.95"), (7, "7"), (True, "true"), (date(2016, 12, 31), "2016-12-31")],
)
def test_a_constant_is_written_as_a_cell_would_be(value: Scalar, cell: str) -> None:
    frame = pl.DataFrame({"a": ["x", "y"]})
    found = mapping(frame, target=Constant(value))
    assert frame.select("a", **found.columns)["target"].to_list() == [cell, cell]


def test_a_sources_words_are_translated_and_others_stay() -> None:
    frame = pl.DataFrame({"end_reason": [" Sanctioned", "moved", None, "Sanctioned again"]})
    table_input = TableInput("clients", (), values={"end_reason": {"Sanctioned": "excluded"}})
    found = mapped(
        table_input, SOURCE, frame.schema, waived=frozenset({"client_id", "contract_id", "provider_id"})
    )
    cells = frame.select(**found.columns)["end_reason"].to_list()
    assert cells == ["excluded", "moved", None, "Sanctioned again"]


def test_numbers_of_a_typed_source_may_be_translated_too() -> None:
    frame = pl.DataFrame({"code": [1, 2]})
    table_input = TableInput(
        "clients", (), columns={"end_reason": Header("code")}, values={"end_reason": {"1": "moved"}}
    )
    found = mapped(
        table_input, SOURCE, frame.schema, waived=frozenset({"client_id", "contract_id", "provider_id"})
    )
    assert frame.select(**found.columns)["end_reason"].to_list() == ["moved", "2"]


# --- expressions


def test_an_expression_for_a_number_reads_its_columns_as_numbers() -> None:
    frame = pl.DataFrame(
        {"attendances": ["21289", " 813.0 ", "+5", "1e3"], "breaches": ["2879", "22", "", "1"]}
    )
    given = Expression("attendances - breaches")
    assert values(frame, "achieved", given) == [18410.0, 791.0, None, 999.0]
    assert doubts(frame, "achieved", given) == {
        "column attendances (needed for achieved) is not a number": [],
        "column breaches (needed for achieved) is not a number": [],
    }


def test_a_cell_that_is_no_number_is_said_row_by_row_and_column_by_column() -> None:
    frame = pl.DataFrame(
        {"a": ["1", "1,000", "£5", None, "inf", "0x1"], "b": ["x", "2", "3", "4", "nan", "٣"]},
    )
    given = Expression("a + b")
    assert values(frame, "achieved", given) == [None] * 6
    assert doubts(frame, "achieved", given) == {
        "column a (needed for achieved) is not a number": [1, 2, 4, 5],
        "column b (needed for achieved) is not a number": [0, 4, 5],
    }


def test_a_column_that_the_expression_treats_as_text_stays_text() -> None:
    frame = pl.DataFrame({"status": ["paid", "void"], "n": ["7", "x"]})
    given = Expression("case when status = 'paid' then n else 0 end")
    assert values(frame, "achieved", given) == [7.0, 0.0]
    assert doubts(frame, "achieved", given) == {"column n (needed for achieved) is not a number": [1]}


def test_typed_columns_are_calculated_as_they_are() -> None:
    frame = pl.DataFrame({"a": [2**53 + 1], "b": [1]})
    assert values(frame, "achieved", Expression("a - b")) == [2**53]


def test_an_expression_for_text_reads_text() -> None:
    frame = pl.DataFrame({"period": ["2017-03-01", None]})
    assert values(frame, "period", Expression("left(period, 7)")) == ["2017-03", None]
    assert doubts(frame, "period", Expression("left(period, 7)")) == {}


def test_an_expression_for_text_gives_text_whatever_it_computes() -> None:
    frame = pl.DataFrame({"day": [date(2017, 3, 1)]})
    assert values(frame, "period", Expression("year(day)")) == ["2017"]


def test_an_expression_for_a_date_gives_a_date() -> None:
    frame = pl.DataFrame({"day": ["2016-12-31", "soon"]})
    given = Expression("cast(day as date) + 1")
    assert values(frame, "release_date", given) == [date(2017, 1, 1), None]


def test_amounts_are_calculated_to_the_penny() -> None:
    frame = pl.DataFrame({"gross": ["1234.56", "0.30", "99999999999.99"], "net": ["0.01", "0.10", "0.98"]})
    expected = [Decimal("1234.55"), Decimal("0.20"), Decimal("99999999999.01")]
    assert values(frame, "amount", Expression("gross - net"), "claims") == expected


def test_a_rate_of_an_amount_shows_its_half_pennies() -> None:
    frame = pl.DataFrame({"price": ["1200.00", "0.33"]})
    amounts = values(frame, "amount", Expression("price * 0.5"), "claims")
    assert amounts == [Decimal("600.00"), Decimal("0.165")]


def test_an_amount_too_large_for_doubles_is_doubted_and_not_rounded() -> None:
    frame = pl.DataFrame({"price": ["100000000000.01", "5.00"]})
    assert values(frame, "amount", Expression("price * 1"), "claims") == [None, Decimal("5.00")]
    assert doubts(frame, "amount", Expression("price * 1"), "claims") == {
        "column price (needed for amount) is not a number": [],
        "is too large to be calculated to the penny": [0],
    }


def test_an_expression_without_columns_is_the_same_in_every_row() -> None:
    frame = pl.DataFrame({"a": ["x", "y"]})
    found = mapping(frame, target=Expression("19 / 20"))
    assert frame.select("a", **found.columns)["target"].to_list() == [0.95, 0.95]


def test_a_column_that_an_expression_misspells_is_named() -> None:
    error = refusal(pl.DataFrame({"attendances": ["1"]}), achieved=Expression("attendance - 1"))
    assert isinstance(error, ConfigurationError)
    assert str(error) == (
        "figures.csv: audit.toml tables.performance.columns.achieved: "
        'there is no column "attendance"; did you mean "attendances"?'
    )


def test_an_expression_that_gives_no_number_where_one_is_needed_is_refused() -> None:
    error = refusal(pl.DataFrame({"a": ["1"]}), achieved=Expression("upper(a)"))
    assert str(error) == (
        "figures.csv: audit.toml tables.performance.columns.achieved: "
        "the expression gives no number, and achieved needs one"
    )


def test_an_expression_that_is_not_allowed_is_refused_with_its_place() -> None:
    error = refusal(pl.DataFrame({"a": ["1"]}), achieved=Expression("(select 1)"))
    assert str(error).startswith("figures.csv: audit.toml tables.performance.columns.achieved: ")
