"""How a column of the standard is declared: a pandera field with its kind, unit, example and sensitivity.

Each function gives the default of one class attribute of a model. A column that is not required is annotated
`X | None` in the model (it may be absent) and may hold nulls (a cell may be empty): the standard does not
tell the two apart.
"""

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl
from pandera.backends.polars.register import register_polars_backends

# pandera learns its own checks at the first validation, and a schema that was made before keeps copies of
# checks that know nothing of Polars: so it learns them before the first model is declared.
register_polars_backends()

Money = Annotated[pl.Decimal, 18, 2]
Moment = Annotated[pl.Datetime, "us", None]

# The unit that a column of each kind has where its declaration names no other.
UNITS = {
    "text": "text",
    "choice": "one of the listed words",
    "date": "calendar day",
    "datetime": "local time, to the second",
    "number": "the outcome's unit",
    "integer": "count",
    "money": "the contract's currency, exact to the penny",
}


def text(
    description: str, example: str, *, required: bool = False, unique: bool = False, sensitive: bool = False
) -> Any:
    """Declare text or a code; `sensitive` marks what identifies a person."""
    return _field("text", description, example, required=required, unique=unique, sensitive=sensitive)


def choice(
    description: str,
    example: str,
    choices: tuple[str, ...],
    *,
    required: bool = False,
    closed: bool = True,
    default: str | None = None,
) -> Any:
    """Declare one of `choices`; unless they are `closed`, other words are accepted and left to the rules."""
    return _field(
        "choice", description, example, required=required, choices=choices, closed=closed, default=default
    )


def day(description: str, example: str, *, required: bool = False, sensitive: bool = False) -> Any:
    """Declare a calendar day."""
    return _field("date", description, example, required=required, sensitive=sensitive)


def moment(description: str, example: str) -> Any:
    """Declare a local date and time, without an offset."""
    return _field("datetime", description, example)


def number(description: str, example: str, *, unit: str | None = None, required: bool = False) -> Any:
    """Declare a measured value, a rate or a score."""
    return _field("number", description, example, unit=unit, required=required)


def count(description: str, example: str, *, unit: str, required: bool = False) -> Any:
    """Declare a whole number of something."""
    return _field("integer", description, example, unit=unit, required=required)


def money(description: str, example: str, *, required: bool = False) -> Any:
    """Declare an amount, exact to the penny."""
    return _field("money", description, example, required=required)


def client_or_cohort(description: str, example: str, *, unless: str) -> Any:
    """Declare text that is required `unless` something holds that a check of the whole row decides."""
    return _field("text", description, example, unless=unless)


def _field(
    kind: str,
    description: str,
    example: str,
    *,
    unit: str | None = None,
    required: bool = False,
    unique: bool = False,
    sensitive: bool = False,
    choices: tuple[str, ...] = (),
    closed: bool = False,
    default: str | None = None,
    unless: str | None = None,
) -> Any:
    metadata = {
        "kind": kind,
        "unit": unit or UNITS[kind],
        "example": example,
        "sensitive": sensitive,
        "choices": choices,
        "unless": unless,
    }
    return pa.Field(
        description=description,
        nullable=not required,
        unique=unique,
        isin=list(choices) if closed else None,
        default=default,
        metadata=metadata,
    )
