"""An invented world: honest blocks, acts planted in them, and tables of the standard at the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import polars as pl

from pbr_audit.simulate.block import Block, build_block, rows_of
from pbr_audit.simulate.check_table import checks_table
from pbr_audit.simulate.claim_table import claims_table
from pbr_audit.simulate.cohorts import cohort_claims
from pbr_audit.simulate.config import Config
from pbr_audit.simulate.organisation_tables import employers_table, providers_table
from pbr_audit.simulate.people_tables import (
    activities_table,
    clients_table,
    events_table,
    measurements_table,
    referrals_table,
)
from pbr_audit.simulate.performance import counted, performance_table, published_figures, summed
from pbr_audit.simulate.planting import arranged, orders, plant_block, plant_figures, shape_clients
from pbr_audit.simulate.setting import Setting, build_setting
from pbr_audit.simulate.spec import COHORT
from pbr_audit.tables import TABLES

BLOCK_CLIENTS = 50_000
# A little under what a client brings, so that a small world is one block.
LEAST_CLAIMS_A_CLIENT = 3
FEWEST_CLIENTS = 200


@dataclass(frozen=True)
class Part:
    """Some rows of some tables, and the truth about them; parts follow each other."""

    tables: Mapping[str, pl.DataFrame]
    truth: pl.DataFrame


@dataclass(frozen=True)
class World:
    """A whole invented world: typed tables (money in `*_pence`), contract files, and the truth."""

    config: Config
    tables: Mapping[str, pl.DataFrame]
    contracts: Mapping[str, str]
    truth: pl.DataFrame


def simulate(config: Config) -> World:
    """Invent a world and hold it in memory; for many millions of claims write its `parts` one by one."""
    setting, about = arranged(build_setting(config), orders(config))
    found = list(parts(setting, about))
    names = [name for name in TABLES if any(name in part.tables for part in found)]
    tables = {name: pl.concat([part.tables[name] for part in found if name in part.tables]) for name in names}
    return World(
        config=config,
        tables=MappingProxyType(tables),
        contracts=MappingProxyType(setting.contract_files),
        truth=pl.concat([part.truth for part in found]),
    )


def parts(setting: Setting, about: pl.DataFrame) -> Iterator[Part]:
    """Yield the world block by block, and last what is counted or stands for the whole.

    `about` is the truth about what was arranged in the setting before.
    """
    ordered = orders(setting.config)
    size = min(BLOCK_CLIENTS, FEWEST_CLIENTS + setting.config.claims // LEAST_CLAIMS_A_CLIENT)
    counts = []
    no_claims = pl.DataFrame()
    cohorts = cohort_claims(setting)
    rows = 0 if cohorts is None else cohorts.height
    number = 0
    while rows < setting.config.claims:
        shaped = partial(shape_clients, setting, number, ordered)
        honest = build_block(setting, number, size, setting.config.claims - rows, shaped)
        here = rows_of(honest.claims)
        block, truth = plant_block(setting, honest, ordered, rows, here)
        counts.append(counted(block))
        tables = block_tables(setting, block)
        no_claims = tables["claims"].clear()
        yield Part(tables, truth)
        rows += here
        number += 1
    figures, truth = plant_figures(setting, published_figures(setting, summed(counts)), ordered)
    tables = {"performance": performance_table(setting, figures), "providers": providers_table(setting)}
    if setting.spec.employers:
        tables["employers"] = employers_table(setting)
    if cohorts is not None:
        # Every part of a table has the same columns.
        tables["claims"] = pl.concat([no_claims, cohorts], how="diagonal")
    yield Part(tables, pl.concat([about, truth]))


def block_tables(setting: Setting, block: Block) -> dict[str, pl.DataFrame]:
    """Return the rows of one block in the standard's tables and columns."""
    tables = {
        "claims": _with_cohorts(setting, claims_table(setting, block)),
        "clients": clients_table(setting, block),
        "referrals": referrals_table(setting, block),
        "measurements": measurements_table(setting, block),
        "activities": activities_table(setting, block),
        "events": events_table(block),
        "checks": checks_table(block),
    }
    return {
        name: frame.select([column for column in TABLES[name].typed_schema if column in frame.columns])
        for name, frame in tables.items()
    }


def _with_cohorts(setting: Setting, claims: pl.DataFrame) -> pl.DataFrame:
    """Add an empty `cohort` where other claims of this world have one."""
    if COHORT not in setting.spec.outcomes:
        return claims
    return claims.with_columns(cohort=pl.lit(None, dtype=pl.String))
