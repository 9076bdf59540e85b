"""What a condition means: SQL's three answers, numbers that never wrap, days that are days, texts counted in characters."""

import subprocess
import sys
from datetime import date, datetime
from itertools import product

import polars as pl
import pytest

from pbr_audit.expression import CONDITION_FUNCTIONS, Scalar, columns_read, compile_expression
from pbr_audit.expression.functions import FUNCTIONS

WHERE = "rules/x.toml: when"
TYPES: dict[type, pl.DataType] = {
    bool: pl.Boolean(),
    int: pl.Int64(),
    float: pl.Float64(),
    str: pl.String(),
    date: pl.Date(),
    datetime: pl.Datetime("us"),
}
LARGEST = 2**63 - 1


def answers(text: str, params: dict[str, Scalar] | None = None, **columns: list[object]) -> list[object]:
    """The condition's values over a table of `columns`; both engines must give them, and the dtype that was said."""
    schema = {
        name: next((TYPES[type(value)] for value in values if value is not None), pl.Int64())
        for name, values in columns.items()
    }
    frame = pl.LazyFrame(columns, schema=schema)
    compiled = compile_expression(text, schema, params=params, where=WHERE)
    lazy = frame.with_columns(answer=compiled.expr)
    assert lazy.collect_schema()["answer"] == compiled.dtype
    answer = lazy.collect()["answer"]
    assert answer.dtype == compiled.dtype
    assert lazy.collect(engine="streaming")["answer"].equals(answer)
    return answer.to_list()


def answer(text: str) -> object:
    """The value of a condition over one row of nothing."""
    return answers(text, unused=[1])[0]


# --- three answers -------------------------------------------------------------------------------

TRUTH = [(True, "true"), (False, "false"), (None, "null")]
PAIRS = list(product(TRUTH, TRUTH))


def kleene_and(a: bool | None, b: bool | None) -> bool | None:  # noqa: FBT001 - truth values are the subject
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


@pytest.mark.parametrize(("left", "right"), PAIRS, ids=lambda value: value[1])
def test_and_and_or_have_kleenes_truth_table(
    left: tuple[bool | None, str], right: tuple[bool | None, str]
) -> None:
    a, b = left[0], right[0]
    both = kleene_and(a, b)
    negated = kleene_and(None if a is None else not a, None if b is None else not b)
    either = None if negated is None else not negated
    # Once with columns, once with literals.
    assert answers("a and b", a=[a, True], b=[b, True])[0] is both
    assert answers("a or b", a=[a, True], b=[b, True])[0] is either
    assert answer(f"{left[1]} and {right[1]}") is both
    assert answer(f"{left[1]} or {right[1]}") is either


def test_not_null_is_null() -> None:
    assert answers("not (a)", a=[True, False, None]) == [False, True, None]
    assert answer("not (null)") is None


def test_one_false_decides_a_chain_and_one_true_decides_an_or() -> None:
    assert answers("a and b and false", a=[None, True], b=[True, None]) == [False, False]
    assert answers("a or b or true", a=[None, True], b=[False, True]) == [True, True]


def test_a_comparison_with_null_is_neither_true_nor_false() -> None:
    assert answers("a = b", a=[1, 1, None, None], b=[1, 2, 1, None]) == [True, False, None, None]
    assert answers("a <> b", a=[1, 1, None, None], b=[1, 2, 1, None]) == [False, True, None, None]
    assert answers("not a > b", a=[1, 3, None], b=[2, 2, 2]) == [True, False, None]


def test_is_null_is_always_true_or_false() -> None:
    assert answers("a is null", a=[1, None]) == [False, True]
    assert answers("a is not null", a=[1, None]) == [True, False]
    assert answers("(a > 1) is null", a=[1, None]) == [False, True]


def test_in_a_list_with_null_is_true_or_unknown() -> None:
    assert answers("a in (1, null)", a=[1, 2, None]) == [True, None, None]
    assert answers("a not in (1, null)", a=[1, 2, None]) == [False, None, None]
    assert answers("a in (null)", a=[1, None]) == [None, None]


