"""What was done and measured: contacts, and every measured result, those that led to no claim too."""

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.columns import MISSING, Columns, Floats, Ints
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import CHECK, MAIN

ACTIVITY_TYPES = ("interview", "telephone call", "group session", "home visit", "workshop")
MINUTES = np.array([15, 20, 30, 30, 45, 45, 60, 60, 90, 120])
MEAN_CONTACTS = 3.0
CONTACT_DAYS = 240
INTERIM_SHARE = 0.3


def build_activities(setting: Setting, clients: Columns, claims: Columns, block: int) -> Columns:
    """Return contacts between the start and the end of each client's time, whatever the risk.

    Before a main outcome there are as many as the terms require, and mostly more.
    """
    rng = setting.rng("activities", block)
    started = clients["start_day"] != MISSING
    contacts = np.where(started, 1 + rng.poisson(MEAN_CONTACTS, clients.height), 0)
    least = setting.spec.outcomes[MAIN].minimum_contacts
    main_day = _main_days(clients, claims)
    contacts = np.where(main_day == MISSING, contacts, np.maximum(contacts, least))
    client = np.repeat(np.arange(clients.height), contacts)
    start = clients["start_day"][client]
    until = np.where(clients["end_day"][client] == MISSING, CUT_DAY, clients["end_day"][client])
    wait = np.minimum((rng.random(len(client)) ** 1.5 * CONTACT_DAYS).astype(np.int64), until - start)
    place = np.arange(len(client)) - np.repeat(np.cumsum(contacts) - contacts, contacts)
    until = np.where(
        (main_day[client] != MISSING) & (place < least), np.minimum(until, main_day[client]), until
    )
    wait = np.minimum(wait, until - start)
    # A weekend may move the contact past the end, or past a death, so it is held back there.
    day = np.minimum(working_day(start + wait), until)
    activities = Columns(
        {
            "client": client,
            "day": day,
            "provider": setting.chain.deliverer(clients["provider"][client], day),
            "advisor": clients["advisor"][client],
            "type": rng.integers(0, len(ACTIVITY_TYPES), len(client)),
            "minutes": MINUTES[rng.integers(0, len(MINUTES), len(client))],
        }
    )
    return activities.taken(np.lexsort((day, client)))


def _main_days(clients: Columns, claims: Columns) -> Ints:
    """Return the day of each client's first main outcome; MISSING where there is none."""
    days = np.full(clients.height, CUT_DAY + 1)
    mine = claims["role"] == MAIN
    np.minimum.at(days, claims["client"][mine], claims["day"][mine])
    return np.where(days > CUT_DAY, MISSING, days)


def build_measurements(setting: Setting, clients: Columns, block: int) -> Columns:
    """Return the final length of everybody's way, some interim values, and the checks of appointments."""
    rng = setting.rng("measurements", block)
    works = np.flatnonzero(clients["work_start"] != MISSING)
    reached = np.minimum(
        clients["work_start"][works] + clients["work_days"][works] + clients["gap_days"][works], CUT_DAY
    )
    days = clients["work_days"][works].astype(np.float64)
    parts = [_part(MAIN, works, reached, days, final=clients["work_ended"][works])]
    heap = setting.spec.fortunes.heap_days
    asked = (days > heap + clients["gap_days"][works]) & (rng.random(len(works)) < INTERIM_SHARE)
    early = works[asked]
    parts.append(_part(MAIN, early, clients["work_start"][early] + heap, np.full(len(early), float(heap))))
    if CHECK in setting.spec.outcomes:
        low, _ = setting.spec.outcomes[CHECK].window_days or (0, 0)
        rows = np.flatnonzero(clients["start_day"] != MISSING)
        missed = clients["missed"][rows].astype(np.float64)
        final = np.ones(len(rows), dtype=np.bool_)
        parts.append(_part(CHECK, rows, clients["start_day"][rows] + low, missed, final=final))
    measurements = parts[0].followed_by(*parts[1:])
    client, day = measurements["client"], measurements["day"]
    measurements = measurements.having(
        provider=setting.chain.deliverer(clients["provider"][client], day),
        advisor=clients["advisor"][client],
    )
    return measurements.taken(np.lexsort((measurements["role"], day, client)))


def _part(role: int, client: Ints, day: Ints, value: Floats, final: np.ndarray | None = None) -> Columns:
    return Columns(
        {
            "client": client,
            "role": np.full(len(client), role),
            "day": day,
            "value": value,
            "final": np.zeros(len(client), dtype=np.bool_) if final is None else final,
        }
    )
