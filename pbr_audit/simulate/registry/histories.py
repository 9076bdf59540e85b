"""How often people register, when and where, and what has changed in their lives since the time before.

A row is a registration; it holds what is true of the person on that day.
"""

import numpy as np

from pbr_audit.simulate.columns import Bools, Columns, Ints
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.naming import zipf_places
from pbr_audit.simulate.registry.habits import Habits
from pbr_audit.simulate.registry.names import FAMILIES
from pbr_audit.simulate.registry.population import HOSTEL, NO_ABODE, postcodes_of

CONTRACTS = 6
PRIMES = 4
PROVIDERS_A_PRIME = 12
FIRST_REFERRAL = 16_222  # 2014-06-01
REFERRAL_DAYS = 1_500
MOST_REGISTRATIONS = 4
# Of those who register again: how many do so once, twice and three times.
MORE_SHARES = (0.78, 0.16, 0.06)
SAME_CONTRACT_SHARE = 0.35
# How many of those who register again have by then another address, telephone, mailbox and account.
MOVED, RANG_OFF, WROTE_ELSEWHERE, BANKED_ELSEWHERE = 0.25, 0.3, 0.2, 0.1
MARRIED_WOMEN, RENAMED_MEN = 0.04, 0.004
# New numbers stand as far from a person's own as there may be people, so that nobody else has them.
NEW_NUMBERS = 20_000_003


def histories(rng: np.random.Generator, people: Columns, n_people: int, habits: Habits) -> Columns:
    """Return the registrations of people, each person's together in order of time; `turn` counts from 0."""
    times = _times(rng, people.height, habits)
    place = np.repeat(np.arange(people.height), times)
    first = np.cumsum(times) - times
    turn = np.arange(len(place)) - np.repeat(first, times)
    rows = people.taken(place).having(turn=turn, **_when_and_where(rng, turn))
    again = turn > 0
    roofless = np.isin(rows["relation"], (HOSTEL, NO_ABODE))
    moved = again & (rng.random(rows.height) < np.where(roofless, 0.6, MOVED))
    renamed = again & (rng.random(rows.height) < np.where(rows["female"], MARRIED_WOMEN, RENAMED_MEN))
    families = zipf_places(rng, len(FAMILIES), rows.height)
    postcodes = rng.integers(0, postcodes_of(n_people), rows.height)
    rows = rows.having(
        moved=moved,
        renamed=renamed,
        postcode=_since(moved, turn, postcodes, rows["postcode"]),
        family=_since(renamed, turn, families, rows["family"]),
    )
    for name, share in (("phone", RANG_OFF), ("email", WROTE_ELSEWHERE), ("account", BANKED_ELSEWHERE)):
        changed = again & (rng.random(rows.height) < share)
        own = rows["person"] + NEW_NUMBERS * turn
        rows = rows.having(**{name: _since(changed, turn, own, rows[name]), f"new_{name}": changed})
    return rows


def _times(rng: np.random.Generator, count: int, habits: Habits) -> Ints:
    """Return how often each person registers."""
    more = 1 + np.searchsorted(np.cumsum(MORE_SHARES)[:-1], rng.random(count), side="right")
    return np.where(rng.random(count) < habits.again, 1 + more, 1)


def _since(changed: Bools, turn: Ints, new: Ints, own: Ints) -> Ints:
    """Return what has held since the last change, and what was the person's own before any."""
    every = np.arange(len(turn))
    last = np.maximum.accumulate(np.where(changed | (turn == 0), every, 0))
    return np.where(turn[last] == 0, own, new[last])


def _when_and_where(rng: np.random.Generator, turn: Ints) -> dict[str, Ints]:
    """Return days and contracts; people come back a month to two years later, often under another prime."""
    count = len(turn)
    start = FIRST_REFERRAL + rng.integers(0, REFERRAL_DAYS, count)
    gap = 30 + rng.integers(0, 700, count)
    every = np.arange(count)
    opened = np.maximum.accumulate(np.where(turn == 0, every, 0))
    waited = np.cumsum(np.where(turn == 0, 0, gap))
    referral = working_day(start[opened] + waited - waited[opened])
    other = (turn == 0) | (rng.random(count) >= SAME_CONTRACT_SHARE)
    contract = rng.integers(0, CONTRACTS, count)
    contract = contract[np.maximum.accumulate(np.where(other, every, 0))]
    started = working_day(referral + 3 + rng.integers(0, 26, count))
    return {
        "contract": contract,
        "provider": contract % PRIMES * PROVIDERS_A_PRIME + rng.integers(0, PROVIDERS_A_PRIME, count),
        "referral_day": referral,
        "start_day": started,
        "end_day": started + 20 + rng.integers(0, 710, count),
    }
