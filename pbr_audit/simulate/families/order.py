"""PBR104, 105: outcomes without the one that they require, before it, or once too often."""

import numpy as np

from pbr_audit.simulate.claims import REJECTED, moved, required_roles
from pbr_audit.simulate.columns import MISSING, Bools, Ints
from pbr_audit.simulate.days import whole_weeks
from pbr_audit.simulate.families.family import (
    BYSTANDER,
    DRAGGED,
    PLANTED,
    Mark,
    Planted,
    Scene,
    beside_the_record,
    mark_each,
    others_of_client,
    planted,
)
from pbr_audit.simulate.spec import ATTACH, KEEP, STEP


def missing_prerequisite(scene: Scene) -> Planted:
    """Keep claiming on an outcome whose own claim was rejected for good; or step before being attached."""
    early = _before_attachment(scene)
    later = scene.without(early)
    rows, followers = _rejected(later, scene.acts - len(early))
    claims = scene.claims.changed(rows, {"status": REJECTED, "paid_day": MISSING, "evidence_type": -1})
    facts = scene.facts
    attach = _rows_of_attachment(scene, early)
    day = claims["day"][early] + 1 + (later.rng.integers(0, 9, len(early)) * scene.strength).astype(np.int64)
    start = facts.of_client("start_day")[early]
    _, latest = scene.setting.spec.outcomes[ATTACH].window_days or (0, 0)
    day = np.minimum(day, start + latest)
    claims = claims.changed(attach, moved(scene.setting, scene.block.clients, claims, attach, day))
    first, first_act, rest, rest_act = _split(followers, rows, facts.block.claims["client"])
    return planted(
        scene,
        claims,
        [
            mark_each("PBR104", early, "claimed before the outcome that it requires"),
            Mark("PBR104", PLANTED, first, len(early) + first_act, "the required claim was rejected"),
            Mark("PBR104", DRAGGED, rest, len(early) + rest_act, "the required claim was rejected"),
        ],
    )


def _before_attachment(scene: Scene) -> Ints:
    """Return steps so early in their window that the attachment may still come after them in its own."""
    facts, claims = scene.facts, scene.facts.block.claims
    _, latest = scene.setting.spec.outcomes[ATTACH].window_days or (0, 0)
    room = claims["day"] < facts.of_client("start_day") + latest
    # The only step, and nothing else that requires the attachment so early.
    fits = facts.plain & facts.quiet & (claims["role"] == STEP) & (facts.held(STEP) == 1) & room
    attach = np.zeros(scene.block.clients.height, dtype=np.bool_)
    attach[claims["client"][facts.plain & (claims["role"] == ATTACH)]] = True
    return scene.pick(fits & attach[claims["client"]], scene.acts // 2)


def _rows_of_attachment(scene: Scene, rows: Ints) -> Ints:
    claims = scene.facts.block.claims
    place = np.full(scene.block.clients.height, -1)
    attached = np.flatnonzero(scene.facts.plain & (claims["role"] == ATTACH))
    place[claims["client"][attached]] = attached
    return np.asarray(place[claims["client"][rows]])


def _rejected(scene: Scene, acts: int) -> tuple[Ints, Bools]:
    """Return required claims to reject, and which claims of any client then stand on nothing."""
    facts, claims = scene.facts, scene.facts.block.claims
    followers = required_roles(scene.setting)
    leaned = np.zeros(claims.height, dtype=np.bool_)
    for role, after in followers.items():
        held = sum((facts.held(each) for each in after), np.zeros(claims.height, dtype=np.int64))
        leaned |= (claims["role"] == role) & (held > 0)
    rows = scene.pick(facts.plain & leaned, acts)
    lost = np.full(scene.block.clients.height, -1)
    lost[claims["client"][rows]] = claims["role"][rows]
    orphaned = np.zeros(claims.height, dtype=np.bool_)
    for role, after in followers.items():
        orphaned |= (lost[claims["client"]] == role) & np.isin(claims["role"], after)
    return rows, orphaned & facts.live


def _split(orphaned: Bools, rows: Ints, client: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the first claim of each client of `rows` that stands on nothing, the others, and their acts."""
    act = np.full(int(client.max(initial=0)) + 1, -1)
    act[client[rows]] = np.arange(len(rows))
    found = np.flatnonzero(orphaned)
    first = np.unique(client[found], return_index=True)[1]
    rest = np.delete(found, first)
    return found[first], act[client[found[first]]], rest, act[client[rest]]


def once_too_often(scene: Scene) -> Planted:
    """Claim one payment point more than the terms allow, in its due time after the last."""
    facts, honest = scene.facts, scene.facts.block.claims
    terms = scene.setting.spec.outcomes[KEEP]
    interval = terms.interval_days or 0
    ends = scene.setting.end_days[facts.of_client("contract")]
    day = (
        honest["day"]
        + whole_weeks(np.full(honest.height, interval))
        + 7 * (scene.beyond(honest.height, 1) - 1)
    )
    fits = facts.plain & facts.quiet & facts.last & (honest["role"] == KEEP) & (day <= ends)
    rows = scene.pick(fits & (facts.held(KEEP) == (terms.max_per_client or 0)))
    return _one_more(scene, rows, day[rows])


def _one_more(scene: Scene, rows: Ints, days: Ints) -> Planted:
    """Add a claim of the same outcome on other days; the earlier ones stand by."""
    copies = scene.copied(rows)
    copies = copies.changed(
        np.arange(len(rows)),
        moved(scene.setting, scene.block.clients, copies, np.arange(len(rows)), days),
    )
    added = scene.claims.height + np.arange(len(rows))
    same = (scene.facts.block.claims["role"] == KEEP) & scene.facts.live
    also, act = others_of_client(scene, rows, same)
    kind = "one claim more than the terms allow"
    return planted(
        scene,
        scene.claims.followed_by(copies),
        [
            mark_each("PBR105", added, kind),
            *beside_the_record(added, kind),
            Mark(
                "PBR105",
                BYSTANDER,
                np.concatenate([rows, also]),
                np.concatenate([np.arange(len(rows)), act]),
                kind,
            ),
        ],
    )
