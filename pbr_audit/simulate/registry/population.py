"""The people behind a register: who they are, with whom they live, and what they honestly share with others.

A row is a person. Names, places, telephones and accounts are numbers here; text is made of them at the end.
"""

from datetime import date

import numpy as np

from pbr_audit.simulate.columns import MISSING, Array, Bools, Columns, Ints
from pbr_audit.simulate.days import day_number
from pbr_audit.simulate.naming import zipf_places
from pbr_audit.simulate.registry.habits import Habits
from pbr_audit.simulate.registry.names import FAMILIES, MEN, WOMEN

RELATIONS = (
    "",
    "twin",
    "namesake",
    "partner",
    "sibling",
    "child",
    "hostel",
    "no fixed abode",
    "another's account",
)
ALONE, TWIN, NAMESAKE, PARTNER, SIBLING, CHILD, HOSTEL, NO_ABODE, BORROWER = range(len(RELATIONS))

BORN_BY = day_number(date(1997, 12, 31))
YEAR_DAYS = 365.25
PEOPLE_A_HOSTEL = 40
PEOPLE_A_DAY_CENTRE = 120
POSTCODES = 18 * 99 * 360
PEOPLE_A_POSTCODE = 3
FEWEST_POSTCODES = 60
# Numbers of what a house or a centre has, so far above those of people that none is met twice.
HOUSE_NUMBERS = 5 * 10**8
CENTRE_NUMBERS = 6 * 10**8
# Who has no address is written down without one, or with the code that stands for it.
NO_ADDRESS, NO_ABODE_CODE = MISSING, -2


