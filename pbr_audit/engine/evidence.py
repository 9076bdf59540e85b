"""The evidence of a finding as a reader is given it: JSON with sorted keys, amounts in pounds."""

from collections.abc import Mapping

import polars as pl

from pbr_audit.money import to_text

PENCE = "_pence"
# What `pbr_audit.rule.pictures` made: JSON already, and an object of its own in the evidence.
PICTURE = "picture"
FURTHER_PICTURE = "_picture"


def evidence(columns: Mapping[str, pl.DataType]) -> pl.Expr:
    """Return the expression that writes `columns` (name to type) of a row as one JSON object.

    A `…_pence` integer is written as text `1234.50` under its outside name; what JSON has no word for
    (infinity, not a number) is null. A `picture`, and after it any `…_picture`, stand last, as the objects
    that their texts are.
    """
    drawn = [
        name
        for name, dtype in sorted(columns.items(), key=lambda column: (column[0] != PICTURE, column[0]))
        if (name == PICTURE or name.endswith(FURTHER_PICTURE)) and dtype == pl.String()
    ]
    fields = _fields({name: (pl.col(name), dtype) for name, dtype in columns.items() if name not in drawn})
    told = pl.struct(fields).struct.json_encode() if fields else pl.lit("{}")
    for name in drawn:
        told = _with_picture(told, name)
    return told


def _with_picture(told: pl.Expr, name: str) -> pl.Expr:
    picture = pl.col(name)
    comma = pl.when(told == "{}").then(pl.lit("")).otherwise(pl.lit(","))
    joined = told.str.strip_suffix("}") + comma + pl.lit(f'"{name}":') + picture + pl.lit("}")
    return pl.when(picture.is_null()).then(told).otherwise(joined)


def _fields(members: Mapping[str, tuple[pl.Expr, pl.DataType]]) -> list[pl.Expr]:
    """Return the members of an object under their outside names, sorted by these."""
    named = {}
    for name, (value, dtype) in members.items():
        outside = name.removesuffix(PENCE)
        if outside != name and outside not in members and dtype.is_integer():
            named[outside] = to_text(value)
        else:
            named[name] = _outside(value, dtype)
    return [named[name].alias(name) for name in sorted(named)]


def _outside(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_float():
        return pl.when(value.is_finite()).then(value)
    if isinstance(dtype, pl.List):
        inner = _instance(dtype.inner)
        held_otherwise = inner.is_float() or isinstance(inner, pl.List | pl.Struct)
        return value.list.eval(_outside(pl.element(), inner)) if held_otherwise else value
    if isinstance(dtype, pl.Struct):
        members = {
            field.name: (value.struct.field(field.name), _instance(field.dtype)) for field in dtype.fields
        }
        return pl.when(value.is_not_null()).then(pl.struct(_fields(members)))
    return value


def _instance(dtype: object) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype  # type: ignore[return-value]
