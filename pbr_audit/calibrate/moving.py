"""Books in which nobody did anything: the user's own clients, moved between the user's own providers.

A client, with all of its rows, changes places with another of the same contract, area, group and month of
start: it takes the other's provider and adviser. Where most would have nobody to change with, as where each
area has a provider of its own, the quarter stands for the month, and then areas are mixed. Whatever a
provider did to its clients is then everybody's, and what is left of the differences between providers is
chance. A referral that was never registered changes places with another such, so that every provider keeps
its numbers of clients and of refusals.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.periods import quarter
from pbr_audit.views import Tables

Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Tables whose rows a client takes along, with the column that says whose they are.
PROVIDER_OF: Mapping[str, str] = {
    "clients": "provider_id",
    "referrals": "provider_id",
    "claims": "deliverer_id",
    "measurements": "provider_id",
    "activities": "provider_id",
}
# A unit is a client, or a referral without one.
UNIT = pl.coalesce(pl.lit("client ") + pl.col("client_id"), pl.lit("referral ") + pl.col("referral_id"))
OF_CLIENT = pl.lit("client ") + pl.col("client_id")
DAY_OF: Mapping[str, tuple[str, ...]] = {
    "referrals": ("referral_date",),
    "clients": ("referral_date", "start_date"),
    "claims": ("outcome_date",),
    "measurements": ("measured_date",),
    "activities": ("activity_date",),
}
# What those who change places have in common: the first that leaves most of them somebody to change with, the
# last in any case.
STRATA = (
    ("contract", "area", "group", "month of start"),
    ("contract", "area", "group", "quarter of start"),
    ("contract", "group", "quarter of start"),
)
MOST_ALONE = 0.5


@dataclass(frozen=True)
class _Rows:
    """A table's rows, each with its unit's number, -1 where it has none; `moves` where it goes along."""

    frame: pl.DataFrame
    unit: Codes
    moves: Flags


@dataclass(frozen=True)
class Moving:
    """The clients of a data set that can change places.

    `provider`, `adviser` and `stratum` (U) are codes of each unit; -1 is no adviser. `names` and `advisers`
    are what the codes stand for. `alone` counts units whose stratum is one provider's alone: they stay.
    `strata` names what those who change places have in common.
    """

    tables: Tables
    rows: Mapping[str, _Rows]
    provider: Codes
    adviser: Codes
    stratum: Codes
    names: pl.Series
    advisers: pl.Series
    alone: int
    strata: tuple[str, ...]

    @property
    def units(self) -> int:
        """Number of clients and of referrals that were never registered."""
        return len(self.provider)

    def book(self, rng: np.random.Generator, keep: float = 0.0) -> Tables:
        """Return the tables of one book; each unit stays where it is with a chance of `keep`."""
        moved = np.flatnonzero(rng.random(self.units) >= keep) if keep else np.arange(self.units)
        place = np.arange(self.units)
        home = moved[np.argsort(self.stratum[moved], kind="stable")]
        drawn = moved[np.lexsort((rng.random(len(moved)), self.stratum[moved]))]
        place[home] = drawn
        frames = {
            table: self._moved(table, rows, self.provider[place], self.adviser[place]).lazy()
            for table, rows in self.rows.items()
        }
        return replace(self.tables, frames={**self.tables.frames, **frames})

    def without(self, providers: Collection[str]) -> "Moving":
        """Return the same without the clients of `providers`."""
        if not providers:
            return self
        left = ~np.isin(self.provider, np.flatnonzero(self.names.is_in(list(providers)).to_numpy()))
        tables = dict(self.tables.frames)
        for table, rows in self.rows.items():
            stays = (rows.unit < 0) | left[rows.unit]
            tables[table] = rows.frame.filter(pl.Series(stays)).lazy()
        heights = {name: tables[name].select(pl.len()).collect().item() for name in self.rows}
        return moving_of(replace(self.tables, frames=tables, rows={**self.tables.rows, **heights}))

    def _moved(self, table: str, rows: _Rows, provider: Codes, adviser: Codes) -> pl.DataFrame:
        moves, unit = pl.Series(rows.moves), rows.unit
        to = self.names.gather(provider[unit])
        changes = [pl.when(moves).then(to).otherwise(PROVIDER_OF[table]).alias(PROVIDER_OF[table])]
        columns = rows.frame.columns
        if "advisor_id" in columns:
            given = pl.Series(np.where(moves, adviser[unit], -1))
            taken = self.advisers.gather(given.clip(lower_bound=0)) if self.advisers.len() else None
            signed = moves & rows.frame["advisor_id"].is_not_null()
            changes.append(
                pl.when(signed)
                .then(pl.when(given >= 0).then(taken))
                .otherwise("advisor_id")
                .alias("advisor_id")
            )
        if table == "claims":
            changes += _as_claims(columns, moves, to)
        return rows.frame.with_columns(changes)


def _as_claims(columns: list[str], moves: pl.Series, to: pl.Series) -> list[pl.Expr]:
    """Return who claims and who delivered, as the columns of claims say it of each tier."""
    made = []
    if "subcontractor_id" in columns and {"provider_id", "tier"} <= set(columns):
        delivered = pl.when(pl.lit(to) != pl.col("provider_id")).then(pl.lit(to))
        prime = moves & (pl.col("tier") == "prime")
        made.append(pl.when(prime).then(delivered).otherwise("subcontractor_id").alias("subcontractor_id"))
    if {"provider_id", "tier"} <= set(columns):
        own = moves & (pl.col("tier") == "subcontractor")
        made.append(pl.when(own).then(pl.lit(to)).otherwise("provider_id").alias("provider_id"))
    return made


def moving_of(tables: Tables) -> Moving:
    """Return the clients of `tables` that can change places; with no unit where nothing names a client."""
    frames = {
        table: frame
        for table in PROVIDER_OF
        if table in tables.frames and (frame := tables.frames[table].collect()).height
    }
    told = [
        _units_in(table, frame) for table, frame in frames.items() if _unit(table, frame.columns) is not None
    ]
    places = (
        pl.concat(told or [_units_in("clients", NOBODY)])
        .group_by("unit", maintain_order=True)
        .agg(pl.col("provider", "contract", "adviser", "area", "group", "day").drop_nulls().first())
        .drop_nulls("provider")
        .sort("unit")
        .with_columns(
            pl.col("day").dt.strftime("%Y-%m").alias("month of start"),
            quarter(pl.col("day")).alias("quarter of start"),
        )
    )
    strata = next(names for names in STRATA if names == STRATA[-1] or _few_alone(places, names))
    places = places.with_columns(stratum=_stratum(strata))
    names = places["provider"].unique().sort()
    advisers = places["adviser"].drop_nulls().unique().sort()
    provider = _codes(places["provider"], names)
    stratum = places["stratum"].cast(pl.Int64).to_numpy() - 1
    rows = {table: _rows(table, frame, places, provider, names) for table, frame in frames.items()}
    return Moving(
        tables=tables,
        rows={table: one for table, one in rows.items() if one is not None and one.moves.any()},
        provider=provider,
        adviser=_codes(places["adviser"], advisers),
        stratum=stratum,
        names=names,
        advisers=advisers,
        alone=_alone(places, strata),
        strata=strata,
    )


def _stratum(names: tuple[str, ...]) -> pl.Expr:
    return pl.struct(pl.col("unit").str.starts_with("client "), *names).rank("dense")


def _alone(places: pl.DataFrame, names: tuple[str, ...]) -> int:
    """Return how many units have nobody of another provider to change with."""
    several = places.group_by(_stratum(names).alias("stratum"))
    counted = several.agg(alone=pl.col("provider").n_unique() == 1, units=pl.len())
    return int(counted.filter("alone")["units"].sum())


def _few_alone(places: pl.DataFrame, names: tuple[str, ...]) -> bool:
    return _alone(places, names) <= MOST_ALONE * places.height


NOBODY = pl.DataFrame(schema={"client_id": pl.String, "provider_id": pl.String})


def _codes(values: pl.Series, names: pl.Series) -> Codes:
    if not names.len():
        return np.full(values.len(), -1, dtype=np.int64)
    return (
        values.replace_strict(names, pl.int_range(names.len(), eager=True), default=-1)
        .cast(pl.Int64)
        .to_numpy()
    )


def _unit(table: str, columns: list[str]) -> pl.Expr | None:
    if "client_id" not in columns or PROVIDER_OF[table] not in columns:
        return None
    return UNIT if "referral_id" in columns and table == "referrals" else OF_CLIENT


def _units_in(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each of the table's rows with a unit: where it belongs, as far as the table says."""

    def known(*names: str, dtype: pl.DataType) -> pl.Expr:
        there = [pl.col(name) for name in names if name in frame.columns]
        return pl.coalesce(*there, pl.lit(None, dtype=dtype)).cast(dtype)

    text = pl.String()
    return frame.select(
        unit=_unit(table, frame.columns),
        provider=pl.col(PROVIDER_OF[table]),
        contract=known("contract_id", dtype=text),
        adviser=known("advisor_id", dtype=text),
        area=known("area", dtype=text),
        group=known("group", dtype=text),
        day=known(*DAY_OF[table], dtype=pl.Date()),
    ).drop_nulls("unit")


def _rows(
    table: str, frame: pl.DataFrame, places: pl.DataFrame, provider: Codes, names: pl.Series
) -> _Rows | None:
    unit = _unit(table, frame.columns)
    if unit is None:
        return None
    numbered = places.select("unit", number=pl.int_range(pl.len(), dtype=pl.Int64))
    number = (
        frame.select(unit=unit)
        .join(numbered, on="unit", how="left", maintain_order="left")["number"]
        .fill_null(-1)
    ).to_numpy()
    own = _codes(frame[PROVIDER_OF[table]], names)
    # What another provider did for the client stays where it is.
    return _Rows(frame, number, (number >= 0) & (own >= 0) & (own == provider[number]))
