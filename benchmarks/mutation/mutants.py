"""Mutants of Python source: one small change each, of the kinds that a slip in a rule looks like.

Comparisons are moved by one and turned round, numbers moved by one in their last digit, terms dropped, joins
and aggregations swapped, filters left out. Decorated functions and pydantic classes are mutated like all
else; docstrings, sentences and type annotations are not, apart from the numbers in an annotation's bounds.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
CALCULATED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
}
TWINS = {
    "min": "max",
    "first": "last",
    "min_horizontal": "max_horizontal",
    "cum_max": "cum_min",
    "any": "all",
    "any_horizontal": "all_horizontal",
    "is_null": "is_not_null",
    "head": "tail",
    "forward_fill": "backward_fill",
    "is_first_distinct": "is_last_distinct",
    "floor": "ceil",
}
CALLED = {
    **TWINS,
    **{other: one for one, other in TWINS.items()},
    "sum": "max",
    "cum_sum": "cum_count",
    "n_unique": "len",
    "count": "len",
}
# A call of these may be forgotten: what it is called on takes its place.
FORGOTTEN = {"filter", "abs", "fill_null", "drop_nulls", "clip", "sort", "unique", "over", "round"}
HOW = {"inner": "left", "left": "inner", "anti": "semi", "semi": "anti", "full": "left"}
CLOSED = {"both": "none", "left": "right", "right": "left", "none": "both"}
# Where one of several names may be forgotten.
LISTED_CALLS = {
    "sort",
    "group_by",
    "over",
    "unique",
    "coalesce",
    "struct",
    "min_horizontal",
    "max_horizontal",
    "filter",
    "is_in",
    "any_horizontal",
    "all_horizontal",
}
LISTED_KEYWORDS = {"on", "by", "left_on", "right_on", "order_by", "subset", "partition_by"}
# What a header says besides these is no behaviour on claims, and is held by the pack's own tests.
HEADER_BEHAVIOUR = {"claims", "live_only"}


@dataclass(frozen=True)
class Mutant:
    """One changed copy of a source: the line where it changes, as it was and as it is, and the whole text."""

    line: int
    text: str
    becomes: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Return all mutants of `source` in the order of the text, each once."""
    tree = ast.parse(source)
    made: dict[str, Mutant] = {}
    for node, into in _places(tree, bounds_only=False):
        changed = _changed(source, node, into)
        if changed != source:
            made.setdefault(changed, mutant_of(source, changed))
    return sorted(made.values(), key=lambda mutant: mutant.line)


def _changed(source: str, node: ast.expr, into: ast.expr) -> str:
    lines = source.encode().splitlines(keepends=True)
    assert node.end_lineno is not None  # noqa: S101 - parsed from text, so it has an end
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + (node.end_col_offset or 0)
    after = ast.unparse(into)
    needs_brackets = isinstance(into, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp | ast.IfExp)
    put = f"({after})" if needs_brackets else after
    data = source.encode()
    return (data[:start] + put.encode() + data[end:]).decode()


def mutant_of(source: str, changed: str) -> Mutant:
    """Return the mutant that has `changed` in the place of `source`, by the first line that differs."""
    lines = zip(source.splitlines(), changed.splitlines(), strict=False)
    place, (was, now) = next((n, pair) for n, pair in enumerate(lines, start=1) if pair[0] != pair[1])
    return Mutant(place, was.strip(), now.strip(), changed)


def _places(node: ast.AST, *, bounds_only: bool) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield every expression that may change with what it may change into."""
    if isinstance(node, ast.JoinedStr) or (_is_type(node) and not bounds_only):
        return
    if isinstance(node, ast.expr):
        yield from _numbers(node) if bounds_only else _changes(node)
    for field, value in ast.iter_fields(node):
        if field == "decorator_list":
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if not isinstance(child, ast.AST):
                continue
            if _is_header(child):
                yield from _in_header(child)
            else:
                yield from _places(child, bounds_only=bounds_only or field in {"annotation", "returns"})
    if isinstance(node, ast.If | ast.IfExp) and not bounds_only:
        yield node.test, ast.UnaryOp(op=ast.Not(), operand=node.test)


def _is_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and _name(node.value) in {"dict", "list", "tuple"}


def _is_header(node: ast.AST) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    return isinstance(node.value, ast.Call) and _name(node.value.func) == "Rule"


def _in_header(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield the changes of a rule's parameters, and of which claims it reads."""
    for call in (call for call in ast.walk(node) if isinstance(call, ast.Call)):
        if _name(call.func) == "Param" and call.args:
            yield from _numbers(call.args[0])
        if _name(call.func) == "Needs":
            for keyword in call.keywords:
                if keyword.arg in HEADER_BEHAVIOUR:
                    yield from _changes(keyword.value)
                    yield from _other_claims(keyword.value)


