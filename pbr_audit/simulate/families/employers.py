"""PBR406: employers that belong to the supply chain."""

import numpy as np

from pbr_audit.simulate.families.family import (
    BYSTANDER,
    DRAGGED,
    Mark,
    Planted,
    Scene,
    mark_each,
    others_of_client,
    planted,
)
from pbr_audit.simulate.spec import MAIN


def own_employer(scene: Scene) -> Planted:
    """Let a client work for an employer that the deliverer or the prime owns, in all claims for that work."""
    facts, honest = scene.facts, scene.facts.block.claims
    employed = honest["employer"] >= 0
    rows = scene.pick(facts.plain & employed & (honest["role"] == MAIN))
    also, act = others_of_client(scene, rows, employed)
    prime = scene.setting.chain.prime_of[facts.of_client("contract")[rows]]
    owner = np.where(scene.rng.random(len(rows)) < 0.7, honest["provider"][rows], prime)  # noqa: PLR2004
    # Each provider owns one employer, numbered behind the others.
    employer = scene.setting.employers + owner
    claims = scene.claims.changed(
        np.concatenate([rows, also]), {"employer": np.concatenate([employer, employer[act]])}
    )
    kind = "an employer of the supply chain"
    # A provider that was succeeded is no longer of the supply chain in what its successor delivers.
    still = (honest["provider"][also] == owner[act]) | (prime[act] == owner[act])
    told, later = facts.live[also] & still, facts.live[also] & ~still
    marks = [
        mark_each("PBR406", rows, kind),
        Mark("PBR406", DRAGGED, also[told], act[told], kind),
        Mark("PBR406", BYSTANDER, also[later], act[later], kind),
    ]
    return planted(scene, claims, marks)