def test_in_a_list_without_null_leaves_only_null_unknown() -> None:
    assert answers("a in (1, 3)", a=[1, 2, None]) == [True, False, None]
    assert answers("a not in (1, 3)", a=[1, 2, None]) == [False, True, None]
    assert answers("a in (1.5, 2)", a=[1, 2, None]) == [False, True, None]
    assert answers("a in ('x', 'it''s')", a=["x", "it's", "y", None]) == [True, True, False, None]
    assert answers("a in (DATE '2016-01-01')", a=[date(2016, 1, 1), date(2016, 1, 2)]) == [True, False]
    assert answers("a in (-1, :n)", {"n": 7}, a=[-1, 7, 1]) == [True, True, False]
    assert answers("null in (1)", a=[1]) == [None]


def test_between_is_inclusive_and_a_known_end_can_decide() -> None:
    assert answers("a between 1 and 3", a=[0, 1, 3, 4, None]) == [False, True, True, False, None]
    assert answers("a not between 1 and 3", a=[0, 1, None]) == [True, False, None]
    assert answers("a between b and 3", a=[1, 4], b=[None, None]) == [None, False]
    assert answers("a between 3 and 1", a=[2]) == [False]


def test_case_takes_the_first_true_branch_and_null_where_none_is() -> None:
    assert answers("case when a > 2 then 'b' when a > 1 then 'a' end", a=[1, 2, 3, None]) == [
        None,
        "a",
        "b",
        None,
    ]
    assert answers("case when a > 1 then 1 else 0 end", a=[1, 2, None]) == [0, 1, 0]
    assert answers("case a when 1 then 'one' when 2 then 'two' else 'more' end", a=[1, 2, 3, None]) == [
        "one",
        "two",
        "more",
        "more",
    ]
    assert answers("case when a > 1 then null else a end", a=[1, 2]) == [1, None]


def test_case_gives_doubles_where_one_branch_is_a_double() -> None:
    assert answers("case when a > 1 then 1 else 0.5 end", a=[1, 2]) == [0.5, 1.0]


# --- numbers -------------------------------------------------------------------------------------


def test_division_is_true_division_and_by_zero_it_is_null() -> None:
    assert answers("a / b", a=[1, 3, 0, 5, None], b=[2, 2, 0, 0, 1]) == [0.5, 1.5, None, None, None]
    assert answers("a / b", a=[1.0, 1.0], b=[0.0, -0.0]) == [None, None]
    assert answers("1 / a = 1", a=[0, 1, 2]) == [None, True, False]


@pytest.mark.parametrize(
    "text", ["a + 1", "a * 2", "-a - 2 - a", "a * a", "abs(-a - 1)", "0 - a - a"], ids=lambda text: text
)
def test_a_whole_number_beyond_64_bits_is_null_and_never_wraps(text: str) -> None:
    assert answers(text, a=[LARGEST]) == [None]


def test_the_largest_whole_numbers_themselves_are_exact() -> None:
    assert answers("a - 1", a=[LARGEST]) == [LARGEST - 1]
    assert answers("-a", a=[LARGEST]) == [-LARGEST]
    assert answer("-9223372036854775808") == -(2**63)
    assert answers("-a", a=[-(2**63)]) == [None]


def test_a_column_of_small_or_unsigned_numbers_neither_wraps_nor_turns_round() -> None:
    schema = {"attendances": pl.UInt32(), "breaches": pl.UInt32(), "small": pl.Int8()}
    frame = pl.DataFrame({"attendances": [1], "breaches": [2], "small": [100]}, schema=schema)
    less = compile_expression("attendances - breaches", schema, where=WHERE)
    more = compile_expression("small + small", schema, where=WHERE)
    assert frame.select(less.expr, more.expr.alias("more")).row(0) == (-1, 200)


def test_nan_and_infinity_are_null_so_that_no_comparison_finds_them_large() -> None:
    nan, infinity = float("nan"), float("inf")
    assert answers("a > 5", a=[nan, infinity, -infinity, 6.0]) == [None, None, None, True]
    assert answers("a * a", a=[1e200]) == [None]
    assert answers("a * a - a * a", a=[1e200]) == [None]


