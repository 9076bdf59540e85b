"""The ways in which people write figures and sums of money, and what each means by point and by comma.

Of words, not cells. Strict: groups of three, one separator throughout, nothing rounded; a figure that could
mean two things is read only where its column decides. The currency is kept apart from the minus.
"""

import re
from typing import Literal

import polars as pl

from pbr_audit.money import parse_pence_text
from pbr_audit.validate.currencies import CODES, SIGNS
from pbr_audit.validate.dates import BLANKS

# How a figure is written: alike by point and by comma, valid by one of them only, or differently by both.
NEUTRAL, POINT_ONLY, COMMA_ONLY, EITHER = "neutral", "point-only", "comma-only", "either"
Kind = Literal["money", "number", "integer"]

_CURRENCY = "[\u00a3\u20ac$\u00a5]|[A-Za-z]{3}"
# Sign, currency, sign, bracket, currency, figure, bracket, currency, sign: each kind
# at most once in all, see _sum.
_SUM = (
    rf"^([+-])?({_CURRENCY})? ?([+-])?(\()?(?:({_CURRENCY}) ?)?([0-9][0-9., ']*[0-9]|[0-9])(\))?"
    rf" ?({_CURRENCY})?(-)?$"
)
# Sign, figure, per cent; an exponent or a bare point are written by point or alike by both.
_FIGURE = r"^([+-]?)([0-9][0-9., ']*[0-9]|[0-9]|[0-9]+\.|[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]{1,3})?) ?(%)?$"
_BARE = r"^(?:[0-9]+\.|\.[0-9]+|[0-9]*\.?[0-9]+[eE][+-]?[0-9]{1,3})$"
_LIKE_MINUS, _LIKE_APOSTROPHE = "\u2212", "\u2019"
# More digits than this are no figure of the kind; money has its own bound.
_WHOLE = r"^[+-]?[0-9]{1,18}(?:\.0*)?$"


def _figure(groups: str, mark: str, places: str) -> str:
    """Return the pattern of a figure: digits or groups of three by one separator, a mark and places."""
    grouped = "|".join(f"[1-9][0-9]{{0,2}}(?:{re.escape(one)}[0-9]{{3}})+" for one in groups)
    return rf"^(?:[0-9]+|{grouped})(?:{re.escape(mark)}{places})?$"


_POINT_GROUPS, _COMMA_GROUPS = ", '", ". '"
# Three places are no amount, but they are how 1,234 looks by comma: the shape decides what is ambiguous.
_PLACES = {"money": "[0-9]{1,3}", "number": "[0-9]+", "integer": "0+"}
_BY_POINT = {kind: _figure(_POINT_GROUPS, ".", places) for kind, places in _PLACES.items()}
_BY_COMMA = {kind: _figure(_COMMA_GROUPS, ",", places) for kind, places in _PLACES.items()}


def amount_forms(words: pl.Series, kind: Kind, *, rate: bool = False) -> pl.DataFrame:
    """Return for each word (trimmed, not null) how it is written and what it means by point and by comma.

    Columns: `form`, null where the word is no figure of the kind; `by_point` and `by_comma`, pence (Int64)
    for money, Int64 for whole numbers, else Float64, null where it is none so; `currency`, the sign or the
    code in capitals beside an amount; `percent`, whether it is a percentage, which only a `rate` can hold.
    """
    alike = {_LIKE_MINUS: "-", _LIKE_APOSTROPHE: "'"}
    plain = words.alias("word").to_frame()
    plain = plain.select(pl.col("word").str.replace_all(BLANKS, " ").str.replace_many(alike))
    parts = _sum(plain) if kind == "money" else _number(plain)
    figure, refused = pl.col("figure"), pl.lit(value=False) if rate else pl.col("percent")
    bare = figure.str.contains(_BARE)
    shapes = parts.with_columns(
        by_point_shape=figure.str.contains(_BY_POINT[kind]) | bare,
        by_comma_shape=figure.str.contains(_BY_COMMA[kind])
        | (bare & ~figure.str.contains(".", literal=True)),
    )
    values = shapes.with_columns(
        by_point=pl.when("by_point_shape", ~refused).then(_value(kind, _POINT_GROUPS, ".")),
        by_comma=pl.when("by_comma_shape", ~refused).then(_value(kind, _COMMA_GROUPS, ",")),
    )
    return values.select(_form().alias("form"), "by_point", "by_comma", "currency", "percent")


def _form() -> pl.Expr:
    """Say how a figure is written: ambiguous by its shape, valid by its value."""
    point, comma = pl.col("by_point"), pl.col("by_comma")
    both = pl.col("by_point_shape") & pl.col("by_comma_shape")
    return (
        pl.when(both & point.eq(comma))
        .then(pl.lit(NEUTRAL))
        .when(both & (point.is_not_null() | comma.is_not_null()))
        .then(pl.lit(EITHER))
        .when(point.is_not_null())
        .then(pl.lit(POINT_ONLY))
        .when(comma.is_not_null())
        .then(pl.lit(COMMA_ONLY))
    )


def _value(kind: Kind, groups: str, mark: str) -> pl.Expr:
    """Read a figure of the right shape, once its groups are closed up and its mark is a point."""
    closed = pl.col("figure").str.replace_many(dict.fromkeys(groups, ""))
    text = pl.concat_str("minus", closed if mark == "." else closed.str.replace(mark, ".", literal=True))
    if kind == "money":
        return parse_pence_text(text)
    if kind == "integer":
        whole = text.str.replace(r"\.0*$", "")
        return pl.when(text.str.contains(_WHOLE)).then(whole.cast(pl.Int64, strict=False))
    # The exponent moves the point exactly; a division by 100 would round a second time.
    number = pl.when("percent").then(text + "e-2").otherwise(text).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _groups(plain: pl.DataFrame, pattern: str) -> pl.DataFrame:
    """Return the groups of a pattern as columns "1", "2" and so on; taken once, for matching is the cost."""
    return plain.select(pl.col("word").str.extract_groups(pattern)).to_series().struct.unnest()


def _sum(plain: pl.DataFrame) -> pl.DataFrame:
    """Take sums of money apart: a minus (or brackets), a figure and a currency, each at most once."""
    signs, currencies = [pl.col(one) for one in "139"], [pl.col(one) for one in "258"]
    opened, closed = pl.col("4").is_not_null(), pl.col("7").is_not_null()
    signed = pl.sum_horizontal(opened, *(sign.is_not_null() for sign in signs))
    currency = pl.coalesce(currencies).str.to_uppercase()
    known = currency.is_null() | currency.is_in([*SIGNS, *sorted(CODES)])
    named = pl.sum_horizontal(one.is_not_null() for one in currencies)
    whole = (opened == closed) & (signed <= 1) & (named <= 1) & known
    minus = pl.when(opened | pl.coalesce(signs).eq("-").fill_null(value=False)).then(pl.lit("-"))
    return _groups(plain, _SUM).select(
        pl.when(whole).then("6").alias("figure"),
        minus.otherwise(pl.lit("")).alias("minus"),
        pl.when(whole).then(currency).alias("currency"),
        pl.lit(value=False).alias("percent"),
    )


def _number(plain: pl.DataFrame) -> pl.DataFrame:
    """Take figures apart: a sign, the digits with what is between them, and per cent."""
    return _groups(plain, _FIGURE).select(
        pl.col("2").alias("figure"),
        pl.when(pl.col("1") == "-").then(pl.lit("-")).otherwise(pl.lit("")).alias("minus"),
        pl.lit(None, dtype=pl.String).alias("currency"),
        pl.col("3").is_not_null().alias("percent"),
    )
