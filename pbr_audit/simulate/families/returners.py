"""PBR304: people who were registered again soon after leaving, and whose attachment was paid again."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.columns import MISSING, Ints
from pbr_audit.simulate.families.family import BYSTANDER, Mark, Planted, Scene, mark_each
from pbr_audit.simulate.people import RELATION_NONE
from pbr_audit.simulate.spec import ATTACH

MOST_GAP_DAYS = 365
WHO = (
    "person",
    "given",
    "family",
    "birth_day",
    "female",
    "national",
    "phone",
    "account",
    "mailbox",
    "has_email",
)


def registered_again(scene: Scene) -> Planted:
    """Let a client be a person who left the same contract in the year before, and was attached there too."""
    facts, honest = scene.facts, scene.facts.block.claims
    single = facts.of_client("relation") == RELATION_NONE
    # Those after whom a relation stands share their person with it.
    followed = np.append(scene.block.clients["relation"][1:] != RELATION_NONE, [False])[honest["client"]]
    fits = facts.plain & (honest["role"] == ATTACH) & single & ~followed & facts.quiet
    pool = scene.pick(fits, int(fits.sum()))
    earlier, later = _pairs(scene, pool)
    first, second = honest["client"][earlier], honest["client"][later]
    clients = scene.block.clients
    clients = clients.changed(second, {name: clients[name][first] for name in WHO})
    kind = "registered and attached again"
    marks = (mark_each("PBR304", later, kind), mark_each("PBR304", earlier, kind, BYSTANDER))
    kept: tuple[Mark, ...] = tuple(mark for mark in marks if len(mark.rows))
    return Planted(replace(scene.block, clients=clients), kept)


def _pairs(scene: Scene, pool: Ints) -> tuple[Ints, Ints]:
    """Return attachments of an earlier and of a later registration, each used once."""
    facts, honest = scene.facts, scene.facts.block.claims
    contract, start, end = (facts.of_client(name) for name in ("contract", "start_day", "end_day"))
    final = np.full(scene.block.clients.height, MISSING)
    np.maximum.at(final, honest["client"], honest["day"])
    # Everything paid for the first registration lies before the second.
    over = np.maximum(end, final[honest["client"]])
    left = pool[end[pool] != MISSING]
    left = left[np.lexsort((over[left], contract[left]))]
    earlier: list[int] = []
    later: list[int] = []
    used: set[int] = set()
    for row in pool:
        if len(later) == scene.acts:
            break
        near = left[(contract[left] == contract[row]) & (over[left] < start[row])]
        near = near[start[row] - end[near] <= MOST_GAP_DAYS]
        free = [int(each) for each in near[-20:] if int(each) not in used and each != row]
        if int(row) in used or not free:
            continue
        earlier.append(free[-1])
        later.append(int(row))
        used |= {int(row), free[-1]}
    return np.array(earlier, dtype=np.int64), np.array(later, dtype=np.int64)
