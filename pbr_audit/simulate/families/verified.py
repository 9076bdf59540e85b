"""PBR408: claims above what a check of them verified."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.checks import CONFIRMED, CONTRADICTED, better_sign, check_rows
from pbr_audit.simulate.families.family import DRAGGED, Mark, Planted, Scene, mark_each


def above_verified(scene: Scene) -> Planted:
    """Let the last check verify less than was claimed: short of the threshold, or still enough."""
    facts, honest = scene.facts, scene.facts.block.claims
    measured = honest["measured"]
    sign = better_sign(scene.setting)[honest["role"]]
    # Nobody can have missed less than no appointment, so there is always room on the other side.
    fits = facts.plain & ~facts.checked & ~np.isnan(measured)
    rows = scene.pick(fits)
    short = scene.beyond(len(rows), 12)
    value = np.maximum(measured[rows] - sign[rows] * short, 0.0)
    confirmed = scene.rng.random(len(rows)) < 0.3  # noqa: PLR2004
    result = np.where(confirmed, CONFIRMED, CONTRADICTED)
    day = honest["submitted"][rows] + 30 + scene.rng.integers(0, 60, len(rows))
    more = check_rows(scene.rng, rows, day, result, value)
    block = replace(scene.block, checks=scene.block.checks.followed_by(more))
    kind, told = "claimed above what was verified", np.flatnonzero(~confirmed)
    marks = (mark_each("PBR408", rows, kind), Mark("PBR207", DRAGGED, rows[told], told, kind))
    return Planted(block, tuple(mark for mark in marks if len(mark.rows)))
