"""What the author of a condition reads after a mistake: where, what, and what to do."""

import polars as pl
import pytest

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import Scalar, columns_read, compile_expression

WHERE = "rules/x.toml: when"
COLUMNS: dict[str, pl.DataType] = {
    "achieved": pl.Float64(),
    "cohort_size": pl.Int64(),
    "outcome": pl.String(),
    "outcome_date": pl.Date(),
    "recorded_at": pl.Datetime("us"),
    "final": pl.Boolean(),
    "evidence": pl.List(pl.String()),
    "seen_at": pl.Datetime("us", "Europe/London"),
}
DATE_OR_DAYS = "calculate with numbers, date - date for days, or date + whole days"
LIKE_WITH_LIKE = "compare like with like"
OR_CAST = "compare like with like, or cast the text, as in cast(... as integer)"

MISTAKES = {
    # comparisons
    "achieved = 'ten'": f'column "achieved" is a number and is compared with text; {OR_CAST}',
    "'ten' = achieved": f'column "achieved" is a number and is compared with text; {OR_CAST}',
    "outcome in (1, 2)": f'column "outcome" is text and is compared with a number; {OR_CAST}',
    "outcome between 'A' and 9": f'column "outcome" is text and is compared with a number; {OR_CAST}',
    "outcome_date > '2016-01-01'": (
        "column \"outcome_date\" is a date and is compared with text; write DATE '2016-01-01' for a date"
    ),
    "outcome_date in ('2016-01-01')": (
        "column \"outcome_date\" is a date and is compared with text; write DATE '2016-01-01' for a date"
    ),
    "recorded_at > '2016-01-01'": (
        "column \"recorded_at\" is a date and time and is compared with text; write DATE '2016-01-01' for a date"
    ),
    "outcome_date > 20160101": f'column "outcome_date" is a date and is compared with a number; {LIKE_WITH_LIKE}',
    "outcome_date = outcome": f'column "outcome_date" is a date and is compared with text; {OR_CAST}',
    "final = 1": f'column "final" is true or false and is compared with a number; {LIKE_WITH_LIKE}',
    "1 < cohort_size < 3": f"a comparison is true or false and is compared with a number; {LIKE_WITH_LIKE}",
    "achieved = null": "= NULL is never true; write IS NULL or IS NOT NULL",
    "null <> achieved": "<> NULL is never true; write IS NULL or IS NOT NULL",
    # what is true or false
    "achieved and final": (
        'column "achieved" is a number, and "and" takes only what is true or false; compare it with something'
    ),
    "final or 'x'": 'a literal is text, and "or" takes only what is true or false; compare it with something',
    "not outcome": 'column "outcome" is text, and "not" takes only what is true or false; compare it with something',
    "case when achieved then 1 end = 1": (
        'column "achieved" is a number, and "case when" takes only what is true or false; compare it with something'
    ),
    "case when final then 1 else 'x' end = 1": (
        "case: a literal is a number and a literal is text; give every branch values of one kind"
    ),
    # arithmetic
    "outcome + 1 > 2": f'column "outcome" is text and a literal is a number, which "+" does not take; {DATE_OR_DAYS}',
    "outcome_date + 1.5 > outcome_date": (
        f'column "outcome_date" is a date and a literal is a number, which "+" does not take; {DATE_OR_DAYS}'
    ),
    "outcome_date + outcome_date > 1": (
        'column "outcome_date" is a date and column "outcome_date" is a date, which "+" does not take; '
        + DATE_OR_DAYS
    ),
    "recorded_at - outcome_date > 1": (
        'column "recorded_at" is a date and time and column "outcome_date" is a date, which "-" does not take; '
        "take the day with cast(... as date) first"
    ),
    "-outcome = 1": 'column "outcome" is text, and "-" takes numbers; use a number',
    # functions and casts
    "abs(outcome) > 1": 'abs: column "outcome" is text; abs takes a number here',
    "length(cohort_size) > 1": 'length: column "cohort_size" is a number; length takes text here',
    "year(outcome) = 2016": 'year: column "outcome" is text; year takes a date here',
    "coalesce(achieved, outcome) = 1": (
        'coalesce: column "achieved" is a number and column "outcome" is text; give it values of one kind'
    ),
    "coalesce(null, achieved, outcome) = 1": (
        'coalesce: column "achieved" is a number and column "outcome" is text; give it values of one kind'
    ),
    "case when final then null when final then 1 else 'x' end = 1": (
        "case: a literal is a number and a literal is text; give every branch values of one kind"
    ),
    "least(final, true)": "least: true and false have no order; use and, or",
    "left(outcome, -1) = 'x'": "left: argument 2 must be fixed; write a whole number from 0 to 2147483648",
    "left(outcome, cohort_size) = 'x'": "left: argument 2 must be fixed; write a whole number from 0 to 2147483648",
    "substring(outcome, 0, 2) = 'x'": (
        "substring: argument 2 must be fixed; write a whole number from 1 to 2147483648"
    ),
    "round(achieved, 16) = 1": "round: argument 2 must be fixed; write a whole number from 0 to 15",
    "replace(outcome, outcome, 'x') = 'x'": (
        "replace: argument 2 must be a text literal; write it in single quotation marks"
    ),
    "replace(outcome, '', 'x') = 'x'": "replace: argument 2 must not be empty; write what is to be replaced",
    "starts_with(outcome)": 'the condition cannot be read as SQL at or before ")"; check what stands there',
    "weekday() = 1": (
        "weekday: it was given 0 arguments; write weekday(d): the day of the week, 1 for Monday to 7 for Sunday."
    ),
    "abs(achieved, 1) = 1": "a function is given too many arguments; take out those it does not know",
    "cast(cohort_size as date) = outcome_date": (
        'column "cohort_size" is a number and cannot be cast to date; leave the cast out'
    ),
    "cast(outcome_date as integer) = 1": (
        'column "outcome_date" is a date and cannot be cast to integer; leave the cast out'
    ),
    # names
    "achievd > 1": 'there is no column "achievd"; did you mean "achieved"?',
    "Achieved > 1": 'there is no column "Achieved"; did you mean "achieved"?',
    "something_else > 1": 'there is no column "something_else"; check the spelling',
    "achieved > :treshold": 'there is no parameter ":treshold"; did you mean ":threshold"?',
    "achieved > :x": 'there is no parameter ":x"; check that it is declared under [params]',
    "evidence is null": 'column "evidence" is of a type that a condition cannot read; use another column',
    "seen_at is null": 'column "seen_at" is of a type that a condition cannot read; use another column',
}


