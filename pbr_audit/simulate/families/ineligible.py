"""PBR202, 203, 205: outcomes at times at which nothing may be paid for."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.clients import WITHDREW
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints
from pbr_audit.simulate.events import ABROAD, CUSTODY, DEATH, EVENTS
from pbr_audit.simulate.families.family import DRAGGED, Mark, Planted, Scene, mark_each, others_of_client
from pbr_audit.simulate.protections import CLAWBACK_DAYS
from pbr_audit.simulate.spec import ATTACH, ROLES, STEP


def _with_events(scene: Scene, rows: Ints, event: Ints, start: Ints, end: Ints) -> Columns:
    """Return the events with one more for the client of each claim in `rows`."""
    client = scene.facts.block.claims["client"][rows]
    more = Columns({"client": client, "event": event, "start_day": start, "end_day": end})
    return scene.block.events.followed_by(more)


def after_death(scene: Scene) -> Planted:
    """Record a death before an outcome; every later claim of the client is dragged along."""
    facts, honest = scene.facts, scene.facts.block.claims
    rows = scene.pick(facts.plain & facts.quiet)
    death = honest["day"][rows] - scene.beyond(len(rows), 30)
    dead = np.full(scene.block.clients.height, 10**6)
    dead[honest["client"][rows]] = death
    late = facts.live & (honest["day"] > dead[honest["client"]])
    also, act = others_of_client(scene, rows, late)
    events = _with_events(scene, rows, np.full(len(rows), DEATH), death, np.full(len(rows), MISSING))
    kind = "outcome after the client's death"
    marks = (mark_each("PBR202", rows, kind), Mark("PBR202", DRAGGED, also, act, kind))
    return Planted(replace(scene.block, events=events), tuple(mark for mark in marks if len(mark.rows)))


def away(scene: Scene) -> Planted:
    """Record custody or a journey over an outcome that it suspends; what else it covers is dragged."""
    facts, honest = scene.facts, scene.facts.block.claims
    suspends = _suspends(scene)
    fits = facts.plain & facts.quiet & suspends[CUSTODY][honest["role"]]
    rows = scene.pick(fits)
    abroad = suspends[ABROAD][honest["role"][rows]] & (scene.rng.random(len(rows)) < 0.5)  # noqa: PLR2004
    event = np.where(abroad, ABROAD, CUSTODY)
    start = honest["day"][rows] - (scene.beyond(len(rows), 20) - 1)
    end = honest["day"][rows] + (scene.beyond(len(rows), 20) - 1)
    still_open = scene.rng.random(len(rows)) < 0.1 * min(scene.strength, 1.0)
    end = np.where(still_open, MISSING, end)
    begins = np.full(scene.block.clients.height, 10**6)
    ends = np.full(scene.block.clients.height, -(10**6))
    kind = np.full(scene.block.clients.height, DEATH)
    client = honest["client"]
    begins[client[rows]] = start
    ends[client[rows]] = np.where(still_open, 10**6, end)
    kind[client[rows]] = event
    table = np.array([suspends.get(each, np.zeros(ROLES, dtype=np.bool_)) for each in range(len(EVENTS))])
    covered = facts.live & (honest["day"] >= begins[client]) & (honest["day"] <= ends[client])
    covered &= table[kind[client], honest["role"]]
    also, act = others_of_client(scene, rows, covered)
    attached = facts.live & (honest["role"] == ATTACH) & (kind[client] == CUSTODY)
    wait = begins[client] - honest["day"]
    taken_back = np.flatnonzero(attached & (wait > 0) & (wait <= CLAWBACK_DAYS))
    owner = np.zeros(scene.block.clients.height, dtype=np.int64)
    owner[client[rows]] = np.arange(len(rows))
    name = "outcome in custody or abroad"
    marks = (
        mark_each("PBR203", rows, name),
        Mark("PBR203", DRAGGED, also, act, name),
        Mark(
            "PBR113", DRAGGED, taken_back, owner[client[taken_back]], "custody soon after the first payment"
        ),
    )
    events = _with_events(scene, rows, event, start, end)
    return Planted(replace(scene.block, events=events), tuple(mark for mark in marks if len(mark.rows)))


def _suspends(scene: Scene) -> dict[int, Bools]:
    """Return, for custody and journeys, which roles' terms name them."""
    outcomes = scene.setting.spec.outcomes
    return {
        event: np.array(
            [role in outcomes and EVENTS[event] in outcomes[role].ineligible_during for role in range(ROLES)]
        )
        for event in (CUSTODY, ABROAD)
    }


def after_leaving(scene: Scene) -> Planted:
    """Let a client leave before a step, which the terms forbid to claim then; later steps are dragged."""
    facts, honest = scene.facts, scene.facts.block.claims
    start = facts.of_client("start_day")
    left = np.maximum(honest["day"] - scene.beyond(honest.height, 20), start)
    rows = scene.pick(facts.plain & facts.quiet & (honest["role"] == STEP) & (left < honest["day"]))
    client = honest["client"][rows]
    gone = np.full(scene.block.clients.height, 10**6)
    gone[client] = left[rows]
    late = facts.live & (honest["role"] == STEP) & (honest["day"] > gone[honest["client"]])
    also, act = others_of_client(scene, rows, late)
    clients = scene.block.clients.changed(client, {"end_day": left[rows], "end_reason": WITHDREW})
    # No contact is later than the end; those that would have been took place before it.
    activities = scene.block.activities
    seen = np.minimum(activities["day"], gone[activities["client"]])
    name = "outcome after the client left"
    marks = (mark_each("PBR205", rows, name), Mark("PBR205", DRAGGED, also, act, name))
    block = replace(scene.block, clients=clients, activities=activities.having(day=seen))
    return Planted(block, tuple(mark for mark in marks if len(mark.rows)))
