"""PBR204: clients who are registered with another provider than the one that claims for them."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.chain import PRIMES
from pbr_audit.simulate.columns import Ints
from pbr_audit.simulate.families.family import DRAGGED, Mark, Planted, Scene, mark_each, others_of_client


def registered_elsewhere(scene: Scene) -> Planted:
    """Register a client with a provider that has no part in the contract; all claims are dragged along."""
    facts, honest = scene.facts, scene.facts.block.claims
    rows = scene.pick(facts.plain)
    also, act = others_of_client(scene, rows, facts.live)
    client = honest["client"][rows]
    other = _strangers(scene, scene.block.clients["contract"][client])
    clients = scene.block.clients.changed(client, {"registered": other})
    kind = "client registered with another provider"
    marks = (mark_each("PBR204", rows, kind), Mark("PBR204", DRAGGED, also, act, kind))
    return Planted(replace(scene.block, clients=clients), tuple(mark for mark in marks if len(mark.rows)))


def _strangers(scene: Scene, contract: Ints) -> Ints:
    """Return, for each contract, a subcontractor that it does not name and that nobody succeeded."""
    chain = scene.setting.chain
    found = np.empty(len(contract), dtype=np.int64)
    steady = np.arange(PRIMES, chain.providers - 2)
    for each in np.unique(contract):
        named = chain.link_provider[chain.link_contract == each]
        strangers = np.setdiff1d(steady, named)
        mine = np.flatnonzero(contract == each)
        found[mine] = strangers[scene.rng.integers(0, len(strangers), len(mine))]
    return found
