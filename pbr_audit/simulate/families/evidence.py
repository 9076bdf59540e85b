"""PBR110, 401: documents that are missing, not accepted, or behind several people's claims."""

import numpy as np

from pbr_audit.simulate.claim_table import UNACCEPTABLE, UNACCEPTABLE_PLACE
from pbr_audit.simulate.families.family import PLANTED, Mark, Planted, Scene, planted
from pbr_audit.simulate.spec import ROLES

MOST_SHARING = 5


def no_evidence(scene: Scene) -> Planted:
    """Leave the document out, or hold one that the contract does not accept; on both tiers."""
    facts, honest = scene.facts, scene.facts.block.claims
    asked = np.zeros(ROLES, dtype=np.bool_)
    for role, terms in scene.setting.spec.outcomes.items():
        asked[role] = bool(terms.evidence)
    rows = scene.pick(facts.plain & asked[honest["role"]])
    missing = scene.rng.random(len(rows)) < 0.5  # noqa: PLR2004
    other = UNACCEPTABLE_PLACE + scene.rng.integers(0, len(UNACCEPTABLE), len(rows))
    claims = scene.claims.changed(rows, {"evidence_type": np.where(missing, -1, other)})
    names = ("evidence missing", "evidence not accepted")
    marks = [
        Mark("PBR110", PLANTED, rows[missing == (place == 0)], np.flatnonzero(missing == (place == 0)), name)
        for place, name in enumerate(names)
    ]
    return planted(scene, claims, marks)


def shared_evidence(scene: Scene) -> Planted:
    """Put one document behind the claims of two to five clients of one provider, for one outcome."""
    facts, honest = scene.facts, scene.facts.block.claims
    document = honest["document"]
    uses = np.unique(document, return_inverse=True, return_counts=True)
    unshared = uses[2][uses[1]] == 1
    fits = facts.plain & unshared & (honest["evidence_type"] >= 0)
    pool = scene.pick(fits, int(fits.sum()))
    order = np.lexsort((pool, honest["role"][pool], honest["provider"][pool]))
    pool = pool[order]
    # Claims of one provider and outcome stand together; groups are cut out of each such run.
    run = honest["provider"][pool] * ROLES + honest["role"][pool]
    size = 2 + np.minimum(scene.rng.poisson(0.7 * scene.strength, len(pool)), 3)
    starts = scene.rng.permutation(len(pool) // MOST_SHARING) * MOST_SHARING
    size = size[: len(starts)]
    place = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    act = np.repeat(np.arange(len(starts)), size)
    at = starts[act] + place
    # A group that reaches into the next run, or is left with one claim, is smaller or no act.
    whole = run[at] == run[starts[act]]
    shared = np.bincount(act[whole], minlength=len(starts)) > 1
    whole &= (shared & (np.cumsum(shared) <= scene.acts))[act]
    rows, act = pool[at[whole]], act[whole]
    donor = pool[starts[act]]
    claims = scene.claims.changed(
        rows, {"document": document[donor], "evidence_type": honest["evidence_type"][donor]}
    )
    return planted(scene, claims, [Mark("PBR401", PLANTED, rows, act, "one document behind several clients")])
