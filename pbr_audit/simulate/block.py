"""One block of clients and all that is about them, before it becomes tables of the standard."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pbr_audit.simulate.checks import build_checks
from pbr_audit.simulate.claims import build_claims
from pbr_audit.simulate.clients import build_clients
from pbr_audit.simulate.columns import Columns, Ints, grouped_sum
from pbr_audit.simulate.events import build_events
from pbr_audit.simulate.lifecycle import MOST_CLAIMS_A_CLIENT, build_lifecycle
from pbr_audit.simulate.outcomes import build_outcomes, missed_appointments
from pbr_audit.simulate.referrals import build_referrals
from pbr_audit.simulate.service import build_activities, build_measurements
from pbr_audit.simulate.setting import Setting


@dataclass(frozen=True)
class Block:
    """Clients numbered from `first_client`, and their rows in every table; rows name clients by place."""

    number: int
    clients: Columns
    claims: Columns
    events: Columns
    referrals: Columns
    activities: Columns
    measurements: Columns
    checks: Columns


def rows_of(claims: Columns) -> int:
    """Return how many rows of the table claims the pairs are: one for each tier."""
    return claims.height + int(claims["has_sub"].sum())


def build_block(
    setting: Setting,
    number: int,
    size: int,
    wanted_rows: int,
    shaped: Callable[[Columns], Columns] = lambda clients: clients,
) -> Block:
    """Invent a block of `size` clients, cut off where it holds `wanted_rows` claims of both tiers.

    `shaped` may change the clients' way before anything is claimed.
    """
    first = number * size
    clients = shaped(build_clients(setting, number, first, size))
    clients = clients.having(missed=missed_appointments(setting, clients, number))
    outcomes = build_outcomes(setting, clients, number)
    claims = build_claims(setting, clients, outcomes, number)
    claims = build_lifecycle(setting, claims, number, first * MOST_CLAIMS_A_CLIENT)
    kept = _clients_kept(claims, size, wanted_rows)
    # Claims stand in order of their client, so a first part of them keeps its places.
    claims = claims.taken(claims["client"] < kept)
    clients = clients.taken(np.arange(kept))
    events, clients = build_events(setting, clients, claims, number)
    return Block(
        number=number,
        clients=clients,
        claims=claims,
        events=events,
        referrals=build_referrals(setting, clients, number),
        activities=build_activities(setting, clients, claims, number),
        measurements=build_measurements(setting, clients, number),
        checks=build_checks(setting, claims, number),
    )


def _clients_kept(claims: Columns, size: int, wanted_rows: int) -> int:
    rows: Ints = np.cumsum(grouped_sum(claims["client"], size, 1 + claims["has_sub"]))
    return min(size, int(np.searchsorted(rows, wanted_rows)) + 1)
