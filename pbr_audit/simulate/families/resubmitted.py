"""PBR307: rejected, then submitted again with a date or measure that now fits."""

import numpy as np

from pbr_audit.simulate.columns import MISSING, Ints
from pbr_audit.simulate.families.family import Planted, Scene, mark_each, planted
from pbr_audit.simulate.spec import ROLES


def moved_to_fit(scene: Scene) -> Planted:
    """Let the first claim, which was rejected, miss the threshold, or else the end of the window."""
    facts, honest = scene.facts, scene.facts.block.claims
    thresholds, sign = np.zeros(ROLES), np.zeros(ROLES)
    closes: Ints = np.full(ROLES, -1)
    for place, terms in scene.setting.spec.outcomes.items():
        if terms.measure and terms.threshold is not None:
            thresholds[place] = terms.threshold
            sign[place] = 1.0 if terms.direction == "at_most" else -1.0
        elif terms.window_days:
            closes[place] = terms.window_days[1]
    role = honest["role"]
    again = facts.live & (honest["resubmits"] != MISSING)
    rows = scene.pick(again & ((sign[role] != 0) | (closes[role] >= 0)))
    first, chosen = honest["resubmits"][rows], role[rows]
    measured = sign[chosen] != 0
    missed = thresholds[chosen] + sign[chosen] * scene.beyond(len(rows), 6)
    value = np.where(measured, np.maximum(missed, 0.0), honest["measured"][first])
    late = facts.of_client("start_day")[rows] + closes[chosen] + scene.beyond(len(rows), 12)
    day = np.where(measured, honest["day"][first], late)
    claims = scene.claims.changed(
        first, {"measured": value, "sub_measured": value, "day": day, "sub_day": day}
    )
    return planted(scene, claims, [mark_each("PBR307", rows, "moved to fit after a rejection")])
