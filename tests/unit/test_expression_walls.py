"""The second wall stands alone: a parsed tree is refused though nobody looked at the words."""

import pytest
import sqlglot
from sqlglot import exp

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression.building import Builder
from pbr_audit.expression.reading import Reader
from tests.unit.conditions import COLUMNS, WHERE, each

# These are refused for their words only: what the parser makes of them has an innocent meaning, which is
# the one that would be built.
INNOCENT_TO_THE_PARSER = {
    "ALL in a function",
    "RLIKE",
    "a cast by colons",
    "a comma after the last argument",
    "a semicolon at the end",
    "a space that does not break",
    "CONVERT",
    "a Cyrillic letter in a name",
    "a null byte in a text",
    "an allowed function's name in quotation marks",
    "an exclamation mark",
    "a quoted star",
    "text that runs right to left",
    "two equals signs",
}


@each
def test_without_the_words_being_looked_at_the_parsed_tree_is_refused_too(case: dict[str, str]) -> None:
    try:
        parsed = sqlglot.parse_one(case["condition"], into=exp.Condition)
    except sqlglot.errors.SqlglotError:
        return
    try:
        built = Builder(COLUMNS, {}, WHERE).build(Reader(WHERE).read(parsed))
    except ConfigurationError:
        return
    assert case["name"] in INNOCENT_TO_THE_PARSER
    assert built.expr.meta.serialize() is not None


def test_every_class_of_the_parser_but_the_listed_is_refused() -> None:
    taken = set()
    for class_ in _subclasses(exp.Expr):
        try:
            Reader(WHERE)._reader(class_())
        except ConfigurationError:
            continue
        taken.add(class_.__name__)
    assert " ".join(sorted(taken)) == (
        "Abs Add And Anonymous Between Boolean Case Cast Ceil Coalesce Column Day Div EQ Floor GT "
        "GTE Greatest In Is LT LTE Least Left Length Literal Lower Month Mul NEQ Neg Not Null Or "
        "Paren Placeholder RegexpLike Replace Right Round StartsWith Sub Substring Trim Upper Year"
    )


def _subclasses(class_: type[exp.Expr]) -> set[type[exp.Expr]]:
    return {class_}.union(*(_subclasses(below) for below in class_.__subclasses__()))


@pytest.mark.parametrize(
    "class_", [exp.EQ, exp.Add, exp.And, exp.Not, exp.Neg, exp.Paren, exp.Abs, exp.Case, exp.Is]
)
def test_an_argument_that_a_later_parser_adds_is_refused(class_: type[exp.Expr]) -> None:
    node = class_(this=exp.column("amount"), expression=exp.column("amount"), surprise=exp.column("amount"))
    with pytest.raises(ConfigurationError, match=r"with (SURPRISE|EXPRESSION) is not allowed in a condition"):
        Reader(WHERE).read(node)


def test_a_subclass_of_an_allowed_class_is_not_allowed_for_its_parent() -> None:
    assert issubclass(exp.TryCast, exp.Cast)
    with pytest.raises(ConfigurationError, match='the function "try_cast" is not allowed'):
        Reader(WHERE).read(exp.TryCast(this=exp.column("amount"), to=exp.DataType(this=exp.DType.INT)))


def test_a_comment_that_hangs_on_a_node_is_refused() -> None:
    node = exp.column("amount")
    node.add_comments(["hidden"])
    with pytest.raises(ConfigurationError, match="a comment is not allowed"):
        Reader(WHERE).read(node)
