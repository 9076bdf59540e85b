"""PBR207: outcomes that a check, or a record of benefit or reoffending, contradicts."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.block import Block
from pbr_audit.simulate.checks import CONTRADICTED, check_rows
from pbr_audit.simulate.columns import Columns, Ints
from pbr_audit.simulate.events import BENEFIT, EVENTS, REOFFENCE
from pbr_audit.simulate.families.family import Mark, Planted, Scene, mark_each
from pbr_audit.simulate.spec import KEEP

# A fortnight of benefit beside work is how honest records look.
HONEST_DAYS = 14


def contradicted(scene: Scene) -> Planted:
    """Let the last check contradict a claim; or record benefit or a reoffence in the days paid for."""
    facts, honest = scene.facts, scene.facts.block.claims
    during = scene.setting.spec.outcomes[KEEP].ineligible_during
    event = BENEFIT if EVENTS[BENEFIT] in during else REOFFENCE
    days = scene.pick(facts.plain & facts.quiet & ~facts.checked & (honest["role"] == KEEP), scene.acts // 2)
    rest = scene.without(days)
    checked = rest.pick(facts.plain & ~facts.checked, scene.acts - len(days))
    later = honest["submitted"][checked] + 30 + scene.rng.integers(0, 60, len(checked))
    count = len(checked)
    more = check_rows(scene.rng, checked, later, np.full(count, CONTRADICTED), np.full(count, np.nan))
    block = replace(_with_event(scene, days, event), checks=scene.block.checks.followed_by(more))
    marks: tuple[Mark, ...] = (
        mark_each("PBR207", days, f"{EVENTS[event]} in the days paid for"),
        mark_each("PBR207", checked, "contradicted by the last check", first_act=len(days)),
    )
    return Planted(block, tuple(mark for mark in marks if len(mark.rows)))


def _with_event(scene: Scene, rows: Ints, event: int) -> Block:
    """Return the block with an event in the interval before each payment point, over before its day."""
    honest = scene.facts.block.claims
    interval = scene.setting.spec.outcomes[KEEP].interval_days or 0
    first = honest["day"][rows] - interval + 1
    if event == BENEFIT:
        most = interval - 1
        start, end = first, first + np.minimum(HONEST_DAYS + scene.beyond(len(rows), 5), most) - 1
    else:
        start = first + scene.rng.integers(0, interval - 1, len(rows))
        end = start
    more = Columns(
        {
            "client": honest["client"][rows],
            "event": np.full(len(rows), event),
            "start_day": start,
            "end_day": end,
        }
    )
    return replace(scene.block, events=scene.block.events.followed_by(more))
