"""PBR207: outcomes that a check, or a record of benefit, work or reoffending, contradicts."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.block import Block
from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.checks import CONTRADICTED, check_rows
from pbr_audit.simulate.claims import EMPLOYMENT_TYPES
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints
from pbr_audit.simulate.events import BENEFIT, EMPLOYMENT, EVENTS, REOFFENCE
from pbr_audit.simulate.families.family import DRAGGED, Mark, Planted, Scene, mark_each, others_of_client
from pbr_audit.simulate.spec import KEEP, MAIN

# A fortnight of benefit beside work is how honest records look.
HONEST_DAYS = 14
# Employers report late, so that the last months say nothing about work.
SETTLED_DAYS = 200


def contradicted(scene: Scene) -> Planted:
    """Let the last check contradict a claim; or record benefit or a reoffence in days paid for, or no work.

    Where a client's work is on record, it may be other work that ended before.
    """
    facts, honest = scene.facts, scene.facts.block.claims
    during = scene.setting.spec.outcomes[KEEP].ineligible_during
    event = BENEFIT if EVENTS[BENEFIT] in during else REOFFENCE
    work = scene.pick(_worked(scene), scene.acts // 4)
    rest = scene.without(work)
    days = rest.pick(facts.plain & facts.quiet & ~facts.checked & (honest["role"] == KEEP), scene.acts // 3)
    rest = rest.without(days)
    checked = rest.pick(facts.plain & ~facts.checked, scene.acts - len(days) - len(work))
    later = honest["submitted"][checked] + 30 + scene.rng.integers(0, 60, len(checked))
    count = len(checked)
    more = check_rows(scene.rng, checked, later, np.full(count, CONTRADICTED), np.full(count, np.nan))
    block = replace(_with_event(scene, days, event), checks=scene.block.checks.followed_by(more))
    block = replace(block, events=_other_work(scene, block.events, work))
    also, act = others_of_client(scene, work, facts.live & np.isin(honest["role"], (MAIN, KEEP)))
    first = len(days) + len(checked)
    kind = "no work on record in the days paid for"
    marks: tuple[Mark, ...] = (
        mark_each("PBR207", work, kind, first_act=first),
        Mark("PBR207", DRAGGED, also, first + act, kind),
        mark_each("PBR207", days, f"{EVENTS[event]} in the days paid for"),
        mark_each("PBR207", checked, "contradicted by the last check", first_act=len(days)),
    )
    return Planted(block, tuple(mark for mark in marks if len(mark.rows)))


def _worked(scene: Scene) -> Bools:
    """Return main claims of employed people with work on record, none of whose claims anybody checked."""
    facts, honest = scene.facts, scene.facts.block.claims
    count = scene.block.clients.height
    events = scene.block.events
    known = np.zeros(count, dtype=np.bool_)
    known[events["client"][events["event"] == EMPLOYMENT]] = True
    # A claim that was corrected or submitted again is judged by the one that stands.
    unclear = np.zeros(count, dtype=np.bool_)
    unclear[honest["client"][facts.checked | (facts.live & ~facts.plain)]] = True
    late = np.zeros(count, dtype=np.bool_)
    late[honest["client"][honest["day"] + SETTLED_DAYS > CUT_DAY]] = True
    fits = facts.plain & facts.quiet & (honest["role"] == MAIN)
    fits &= honest["employment_type"] == EMPLOYMENT_TYPES.index("employed")
    return np.asarray(fits & (known & ~unclear & ~late)[honest["client"]])


def _other_work(scene: Scene, events: Columns, rows: Ints) -> Columns:
    """Return the events with the work of some clients over before the work that they are paid for began."""
    honest = scene.facts.block.claims
    began = np.full(scene.block.clients.height, MISSING)
    began[honest["client"][rows]] = honest["job_start"][rows]
    mine = np.flatnonzero((events["event"] == EMPLOYMENT) & (began[events["client"]] != MISSING))
    over = began[events["client"][mine]] - HONEST_DAYS - scene.beyond(len(mine), 30)
    return events.changed(mine, {"start_day": over - scene.rng.integers(20, 300, len(mine)), "end_day": over})


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
