"""Mutants of a TOML rule: its condition and calculations as SQL, and the values of its parameters."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal

from sqlglot import exp, parse_one

from benchmarks.mutation.mutants import Mutant, mutant_of

OTHER: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.LT: (exp.LTE, exp.GTE),
    exp.LTE: (exp.LT, exp.GT),
    exp.GT: (exp.GTE, exp.LTE),
    exp.GTE: (exp.GT, exp.LT),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.And: (exp.Or,),
    exp.Or: (exp.And,),
}


def toml_mutants(source: str) -> list[Mutant]:
    """Return all mutants of a TOML rule's text, in the order of its conditions and parameters."""
    rule = tomllib.loads(source)
    texts = [rule["when"], rule.get("at_risk", ""), *rule.get("evidence", {}).values()]
    made = [
        _put(source, text, changed)
        for text in texts
        if text in source and text
        for changed in dict.fromkeys(_conditions(text))
        if changed != text
    ]
    for name, param in rule.get("params", {}).items():
        made += _params(source, name, param["value"])
    return made


def _put(source: str, before: str, after: str) -> Mutant:
    at = source.index(before)
    return mutant_of(source, source[:at] + after + source[at + len(before) :])


def _conditions(text: str) -> Iterator[str]:
    """Yield the condition with one node changed."""
    tree = parse_one(text.replace(":", "param_colon_"))
    for place, _ in enumerate(tree.walk()):
        for change in (_swapped, _dropped, _moved):
            for changed in change(tree.copy(), place):
                yield changed.sql().replace("param_colon_", ":")


def _swapped(tree: exp.Expr, place: int) -> Iterator[exp.Expr]:
    node = list(tree.walk())[place]
    for kind in OTHER.get(type(node), ()):
        copy = tree.copy()
        yield _replaced(copy, place, kind(this=node.this.copy(), expression=node.expression.copy()))


def _dropped(tree: exp.Expr, place: int) -> Iterator[exp.Expr]:
    node = list(tree.walk())[place]
    if isinstance(node, exp.And | exp.Or):
        yield _replaced(tree.copy(), place, node.left.copy())
        yield _replaced(tree.copy(), place, node.right.copy())
    if isinstance(node, exp.Not):
        yield _replaced(tree.copy(), place, node.this.copy())


def _moved(tree: exp.Expr, place: int) -> Iterator[exp.Expr]:
    node = list(tree.walk())[place]
    if isinstance(node, exp.Literal) and not node.is_string:
        number = Decimal(node.this)
        step = Decimal(1).scaleb(int(number.as_tuple().exponent))
        for moved in (number + step, number - step):
            yield _replaced(tree.copy(), place, exp.Literal.number(str(moved)))


def _replaced(tree: exp.Expr, place: int, by: exp.Expr) -> exp.Expr:
    node = list(tree.walk())[place]
    if node is tree:
        return by
    node.replace(by)
    return tree


def _params(source: str, name: str, value: object) -> Iterator[Mutant]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return
    lines = source.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.strip() == f"[params.{name}]")
    at = next(n for n in range(at, len(lines)) if lines[n].strip().startswith("value"))
    number = Decimal(repr(value))
    step = Decimal(1).scaleb(int(number.as_tuple().exponent)) if isinstance(value, float) else Decimal(1)
    for moved in (number + step, number - step):
        after = f"value = {moved}\n"
        changed = "".join([*lines[:at], after, *lines[at + 1 :]])
        yield mutant_of(source, changed)
