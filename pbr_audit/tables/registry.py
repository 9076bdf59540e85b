"""The tables of the standard as plain values, derived from their pandera models."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, cast

import pandera.polars as pa
import polars as pl

from pbr_audit.tables.claims import Claims
from pbr_audit.tables.cohort import Cohort
from pbr_audit.tables.fields import number, text
from pbr_audit.tables.organisations import Employers, Providers
from pbr_audit.tables.people import Clients, Referrals
from pbr_audit.tables.published import Performance, ScoreCounts
from pbr_audit.tables.service import Activities, Checks, Events, Measurements

Kind = Literal["text", "date", "datetime", "number", "integer", "money", "choice"]
# Columns beyond the standard's that a person names, each with its kind: "number" or "text".
Further = tuple[tuple[str, Kind], ...]
_COVARIATE = "What was known of a person before."


@dataclass(frozen=True)
class Column:
    """A column of the standard; `unless` says in words when a required cell may be empty after all.

    Where `closed`, a value that is none of `choices` is rejected; else `choices` are only the words that
    rules know. `dtype` is the model's type; in a typed table money is whole pence, under `typed_name`.
    """

    name: str
    kind: Kind
    required: bool
    unique: bool
    choices: tuple[str, ...]
    closed: bool
    default: str | None
    unless: str | None
    description: str
    unit: str
    example: str
    sensitive: bool
    dtype: pl.DataType

    @property
    def typed_name(self) -> str:
        """The column's name in a typed table: `amount` there is `amount_pence`."""
        return f"{self.name}_pence" if self.kind == "money" else self.name

    @property
    def typed_dtype(self) -> pl.DataType:
        """The column's type in a typed table."""
        return pl.Int64() if self.kind == "money" else self.dtype


@dataclass(frozen=True)
class Table:
    """A table of the standard; `columns` are in the standard's order."""

    name: str
    description: str
    columns: Mapping[str, Column]
    model: type[pa.DataFrameModel]

    @property
    def typed_schema(self) -> dict[str, pl.DataType]:
        """Typed names and types of all columns."""
        return {column.typed_name: column.typed_dtype for column in self.columns.values()}


def _column(name: str, field: Any) -> Column:
    metadata = cast("dict[str, Any]", field.metadata)
    return Column(
        name=name,
        kind=metadata["kind"],
        required=not field.nullable or metadata["unless"] is not None,
        unique=field.unique,
        choices=metadata["choices"],
        closed=any(check.name == "isin" for check in field.checks),
        default=field.default,
        unless=metadata["unless"],
        description=field.description,
        unit=metadata["unit"],
        example=metadata["example"],
        sensitive=metadata["sensitive"],
        dtype=pl.Series(dtype=field.dtype.type).dtype,
    )


def _table(name: str, model: type[pa.DataFrameModel]) -> Table:
    columns = {column: _column(column, field) for column, field in model.to_schema().columns.items()}
    return Table(name, str(model.__doc__).strip(), MappingProxyType(columns), model)


_MODELS: Mapping[str, type[pa.DataFrameModel]] = {
    "claims": Claims,
    "clients": Clients,
    "referrals": Referrals,
    "measurements": Measurements,
    "activities": Activities,
    "events": Events,
    "providers": Providers,
    "employers": Employers,
    "checks": Checks,
    "performance": Performance,
    "score_counts": ScoreCounts,
    "cohort": Cohort,
}

TABLES: Mapping[str, Table] = MappingProxyType({name: _table(name, model) for name, model in _MODELS.items()})


@lru_cache(maxsize=64)
def table_of(name: str, further: Further = ()) -> Table:
    """Return a table of the standard with `further` columns behind its own.

    The standard leaves a table open to what people know of their own cases (covariates); such a column is
    read, typed and rejected as all others are. One that is called like a column of the standard is that one.
    """
    table = TABLES[name]
    added = [(column, kind) for column, kind in further if column not in table.columns]
    if not added:
        return table
    types = {column: (float if kind == "number" else str) | None for column, kind in added}
    fields = {
        column: number(_COVARIATE, "1", unit="as the source says")
        if kind == "number"
        else text(_COVARIATE, "a")
        for column, kind in added
    }
    body = {"__annotations__": types, "__doc__": table.description, **fields}
    return _table(name, type(table.model.__name__, (table.model,), body))
