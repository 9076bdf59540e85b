r"""The second wall: what the SQL parser made of a condition becomes a `tree.Node`, or is refused.

sqlglot reads the text in its generic dialect and as a condition only, never as a statement. Generic, because
it keeps what was written: the Postgres dialect makes `/` an integer division, reads `$1`, `x'1f'` and
`e'\n'` as further kinds of literals, takes `now()` and `end` for more than names, and moves the index in
`a[1]`.

Every node is taken by its exact class, with the arguments that this page names and no other: a class or an
argument that a later sqlglot adds is refused until someone allows it here.
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date

from sqlglot import exp

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import tree
from pbr_audit.expression.allowed import (
    ANONYMOUS,
    ARITHMETIC,
    COMPARISONS,
    DATE_HINT,
    FUNCTIONS,
    HINTS,
    LOGIC,
    NAMES,
    TYPES,
    name_of,
)
from pbr_audit.expression.tree import shown
from pbr_audit.expression.words import refused, too_deep

MAX_NODES = 400
MAX_DEPTH = 50
IN_FORMS = {
    "query": "a subquery (SELECT)",
    "unnest": "IN with UNNEST",
    "field": "IN without a list in brackets",
}
INT64 = range(-(2**63), 2**63)
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE = re.compile(r"[0-9]{1,40}")
DECIMAL = re.compile(r"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]{1,4})?")


class Reader:
    """Reads one parsed condition, and counts as it goes, so that a huge one is refused before it is built."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.nodes_read = 0
        self.depth = 0

    def read(self, node: object) -> tree.Node:
        """`node` as a tree node; raises for every class and argument that is not allowed."""
        self.nodes_read += 1
        if self.nodes_read > MAX_NODES:
            raise ConfigurationError(f"{self.where}: the condition has more than {MAX_NODES} parts; split it")
        if self.depth >= MAX_DEPTH:
            raise too_deep(self.where)
        if not isinstance(node, exp.Expr):
            raise refused(self.where, f"{type(node).__name__} in place of a value")
        if node.comments:
            raise refused(self.where, "a comment", "say it in the rule's page")
        self.depth += 1
        try:
            return self._reader(node)(node)
        finally:
            self.depth -= 1

    def _reader(self, node: exp.Expr) -> Callable[[exp.Expr], tree.Node]:
        kind = type(node)
        if kind in FUNCTIONS:
            return self._call
        readers: dict[type[exp.Expr], Callable[[exp.Expr], tree.Node]] = {
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Boolean: self._boolean,
            exp.Null: self._null,
            exp.Placeholder: self._parameter,
            exp.Paren: self._paren,
            exp.Not: self._not,
            exp.Neg: self._negate,
            exp.Between: self._between,
            exp.In: self._in,
            exp.Is: self._is_null,
            exp.Case: self._case,
            exp.Cast: self._cast,
            exp.Anonymous: self._anonymous,
            **dict.fromkeys(COMPARISONS, self._compare),
            **dict.fromkeys(ARITHMETIC, self._arithmetic),
            **dict.fromkeys(LOGIC, self._logic),
        }
        reader = readers.get(kind)
        if reader is None:
            raise refused(self.where, name_of(node), HINTS.get(kind.__name__, ""))
        return reader

    def _only(self, node: exp.Expr, *allowed: str) -> None:
        """Refuses an argument of `node` that is not in `allowed`; an empty one says nothing and passes."""
        for argument, value in node.args.items():
            if argument in allowed or value is None or value is False or value == []:
                continue
            if isinstance(node, exp.In):
                raise refused(self.where, IN_FORMS.get(argument, f"IN with {argument.upper()}"))
            raise refused(self.where, f"{name_of(node)} with {argument.upper()}")

    def _identifier(self, value: object) -> str:
        if not isinstance(value, exp.Identifier) or not isinstance(value.this, str) or not value.this:
            raise refused(
                self.where,
                "a name that is not a word",
                "write a column's name, in double quotation marks where it is odd",
            )
        self._only(value, "this", "quoted")
        return value.this

    def _column(self, node: exp.Expr) -> tree.Node:
        if isinstance(node.this, exp.Star):
            raise refused(self.where, NAMES["Star"])
        if node.args.get("db") or node.args.get("catalog"):
            raise refused(self.where, "a name with more than one dot", "write column or table.column")
        self._only(node, "this", "table")
        name = self._identifier(node.this)
        if node.args.get("table"):
            name = f"{self._identifier(node.args['table'])}.{name}"
        if name == "*" or (name.startswith("^") and name.endswith("$")):
            # Polars takes such names for patterns that stand for several columns.
            raise refused(self.where, f"the column name {shown(name)}", "rename the column in the source")
        return tree.Column(name)

    def _literal(self, node: exp.Expr) -> tree.Literal:
        self._only(node, "this", "is_string")
        text = node.this
        if not isinstance(text, str):
            raise refused(self.where, "a literal of an unknown form")
        return tree.Literal(text if node.args.get("is_string") else self._number(text, sign=1))

    def _number(self, text: str, sign: int) -> int | float:
        if WHOLE.fullmatch(text):
            if sign * int(text) in INT64:
                return sign * int(text)
        elif not DECIMAL.fullmatch(text):
            raise refused(self.where, f"the number {shown(text)}", "write a number as in 12, 12.5 or 1e6")
        elif math.isfinite(float(text)):
            return sign * float(text)
        raise refused(self.where, "so large a number", "the largest whole number is 9223372036854775807")

    def _boolean(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this")
        return tree.Literal(bool(node.this))

    def _null(self, node: exp.Expr) -> tree.Node:
        self._only(node)
        return tree.Literal(None)

    def _parameter(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this")
        if not isinstance(node.this, str) or not node.this:
            raise refused(self.where, "a parameter without a name", "write a parameter as :name")
        return tree.Parameter(node.this)

    def _paren(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this")
        return self.read(node.this)

    def _not(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this")
        return tree.Not(self.read(node.this))

    def _negate(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this")
        if isinstance(node.this, exp.Literal) and not node.this.args.get("is_string"):
            self._only(node.this, "this")
            return tree.Literal(self._number(str(node.this.this), sign=-1))
        return tree.Negate(self.read(node.this))

    def _compare(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "expression")
        return tree.Compare(
            COMPARISONS[type(node)], self.read(node.this), self.read(node.args.get("expression"))
        )

    def _arithmetic(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "expression")
        return tree.Arithmetic(
            ARITHMETIC[type(node)], self.read(node.this), self.read(node.args.get("expression"))
        )

    def _logic(self, node: exp.Expr) -> tree.Node:
        """A chain of one operator, nested to the left by the parser, as one node: a long `or` is not deep."""
        operands: list[object] = []
        left: object = node
        while isinstance(left, exp.Expr) and type(left) is type(node):
            self._only(left, "this", "expression")
            operands.append(left.args.get("expression"))
            left = left.this
        operands.append(left)
        return tree.Logic(LOGIC[type(node)], tuple(self.read(operand) for operand in reversed(operands)))

    def _between(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "low", "high")
        return tree.Between(
            self.read(node.this), self.read(node.args.get("low")), self.read(node.args.get("high"))
        )

    def _in(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "expressions")
        value = self.read(node.this)
        choices = [self.read(choice) for choice in _listed(node, "expressions")]
        allowed = tuple(choice for choice in choices if isinstance(choice, tree.Literal | tree.Parameter))
        if not choices or len(allowed) < len(choices):
            raise refused(
                self.where,
                "IN with anything but literals in its list",
                "write IN ('a', 'b'), or compare with =",
            )
        return tree.In(value, allowed)

    def _is_null(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "expression")
        if type(node.args.get("expression")) is not exp.Null:
            raise refused(self.where, "IS with anything but NULL", "write the condition itself, or not (...)")
        self._only(node.args["expression"])
        return tree.IsNull(self.read(node.this))

    def _case(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "ifs", "default")
        operand = node.args.get("this")
        default = node.args.get("default")
        branches = []
        for branch in _listed(node, "ifs"):
            if type(branch) is not exp.If:
                raise refused(self.where, "CASE without WHEN")
            self._only(branch, "this", "true")
            branches.append(tree.Branch(self.read(branch.this), self.read(branch.args.get("true"))))
        if not branches:
            raise refused(
                self.where, "CASE without WHEN", "write CASE WHEN condition THEN value ELSE value END"
            )
        return tree.Case(
            None if operand is None else self.read(operand),
            tuple(branches),
            None if default is None else self.read(default),
        )

    def _cast(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "to")
        to = node.args.get("to")
        target = TYPES.get(to.this) if type(to) is exp.DataType else None
        if target is None or not isinstance(to, exp.DataType):
            written = (
                to.this.value
                if isinstance(to, exp.DataType) and isinstance(to.this, exp.DType)
                else "this type"
            )
            raise refused(self.where, f"a cast to {written}", "cast to integer, double, text or date")
        self._only(to, "this")
        operand = self.read(node.this)
        if target == "date" and isinstance(operand, tree.Literal) and isinstance(operand.value, str):
            return tree.Literal(self._date(operand.value))
        return tree.Cast(operand, target)

    def _date(self, text: str) -> date:
        try:
            return date.fromisoformat(text if ISO_DATE.fullmatch(text) else "")
        except ValueError:
            raise ConfigurationError(f"{self.where}: a DATE literal is not a date; {DATE_HINT}") from None

    def _call(self, node: exp.Expr) -> tree.Node:
        name, arguments = FUNCTIONS[type(node)]
        # sqlglot marks its own default on least and greatest; `functions` says what they do with null.
        self._only(node, *arguments, *(("ignore_nulls",) if name in {"least", "greatest"} else ()))
        values = [_listed(node, argument) for argument in arguments]
        filled = [bool(value) for value in values]
        if filled != sorted(filled, reverse=True):
            raise refused(
                self.where,
                f"{name} without its second part",
                "write its parts with commas, from the first on",
            )
        return tree.Call(name, tuple(self.read(value) for several in values for value in several))

    def _anonymous(self, node: exp.Expr) -> tree.Node:
        self._only(node, "this", "expressions")
        name = node.this.lower() if isinstance(node.this, str) else ""
        if name not in ANONYMOUS:
            raise refused(self.where, name_of(node))
        return tree.Call(name, tuple(self.read(value) for value in _listed(node, "expressions")))


def _listed(node: exp.Expr, argument: str) -> Sequence[object]:
    value = node.args.get(argument)
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)
