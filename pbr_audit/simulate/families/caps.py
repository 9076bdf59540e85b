"""PBR109: a claim beyond what the terms pay for one client."""

import numpy as np

from pbr_audit.simulate.claims import moved
from pbr_audit.simulate.days import whole_weeks
from pbr_audit.simulate.families.family import Planted, Scene, beside_the_record, mark_each, planted
from pbr_audit.simulate.spec import KEEP


def above_the_cap(scene: Scene) -> Planted:
    """Claim one payment point beyond the cap on the client, in its due time after the last."""
    facts, honest = scene.facts, scene.facts.block.claims
    interval = scene.setting.spec.outcomes[KEEP].interval_days or 0
    ends = scene.setting.end_days[facts.of_client("contract")]
    weeks = whole_weeks(np.full(honest.height, interval))
    day = honest["day"] + weeks + 7 * (scene.beyond(honest.height, 1) - 1)
    fits = facts.plain & facts.quiet & facts.last & facts.capped & (day <= ends)
    rows = scene.pick(fits & (facts.held(KEEP) == scene.setting.spec.capped_points))
    every = np.arange(len(rows))
    copies = scene.copied(rows)
    copies = copies.changed(every, moved(scene.setting, scene.block.clients, copies, every, day[rows]))
    added = scene.claims.height + every
    kind = "payment point beyond the cap on the client"
    marks = [mark_each("PBR109", added, kind), *beside_the_record(added, kind)]
    return planted(scene, scene.claims.followed_by(copies), marks)
