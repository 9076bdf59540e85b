"""A condition as this program understands it: the only forms that a condition may take.

Whatever a condition's text says, it either becomes one of these values or is refused. The Polars expression
is built from them alone, so nothing that the SQL parser knows and this page does not can reach the data.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime

# As much of a name as an error quotes.
SHOWN_CHARACTERS = 40

Scalar = bool | int | float | str | date | datetime


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name; `clients.group` is the one name `clients.group`."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the condition; None is NULL."""

    value: Scalar | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the rule's header or the audit file gives, written `:name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Logic:
    """A chain of `and`, or of `or`; a chain is one level however long it is."""

    operator: str
    operands: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Compare:
    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Negate:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Between:
    value: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class In:
    """`choices` are literals and parameters only."""

    value: "Node"
    choices: tuple[Literal | Parameter, ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Branch:
    """`when` is a condition, or the value that the case's operand is compared with."""

    when: "Node"
    then: "Node"


@dataclass(frozen=True, slots=True)
class Case:
    operand: "Node | None"
    branches: tuple[Branch, ...]
    default: "Node | None"


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """`to` is one of integer, double, text, date."""

    operand: "Node"
    to: str


Node = (
    Column
    | Literal
    | Parameter
    | Not
    | Logic
    | Compare
    | Arithmetic
    | Negate
    | Between
    | In
    | IsNull
    | Branch
    | Case
    | Call
    | Cast
)


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything under it."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Node):
                yield from walk(child)


def shown(word: str) -> str:
    """A word of the condition as an error may quote it: short, and in quotation marks."""
    cut = word if len(word) <= SHOWN_CHARACTERS else word[:SHOWN_CHARACTERS] + "..."
    return f'"{cut}"'
