"""Conduct of whole providers that no single record shows: who is refused, left alone, put out or hired where.

The rate is a share of providers, the same ones in every family, and the strength scales what share of the
possible they do. What they do breaks no term and contradicts no record; only a comparison with peers shows
it.
"""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.claims import EMPLOYMENT_TYPES
from pbr_audit.simulate.clients import EXCLUDED
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Floats, Ints
from pbr_audit.simulate.families.family import Planted, Scene, planted
from pbr_audit.simulate.referrals import REJECTED
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ATTACH, MAIN

NEAR_DAYS = 28
MOVED_SHARE = 0.4
HARDEST_SHARE = 1 / 3
REFUSED_SHARE, PARKED_SHARE, PUT_OUT_SHARE, HIRED_SHARE, ON_OWN_SHARE = 0.7, 0.8, 0.5, 0.4, 0.5
PUT_OUT_AFTER_DAYS = 150
# The employer that takes them all, by its place in an area's list: none of the largest.
FAVOURED = 7


def moved_up(
    setting: Setting, rng: np.random.Generator, clients: Columns, acts: Bools, strength: float
) -> Columns:
    """Let near-misses of the main outcome last just as long as the terms ask (PBR501).

    Done to the way itself, so that claims, measurements and events agree: whoever writes the record up
    writes all of it up.
    """
    threshold = int(setting.spec.outcomes[MAIN].threshold or 0)
    days = clients["work_days"]
    near = (days >= threshold - NEAR_DAYS) & (days < threshold) & clients["work_ended"]
    near &= acts[clients["provider"]] & (rng.random(clients.height) < MOVED_SHARE * strength)
    return clients.having(work_days=np.where(near, threshold, days))


def hard_refused(scene: Scene) -> Planted:
    """Turn away people as hard as the hardest third of those taken on (PBR601)."""
    clients, referrals = scene.block.clients, scene.block.referrals
    taken = np.ones(clients.height, dtype=np.bool_)
    taken[referrals["beside"][referrals["client"] == MISSING]] = False
    rows = np.flatnonzero(taken & _hard(scene) & _chance(scene, REFUSED_SHARE))
    # Each stands beside a client who was taken on, referred on the same day.
    own = np.full(clients.height, -1)
    own[referrals["client"][referrals["client"] != MISSING]] = np.flatnonzero(referrals["client"] != MISSING)
    refused = referrals.taken(own[rows]).having(
        client=np.full(len(rows), MISSING),
        number=2 * clients["number"][rows] + 1,
        decision=np.full(len(rows), REJECTED),
        reason=scene.rng.integers(0, 3, len(rows)),
    )
    together = referrals.followed_by(refused)
    together = together.taken(np.argsort(together["number"], kind="stable"))
    return _by_providers(scene, Planted(replace(scene.block, referrals=together)))


def hard_left_alone(scene: Scene) -> Planted:
    """Meet the hardest third once, where the terms ask for no more (PBR602)."""
    contacts = scene.block.activities
    reached = np.zeros(scene.block.clients.height, dtype=np.bool_)
    reached[scene.claims["client"][scene.claims["role"] == MAIN]] = True
    alone = _hard(scene) & ~reached & _chance(scene, PARKED_SHARE)
    client = contacts["client"]
    order = np.arange(len(client)) - np.searchsorted(client, client, side="left")
    kept = contacts.taken(~alone[client] | (order < 1))
    return _by_providers(scene, Planted(replace(scene.block, activities=kept)))


def put_out(scene: Scene) -> Planted:
    """End the time of clients who have reached nothing, so that nobody counts them (PBR603)."""
    clients, claims = scene.block.clients, scene.claims
    reached = np.zeros(clients.height, dtype=np.bool_)
    reached[claims["client"][claims["role"] != ATTACH]] = True
    day = clients["start_day"] + PUT_OUT_AFTER_DAYS
    out = ~reached & (clients["start_day"] != MISSING) & _chance(scene, PUT_OUT_SHARE)
    out &= (clients["end_day"] == MISSING) | (clients["end_day"] > day)
    out &= clients["work_start"] == MISSING
    out &= scene.acting[clients["provider"]] & ~_on_record(scene)
    rows = np.flatnonzero(out)
    contacts = scene.block.activities
    block = replace(
        scene.block,
        clients=clients.changed(rows, {"end_day": day[rows], "end_reason": EXCLUDED}),
        activities=contacts.taken(~out[contacts["client"]] | (contacts["day"] <= day[contacts["client"]])),
    )
    return _by_providers(scene, Planted(block))


def one_employer(scene: Scene) -> Planted:
    """Place clients with one employer of their area (PBR405)."""
    claims, clients = scene.claims, scene.block.clients
    chosen = (_chance(scene, HIRED_SHARE) & scene.acting[clients["provider"]])[claims["client"]]
    rows = np.flatnonzero(chosen & (claims["employer"] >= 0))
    area = clients["area"][claims["client"][rows]]
    favoured = area * scene.setting.employers_an_area + FAVOURED % scene.setting.employers_an_area
    return _by_providers(scene, planted(scene, claims.changed(rows, {"employer": favoured}), []))


def on_own_account(scene: Scene) -> Planted:
    """Let clients work on their own account (PBR407)."""
    claims, clients = scene.claims, scene.block.clients
    chosen = (_chance(scene, ON_OWN_SHARE) & scene.acting[clients["provider"]])[claims["client"]]
    rows = np.flatnonzero(chosen & (claims["employment_type"] >= 0))
    kind = EMPLOYMENT_TYPES.index("self_employed")
    changed = claims.changed(rows, {"employer": -1, "employment_type": kind})
    return _by_providers(scene, planted(scene, changed, []))


def _hard(scene: Scene) -> Bools:
    """Whether a client of a provider that acts is among its hardest."""
    clients = scene.block.clients
    limit: Floats = np.zeros(scene.setting.chain.providers)
    for provider in np.flatnonzero(scene.acting):
        risks = clients["risk"][clients["provider"] == provider]
        limit[provider] = np.quantile(risks, 1 - HARDEST_SHARE) if len(risks) else 1.0
    hard: Bools = clients["risk"] >= limit[clients["provider"]]
    return hard & scene.acting[clients["provider"]] & scene.free


def _on_record(scene: Scene) -> Bools:
    """Whether others hold a record about a client."""
    recorded = np.zeros(scene.block.clients.height, dtype=np.bool_)
    recorded[scene.block.events["client"]] = True
    return recorded


def _chance(scene: Scene, share: float) -> Bools:
    return np.asarray((scene.rng.random(scene.block.clients.height) < share * scene.strength) & scene.free)


def _by_providers(scene: Scene, done: Planted) -> Planted:
    acting: Ints = np.flatnonzero(scene.acting)
    return replace(done, providers=acting)