def test_arithmetic_binds_as_in_sql() -> None:
    assert answer("2 + 3 * 4") == 14
    assert answer("(2 + 3) * 4") == 20
    assert answer("10 - 3 - 2") == 5
    assert answer("- 2 * 3") == -6
    assert answer("1 + 0.5") == 1.5
    assert answer("1e3 + .5") == 1000.5
    assert answer("not 1 = 2 and true") is True
    assert answer("true or false and false") is True


def test_round_goes_away_from_zero() -> None:
    assert answers("round(a)", a=[0.5, 1.5, 2.5, -0.5, -2.5, 2.4]) == [1.0, 2.0, 3.0, -1.0, -3.0, 2.0]
    assert answers("round(a, 2)", a=[1.125, -1.125, 0.874]) == [1.13, -1.13, 0.87]
    assert answers("round(a, 1)", a=[3, None]) == [3, None]


def test_round_sees_the_double_that_a_decimal_is_kept_as() -> None:
    """1.005 is kept as 1.00499999999999989..., so it rounds down; pence are whole numbers and have no such trouble."""
    assert answers("round(a, 2)", a=[1.005]) == [1.0]


def test_functions_of_numbers() -> None:
    assert answers("abs(a)", a=[-2, 2, None]) == [2, 2, None]
    assert answers("abs(a)", a=[-2.5]) == [2.5]
    assert answers("floor(a)", a=[1.5, -1.5]) == [1.0, -2.0]
    assert answers("ceil(a)", a=[1.5, -1.5]) == [2.0, -1.0]
    assert answers("floor(a)", a=[3]) == [3]


def test_least_and_greatest_are_null_where_one_value_is() -> None:
    assert answers("least(a, b)", a=[1, 5, None], b=[3, 2, 1]) == [1, 2, None]
    assert answers("greatest(a, b, 4)", a=[1, 5, None], b=[3, 2, 1]) == [4, 5, None]
    assert answers("greatest(a, b)", a=[date(2016, 1, 1)], b=[date(2016, 1, 2)]) == [date(2016, 1, 2)]
    assert answers("least(a, 'b')", a=["a", "c"]) == ["a", "b"]


def test_coalesce_takes_the_first_that_is_known() -> None:
    assert answers("coalesce(a, b, 0)", a=[1, None, None], b=[2, 2, None]) == [1, 2, 0]
    assert answers("coalesce(a, 0.5)", a=[1, None]) == [1.0, 0.5]


@pytest.mark.parametrize("text", ["'' = coalesce(a, '')", "coalesce('', a) = ''", "'' <= coalesce(a, '')"])
def test_one_value_is_compared_with_a_column_that_comes_out_constant(text: str) -> None:
    """The in-memory engine of Polars 2.1 gives one row for all where the value stands on the left."""
    frame = pl.DataFrame({"a": [None, None]}, schema={"a": pl.String()})
    compiled = compile_expression(text, {"a": pl.String()}, where=WHERE)
    assert frame.with_columns(answer=compiled.expr)["answer"].to_list() == [True, True]


def test_a_comparison_that_starts_with_a_literal_means_what_it_says() -> None:
    assert answers("2 < a", a=[1, 2, 3]) == [False, False, True]
    assert answers("2 >= a", a=[1, 2, 3]) == [True, True, False]


# --- dates ---------------------------------------------------------------------------------------


def test_a_date_less_a_date_is_whole_days() -> None:
    later, earlier = date(2016, 3, 1), date(2016, 2, 28)
    assert answers("a - b", a=[later, earlier, None], b=[earlier, later, later]) == [2, -2, None]
    assert answers("a - b > 90", a=[date(2016, 4, 1)], b=[date(2016, 1, 1)]) == [True]
    assert answers("a - DATE '2016-01-01'", a=[date(2016, 1, 11)]) == [10]


def test_a_date_and_whole_days_is_a_date() -> None:
    assert answers("a + 28", a=[date(2016, 2, 1), None]) == [date(2016, 2, 29), None]
    assert answers("28 + a", a=[date(2016, 2, 1)]) == [date(2016, 2, 29)]
    assert answers("a - :n", {"n": 1}, a=[date(2016, 3, 1)]) == [date(2016, 2, 29)]


