"""PBR103: a measured value that does not reach the threshold."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.columns import Columns, Floats, Ints
from pbr_audit.simulate.families.family import Planted, Scene, mark_each, planted
from pbr_audit.simulate.spec import ROLES


def below_threshold(scene: Scene) -> Planted:
    """Measure less than the threshold (or more, where it is a most), on both tiers and in the record."""
    facts, honest = scene.facts, scene.facts.block.claims
    thresholds, sign = np.zeros(ROLES), np.zeros(ROLES)
    for role, terms in scene.setting.spec.outcomes.items():
        if terms.measure and terms.threshold is not None:
            thresholds[role] = terms.threshold
            sign[role] = 1.0 if terms.direction == "at_most" else -1.0
    rows = scene.pick(facts.plain & ~facts.checked & (sign[honest["role"]] != 0))
    chosen: Ints = honest["role"][rows]
    usual = np.maximum(thresholds[chosen] / 12, 1.0)
    short = 1 + (scene.rng.exponential(usual) * scene.strength).astype(np.int64)
    value = np.maximum(thresholds[chosen] + sign[chosen] * short, 0.0)
    claims = scene.claims.changed(rows, {"measured": value, "sub_measured": value})
    done = planted(scene, claims, [mark_each("PBR103", rows, "measured on the unpaid side of the threshold")])
    agreeing = _agreeing(scene.block.measurements, honest["client"][rows], chosen, value)
    return Planted(replace(done.block, measurements=agreeing), done.marks)


def _agreeing(measurements: Columns, client: Ints, role: Ints, value: Floats) -> Columns:
    """Return the measurements with the claimed value as the final one of these clients and roles."""
    claimed = dict(zip((client * ROLES + role).tolist(), value.tolist(), strict=True))
    places = measurements["client"] * ROLES + measurements["role"]
    known = np.flatnonzero(measurements["final"] & np.isin(places, list(claimed)))
    return measurements.changed(known, {"value": [claimed[place] for place in places[known].tolist()]})
