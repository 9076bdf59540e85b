"""PBR301, 306: one outcome claimed twice, and one time paid twice."""

import numpy as np

from pbr_audit.simulate.claims import moved
from pbr_audit.simulate.columns import MISSING, Ints
from pbr_audit.simulate.families.family import (
    BYSTANDER,
    DRAGGED,
    PLANTED,
    Mark,
    Planted,
    Scene,
    mark_each,
    planted,
)
from pbr_audit.simulate.spec import ATTACH, CHECK, KEEP, MAIN, STEP

STRETCHED_SHARE = 0.5


def claimed_twice(scene: Scene) -> Planted:
    """Claim an outcome again: on another day where it may be earned once, else on the same day."""
    facts, honest = scene.facts, scene.facts.block.claims
    role = honest["role"]
    # Nothing is paid after these, so that no later payment point comes too soon after the second claim.
    single = np.isin(role, (ATTACH, CHECK)) | ((role == MAIN) & facts.last)
    # A second step on the same day; two steps alone are allowed.
    double = (role == STEP) & (facts.held(STEP) == 1)
    opens = np.where(single, scene.rng.integers(0, 6, honest.height), 0)
    day = honest["day"] + (opens * scene.strength).astype(np.int64)
    rows = scene.pick(facts.plain & facts.quiet & (single | double) & _inside(scene, day))
    copies = scene.copied(rows)
    every = np.arange(len(rows))
    copies = copies.changed(every, moved(scene.setting, scene.block.clients, copies, every, day[rows]))
    later = 7 * (1 + scene.rng.integers(0, 3, len(rows)))
    within = np.array(
        [scene.setting.spec.outcomes[each].claim_within_days for each in copies["role"].tolist()]
    )
    # Submitted after the first claim, and in time all the same.
    submitted = np.minimum(copies["submitted"] + later, copies["day"] + within)
    lag = submitted - copies["submitted"]
    paid = np.where(copies["paid_day"] == MISSING, MISSING, copies["paid_day"] + lag)
    copies = copies.having(submitted=submitted, paid_day=paid)
    kind = "one outcome claimed twice"
    return planted(
        scene,
        scene.claims.followed_by(copies),
        [
            mark_each("PBR301", scene.claims.height + every, kind),
            mark_each("PBR301", rows, kind, BYSTANDER),
        ],
    )


def _inside(scene: Scene, day: Ints) -> np.ndarray:
    """Whether a day lies in the window and in the contract of each claim, and is priced."""
    facts, honest = scene.facts, scene.facts.block.claims
    contract = facts.of_client("contract")
    high = np.full(honest.height, 10**6)
    for role, terms in scene.setting.spec.outcomes.items():
        if terms.window_days:
            high[honest["role"] == role] = terms.window_days[1]
    inside = (day <= facts.of_client("start_day") + high) & (day <= scene.setting.end_days[contract])
    return np.asarray(inside)


def overlapping_periods(scene: Scene) -> Planted:
    """Let the last payment point come too soon after the one before, or cover some of its time."""
    facts, honest = scene.facts, scene.facts.block.claims
    interval = scene.setting.spec.outcomes[KEEP].interval_days or 0
    before = _before(scene)
    fits = facts.plain & facts.last & (honest["role"] == KEEP) & (before != MISSING)
    # With its neighbour exactly an interval away, and no other claim between the two.
    fits &= honest["day"] - honest["day"][np.maximum(before, 0)] < 2 * interval
    rows = scene.pick(fits)
    previous = before[rows]
    stretched = scene.rng.random(len(rows)) < STRETCHED_SHARE
    overlap = np.minimum(scene.beyond(len(rows), 6), interval - 2)
    days = np.where(stretched, honest["day"][rows], honest["day"][previous] + interval - overlap)
    values = moved(scene.setting, scene.block.clients, scene.claims, rows, days)
    values["period_start"] = np.where(
        stretched, honest["day"][previous] - overlap + 1, values["period_start"]
    )
    values["period_end"] = np.where(stretched, honest["day"][rows], values["period_end"])
    close = np.flatnonzero(~stretched)
    names = ("paid period stretched over the one before", "payment points closer than the interval")
    return planted(
        scene,
        scene.claims.changed(rows, values),
        [
            Mark("PBR306", PLANTED, rows[stretched], np.flatnonzero(stretched), names[0]),
            Mark("PBR306", PLANTED, rows[close], close, names[1]),
            mark_each("PBR306", previous, names[0], BYSTANDER),
            Mark("PBR106", DRAGGED, rows[close], close, names[1]),
        ],
    )


def _before(scene: Scene) -> Ints:
    """Return the place of the plain payment point just before each one; MISSING where there is none."""
    claims, facts = scene.facts.block.claims, scene.facts
    before = np.full(claims.height, MISSING)
    same = (claims["role"][1:] == KEEP) & (claims["role"][:-1] == KEEP)
    same &= (claims["client"][1:] == claims["client"][:-1]) & facts.plain[1:] & facts.plain[:-1]
    before[1:][same] = np.flatnonzero(same)
    return before
