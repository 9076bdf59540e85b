"""Invented registrations, with the truth: who registers again, how differently, and who only looks alike.

A world has people in households (couples, brothers and sisters, twins, father and son of one name), in
hostels with one address and telephone and some with one account, and of no fixed abode. Fifteen in a
hundred register more than once; each registration has slips of its own, and 35 in a hundred have no
national id. Between two registrations people move, change their telephone, account and name. Nothing here
is taken from `pbr_audit.simulate` or from the library under test.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.linkage import names
from benchmarks.linkage.registering import register

Ints = NDArray[np.int64]
NOBODY = -1
FIRST_BIRTH, LAST_BIRTH = 1955, 1999
MIDDLE = 2500  # days since 1970: of those born later, the relative of one name is the father
HOSTEL_SIZE = 120
PEOPLE_A_POSTCODE = 10


@dataclass(frozen=True)
class World:
    """What sort of people there are, in shares of all; `again` is the share who register more than once."""

    again: float = 0.15
    twins: float = 0.008
    siblings: float = 0.06
    namesakes: float = 0.006
    couples: float = 0.08
    hostel: float = 0.012
    nowhere: float = 0.015


ORDINARY = World()
NO_DUPLICATES = World(again=0.0)
HOUSEHOLDS_ONLY = World(
    again=0.0, twins=0.1, siblings=0.2, namesakes=0.05, couples=0.15, hostel=0.0, nowhere=0.0
)


def registrations(people: int, seed: int, world: World = ORDINARY) -> pl.DataFrame:
    """Registrations of so many people, sorted by `record_id`, which tells nothing; `person` is the truth.

    All columns are text but `person`; `date_of_birth` is YYYY-MM-DD.
    """
    rng = np.random.default_rng(seed)
    facts = _related(rng, _strangers(rng, people), world)
    return register(rng, _housed(rng, facts, world), world.again)


def _strangers(rng: np.random.Generator, count: int) -> dict[str, Ints]:
    birth_year = rng.integers(FIRST_BIRTH, LAST_BIRTH, count)
    new_year = (birth_year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    known = rng.random(count) > 0.012  # noqa: PLR2004 - 1 January stands for an unknown birthday
    female = (rng.random(count) < 0.45).astype(np.int64)  # noqa: PLR2004
    men, women = (names.skewed(rng, kinds, count, 1.05) for kinds in (names.MEN, names.WOMEN))
    return {
        "given": np.where(female == 1, names.MEN + women, men),
        "family": names.skewed(rng, names.FAMILIES, count, 0.85),
        "female": female,
        "birth_day": new_year + known * rng.integers(0, 365, count),
        "postcode": rng.integers(0, max(200, count // PEOPLE_A_POSTCODE), count),
        "national": rng.permutation(count),
        "phone": np.arange(count),
        "account": np.arange(count),
        "email": np.arange(count),
    }


def _related(rng: np.random.Generator, facts: dict[str, Ints], world: World) -> dict[str, Ints]:
    """Every second one may be made the relative of the one before."""
    count = len(facts["given"])
    draw = np.where(np.arange(count) % 2 == 1, rng.random(count) / 2, 1.0)
    edges = np.cumsum([world.twins, world.siblings, world.namesakes, world.couples])
    kind = np.searchsorted(edges, draw, side="right")
    rows = [np.flatnonzero(kind == k) for k in range(4)]
    twins, siblings, sons, partners = rows
    for each in (twins, siblings):
        _take(facts, each, "family", "postcode")
        same = facts["given"][each] == facts["given"][each - 1]
        facts["given"][each[same]] = (facts["given"][each[same]] + 1) % names.MEN
        facts["female"][each[same]] = 0
    _take(facts, twins, "birth_day")
    gap = (np.sign(rng.random(len(siblings)) - 0.5) * rng.integers(330, 3600, len(siblings))).astype(np.int64)
    facts["birth_day"][siblings] = facts["birth_day"][siblings - 1] + gap
    _take(facts, sons, "given", "family", "female")
    _take(facts, sons[rng.random(len(sons)) < 0.7], "postcode")  # noqa: PLR2004
    apart = rng.integers(7300, 13000, len(sons))
    born = facts["birth_day"][sons - 1]
    facts["birth_day"][sons] = np.where(born < MIDDLE, born + apart, born - apart)
    _take(facts, partners, "postcode")
    _take(facts, partners[rng.random(len(partners)) < 0.6], "family")  # noqa: PLR2004
    _take(facts, partners[rng.random(len(partners)) < 0.4], "account")  # noqa: PLR2004
    at_home = np.concatenate(rows)
    _take(facts, at_home[rng.random(len(at_home)) < 0.3], "phone")  # noqa: PLR2004
    _take(facts, at_home[rng.random(len(at_home)) < 0.08], "email")  # noqa: PLR2004
    return facts


def _housed(rng: np.random.Generator, facts: dict[str, Ints], world: World) -> dict[str, Ints]:
    """Some live in hostels, with their telephone and here and there their account; some nowhere."""
    count = len(facts["given"])
    draw = rng.random(count)
    residents = np.flatnonzero(draw < world.hostel)
    house = rng.integers(0, max(1, len(residents) // HOSTEL_SIZE), len(residents))
    facts["postcode"][residents] = house * 7 % (facts["postcode"].max() + 1)
    phoning = rng.random(len(residents)) < 0.5  # noqa: PLR2004
    facts["phone"][residents[phoning]] = count + house[phoning]
    managed = rng.random(len(residents)) < 0.25  # noqa: PLR2004
    facts["account"][residents[managed]] = count + house[managed]
    facts["postcode"][draw > 1 - world.nowhere] = NOBODY
    return facts


def _take(facts: dict[str, Ints], rows: Ints, *columns: str) -> None:
    for column in columns:
        facts[column][rows] = facts[column][rows - 1]