@pytest.mark.parametrize("days", ["9223372036854775807", "-9223372036854775808", "3000000", "-800000"])
def test_a_date_outside_the_calendar_is_null(days: str) -> None:
    assert answers(f"a + {days}", a=[date(2016, 1, 1)]) == [None]


def test_a_date_column_outside_the_calendar_stops_no_run() -> None:
    frame = pl.DataFrame({"a": pl.Series([2**31 - 1, -(2**31), 0], dtype=pl.Int32).cast(pl.Date)})
    text = "coalesce(cast(a as text), 'none') = '1970-01-01' and year(a + 1) = 1970"
    compiled = compile_expression(text, {"a": pl.Date(), "at": pl.Datetime("us")}, where=WHERE)
    assert frame.select(compiled.expr).to_series().to_list() == [False, False, True]
    compiled = compile_expression("a < at", {"a": pl.Date(), "at": pl.Datetime("us")}, where=WHERE)
    with_time = frame.with_columns(at=pl.lit(datetime(1970, 1, 1, 12), dtype=pl.Datetime("us")))  # noqa: DTZ001
    assert with_time.select(compiled.expr).to_series().to_list() == [None, None, True]


def test_parts_of_a_date() -> None:
    monday = date(2016, 2, 29)
    assert answers("year(a) * 10000 + month(a) * 100 + day(a)", a=[monday, None]) == [20160229, None]
    assert answers("weekday(a)", a=[monday, date(2016, 3, 6)]) == [1, 7]
    assert answers("WeekDay(a)", a=[monday]) == [1]


def test_a_date_is_midnight_beside_a_date_and_time() -> None:
    evening = datetime(2016, 1, 1, 20)  # noqa: DTZ001 - recorded_at is naive local time
    assert answers("a > b", a=[evening], b=[date(2016, 1, 1)]) == [True]
    assert answers("cast(a as date) = b", a=[evening], b=[date(2016, 1, 1)]) == [True]
    assert answers("hour_of in (DATE '2016-01-01')", hour_of=[evening]) == [False]


# --- texts ---------------------------------------------------------------------------------------


def test_functions_of_text_count_characters_not_bytes() -> None:
    assert answers("length(a)", a=["Zoë", "", None]) == [3, 0, None]
    assert answers("left(a, 3)", a=["Zoë B", "é"]) == ["Zoë", "é"]
    assert answers("right(a, 2)", a=["Zoë", "é", ""]) == ["oë", "é", ""]
    assert answers("left(a, 0)", a=["Zoë"]) == [""]
    assert answers("substring(a, 2, 2)", a=["Zoë", "é"]) == ["oë", ""]
    assert answers("substring(a, 3)", a=["Zoë"]) == ["ë"]
    assert answers("substring(a from 2 for 1)", a=["Zoë"]) == ["o"]


def test_functions_of_text() -> None:
    assert answers("lower(a)", a=["ZOË"]) == ["zoë"]
    assert answers("upper(trim(a))", a=["  zoë\t"]) == ["ZOË"]
    assert answers("replace(a, '.', '$0')", a=["a.b"]) == ["a$0b"]
    assert answers("starts_with(a, 'CPA')", a=["CPA01", "cpa01", None]) == [True, False, None]
    assert answers("starts_with(a, b)", a=["ab", "ab"], b=["a", None]) == [True, None]


def test_replacements_side_by_side_may_be_many() -> None:
    side_by_side = " or ".join(["replace(a, 'b', 'xyz') = 'xyz'"] * 20)
    assert answers(side_by_side, a=["b", "c"]) == [True, False]


def test_a_pattern_is_found_anywhere_and_keeps_its_backslashes() -> None:
    assert answers(r"regexp_like(a, '\d{2}')", a=["A12", "A1", None]) == [True, False, None]
    assert answers("regexp_like(a, '(?i)^job$')", a=["Job", "Job 2"]) == [True, False]