def postcodes_of(n_people: int) -> int:
    """Return over how many postcodes so many people are spread."""
    return int(np.clip(n_people // PEOPLE_A_POSTCODE, FEWEST_POSTCODES, POSTCODES))


def population(rng: np.random.Generator, first: int, count: int, n_people: int, habits: Habits) -> Columns:
    """Invent people numbered from `first`, out of `n_people` in the whole register."""
    relation = _relations(rng, count, habits)
    number = first + np.arange(count)
    female = rng.random(count) < 0.42  # noqa: PLR2004 - more men are referred
    people = Columns(
        {
            "person": number,
            "household": number,
            "relation": relation,
            "female": female,
            "given": number,
            "family": zipf_places(rng, len(FAMILIES), count),
            "birth_day": _births(rng, count),
            "postcode": rng.integers(0, postcodes_of(n_people), count),
            "national": number,
            "phone": number,
            "email": number,
            "email_given": number,
            "email_family": number,
            "account": number,
        }
    )
    given = _given(rng, female)
    people = people.having(given=given, email_given=given, email_family=people["family"])
    people = _households(rng, people)
    people = _sheltered(rng, people, n_people)
    return _new_years(rng, people, habits)


def _relations(rng: np.random.Generator, count: int, habits: Habits) -> Ints:
    """Return how each person is related to the one before; nobody is related to two."""
    draw = rng.random(count)
    # Half of the places may hold a relation, so that the shares are doubled there.
    shares = 2 * np.array([habits.twins, habits.namesakes, *(habits.relatives * np.array([0.4, 0.35, 0.25]))])
    kinds = np.array([TWIN, NAMESAKE, PARTNER, SIBLING, CHILD, ALONE])
    found = kinds[np.searchsorted(np.cumsum(shares), draw, side="right")]
    found[::2] = ALONE
    alone = found == ALONE
    alone[:-1] &= found[1:] == ALONE
    lone = np.flatnonzero(alone)
    where = rng.random(len(lone)) * alone.mean()
    limits = np.cumsum([habits.in_hostels, habits.no_fixed_abode, habits.lenders])
    found[lone] = np.array([HOSTEL, NO_ABODE, BORROWER, ALONE])[np.searchsorted(limits, where, side="right")]
    return found


def _given(rng: np.random.Generator, female: Bools) -> Ints:
    """Return places in the list of all given names, men's first."""
    count = len(female)
    men, women = zipf_places(rng, len(MEN), count), zipf_places(rng, len(WOMEN), count)
    return np.where(female, len(MEN) + women, men)


def _births(rng: np.random.Generator, count: int) -> Ints:
    years = 47 * rng.beta(1.1, 1.6, count)
    return np.asarray(BORN_BY - (years * YEAR_DAYS).astype(np.int64))


def _households(rng: np.random.Generator, people: Columns) -> Columns:
    """Let relations live with the one before them, and share what such people share."""
    rows = np.flatnonzero(np.isin(people["relation"], (TWIN, NAMESAKE, PARTNER, SIBLING, CHILD)))
    kind, before, count = people["relation"][rows], rows - 1, len(rows)
    shared = people.taken(before)
    mine = people.taken(rows)
    female = np.where(kind == NAMESAKE, shared["female"], mine["female"])
    female = np.where(kind == PARTNER, ~shared["female"], female)
    given = _given(rng, female)
    # Twins are mostly of one sex, and never of one name.
    same_sex = (kind == TWIN) & (rng.random(count) < 0.7)  # noqa: PLR2004
    female = np.where(same_sex, shared["female"], female)
    given = np.where(same_sex, _given(rng, female), given)
    given = np.where(given == shared["given"], _next_name(given), given)
    given = np.where(kind == NAMESAKE, shared["given"], given)
    # Unmarried couples keep their names, and some children bear their other parent's.
    keeps = (kind == PARTNER) & (rng.random(count) < 0.4)  # noqa: PLR2004
    keeps |= (kind == CHILD) & (rng.random(count) < 0.15)  # noqa: PLR2004
    family = np.where(keeps, mine["family"], shared["family"])
    one_box = rng.random(count) < 0.05  # noqa: PLR2004
    return people.changed(
        rows,
        {
            "household": shared["household"],
            "female": female,
            "given": given,
            "family": family,
            "birth_day": _born_beside(rng, kind, shared["birth_day"], mine["birth_day"]),
            "postcode": shared["postcode"],
            "phone": _either(rng, 0.25, shared["phone"], mine["phone"]),
            "email": np.where(one_box, shared["email"], mine["email"]),
            "email_given": np.where(one_box, shared["given"], given),
            "email_family": np.where(one_box, shared["family"], family),
            "account": _either(
                rng, np.where(kind == PARTNER, 0.25, 0.05), shared["account"], mine["account"]
            ),
        },
    )


def _next_name(given: Ints) -> Ints:
    """Return the next commonest name of the same sex."""
    last = (given == len(MEN) - 1) | (given == len(MEN) + len(WOMEN) - 1)
    return np.where(last, given - 1, given + 1)


def _born_beside(rng: np.random.Generator, kind: Ints, theirs: Ints, own: Ints) -> Ints:
    """Return birth days: a twin's is theirs, a sibling's some years off, a child's a generation later."""
    count = len(kind)
    years_between = np.where(kind == SIBLING, rng.uniform(0.9, 9, count), rng.uniform(17, 38, count))
    between = (years_between * YEAR_DAYS).astype(np.int64)
    sooner = theirs - between
    later = np.where((kind == SIBLING) & (theirs + between <= BORN_BY), theirs + between, sooner)
    # Where the one before is too young to be the parent, this one is: the two differ all the same.
    born = np.where(theirs + between <= BORN_BY, theirs + between, sooner)
    return np.select(
        [kind == TWIN, kind == SIBLING, (kind == CHILD) | (kind == NAMESAKE)], [theirs, later, born], own
    )


def _either(rng: np.random.Generator, share: Array | float, shared: Ints, own: Ints) -> Ints:
    return np.where(rng.random(len(own)) < share, shared, own)


def _sheltered(rng: np.random.Generator, people: Columns, n_people: int) -> Columns:
    """Give people in hostels, people without an address and borrowers of an account what they have."""
    relation, count = people["relation"], people.height
    rows = np.flatnonzero(relation == HOSTEL)
    house = rng.integers(0, max(1, n_people // (50 * PEOPLE_A_HOSTEL)), len(rows))
    people = people.changed(
        rows,
        {
            # Houses stand anywhere, and always in the same place.
            "postcode": house * 7919 % postcodes_of(n_people),
            "phone": _either(rng, 0.5, HOUSE_NUMBERS + house, people["phone"][rows]),
            "account": _either(rng, 0.15, HOUSE_NUMBERS + house, people["account"][rows]),
        },
    )
    rows = np.flatnonzero(relation == NO_ABODE)
    centre = CENTRE_NUMBERS + rng.integers(0, max(1, n_people // (66 * PEOPLE_A_DAY_CENTRE)), len(rows))
    people = people.changed(
        rows,
        {
            "postcode": np.where(rng.random(len(rows)) < 0.5, NO_ADDRESS, NO_ABODE_CODE),  # noqa: PLR2004
            "phone": np.where(rng.random(len(rows)) < 0.5, MISSING, people["phone"][rows]),  # noqa: PLR2004
            "account": _either(rng, 0.2, centre, people["account"][rows]),
        },
    )
    rows = np.flatnonzero(relation == BORROWER)
    lender = rng.integers(0, count, len(rows))
    return people.changed(rows, {"account": people["account"][lender]})


def _new_years(rng: np.random.Generator, people: Columns, habits: Habits) -> Columns:
    """Let some have been born on 1 January, as is written where nobody knows the day."""
    rows = np.flatnonzero((rng.random(people.height) < habits.new_year) & (people["relation"] != TWIN))
    rows = rows[~np.isin(rows + 1, np.flatnonzero(people["relation"] == TWIN))]
    year = people["birth_day"][rows].astype("datetime64[D]").astype("datetime64[Y]")
    return people.changed(rows, {"birth_day": year.astype("datetime64[D]").astype(np.int64)})
