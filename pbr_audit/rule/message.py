"""A rule's sentence, filled in for all of its findings at once."""

import re
from collections.abc import Callable, Mapping

import polars as pl

from pbr_audit.errors import RulePackError

FIELD = re.compile(r"\{(?P<name>[a-z_][a-z0-9_.]*)(?::(?P<form>[a-z]+))?(?:\|(?P<without>[^{}|]+))?\}")
NOT_GIVEN = "(not given)"


def _money(column: str) -> pl.Expr:
    pence = pl.col(column).abs()
    pounds = (
        (pence // 100)
        .cast(pl.String)
        .str.reverse()
        .str.replace_all(r"(\d{3})", "${1},")
        .str.reverse()
        .str.strip_chars_start(",")
    )
    sign = pl.when(pl.col(column) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    symbol = (
        pl.when(pl.col("currency") == "GBP")
        .then(pl.lit("£"))
        .otherwise(pl.concat_str(pl.col("currency").fill_null(""), pl.lit(" ")))
    )
    return pl.concat_str(
        sign, symbol, pounds, pl.lit("."), (pence % 100).cast(pl.String).str.zfill(2)
    ).str.strip_chars()


FORMS: Mapping[str, Callable[[str], pl.Expr]] = {
    "": lambda name: pl.col(name).cast(pl.String),
    "money": _money,
    "percent": lambda name: pl.concat_str(
        (pl.col(name) * 100).round(1).cast(pl.String).str.strip_suffix(".0"), pl.lit(" %")
    ),
    "number": lambda name: pl.col(name).cast(pl.Float64).round(4).cast(pl.String).str.strip_suffix(".0"),
    "list": lambda name: pl.col(name).list.join(", "),
}


def fields(message: str, where: str) -> Mapping[str, str]:
    """Return the columns that `message` names, each with its form; RulePackError for a form that is none."""
    named = {match["name"]: match["form"] or "" for match in FIELD.finditer(message)}
    for name, form in named.items():
        if form not in FORMS:
            known = ", ".join(sorted(form for form in FORMS if form))
            raise RulePackError(f"{where}: the message formats {name} as {form}; the forms are {known}")
    if re.search(r"[{}]", FIELD.sub("", message)):
        raise RulePackError(f"{where}: the message has a brace that encloses no column")
    return named


def sentence(message: str) -> pl.Expr:
    """Return the expression that writes `message` for each row; a missing value reads "(not given)".

    `{price_pence:money|no price}` says what stands in the place of a missing value instead.

    Columns formatted as money need a column `currency` beside them.
    """
    parts: list[pl.Expr] = []
    at = 0
    for match in FIELD.finditer(message):
        parts.append(pl.lit(message[at : match.start()]))
        parts.append(FORMS[match["form"] or ""](match["name"]).fill_null(match["without"] or NOT_GIVEN))
        at = match.end()
    parts.append(pl.lit(message[at:]))
    return pl.concat_str(parts)
