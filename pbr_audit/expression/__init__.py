"""Conditions: the SQL expression of a rule's `when` or of a mapped column, read, checked, made into Polars.

A condition may come from a stranger's rule pack. It can compare, calculate and call the functions of
`CONDITION_FUNCTIONS`, and nothing else: it reads no file, clock, environment or chance. The text goes through
two walls, `words` (its words) and `reading` (its parsed tree), and the Polars expression is built from the
checked tree alone.

Null is SQL's null: `null = 1` is unknown, `false and null` is false. Where there is no answer (a division by
zero, a whole number beyond 64 bits, a text that cannot be cast) the answer is null too, so the row is not
assessable and counted as such. Nothing in a compiled condition stops a run, so no error can quote a cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pbr_audit.expression.building import Builder
from pbr_audit.expression.functions import CONDITION_FUNCTIONS
from pbr_audit.expression.kinds import DTYPES
from pbr_audit.expression.tree import Column, Node, Scalar, walk

__all__ = [
    "CONDITION_FUNCTIONS",
    "Compiled",
    "Scalar",
    "columns_read",
    "compile_condition",
    "compile_expression",
]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression, the columns that it reads, and its dtype.

    The dtype is Boolean, Int64, Float64, String, Date, Datetime("us") or Null. An expression that reads no
    column gives one value, which `with_columns` and `filter` repeat for each row and `select` alone does not.
    """

    expr: pl.Expr
    columns: frozenset[str]
    dtype: pl.DataType


def compile_expression(
    text: str,
    columns: Mapping[str, pl.DataType],
    *,
    params: Mapping[str, Scalar] | None = None,
    where: str,
) -> Compiled:
    """`text` over `columns`, with `params` for its `:name`.

    A text that is not allowed raises a ConfigurationError that starts with `where` (`rules/x.toml: when`).
    """
    node = _read(text, where)
    built = Builder(columns, params or {}, where).build(node)
    return Compiled(built.expr, _columns(node), DTYPES[built.kind])


def columns_read(text: str, where: str) -> frozenset[str]:
    """The columns that `text` reads, without a schema; all is checked but kinds and parameters."""
    return _columns(_read(text, where))


def _read(text: str, where: str) -> Node:
    # The SQL parser is heavy, and a run without a condition has no need of it.
    from pbr_audit.expression.parsing import read  # noqa: PLC0415

    return read(text, where)


def _columns(node: Node) -> frozenset[str]:
    return frozenset(part.name for part in walk(node) if isinstance(part, Column))
