"""PBR802: subcontractors' claims that their prime never passed up."""

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.families.family import PLANTED, SUBCONTRACTOR, Mark, Planted, Scene, planted

# As long as any outcome may be claimed for, and a while more.
SETTLED_DAYS = 200


def never_passed_up(scene: Scene) -> Planted:
    """Leave out the prime's claim before a subcontractor's, where no other claim stands on it."""
    facts, honest = scene.facts, scene.facts.block.claims
    settled = honest["day"] + SETTLED_DAYS < CUT_DAY
    fits = facts.plain & honest["has_sub"] & ~facts.leaned_on & ~facts.checked & settled
    rows = scene.pick(fits)
    claims = scene.claims.changed(rows, {"prime_present": False})
    kind = "never passed up by the prime"
    return planted(scene, claims, [Mark("PBR802", PLANTED, rows, np.arange(len(rows)), kind, SUBCONTRACTOR)])