@pytest.mark.parametrize(("text", "sentence"), MISTAKES.items(), ids=MISTAKES)
def test_a_mistake_gets_its_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_expression(text, COLUMNS, params={"threshold": 0.5}, where=WHERE)
    assert str(caught.value) == f"{WHERE}: {sentence}"


@pytest.mark.parametrize("value", [None, [1], 2**63, float("nan"), float("inf")], ids=str)
def test_a_parameter_that_no_column_could_equal_is_refused(value: Scalar) -> None:
    with pytest.raises(ConfigurationError) as caught:
        compile_expression("achieved > :limit", COLUMNS, params={"limit": value}, where=WHERE)
    assert str(caught.value) == (
        f"{WHERE}: parameter :limit is not a number of 64 bits, text, date, true or false; give it one of those"
    )


def test_no_column_is_named_that_is_not_close_to_what_was_written() -> None:
    """A file without headers has a person's data where the names should be."""
    with pytest.raises(ConfigurationError) as caught:
        compile_expression("surname = 'x'", {"J Smith": pl.String(), "1980-01-01": pl.String()}, where=WHERE)
    assert str(caught.value) == f'{WHERE}: there is no column "surname"; check the spelling'


def test_columns_read_refuses_what_compiling_refuses_but_needs_no_schema() -> None:
    with pytest.raises(
        ConfigurationError, match=r'^audit\.toml: achieved: the function "getenv" is not allowed'
    ):
        columns_read("getenv('HOME')", "audit.toml: achieved")
    assert columns_read("nobody_knows + :this", "audit.toml: achieved") == {"nobody_knows"}
