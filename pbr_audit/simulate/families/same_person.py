"""PBR302, 303, 304: one person registered twice as if they were two, and paid for each time.

The later registration has a person number of its own and slips of its own; only who they are tells.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pbr_audit.simulate.columns import MISSING, Array, Bools, Ints
from pbr_audit.simulate.families.family import (
    BYSTANDER,
    Mark,
    Planted,
    Scene,
    mark_each,
    others_of_client,
)
from pbr_audit.simulate.families.returners import MOST_GAP_DAYS
from pbr_audit.simulate.people import RELATION_NONE
from pbr_audit.simulate.spec import ATTACH

WHO = ("given", "family", "birth_day", "female", "national")
# What may have changed by the later registration, and how often it has.
CHANGING: tuple[tuple[tuple[str, ...], float], ...] = (
    (("outward", "inward"), 0.25),
    (("phone",), 0.3),
    (("mailbox", "has_email"), 0.2),
    (("account",), 0.1),
)
RULES = ("PBR302", "PBR303", "PBR304")
# Of a large group the first so many are looked at for each later registration.
MOST_LOOKED_AT = 50
Fits = Callable[[Ints, int], Bools]


def registered_twice(scene: Scene) -> Planted:
    """Let an attached client be another attached client of the same contract and deliverer."""
    facts = scene.facts
    contract, provider = facts.of_client("contract"), facts.of_client("provider")
    same = contract * 10_000 + provider
    return _planted(scene, "PBR302", "registered and attached twice", same, lambda rows, _: rows >= 0)


def at_two_providers(scene: Scene) -> Planted:
    """Let an attached client be one whom another deliverer of the same contract has at the same time."""
    facts = scene.facts
    contract, provider = facts.of_client("contract"), facts.of_client("provider")
    start, end = facts.of_client("start_day"), facts.of_client("end_day")

    def overlapping(rows: Ints, later: int) -> Bools:
        open_then = (start[rows] <= start[later]) & ((end[rows] == MISSING) | (end[rows] > start[later]))
        return np.asarray(open_then & (provider[rows] != provider[later]))

    return _planted(scene, "PBR303", "with two providers at one time", contract, overlapping)


def sent_round_again(scene: Scene) -> Planted:
    """Let an attached client be one who left the same contract in the year before, and is not known again."""
    facts, honest = scene.facts, scene.facts.block.claims
    start, end = facts.of_client("start_day"), facts.of_client("end_day")
    last = np.full(scene.block.clients.height, MISSING)
    np.maximum.at(last, honest["client"], honest["day"])
    # Everything paid for the first registration lies before the second.
    over = np.maximum(end, last[honest["client"]])

    def soon_after(rows: Ints, later: int) -> Bools:
        left = (end[rows] != MISSING) & (over[rows] < start[later])
        return np.asarray(left & (start[later] - end[rows] <= MOST_GAP_DAYS))

    return _planted(
        scene,
        "PBR304",
        "left, and attached again under a new number",
        facts.of_client("contract"),
        soon_after,
    )


def _planted(scene: Scene, rule_id: str, kind: str, group: Array, fits: Fits) -> Planted:
    honest = scene.facts.block.claims
    earlier, later = _pairs(scene, group, fits)
    if not len(later):
        return Planted(scene.block)
    clients = scene.block.clients
    first, second = honest["client"][earlier], honest["client"][later]
    clients = clients.changed(second, {name: clients[name][first] for name in WHO})
    for names, share in CHANGING:
        kept = scene.rng.random(len(second)) >= share
        clients = clients.changed(second[kept], {name: clients[name][first[kept]] for name in names})
    marks = [mark_each(rule_id, later, kind)]
    mine, act = others_of_client(scene, later, scene.facts.live)
    theirs, their_act = others_of_client(scene, earlier, scene.facts.live)
    rows = np.concatenate([mine, earlier, theirs])
    acts = np.concatenate([act, np.arange(len(earlier)), their_act])
    # What else the two were paid for, and which of these rules asks about it, is open.
    marks.append(Mark(rule_id, BYSTANDER, rows, acts, kind))
    rows, acts = np.concatenate([rows, later]), np.concatenate([acts, np.arange(len(later))])
    marks += [Mark(other, BYSTANDER, rows, acts, kind) for other in RULES if other != rule_id]
    kept_marks = tuple(mark for mark in marks if len(mark.rows))
    return Planted(replace(scene.block, clients=clients), kept_marks)


def _pairs(scene: Scene, group: Array, fits: Fits) -> tuple[Ints, Ints]:
    """Return attachments of an earlier and of a later registration in one group, each used once."""
    facts, honest = scene.facts, scene.facts.block.claims
    single = facts.of_client("relation") == RELATION_NONE
    followed = np.append(scene.block.clients["relation"][1:] != RELATION_NONE, [False])[honest["client"]]
    start = facts.of_client("start_day")
    mask = facts.plain & facts.quiet & (honest["role"] == ATTACH) & single & ~followed
    pool = scene.pick(mask & (start != MISSING), int(mask.sum()))
    ordered = pool[np.argsort(group[pool], kind="stable")]
    begins = np.searchsorted(group[ordered], group[pool], side="left")
    ends = np.searchsorted(group[ordered], group[pool], side="right")
    used: set[int] = set()
    earlier: list[int] = []
    later: list[int] = []
    for row, begin, end in zip(pool.tolist(), begins.tolist(), ends.tolist(), strict=True):
        if len(later) == scene.acts:
            break
        if row in used:
            continue
        near = ordered[begin:end]
        near = near[(start[near] < start[row]) & fits(near, row)]
        free = [each for each in near[:MOST_LOOKED_AT].tolist() if each not in used and each != row]
        if free:
            chosen = free[int(scene.rng.integers(0, len(free)))]
            earlier.append(chosen)
            later.append(row)
            used |= {row, chosen}
    return np.array(earlier, dtype=np.int64), np.array(later, dtype=np.int64)
