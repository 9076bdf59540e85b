"""However large or odd a text is, it compiles or is refused, and soon."""

import sys
import time

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import CONDITION_FUNCTIONS, columns_read, compile_expression
from tests.unit.conditions import COLUMNS, WHERE


def refusal(condition: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        compile_expression(condition, COLUMNS, where=WHERE)
    return str(caught.value)


DEEP = "the condition is nested too deeply"


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ("amount = " + "9" * 4_000, "the condition has more than 4,000 characters"),
        ("amount in (" + ", ".join("1" * 400) + ")", "the condition has more than 400 parts"),
        ("(" * 21 + "paid" + ")" * 21, DEEP),
        ("(" * 3_900, DEEP),
        ("not " * 900 + "paid", DEEP),
        ("- " * 1_900 + "amount", DEEP),
        ("amount" + " + 1" * 60 + " > 1", DEEP),
        ("amount" + " < amount" * 400, DEEP),
        ("case when " * 300, DEEP),
        ("case when paid then " * 25 + "1" + " end" * 25, DEEP),
        ("coalesce(" * 25 + "amount" + ")" * 25, DEEP),
        (
            "least(amount, " * 18 + "1" + ")" * 18 + " > 1",
            "the condition is too large once it is written out",
        ),
        ("date(" * 50 + "outcome" + ")" * 50, 'the function "date"'),
        ("(date " * 50, 'the function "date"'),
        ("cast(outcome as date(" * 10, 'the function "date"'),
        ("struct<" * 500, DEEP),
        ("outcome." * 400 + "x = 1", "a dotted name that is not table.column"),
        ("'a' " * 900, "a text literal beside another"),
        (
            "regexp_like(outcome, '" + "a" * 401 + "')",
            "regexp_like: the pattern has more than 400 characters",
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_a_condition_that_is_too_large_is_refused_at_once(condition: str, named: str) -> None:
    started = time.process_time()
    message = refusal(condition)
    # Generous, since machines differ; what is held off would take hours.
    assert time.process_time() - started < 5
    assert message.startswith(f"{WHERE}: {named}")
    assert len(message) < 500


def test_a_long_list_and_a_long_chain_are_no_trouble() -> None:
    compile_expression("amount in (" + ", ".join("1" * 390) + ")", COLUMNS, where=WHERE)
    compile_expression(" or ".join(["amount = 1"] * 120), COLUMNS, where=WHERE)
    compile_expression("(" * 20 + "paid" + ")" * 20, COLUMNS, where=WHERE)


def test_a_caller_near_the_end_of_the_stack_gets_a_sentence() -> None:
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(depth + 150)
        with pytest.raises(ConfigurationError, match=DEEP):
            compile_expression("(" * 20 + "paid" + ")" * 20, COLUMNS, where=WHERE)
    finally:
        sys.setrecursionlimit(limit)


EXTREMES = pl.DataFrame(
    {
        "amount": [2**63 - 1, -(2**63), 0, None],
        "paid_amount": [-1, -(2**63), 0, None],
        "paid": [True, False, None, None],
        "outcome": ["", "é", "x" * 50, None],
        "area": ["9" * 30, "nan", "2016-01-01", None],
        "outcome_date": pl.Series([2**31 - 1, -(2**31), 0, None], dtype=pl.Int32).cast(pl.Date),
        "recorded_at": pl.Series([2**60, -(2**60), 0, None], dtype=pl.Int64).cast(pl.Datetime("us")),
        "covariates": [[1], [], [None], None],
    },
    schema=COLUMNS,
)
WORDS = (
    "and or not in is null between case when then else end true false date interval select from as cast left "
    "group like all if call over ( ( ) ) , . + - * / < > = <> >= :x 1 2.5 1e5 'a' 'it''s' '' \" ' ; -- /* */ "
    "[ ] { } $1 @x ::"
)
PIECES = [
    *COLUMNS,
    *CONDITION_FUNCTIONS,
    *WORDS.split(),
    "DATE '2016-01-01'",
    "\n",
    "\x00",
    "\u2019",
    "\u00a0",
]


VALUES = st.sampled_from(
    [
        *[name for name in COLUMNS if name != "covariates"],
        *["1", "0", "-1", "2.5", "1e300", "9223372036854775807", ":x", "null", "true"],
        *["'a'", "''", "'\u00e9'", "DATE '2016-01-01'", "DATE '9999-12-31'"],
    ]
)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "and", "or"])
    named = st.sampled_from(sorted(CONDITION_FUNCTIONS)).flatmap(
        lambda name: st.lists(inner, min_size=1, max_size=3).map(lambda given: f"{name}({', '.join(given)})")
    )
    return st.one_of(
        st.builds(lambda left, operator, right: f"({left} {operator} {right})", inner, binary, inner),
        named,
        st.builds(
            lambda value, to: f"cast({value} as {to})",
            inner,
            st.sampled_from(["integer", "double", "text", "date"]),
        ),
        st.builds(
            lambda when, then, other: f"case when {when} then {then} else {other} end", inner, inner, inner
        ),
        st.builds(lambda value, low, high: f"({value} between {low} and {high})", inner, inner, inner),
        inner.map(lambda value: f"({value} is null)"),
        inner.map(lambda value: f"(not {value})"),
        inner.map(lambda value: f"(- {value})"),
        st.builds(lambda value, one: f"({value} in ({one}, 1))", inner, VALUES),
    )


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join),
    st.recursive(VALUES, _larger, max_leaves=8),
)


@settings(max_examples=300)
@given(TEXTS)
@example("if")
@example("\ud800")
@example("call x")
@example("case when paid then 1 end end")
@example("amount in (null)")
@example("date")
def test_any_text_compiles_or_is_refused_with_a_sentence(text: str) -> None:
    refused: ConfigurationError | None = None
    try:
        compiled = compile_expression(text, COLUMNS, params={"x": 1}, where=WHERE)
    except ConfigurationError as error:
        refused = error
    if refused is not None:
        assert str(refused).startswith(f"{WHERE}: ")
        return
    assert compiled.columns == columns_read(text, WHERE)
    assert compiled.columns <= set(COLUMNS)
    # Whatever was accepted runs: over no rows, and over rows of extremes.
    for table in (pl.DataFrame(schema=COLUMNS), EXTREMES):
        answered = table.with_columns(answer=compiled.expr)
        assert answered["answer"].dtype == compiled.dtype
        assert answered.height == table.height
