"""Who the clients are: names, birth dates, addresses and numbers of nobody.

Among them, honestly: twins, relatives, namesakes, people in one hostel, appointees who receive the money of
several, households that share a telephone, and people registered again because their first registration
never started.
"""

import numpy as np

from pbr_audit.simulate.columns import Bools, Columns, Ints
from pbr_audit.simulate.identifiers import AREA_PAIRS, INWARD_CODES, NATIONAL_NUMBERS, NATIONAL_STEP
from pbr_audit.simulate.naming import FAMILY_NAMES, GIVEN_NAMES, zipf_places
from pbr_audit.simulate.registry.slips import drawn
from pbr_audit.simulate.setting import Setting

TWIN_SHARE = 0.004
RELATIVE_SHARE = 0.03
NAMESAKE_SHARE = 0.004
AGAIN_SHARE = 0.006
HOSTEL_SHARE = 0.015
APPOINTEE_SHARE = 0.15
HOSTELS_AN_AREA = 1
# Of all clients; most appointees have their office somewhere else than the people whose money they receive.
RECEIVED_FOR_SHARE = 0.006
APPOINTEES = 12
APPOINTEE_NUMBERS = 500_000
# Some share a telephone with another household or three: one fewer than anybody asks about.
ONE_TELEPHONE_SHARE = 0.02
MOST_AT_ONE_TELEPHONE = 4
DISTRICTS_AN_AREA = 12
INWARDS = len(INWARD_CODES)
YEAR_DAYS = 365.25
# The youngest and the oldest age of the two groups by age; others are of any age.
AGES = ((18.2, 24.8), (25.2, 63.0))
ANY_AGE = (18.2, 63.0)

RELATION_NONE, RELATION_TWIN, RELATION_NAMESAKE, RELATION_AGAIN, RELATION_RELATIVE = range(5)


def relations(rng: np.random.Generator, count: int) -> Ints:
    """Return how each client is related to the one before it; never two in a row."""
    draw = rng.random(count)
    found = np.full(count, RELATION_NONE)
    others = TWIN_SHARE + NAMESAKE_SHARE + AGAIN_SHARE
    found[draw < others + RELATIVE_SHARE] = RELATION_RELATIVE
    found[draw < others] = RELATION_AGAIN
    found[draw < TWIN_SHARE + NAMESAKE_SHARE] = RELATION_NAMESAKE
    found[draw < TWIN_SHARE] = RELATION_TWIN
    found[::2] = RELATION_NONE
    return found


def add_people(setting: Setting, clients: Columns, block: int) -> Columns:
    """Add who they are to registrations that have `number`, `relation`, `area`, `group` and dates."""
    rng = setting.rng("people", block)
    count = clients.height
    hostel = rng.random(count) < HOSTEL_SHARE
    people = Columns(
        {
            "person": clients["number"],
            "given": zipf_places(rng, len(GIVEN_NAMES), count),
            "family": zipf_places(rng, len(FAMILY_NAMES), count),
            "birth_day": _births(setting, rng, clients),
            "female": rng.random(count) < 0.42,  # noqa: PLR2004 - more men are referred
            "outward": clients["area"] * DISTRICTS_AN_AREA + rng.integers(0, DISTRICTS_AN_AREA, count),
            "inward": rng.integers(0, INWARDS, count),
            "national": clients["number"] * NATIONAL_STEP % NATIONAL_NUMBERS,
            "phone": clients["number"],
            "account": clients["number"],
            "mailbox": clients["number"],
            "has_email": rng.random(count) < 0.6,  # noqa: PLR2004
        }
    )
    people = _related(people, clients["relation"])
    people = _in_hostels(rng, people, clients["area"], hostel)
    rng = setting.rng("shared values", block)
    people = _with_one_telephone(rng, _with_appointees(rng, people), clients)
    # How well a registration was keyed in is its own, whoever is registered.
    return clients.having(**people, slips=drawn(setting.rng("slips", block), count))


def _births(setting: Setting, rng: np.random.Generator, clients: Columns) -> Ints:
    ages = np.array([*AGES, ANY_AGE] if setting.spec.by_age else [ANY_AGE] * len(setting.spec.groups))
    low, high = ages[clients["group"], 0], ages[clients["group"], 1]
    years = low + (high - low) * rng.random(clients.height)
    return np.asarray(clients["referral_day"] - (years * YEAR_DAYS).astype(np.int64))


def _related(people: Columns, relation: Ints) -> Columns:
    """Give relations what they share with the client before them."""
    shared = {
        RELATION_TWIN: ("family", "birth_day", "outward", "inward"),
        RELATION_NAMESAKE: ("given", "family", "female"),
        RELATION_AGAIN: tuple(people),
        RELATION_RELATIVE: ("family", "outward", "inward"),
    }
    for kind, names in shared.items():
        rows = np.flatnonzero(relation == kind)
        people = people.changed(rows, {name: people[name][rows - 1] for name in names})
    twins = np.flatnonzero(relation == RELATION_TWIN)
    # Twins are not given one name.
    given = (people["given"][twins - 1] + 1 + people["given"][twins] % 20) % len(GIVEN_NAMES)
    return people.changed(twins, {"given": given})


def _in_hostels(rng: np.random.Generator, people: Columns, area: Ints, hostel: Bools) -> Columns:
    """Give people in a hostel its address and telephone, and some of them their appointee's account."""
    rows = np.flatnonzero(hostel)
    house = area[rows] * HOSTELS_AN_AREA + rng.integers(0, HOSTELS_AN_AREA, len(rows))
    people = people.changed(
        rows,
        {
            "outward": area[rows] * DISTRICTS_AN_AREA + house % DISTRICTS_AN_AREA,
            "inward": house * 7 % INWARDS,
            # Numbers of clients are not negative, so a house's own telephone is nobody else's.
            "phone": -1 - house,
        },
    )
    kept = rng.random(len(rows)) < APPOINTEE_SHARE
    return people.changed(rows[kept], {"account": -1 - house[kept]})


def _with_appointees(rng: np.random.Generator, people: Columns) -> Columns:
    """Let councils and charities receive the money of people from everywhere."""
    rows = np.flatnonzero(rng.random(people.height) < RECEIVED_FOR_SHARE)
    return people.changed(rows, {"account": -APPOINTEE_NUMBERS - rng.integers(0, APPOINTEES, len(rows))})


def _with_one_telephone(rng: np.random.Generator, people: Columns, clients: Columns) -> Columns:
    """Let up to four of an adviser's clients be reached at the telephone of one: relatives and friends."""
    order = np.lexsort((clients["number"], clients["advisor"], clients["provider"]))
    heads = np.arange(0, people.height - MOST_AT_ONE_TELEPHONE, MOST_AT_ONE_TELEPHONE)
    heads = heads[rng.random(len(heads)) < ONE_TELEPHONE_SHARE]
    size = rng.integers(2, MOST_AT_ONE_TELEPHONE + 1, len(heads))
    for place in range(1, MOST_AT_ONE_TELEPHONE):
        owner, other = order[heads], order[heads + place]
        same = (clients["provider"][owner] == clients["provider"][other]) & (size > place)
        same &= (clients["advisor"][owner] == clients["advisor"][other]) & (people["phone"][owner] >= 0)
        people = people.changed(other[same], {"phone": people["phone"][owner[same]]})
    return people


def outward_codes(areas: int) -> list[str]:
    """Return every first half of a postcode, by `outward`."""
    return [
        f"{AREA_PAIRS[area % len(AREA_PAIRS)]}{number + 1}"
        for area in range(areas)
        for number in range(DISTRICTS_AN_AREA)
    ]
