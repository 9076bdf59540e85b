"""Five hundred small invented worlds: contracts with their claims and records, each with ids of its own.

Together they are one data set, so that a rule and its second opinion each run once. A world is 5 to 60
claims, few enough that a difference can be read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from pbr_audit.tables import TABLES
from pbr_audit.terms import Terms, parse_terms
from tests.oracle import world_promises as promises
from tests.oracle import world_records as records
from tests.oracle import world_results as results
from tests.oracle import world_work as work
from tests.oracle.draw import Draw
from tests.oracle.world_claims import Claims
from tests.oracle.world_terms import Block, contract

Row = dict[str, Any]
SEED = 20_161_231


@dataclass(frozen=True)
class Worlds:
    """Tables of text as a source gives them, by name, and the terms of all contracts."""

    tables: dict[str, pl.DataFrame]
    terms: Terms


def worlds(
    numbers: Iterable[int],
    seed: int = SEED,
    *,
    restated: bool = False,
    recorded: tuple[str, ...] = work.RECORDED,
) -> Worlds:
    """Return the worlds of these numbers as one data set.

    Published figures are `restated` or each there once; `recorded` are the kinds of events about work.
    """
    rows: dict[str, list[Row]] = {}
    contracts: list[Block] = []
    for number in numbers:
        made, blocks = _world(number, seed, restated=restated, recorded=recorded)
        contracts += blocks
        for table, of_table in made.items():
            rows.setdefault(table, []).extend(of_table)
    files = [(block["contract"]["id"], block) for block in contracts]
    return Worlds(
        {table: _as_text(table, of_table) for table, of_table in rows.items() if of_table}, parse_terms(files)
    )


def _world(
    number: int, seed: int, *, restated: bool, recorded: tuple[str, ...]
) -> tuple[dict[str, list[Row]], list[Block]]:
    draw = Draw(seed, number)
    prefix = f"W{number:03d}"
    prime, other, *subs = (f"{prefix}{name}" for name in ("PR1", "PR2", "SB1", "SB2", "SB3"))
    names = [f"{prefix}A", f"{prefix}B"][: draw.one([1, 2, 2])]
    primes = [prime, draw.one([prime, other, other, subs[0]])]
    contracts = [
        contract(
            draw,
            name,
            others=[another for another in names if another != name],
            subs=[sub for sub in draw.some([prime, *subs], 0.8) if sub != own_prime or draw.chance(0.3)],
            prime=own_prime,
        )
        for name, own_prime in zip(names, primes, strict=False)
    ]
    for block in contracts:
        block["outcome"].append(results.outcome(draw, block["contract"]["start_date"]))
        work.name_records(draw, block)
        promises.promise(draw, block)
    made = Claims(prefix, draw, contracts, subs)
    made.make(draw.between(5, 22))
    measured = results.measurements(draw, prefix, contracts, made.clients)
    made.claims += results.claims(draw, prefix, contracts, measured)
    if draw.chance(0.1):
        made.claims += results.keyed_in_on_one_day(draw, prefix, contracts[0])
    work.employ(draw, prefix, made.claims)
    everybody = [prime, other, *subs]
    providers = records.providers(draw, prefix, everybody)
    return {
        "claims": made.claims,
        "clients": made.clients,
        "events": records.events(draw, made.claims, made.clients)
        + work.events(draw, made.claims, kinds=recorded),
        "activities": records.activities(draw, made.claims),
        "checks": records.checks(draw, made.claims) + work.checks(draw, made.claims),
        "referrals": records.referrals(draw, prefix, made.clients)
        + promises.referrals(draw, prefix, contracts, providers),
        "providers": providers,
        "employers": work.employers(draw, prefix, everybody),
        "measurements": measured + records.measurements(draw, made.clients, contracts),
        "performance": records.performance(draw, prefix, contracts, everybody, restated=restated),
    }, contracts


def _as_text(table: str, rows: list[Row]) -> pl.DataFrame:
    """Return rows as the text of a source: money with its point, dates as ISO 8601, empty cells as null."""
    columns = {}
    for name in TABLES[table].columns:
        pence = any(f"{name}_pence" in row for row in rows)
        if pence or any(name in row for row in rows):
            columns[name] = [_cell(row.get(f"{name}_pence" if pence else name), pence=pence) for row in rows]
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def _cell(value: object, *, pence: bool) -> str | None:
    if value is None:
        return None
    if pence and isinstance(value, int):
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"
    return str(value)
