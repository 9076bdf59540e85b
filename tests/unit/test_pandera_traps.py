"""What pandera 0.35 does on Polars, one trap a test, beside what the compiled pass does with the same rows.

A test that fails here after an upgrade is good news: pandera has mended a trap, and the note in the design can go.
"""

import pandera.polars as pa
import polars as pl
import pytest
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrors

from pbr_audit.tables import TABLES
from pbr_audit.validate.compiled import compile_pass
from pbr_audit.validate.recorder import UnsupportedCheckError, expression_of, failing

CANARY = "Q-CANARY-77"


def judged(table: str, rows: dict[str, list[object]]) -> tuple[list[int], dict[int, list[str]]]:
    """Rows accepted, and the reasons of those rejected, as the compiled pass has it; rows count from 0."""
    frame = pl.DataFrame(rows)
    compiled = compile_pass(table, tuple(frame.schema.items()))
    accepted, rejected = compiled.judge(frame.with_row_index("_row")).split()
    return accepted["_row"].to_list(), dict(rejected.select("_row", "_reasons").iter_rows())


def provider(**cells: object) -> dict[str, list[object]]:
    row = {"provider_id": "P1", "name": "One", "role": "prime"} | cells
    return {name: [cell] for name, cell in row.items()}


def test_a_lazy_frame_passes_bad_data_unless_the_depth_is_set() -> None:
    bad = pl.DataFrame(provider(role="owner"))
    model = TABLES["providers"].model

    unread = model.validate(bad.lazy(), lazy=True)

    assert unread.collect().equals(bad)
    with (
        config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA),
        pytest.raises(SchemaErrors),
    ):
        model.validate(bad.lazy(), lazy=True)
    assert judged("providers", provider(role="owner")) == (
        [],
        {0: ["role: is not one of prime, subcontractor, both"]},
    )


def test_unique_over_columns_with_drop_invalid_rows_returns_everything() -> None:
    schema = pa.DataFrameSchema({"id": pa.Column(str)}, unique=["id"], drop_invalid_rows=True)
    rows = pl.DataFrame({"id": ["a", "a", "b"]})

    assert schema.validate(rows, lazy=True).equals(rows)


def test_a_unique_column_with_drop_invalid_rows_loses_every_copy_of_an_identical_row() -> None:
    # The pass keeps the first of identical rows: tests/unit/test_validate_repeats.py.
    schema = pa.DataFrameSchema({"id": pa.Column(str, unique=True)}, drop_invalid_rows=True)

    assert schema.validate(pl.DataFrame({"id": ["a", "a", "b"]}), lazy=True)["id"].to_list() == ["b"]


def test_a_coerced_column_stays_text_where_a_row_was_dropped() -> None:
    schema = pa.DataFrameSchema({"cohort_size": pa.Column(int, coerce=True)}, drop_invalid_rows=True)

    kept = schema.validate(pl.DataFrame({"cohort_size": ["1", "x"]}), lazy=True)

    assert kept.schema == {"cohort_size": pl.String()}
    rows: dict[str, list[object]] = {"cohort_size": ["1", "x"]}
    compiled = compile_pass("performance", (("cohort_size", pl.String()),))
    accepted, _ = compiled.judge(pl.DataFrame(rows).with_row_index("_row")).split()
    assert accepted["cohort_size"].to_list() == [1]
    assert accepted.schema["cohort_size"] == pl.Int64()


def test_text_to_date_flags_every_row() -> None:
    schema = pa.DataFrameSchema({"succeeded_on": pa.Column(pl.Date, coerce=True)})
    days = ["2016-01-05", "2016-01-06"]

    with pytest.raises(SchemaErrors) as caught:
        schema.validate(pl.DataFrame({"succeeded_on": days}), lazy=True)

    assert caught.value.failure_cases["failure_case"].to_list()[:2] == days
    assert judged("providers", provider(succeeded_on="2016-01-05")) == ([0], {})


def test_text_to_decimal_cuts_a_half_penny_off_without_a_word() -> None:
    schema = pa.DataFrameSchema({"amount": pa.Column(pl.Decimal(18, 2), coerce=True)})

    cut = schema.validate(pl.DataFrame({"amount": ["1234.505"]}), lazy=True)

    assert str(cut["amount"].item()) == "1234.50"
    assert judged("performance", {"amount": ["1234.505"]}) == (
        [],
        {0: ["amount: is not an amount in pounds and pence (expected 1234.50)"]},
    )


@pytest.mark.parametrize(("lazy", "error"), [(False, SchemaError), (True, SchemaErrors)])
def test_its_messages_hold_cell_values(lazy: bool, error: type[Exception]) -> None:  # noqa: FBT001
    with pytest.raises(error, match=CANARY):
        TABLES["providers"].model.validate(pl.DataFrame(provider(role=CANARY)), lazy=lazy)

    _, reasons = judged("providers", provider(role=CANARY))
    assert CANARY not in str(reasons)


def test_an_absent_optional_column_with_a_default_is_looked_for_all_the_same() -> None:
    schema = pa.DataFrameSchema({"status": pa.Column(str, required=False, default="submitted")})

    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        schema.validate(pl.DataFrame({"claim_id": ["K1"]}))

    assert judged("claims", {"claim_id": ["K1"]})[1] == {0: ["client_id: is missing"]}


def test_two_empty_cells_repeat_each_other_in_a_unique_column() -> None:
    schema = pa.DataFrameSchema({"id": pa.Column(str, unique=True, nullable=True)})

    with pytest.raises(SchemaErrors) as caught:
        schema.validate(pl.DataFrame({"id": [None, None]}, schema={"id": pl.String}), lazy=True)

    assert caught.value.failure_cases["check"].to_list() == ["field_uniqueness"] * 2
    nobody = provider(provider_id=None)
    assert judged("providers", nobody)[1] == {0: ["provider_id: is missing"]}


def test_a_null_passes_a_check_unless_the_check_is_told_not_to_ignore_it() -> None:
    rows = pl.DataFrame({"role": [None, "prime", "owner"]})
    words = ["prime"]

    ignoring = rows.select(failing(pa.Check.isin(words), "role")).to_series().to_list()
    strict = rows.select(failing(pa.Check.isin(words, ignore_na=False), "role")).to_series().to_list()

    assert ignoring == [False, False, True]
    assert strict == [True, False, True]


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(pa.Check(lambda _: True), id="returns a plain truth"),
        pytest.param(pa.Check(lambda cell: cell == "a", element_wise=True), id="looks at one cell"),
        pytest.param(pa.Check(lambda data: data.lazyframe.collect()), id="looks at the whole column"),
        pytest.param(pa.Check.isin(["a"], raise_warning=True), id="only warns"),
    ],
)
def test_a_check_that_is_not_one_expression_is_refused_before_any_data(check: pa.Check) -> None:
    with pytest.raises(UnsupportedCheckError, match="on column role cannot be compiled"):
        expression_of(check, "role")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_every_check_of_every_model_compiles(table: str) -> None:
    schema = TABLES[table].model.to_schema()

    for name, column in schema.columns.items():
        for check in column.checks:
            assert expression_of(check, name).meta.root_names() == [name]
    for check in schema.checks:
        assert set(expression_of(check).meta.root_names()) <= set(schema.columns)
