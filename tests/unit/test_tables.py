"""Each column of the standard says what it is, in one place."""

import polars as pl
import pytest

from pbr_audit.tables import TABLES, Column, claims_schema

COLUMNS = [
    pytest.param(table.name, column, id=f"{table.name}.{column.name}")
    for table in TABLES.values()
    for column in table.columns.values()
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_has_a_description_a_unit_and_an_example(table: str, column: Column) -> None:
    assert column.description.endswith("."), table
    assert column.unit
    assert column.example


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_may_be_absent_exactly_where_its_cells_may_be_empty(table: str, column: Column) -> None:
    declared = TABLES[table].model.to_schema().columns[column.name]

    assert declared.required is not declared.nullable


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_an_example_is_one_of_the_choices_where_there_are_any(table: str, column: Column) -> None:
    assert not column.choices or column.example in column.choices, table
    assert bool(column.choices) is (column.kind == "choice")


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_column_has_the_type_of_its_kind(table: str, column: Column) -> None:
    types = {
        "text": pl.String(),
        "choice": pl.String(),
        "date": pl.Date(),
        "datetime": pl.Datetime("us"),
        "number": pl.Float64(),
        "integer": pl.Int64(),
        "money": pl.Decimal(18, 2),
    }

    assert column.dtype == types[column.kind], table
    assert column.typed_dtype == (pl.Int64() if column.kind == "money" else column.dtype)


def test_a_typed_table_holds_money_in_pence() -> None:
    amount = TABLES["claims"].columns["amount"]

    assert (amount.typed_name, amount.typed_dtype) == ("amount_pence", pl.Int64())


def test_what_names_or_reaches_a_person_is_sensitive() -> None:
    sensitive = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns.values()
        if column.sensitive
    }

    assert sensitive == {
        "claims.signed_by",
        "checks.checker",
        "employers.email",
        "employers.phone",
        *(
            f"clients.{name}"
            for name in (
                "person_ref",
                "given_name",
                "family_name",
                "date_of_birth",
                "date_of_birth_hash",
                "sex",
                "postcode",
                "national_id",
                "email",
                "phone",
                "bank_account",
            )
        ),
    }


def test_only_the_closed_vocabularies_of_the_standard_are_enforced() -> None:
    closed = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns.values()
        if column.closed
    }

    assert closed == {
        "claims.tier",
        "claims.status",
        "clients.end_reason",
        "referrals.decision",
        "events.event",
        "providers.role",
        "cohort.treated",
        "cohort.found_in_records",
        "cohort.in_scope",
        "cohort.had_event",
    }


def test_an_empty_status_means_submitted() -> None:
    assert TABLES["claims"].columns["status"].default == "submitted"


def test_a_client_may_be_missing_only_for_a_cohort() -> None:
    schema = claims_schema({("CPA01", "BIN")}, {("CPA01", "BIN"), ("CPA01", "JOB")})
    rows = pl.DataFrame(
        {
            "contract_id": ["CPA01", "CPA01", "CPA01", "CPA01"],
            "outcome": ["BIN", "JOB", "UNKNOWN", "UNKNOWN"],
            "client_id": pl.Series([None, None, None, None], dtype=pl.String),
            "cohort": ["2014", "2014", "2014", None],
        }
    )

    verdicts = schema.checks[-1](rows.lazy()).check_output.collect().to_series().to_list()

    assert verdicts == [True, False, True, False]


def test_the_claims_under_some_contracts_leave_other_contracts_alone() -> None:
    for _ in range(2):
        assert len(claims_schema({("CPA01", "BIN")}, {("CPA01", "BIN")}).checks) == 1
    assert TABLES["claims"].model.to_schema().checks == []
