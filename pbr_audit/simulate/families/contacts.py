"""PBR606: outcomes with fewer contacts than the terms require."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.families.family import Planted, Scene, mark_each
from pbr_audit.simulate.spec import MAIN


def little_service(scene: Scene) -> Planted:
    """Leave a client who reached the main outcome with fewer contacts before it than required, or none."""
    facts, honest = scene.facts, scene.facts.block.claims
    least = scene.setting.spec.outcomes[MAIN].minimum_contacts
    rows = scene.pick(facts.plain & (honest["role"] == MAIN))
    contacts = scene.block.activities
    left = np.full(scene.block.clients.height, np.iinfo(np.int64).max)
    # One contact short at strength 0.
    left[honest["client"][rows]] = np.maximum(least - np.minimum(scene.beyond(len(rows), 0.7), least), 0)
    client = contacts["client"]
    # Contacts stand in order of client and day.
    order = np.arange(len(client)) - np.searchsorted(client, client, side="left")
    kept = contacts.taken(order < left[client])
    block = replace(scene.block, activities=kept)
    return Planted(block, (mark_each("PBR606", rows, "fewer contacts than required"),) if len(rows) else ())