def test_a_text_is_what_it_was_written_as() -> None:
    assert answers(r"a = 'back\slash'", a=["back\\slash"]) == [True]
    assert answers("a = '-- no comment; /* none */ {{x}}'", a=["-- no comment; /* none */ {{x}}"]) == [True]
    assert answers("a = '\u2019'", a=["\u2019"]) == [True]
    assert answers("a < 'b'", a=["a", "B", "c"]) == [True, True, False]


# --- casts ---------------------------------------------------------------------------------------


def test_a_cast_that_cannot_be_done_is_null() -> None:
    assert answers("cast(a as integer)", a=["12", "-1", "1.5", " 1", "x", ""]) == [
        12,
        -1,
        None,
        None,
        None,
        None,
    ]
    assert answers("cast(a as double)", a=["1.5", "1e3", "nan", "inf", "x"]) == [
        1.5,
        1000.0,
        None,
        None,
        None,
    ]
    assert answers("cast(a as date)", a=["2016-01-31", "2016-1-31", "2016-02-30", " 2016-01-31"]) == [
        date(2016, 1, 31),
        None,
        None,
        None,
    ]


def test_casts_between_kinds() -> None:
    assert answers("cast(a as integer)", a=[1.9, -1.9, 1e300]) == [1, -1, None]
    assert answers("cast(a as integer)", a=[True, False]) == [1, 0]
    assert answers("cast(a as text)", a=[12, None]) == ["12", None]
    assert answers("cast(a as text)", a=[date(2016, 1, 2)]) == ["2016-01-02"]
    assert answers("cast(a as double) / 2", a=[3]) == [1.5]
    assert answer("cast('2016-01-31' as date)") == date(2016, 1, 31)
    assert answer("cast(null as date)") is None


# --- names, parameters, result -------------------------------------------------------------------


def test_a_table_and_column_are_one_name() -> None:
    schema = {"clients.group": pl.String(), "amount": pl.Int64()}
    compiled = compile_expression("clients.group = 'x' and amount > 1", schema, where=WHERE)
    assert compiled.columns == {"clients.group", "amount"}
    frame = pl.DataFrame({"clients.group": ["x"], "amount": [2]})
    assert frame.select(compiled.expr).item() is True


def test_an_odd_name_stands_in_double_quotation_marks() -> None:
    assert answers('"end" = 1 and "Größe" > 1', end=[1], Größe=[2]) == [True]
    assert answers("group = 'x' and date = 1 and period = 2", group=["x"], date=[1], period=[2]) == [True]


def test_the_columns_that_are_read_are_known_without_a_schema() -> None:
    text = "case when a > :x then b else clients.c end in (1, 2) and a is null"
    assert columns_read(text, WHERE) == {"a", "b", "clients.c"}
    assert columns_read("1 = 1", WHERE) == frozenset()


@pytest.mark.parametrize(
    ("value", "text"),
    [(2, "a = :p"), (2.0, "a = :p"), (True, "(a = 2) = :p"), ("2", "cast(a as text) = :p")],
)
def test_a_parameter_keeps_its_kind(value: Scalar, text: str) -> None:
    assert answers(text, {"p": value}, a=[2, 3]) == [True, False]


def test_a_parameter_may_be_a_date() -> None:
    assert answers("a > :p", {"p": date(2016, 1, 1)}, a=[date(2016, 1, 2)]) == [True]


def test_a_null_column_is_null_in_every_kind() -> None:
    schema = {"nothing": pl.Null(), "a": pl.Int64()}
    frame = pl.DataFrame({"nothing": [None], "a": [1]}, schema=schema)
    texts = ["nothing = a", "not nothing", "nothing + a", "length(nothing)", "year(nothing)", "nothing > 'x'"]
    for text in texts:
        compiled = compile_expression(text, schema, where=WHERE)
        assert frame.select(answer=compiled.expr).item() is None


def test_every_function_of_the_guide_has_a_sentence_that_shows_its_call() -> None:
    assert set(CONDITION_FUNCTIONS) == {*FUNCTIONS, "cast"}
    for name, sentence in CONDITION_FUNCTIONS.items():
        assert sentence.startswith(f"{name}(")
        assert sentence.endswith(".")


def test_the_sql_parser_is_loaded_only_when_a_condition_is_read() -> None:
    code = "import sys, pbr_audit.expression; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
