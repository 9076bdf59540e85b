"""Which of the SQL parser's classes a condition may hold, and what an author would call the others."""

import re

from sqlglot import exp

from pbr_audit.expression.tree import shown

DATE_HINT = "write a date as DATE '2016-01-01'"

COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
LOGIC: dict[type[exp.Expr], str] = {exp.And: "and", exp.Or: "or"}
# The class of each function, its name, and the class's arguments in the order in which the function takes
# them.
FUNCTIONS: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.Abs: ("abs", ("this",)),
    exp.Ceil: ("ceil", ("this",)),
    exp.Coalesce: ("coalesce", ("this", "expressions")),
    exp.Day: ("day", ("this",)),
    exp.Floor: ("floor", ("this",)),
    exp.Greatest: ("greatest", ("this", "expressions")),
    exp.Least: ("least", ("this", "expressions")),
    exp.Left: ("left", ("this", "expression")),
    exp.Length: ("length", ("this",)),
    exp.Lower: ("lower", ("this",)),
    exp.Month: ("month", ("this",)),
    exp.RegexpLike: ("regexp_like", ("this", "expression")),
    exp.Replace: ("replace", ("this", "expression", "replacement")),
    exp.Right: ("right", ("this", "expression")),
    exp.Round: ("round", ("this", "decimals")),
    exp.StartsWith: ("starts_with", ("this", "expression")),
    exp.Substring: ("substring", ("this", "start", "length")),
    exp.Trim: ("trim", ("this",)),
    exp.Upper: ("upper", ("this",)),
    exp.Year: ("year", ("this",)),
}
# Functions that sqlglot has no class for.
ANONYMOUS = frozenset({"weekday"})
TYPES = {
    exp.DType.INT: "integer",
    exp.DType.BIGINT: "integer",
    exp.DType.DOUBLE: "double",
    exp.DType.TEXT: "text",
    exp.DType.DATE: "date",
}
# What an author would call a node that is refused; a function goes by its SQL name, the rest by the name of
# its class.
NAMES: dict[str, str] = {
    "Alias": "AS",
    "AtTimeZone": "AT TIME ZONE",
    "BitwiseAnd": '"&"',
    "BitwiseXor": '"^"',
    "Bracket": "an element in square brackets",
    "Collate": "COLLATE",
    "Command": "a statement",
    "Concat": "a text literal beside another",
    "Dot": "a dotted name that is not table.column",
    "DPipe": '"||"',
    "Exists": "a subquery (EXISTS)",
    "ILike": "ILIKE",
    "IntDiv": "DIV",
    "JSONExtract": '"->"',
    "Mod": '"%"',
    "National": "a national string (N'...')",
    "NullSafeEQ": "IS NOT DISTINCT FROM",
    "NullSafeNEQ": "IS DISTINCT FROM",
    "Parameter": 'a parameter with "@"',
    "Select": "a subquery (SELECT)",
    "Star": '"*" in place of a column',
    "StrToDate": "a cast with FORMAT",
    "Subquery": "a subquery (SELECT)",
    "Tuple": "a list in brackets",
    "Window": "a window function (OVER)",
}
HINTS: dict[str, str] = {
    "Interval": "add days to a date as in start_date + 28",
    "Like": "use starts_with(text, 'beginning') or regexp_like(text, 'pattern')",
    "ILike": "use starts_with(lower(text), 'beginning') or regexp_like(text, '(?i)pattern')",
    "Date": DATE_HINT,
    "CurrentDate": "give the date as a parameter, or compare with a column",
    "CurrentTimestamp": "give the date as a parameter, or compare with a column",
}


def name_of(node: exp.Expr) -> str:
    """What an author would call `node`."""
    if isinstance(node, exp.Anonymous):
        return f"the function {shown(node.name)}"
    name = type(node).__name__
    if name in NAMES:
        return NAMES[name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    if isinstance(node, exp.Func) and type(node) not in {exp.Case, exp.Cast}:
        return f"the function {shown(words.replace(' ', '_').lower())}"
    return words.upper()
