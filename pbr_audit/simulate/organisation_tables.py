"""The tables of organisations: providers and employers."""

import numpy as np
import polars as pl

from pbr_audit.simulate import rendering as as_
from pbr_audit.simulate.chain import PRIMES, SUCCESSION
from pbr_audit.simulate.columns import MISSING
from pbr_audit.simulate.days import day_number
from pbr_audit.simulate.naming import place_names, provider_ids
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.surroundings import Organisation

SECTORS = ("private", "voluntary", "public", "social_enterprise")
KINDS = ("Works", "Trust", "Partnership", "Training", "Community Project")
TRADES = ("Foods", "Logistics", "Care", "Cleaning", "Retail", "Joinery", "Farms", "Kitchens")


def providers_table(setting: Setting) -> pl.DataFrame:
    """Return primes and subcontractors, and the organisations around them."""
    chain, around = _chain_table(setting), _table_around(setting)
    return pl.concat([chain, around], how="diagonal")


def _chain_table(setting: Setting) -> pl.DataFrame:
    """Return those who deliver; one subcontractor was succeeded by another, and some have a sister."""
    rng = setting.rng("providers")
    chain = setting.chain
    count = chain.providers
    places = np.arange(count)
    roles = np.where(places < PRIMES, 0, 1)
    serves = np.unique(chain.link_provider[~chain.is_direct])
    roles[serves[serves < PRIMES]] = 2
    succeeded = chain.successor_of != places
    ids = provider_ids(count)
    return pl.DataFrame(
        {
            "provider_id": ids,
            "name": _names(rng, count, KINDS),
            "role": as_.words(("prime", "subcontractor", "both"), roles),
            "sector": as_.words(SECTORS, np.where(places < PRIMES, 0, rng.integers(0, len(SECTORS), count))),
            "org_id": [f"XI-MADEUP-{place:06d}" for place in range(count)],
            "parent_id": pl.Series(_owners(setting), dtype=pl.String),
            "succeeded_by": as_.words(ids, np.where(succeeded, chain.successor_of, -1)),
            "succeeded_on": as_.dates(np.where(succeeded, day_number(SUCCESSION), MISSING)),
        }
    )


def _owners(setting: Setting) -> list[str | None]:
    """Return owners outside the table: each of two subcontractors, which are sisters and no circle."""
    rng = setting.rng("sisters")
    owners: list[str | None] = [None] * setting.chain.providers
    rows = PRIMES + rng.permutation(setting.chain.providers - PRIMES - 2)
    for pair in range(len(rows) // 10):
        for row in rows[2 * pair : 2 * pair + 2]:
            owners[row] = f"XI-MADEUP-{600_000 + pair:06d}"
    return owners


def _table_around(setting: Setting) -> pl.DataFrame:
    """Return organisations that were only promised referrals, and those of the framework."""
    rng = setting.rng("organisations around")
    promised = setting.provider_ids[setting.chain.providers :]
    rows = [Organisation(name, "subcontractor", f"XI-MADEUP-{name}") for name in promised]
    rows += setting.around.organisations.values()
    sectors = rng.integers(0, len(SECTORS), len(rows))
    return pl.DataFrame(
        {
            "provider_id": [each.provider_id for each in rows],
            "name": _names(rng, len(rows), KINDS),
            "role": [each.role for each in rows],
            "sector": as_.words(SECTORS, sectors),
            "org_id": [each.org_id for each in rows],
            "parent_id": [each.parent for each in rows],
        },
        schema_overrides=dict.fromkeys(("provider_id", "name", "role", "org_id", "parent_id"), pl.String),
    )


def employers_table(setting: Setting) -> pl.DataFrame:
    """Return the employers, those of one area together."""
    rng = setting.rng("employers")
    # Behind the others stands one employer of each provider's own, for which honest clients do not work.
    independent, owners = setting.employers, setting.chain.providers
    count = independent + owners
    places = np.arange(count)
    owner = np.where(places < independent, -1, places - independent)
    area = np.minimum(places // setting.employers_an_area, len(setting.areas) - 1)
    return pl.DataFrame(
        {
            "employer_id": as_.numbered("E", places, 4),
            "name": _names(rng, count, TRADES),
            "org_id": [f"XI-MADEUP-{500_000 + place:06d}" for place in range(count)],
            "parent_id": as_.words(provider_ids(owners), owner),
            "phone": [f"00080{place:06d}" for place in range(count)],
            "area": as_.words(setting.areas, area),
        }
    )


def _names(rng: np.random.Generator, count: int, kinds: tuple[str, ...]) -> list[str]:
    places = place_names(rng, count)
    chosen = rng.integers(0, len(kinds), count)
    return [f"{place.title()} {kinds[kind]} (invented)" for place, kind in zip(places, chosen, strict=True)]
