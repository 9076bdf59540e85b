"""PBR806: subcontractors that were named and promised referrals, of which few or none came."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.chain import CONTRACTS, REFERRALS_A_CLAIM
from pbr_audit.simulate.columns import MISSING
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.families.arranging import ArrangedScene, Arrangement
from pbr_audit.simulate.families.family import Planted, Scene
from pbr_audit.simulate.naming import provider_id
from pbr_audit.simulate.surroundings import Promise

# Of fewer nobody can tell whether they did not come by chance.
LEAST_PROMISED = 23
LEAST_FOR_A_FEW = 60
USUAL_SHARES = (0.012, 0.028)
# All promises of a contract together may come to a little more than there is to give.
MOST_PROMISED = 1.08
FEW = 0.2


def named_and_not_sent(scene: ArrangedScene) -> Arrangement:
    """Name further subcontractors in the contracts, with a share of the referrals that nobody will send."""
    setting = scene.setting
    chain = setting.chain
    referrals = setting.config.claims * REFERRALS_A_CLAIM / CONTRACTS
    least = LEAST_PROMISED / referrals
    left = MOST_PROMISED - np.bincount(
        chain.link_contract[~chain.is_direct], chain.link_promised[~chain.is_direct], CONTRACTS
    )
    promises: list[Promise] = []
    for _ in range(scene.acts):
        contract = int(np.argmax(left))
        share = round(max(least, float(scene.rng.uniform(*USUAL_SHARES))) + 5e-4, 3)
        if share > left[contract]:
            break
        left[contract] -= share
        sends_some = share * referrals >= LEAST_FOR_A_FEW and scene.rng.random() < 0.4  # noqa: PLR2004
        came = FEW / max(1.0, scene.strength) if sends_some else 0.0
        promises.append(Promise(contract, chain.providers + len(promises), share, came))
    around = replace(scene.around, promises=tuple(promises))
    names = tuple(
        f"{provider_id(each.provider)}/{contract_id(setting.spec, each.contract)}" for each in promises
    )
    kinds = tuple(
        "few of the promised referrals" if each.came else "no promised referral" for each in promises
    )
    return Arrangement(around, "provider", names, kinds)


def few_sent(scene: Scene) -> Planted:
    """Let a few of those who were turned away have been sent where little was."""
    referrals = scene.block.referrals
    rows = np.flatnonzero(referrals["client"] == MISSING)
    contract = referrals["contract"][rows]
    provider = referrals["provider"][rows].copy()
    draw = scene.rng.random(len(rows))
    # Of a contract's referrals so many were turned away, and stand for all of them.
    turned = np.bincount(contract, minlength=CONTRACTS) / np.maximum(
        np.bincount(referrals["contract"], minlength=CONTRACTS), 1
    )
    begins = np.zeros(CONTRACTS)
    for promise in scene.setting.around.promises:
        if promise.came:
            wide = promise.share * promise.came / max(float(turned[promise.contract]), 1e-9)
            low = begins[promise.contract]
            mine = (contract == promise.contract) & (draw >= low) & (draw < low + wide)
            provider[mine] = promise.provider
            begins[promise.contract] += wide
    return Planted(replace(scene.block, referrals=referrals.changed(rows, {"provider": provider})))
