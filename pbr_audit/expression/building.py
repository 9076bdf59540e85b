"""A condition's tree becomes a typed Polars expression, node by node.

No text of the condition reaches Polars as SQL.
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import singledispatchmethod
from operator import add, eq, ge, gt, le, lt, mul, ne, sub

import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.expression import casts, functions, tree
from pbr_audit.expression.kinds import (
    DTYPES,
    NUMBERS,
    Kind,
    Typed,
    as_date,
    common,
    finite,
    fits,
    of_column,
    of_scalar,
    unlike,
    wide,
)

# Polars writes a condition out in full before it finds repeated parts; nested least, greatest and case repeat
# theirs.
MAX_WEIGHT = 5_000

COMPARISONS = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
ARITHMETIC = {"+": add, "-": sub, "*": mul}
DATE_ADVICE = "write DATE '2016-01-01'"


class Builder:
    """Builds one condition over `columns` and `params`."""

    def __init__(
        self, columns: Mapping[str, pl.DataType], params: Mapping[str, tree.Scalar], where: str
    ) -> None:
        self.columns = columns
        self.params = params
        self.where = where

    def build(self, node: tree.Node) -> Typed:
        """`node` as Polars with its kind, or a sentence about what does not go together."""
        built = self._build(node)
        if built.weight > MAX_WEIGHT:
            raise self._wrong(
                "the condition is too large once it is written out; nest fewer case, least and greatest"
            )
        return built

    def _wrong(self, message: str) -> ConfigurationError:
        return ConfigurationError(f"{self.where}: {message}")

    @singledispatchmethod
    def _build(self, node: tree.Node) -> Typed:
        raise NotImplementedError(type(node).__name__)

    @_build.register
    def _(self, node: tree.Column) -> Typed:
        name = tree.shown(node.name)
        dtype = self.columns.get(node.name)
        if dtype is None:
            raise self._wrong(
                f"there is no column {name}; {_closest(node.name, self.columns, 'the spelling')}"
            )
        column = of_column(node.name, dtype)
        if column is None:
            raise self._wrong(f"column {name} is of a type that a condition cannot read; use another column")
        return column

    @_build.register
    def _(self, node: tree.Literal) -> Typed:
        if node.value is None:
            return Typed(pl.lit(None), Kind.NULL, "NULL", written=True)
        return self._scalar(node.value, "a literal", written=True)

    @_build.register
    def _(self, node: tree.Parameter) -> Typed:
        if node.name not in self.params:
            known = [f":{name}" for name in self.params]
            advice = _closest(f":{node.name}", known, "that it is declared under [params]")
            raise self._wrong(f"there is no parameter {tree.shown(f':{node.name}')}; {advice}")
        return self._scalar(self.params[node.name], f"parameter :{node.name}", written=False)

    def _scalar(self, value: tree.Scalar, noun: str, *, written: bool) -> Typed:
        kind = of_scalar(value)
        if kind is None:
            raise self._wrong(
                f"{noun} is not a number of 64 bits, text, date, true or false; give it one of those"
            )
        return Typed(pl.lit(value, dtype=DTYPES[kind]), kind, noun, constant=value, written=written)

    @_build.register
    def _(self, node: tree.Not) -> Typed:
        operand = self._truth(node.operand, "not")
        return Typed(~operand.cast(Kind.BOOLEAN), Kind.BOOLEAN, "not (...)", operand.weight + 1)

    @_build.register
    def _(self, node: tree.Logic) -> Typed:
        operands = [self._truth(operand, node.operator) for operand in node.operands]
        join = pl.all_horizontal if node.operator == "and" else pl.any_horizontal
        joined = join([operand.cast(Kind.BOOLEAN) for operand in operands])
        return Typed(joined, Kind.BOOLEAN, f"(... {node.operator} ...)", _weight(operands))

    def _truth(self, node: tree.Node, taker: str) -> Typed:
        part = self.build(node)
        if part.kind not in {Kind.BOOLEAN, Kind.NULL}:
            raise self._wrong(
                f'{part.says}, and "{taker}" takes only what is true or false; compare it with something'
            )
        return part

    @_build.register
    def _(self, node: tree.Compare) -> Typed:
        left, right = self.build(node.left), self.build(node.right)
        return Typed(
            self._compared(node.operator, left, right), Kind.BOOLEAN, "a comparison", _weight([left, right])
        )

    def _compared(self, operator: str, left: Typed, right: Typed) -> pl.Expr:
        if any(part.kind == Kind.NULL and part.written for part in (left, right)):
            raise self._wrong(f"{operator} NULL is never true; write IS NULL or IS NOT NULL")
        kind = self._comparable(left, right)
        if not left.expr.meta.root_names():
            # Polars 2.1 cannot compare one value on the left with a column that came out constant.
            left, right, operator = right, left, TURNED[operator]
        compared: pl.Expr = COMPARISONS[operator](left.cast(kind), right.cast(kind))
        return compared

    def _comparable(self, *parts: Typed) -> Kind:
        """The kind in which `parts` are compared, or a sentence about the first two that cannot be."""
        kind = common(parts)
        if kind is not None:
            return kind
        one, other = unlike(parts)
        if one.constant is not None:
            one, other = other, one
        raise self._wrong(f"{one.says} and is compared with {other.kind.called}; {_advice(one, other)}")

    @_build.register
    def _(self, node: tree.Between) -> Typed:
        parts = [self.build(part) for part in (node.value, node.low, node.high)]
        kind = self._comparable(*parts)
        value, low, high = (part.cast(kind) for part in parts)
        return Typed(value.is_between(low, high), Kind.BOOLEAN, "between", _weight(parts))

    @_build.register
    def _(self, node: tree.In) -> Typed:
        value = self.build(node.value)
        choices = [self.build(choice) for choice in node.choices]
        kind = self._comparable(value, *choices)
        known = [choice for choice in choices if choice.constant is not None]
        found = pl.lit(None, dtype=pl.Boolean)
        if known:
            # Evaluated once, so that the choices have the dtype of the comparison. A list, not a Series: a
            # condition over constants alone must stay one value.
            listed = pl.select(pl.concat_list([choice.cast(kind) for choice in known])).item().to_list()
            found = value.cast(kind).is_in(pl.lit(listed, dtype=pl.List(DTYPES[kind])))
        if len(known) < len(choices):
            # x in (1, null) is true or unknown, never false.
            found = found | pl.lit(None, dtype=pl.Boolean)
        return Typed(found, Kind.BOOLEAN, "in", _weight([value, *choices]))

    @_build.register
    def _(self, node: tree.IsNull) -> Typed:
        operand = self.build(node.operand)
        return Typed(operand.expr.is_null(), Kind.BOOLEAN, "is null", operand.weight + 1)

    @_build.register
    def _(self, node: tree.Case) -> Typed:
        subject = None if node.operand is None else self.build(node.operand)
        tests = [self._test(subject, branch.when) for branch in node.branches]
        values = [self.build(branch.then) for branch in node.branches]
        default = Typed(pl.lit(None), Kind.NULL, "NULL") if node.default is None else self.build(node.default)
        kind = common([*values, default])
        if kind is None:
            one, other = unlike([*values, default])
            raise self._wrong(f"case: {one.says} and {other.says}; give every branch values of one kind")
        chosen = default.cast(kind)
        for test, value in zip(reversed(tests), reversed(values), strict=True):
            chosen = pl.when(test.cast(Kind.BOOLEAN)).then(value.cast(kind)).otherwise(chosen)
        growth = max(value.growth for value in [*values, default])
        return Typed(chosen, kind, "case", _weight([*tests, *values, default]), growth=growth)

    def _test(self, subject: Typed | None, when: tree.Node) -> Typed:
        if subject is None:
            return self._truth(when, "case when")
        value = self.build(when)
        return Typed(self._compared("=", subject, value), Kind.BOOLEAN, "when", _weight([subject, value]))

    @_build.register
    def _(self, node: tree.Negate) -> Typed:
        operand = self.build(node.operand)
        if operand.kind not in NUMBERS | {Kind.NULL}:
            raise self._wrong(f'{operand.says}, and "-" takes numbers; use a number')
        if operand.kind == Kind.DOUBLE:
            return Typed(-operand.expr, Kind.DOUBLE, "-(...)", operand.weight + 1)
        return Typed(
            fits(pl.lit(0, dtype=pl.Int128) - wide(operand)), Kind.INTEGER, "-(...)", operand.weight + 3
        )

    @_build.register
    def _(self, node: tree.Arithmetic) -> Typed:
        left, right = self.build(node.left), self.build(node.right)
        expr, kind = self._calculated(node.operator, left, right)
        return Typed(expr, kind, f"(... {node.operator} ...)", _weight([left, right]) + 2)

    def _calculated(self, operator: str, left: Typed, right: Typed) -> tuple[pl.Expr, Kind]:
        kinds = {left.kind, right.kind}
        if kinds <= NUMBERS | {Kind.NULL}:
            if operator == "/":
                return finite(
                    left.cast(Kind.DOUBLE) / right.cast(Kind.DOUBLE).replace(0.0, None)
                ), Kind.DOUBLE
            if Kind.DOUBLE in kinds:
                return finite(
                    ARITHMETIC[operator](left.cast(Kind.DOUBLE), right.cast(Kind.DOUBLE))
                ), Kind.DOUBLE
            return fits(ARITHMETIC[operator](wide(left), wide(right))), Kind.INTEGER
        if operator == "-" and kinds == {Kind.DATE}:
            return fits(wide(left) - wide(right)), Kind.INTEGER
        moved = operator in {"+", "-"} and left.kind == Kind.DATE and right.kind == Kind.INTEGER
        if moved or (operator == "+" and left.kind == Kind.INTEGER and right.kind == Kind.DATE):
            return as_date(fits(ARITHMETIC[operator](wide(left), wide(right)))), Kind.DATE
        if Kind.DATETIME in kinds:
            advice = "take the day with cast(... as date) first"
        else:
            advice = "calculate with numbers, date - date for days, or date + whole days"
        raise self._wrong(f'{left.says} and {right.says}, which "{operator}" does not take; {advice}')

    @_build.register
    def _(self, node: tree.Cast) -> Typed:
        return casts.cast(self.build(node.operand), node.to, self.where)

    @_build.register
    def _(self, node: tree.Call) -> Typed:
        return functions.call(node.function, tuple(self.build(part) for part in node.arguments), self.where)


def _weight(parts: list[Typed]) -> int:
    return 1 + sum(part.weight for part in parts)


def _closest(name: str, known: Iterable[str], otherwise: str) -> str:
    """Advice that names only a close match: a file without headers has data in place of its names."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.75)
    return f"did you mean {tree.shown(close[0])}?" if close else f"check {otherwise}"


def _advice(one: Typed, other: Typed) -> str:
    if one.kind in {Kind.DATE, Kind.DATETIME} and other.kind == Kind.TEXT and other.written:
        return f"{DATE_ADVICE} for a date"
    if Kind.TEXT in {one.kind, other.kind}:
        return "compare like with like, or cast the text, as in cast(... as integer)"
    return "compare like with like"