def _other_claims(value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value, ast.Constant("prime" if value.value == "both" else "both")


def _changes(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    for kind in (_numbers, _truths, _comparisons, _terms, _sums, _calls, _branches):
        yield from kind(node)


def _numbers(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Move a number by one in its last digit."""
    if not isinstance(node, ast.Constant) or type(node.value) not in {int, float}:
        return
    number = Decimal(repr(node.value))
    whole = isinstance(node.value, int)
    step = Decimal(1) if whole else Decimal(1).scaleb(int(number.as_tuple().exponent))
    for moved in (number + step, number - step):
        yield node, ast.Constant(int(moved) if whole else float(moved))


def _truths(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, ast.Constant(not node.value)


def _comparisons(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARED.get(type(operator), ()):
                into = copy.deepcopy(node)
                into.ops[place] = other()
                yield node, into


def _terms(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Drop a term of an and, an or, a not; turn one into the other."""
    if isinstance(node, ast.BoolOp):
        for place in range(len(node.values)):
            rest = [value for at, value in enumerate(node.values) if at != place]
            yield node, rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
        yield node, ast.BoolOp(op=ast.Or() if isinstance(node.op, ast.And) else ast.And(), values=node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield node, node.left
        yield node, node.right
        other = ast.BitOr() if isinstance(node.op, ast.BitAnd) else ast.BitAnd()
        yield node, ast.BinOp(left=node.left, op=other, right=node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield node, node.operand


def _sums(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.BinOp) and type(node.op) in CALCULATED:
        yield node, ast.BinOp(left=node.left, op=CALCULATED[type(node.op)](), right=node.right)


def _calls(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Swap or forget a method, a join's kind, or one of the names that it lists."""
    if not isinstance(node, ast.Call):
        return
    yield from _other_methods(node, _name(node.func))
    for place, keyword in enumerate(node.keywords):
        swapped = {"how": HOW, "closed": CLOSED}.get(keyword.arg or "", {})
        if isinstance(keyword.value, ast.Constant) and keyword.value.value in swapped:
            into = copy.deepcopy(node)
            into.keywords[place].value = ast.Constant(swapped[keyword.value.value])
            yield node, into
        if keyword.arg in LISTED_KEYWORDS:
            yield from _shorter(keyword.value)
    if _name(node.func) in LISTED_CALLS:
        if len(node.args) + len(node.keywords) > 1:
            yield from _fewer_arguments(node)
        for argument in node.args:
            yield from _shorter(argument)


def _other_methods(node: ast.Call, name: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    if name in CALLED:
        into = copy.deepcopy(node)
        if isinstance(into.func, ast.Attribute):
            into.func.attr = CALLED[name]
        elif isinstance(into.func, ast.Name):
            into.func.id = CALLED[name]
        yield node, into
    if name in FORGOTTEN and isinstance(node.func, ast.Attribute) and not _is_polars(node.func.value):
        yield node, node.func.value


def _fewer_arguments(node: ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
    for place in range(len(node.args)):
        into = copy.deepcopy(node)
        del into.args[place]
        yield node, into
    for place, keyword in enumerate(node.keywords):
        if keyword.arg not in {"order_by", "descending", "nulls_last", "maintain_order", "keep"}:
            into = copy.deepcopy(node)
            del into.keywords[place]
            yield node, into


def _shorter(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            into = copy.deepcopy(node)
            del into.elts[place]
            yield node, into


def _branches(node: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Drop a branch of `when(a).then(b).when(c).then(d)`."""
    if not (isinstance(node, ast.Call) and _name(node.func) == "then"):
        return
    when = node.func.value if isinstance(node.func, ast.Attribute) else None
    if not (isinstance(when, ast.Call) and isinstance(when.func, ast.Attribute)):
        return
    before: ast.expr = when.func.value
    if not _is_polars(before):
        yield node, before
    elif isinstance(before, ast.Name):
        yield from _negated(node, when)


def _negated(node: ast.Call, when: ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Turn the condition of a first `when` round, where it is an expression."""
    if len(when.args) == 1 and not isinstance(when.args[0], ast.Constant):
        into = copy.deepcopy(node)
        assert isinstance(into.func, ast.Attribute)  # noqa: S101 - a copy of what was looked at
        assert isinstance(into.func.value, ast.Call)  # noqa: S101
        into.func.value.args[0] = ast.UnaryOp(op=ast.Invert(), operand=when.args[0])
        yield node, into


def _is_polars(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "pl"


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
