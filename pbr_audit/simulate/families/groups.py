"""PBR112: clients who are paid for in a dearer group than they were referred in."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.families.family import DRAGGED, Mark, Planted, Scene, mark_each, others_of_client
from pbr_audit.simulate.referrals import groups_by_price


def dearer_group(scene: Scene) -> Planted:
    """Refer a client in a cheaper group than the one paid for; every claim priced by it is dragged along."""
    facts, honest = scene.facts, scene.facts.block.claims
    order = groups_by_price(scene.setting)
    rank = np.argsort(order)
    own = scene.block.clients["group"]
    # One group lower, or at more strength the lowest.
    steps = 1 + (scene.rng.random(len(own)) < 0.5 * scene.strength)
    referred = order[np.maximum(rank[own] - steps, 0)]
    owner, contract = honest["client"], facts.of_client("contract")
    cheaper = scene.setting.tariff.price(contract, honest["role"], referred[owner], honest["day"])
    price = scene.setting.tariff.price(contract, honest["role"], own[owner], honest["day"])
    dearer = facts.live & (price > cheaper) & (honest["amount"] > cheaper)
    rows = scene.pick(dearer & facts.plain)
    also, act = others_of_client(scene, rows, dearer)
    offers = scene.block.referrals
    client = honest["client"][rows]
    known = np.flatnonzero(np.isin(offers["client"], client))
    changed = offers.changed(known, {"group": referred[offers["client"][known]]})
    kind = "a dearer group than at referral"
    marks = (mark_each("PBR112", rows, kind), Mark("PBR112", DRAGGED, also, act, kind))
    return Planted(replace(scene.block, referrals=changed), tuple(mark for mark in marks if len(mark.rows)))
