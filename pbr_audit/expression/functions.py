"""The functions that a condition may call: the sentence that the guide prints, and what it is in Polars.

All but `coalesce` give null for null; `least` and `greatest` too (SQL:2023): the later of a date and of one
that nobody knows is not known.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pbr_audit.expression.arguments import Arguments
from pbr_audit.expression.kinds import Kind, Typed, finite, fits, wide

CAST = (
    "cast(x as integer), or double, text or date: null where x cannot be read so; "
    "a number loses its fraction on its way to integer."
)
MAX_PLACES = 15
MAX_PATTERN = 400
# How many times longer calls of `replace` within each other may make a text.
MAX_GROWTH = 100


@dataclass(frozen=True, slots=True)
class Function:
    """`fewest` and `most` are numbers of arguments; `most` None is any number."""

    description: str
    fewest: int
    most: int | None
    build: Callable[[Arguments], Typed]


def _abs(given: Arguments) -> Typed:
    part = given.number()
    if part.kind == Kind.DOUBLE:
        return given.result(part.expr.abs(), Kind.DOUBLE)
    return given.result(fits(wide(part).abs()), Kind.INTEGER)


def _coalesce(given: Arguments) -> Typed:
    kind = given.together()
    return given.result(pl.coalesce([part.cast(kind) for part in given.parts]), kind)


def _extreme(given: Arguments, pick: Callable[..., pl.Expr]) -> Typed:
    kind = given.together()
    if kind == Kind.BOOLEAN:
        raise given.wrong("true and false have no order; use and, or")
    values = [part.cast(kind) for part in given.parts]
    known = pl.all_horizontal([value.is_not_null() for value in values])
    return given.result(pl.when(known).then(pick(values)), kind, times=2)


def _rounded(given: Arguments) -> Typed:
    part = given.number()
    places = given.count(1, 0, MAX_PLACES) if len(given.parts) > 1 else 0
    if part.kind != Kind.DOUBLE:
        return given.result(part.cast(Kind.INTEGER), Kind.INTEGER)
    # Polars' own default is half to even; the mode is said because the program's answer must not move with
    # it.
    return given.result(finite(part.expr.round(places, mode="half_away_from_zero")), Kind.DOUBLE)


def _whole(given: Arguments, step: Callable[[pl.Expr], pl.Expr]) -> Typed:
    part = given.number()
    if part.kind != Kind.DOUBLE:
        return given.result(part.cast(Kind.INTEGER), Kind.INTEGER)
    return given.result(step(part.expr), Kind.DOUBLE)


def _substring(given: Arguments) -> Typed:
    start = given.count(1, 1, 2**31)
    length = given.count(2, 0, 2**31) if len(given.parts) > 2 else None  # noqa: PLR2004 - text, start, length
    return given.result(given.text().str.slice(start - 1, length), Kind.TEXT)


def _replace(given: Arguments) -> Typed:
    old, new = given.written_text(1), given.written_text(2)
    if not old:
        raise given.wrong("argument 2 must not be empty; write what is to be replaced")
    growth = max(1.0, len(new) / len(old))
    replaced = given.result(given.text().str.replace_all(old, new, literal=True), Kind.TEXT, growth=growth)
    if replaced.growth > MAX_GROWTH:
        raise given.wrong(f"it could make a text {MAX_GROWTH} times longer; use shorter new texts")
    return replaced


def _regexp_like(given: Arguments) -> Typed:
    pattern = given.written_text(1)
    if len(pattern) > MAX_PATTERN:
        raise given.wrong(f"the pattern has more than {MAX_PATTERN} characters; use a shorter one")
    try:
        pl.select(pl.lit("").str.contains(pattern, literal=False, strict=True))
    except pl.exceptions.ComputeError as error:
        # Polars' own message quotes the pattern over several lines.
        if "size limit" in str(error):
            raise given.wrong("the pattern is too large once it is compiled; repeat less") from None
        raise given.wrong(
            "the pattern is not a regular expression; write one in the syntax of Rust's regex crate, "
            "which has no look-around and no back-references"
        ) from None
    return given.result(given.text().str.contains(pattern, literal=False, strict=True), Kind.BOOLEAN)


def _part_of_date(given: Arguments, part: Callable[[pl.Expr], pl.Expr]) -> Typed:
    return given.result(part(given.day()).cast(pl.Int64), Kind.INTEGER)


def _texts(given: Arguments, change: Callable[[pl.Expr], pl.Expr], kind: Kind = Kind.TEXT) -> Typed:
    return given.result(change(given.text()), kind)


FUNCTIONS: dict[str, Function] = {
    "abs": Function("abs(x): x without its sign.", 1, 1, _abs),
    "ceil": Function(
        "ceil(x): the smallest whole number that is not below x.", 1, 1, lambda a: _whole(a, pl.Expr.ceil)
    ),
    "coalesce": Function(
        "coalesce(a, b, ...): the first of its values that is not null.", 1, None, _coalesce
    ),
    "day": Function(
        "day(d): the day of the month, 1 to 31.", 1, 1, lambda a: _part_of_date(a, lambda d: d.dt.day())
    ),
    "floor": Function(
        "floor(x): the largest whole number that is not above x.", 1, 1, lambda a: _whole(a, pl.Expr.floor)
    ),
    "greatest": Function(
        "greatest(a, b, ...): the largest of its values; null where one of them is null.",
        1,
        None,
        lambda a: _extreme(a, pl.max_horizontal),
    ),
    "least": Function(
        "least(a, b, ...): the smallest of its values; null where one of them is null.",
        1,
        None,
        lambda a: _extreme(a, pl.min_horizontal),
    ),
    "left": Function(
        "left(text, n): the first n characters.",
        2,
        2,
        lambda a: _texts(a, lambda t: t.str.head(a.count(1, 0, 2**31))),
    ),
    "length": Function(
        "length(text): the number of characters.",
        1,
        1,
        lambda a: _texts(a, lambda t: t.str.len_chars().cast(pl.Int64), Kind.INTEGER),
    ),
    "lower": Function(
        "lower(text): the text in small letters.", 1, 1, lambda a: _texts(a, lambda t: t.str.to_lowercase())
    ),
    "month": Function(
        "month(d): the month, 1 to 12.", 1, 1, lambda a: _part_of_date(a, lambda d: d.dt.month())
    ),
    "regexp_like": Function(
        "regexp_like(text, 'pattern'): whether the pattern, a literal in the syntax of Rust's regex crate, "
        "is found anywhere in the text.",
        2,
        2,
        _regexp_like,
    ),
    "replace": Function(
        "replace(text, 'old', 'new'): the text with each old part replaced; both are literals.",
        3,
        3,
        _replace,
    ),
    "right": Function(
        "right(text, n): the last n characters.",
        2,
        2,
        lambda a: _texts(a, lambda t: t.str.tail(a.count(1, 0, 2**31))),
    ),
    "round": Function(
        "round(x, n): x to n decimal places (0 if left out); a half goes away from zero.", 1, 2, _rounded
    ),
    "starts_with": Function(
        "starts_with(text, beginning): whether the text begins so; capitals count.",
        2,
        2,
        lambda a: _texts(a, lambda t: t.str.starts_with(a.text(1)), Kind.BOOLEAN),
    ),
    "substring": Function(
        "substring(text, start, n): n characters from start (the first is 1), or all from start.",
        2,
        3,
        _substring,
    ),
    "trim": Function(
        "trim(text): the text without white space at its ends.",
        1,
        1,
        lambda a: _texts(a, lambda t: t.str.strip_chars()),
    ),
    "upper": Function(
        "upper(text): the text in capitals.", 1, 1, lambda a: _texts(a, lambda t: t.str.to_uppercase())
    ),
    "weekday": Function(
        "weekday(d): the day of the week, 1 for Monday to 7 for Sunday.",
        1,
        1,
        lambda a: _part_of_date(a, lambda d: d.dt.weekday()),
    ),
    "year": Function("year(d): the year.", 1, 1, lambda a: _part_of_date(a, lambda d: d.dt.year())),
}

CONDITION_FUNCTIONS: dict[str, str] = {name: function.description for name, function in FUNCTIONS.items()} | {
    "cast": CAST
}


def call(name: str, parts: tuple[Typed, ...], where: str) -> Typed:
    """The call of `name` with `parts`, or a sentence about their number or kinds."""
    function = FUNCTIONS[name]
    given = Arguments(name, parts, where)
    if len(parts) < function.fewest or (function.most is not None and len(parts) > function.most):
        raise given.wrong(f"it was given {len(parts)} arguments; write {function.description}")
    return function.build(given)
