"""PBR208: work that began before the client's start."""

import numpy as np

from pbr_audit.simulate.columns import MISSING
from pbr_audit.simulate.families.family import (
    DRAGGED,
    Mark,
    Planted,
    Scene,
    mark_each,
    others_of_client,
    planted,
)
from pbr_audit.simulate.people import RELATION_AGAIN
from pbr_audit.simulate.spec import MAIN


def work_before_start(scene: Scene) -> Planted:
    """Say that the work began before the start, which all claims for that work say alike."""
    facts, honest = scene.facts, scene.facts.block.claims
    works = honest["job_start"] != MISSING
    fits = facts.plain & works & (honest["role"] == MAIN) & (facts.of_client("relation") != RELATION_AGAIN)
    rows = scene.pick(fits)
    also, act = others_of_client(scene, rows, works)
    began = facts.of_client("start_day")[rows] - scene.beyond(len(rows), 25)
    claims = scene.claims.changed(
        np.concatenate([rows, also]), {"job_start": np.concatenate([began, began[act]])}
    )
    kind = "work that began before the start"
    told = facts.live[also]
    marks = [mark_each("PBR208", rows, kind), Mark("PBR208", DRAGGED, also[told], act[told], kind)]
    return planted(scene, claims, marks)
