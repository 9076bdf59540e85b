"""PBR102, 107, 108, 201: outcomes and submissions on days on which they cannot be."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.claims import moved
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints
from pbr_audit.simulate.days import whole_weeks
from pbr_audit.simulate.families.family import (
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
from pbr_audit.simulate.spec import ATTACH, KEEP, MAIN, ROLES, STEP

FAR_DAYS = 10**6


def _window_ends(scene: Scene) -> tuple[Ints, Ints]:
    """Return the first and last day of each claim's window; far away where the terms name none."""
    low: Ints = np.full(ROLES, -FAR_DAYS)
    high: Ints = np.full(ROLES, FAR_DAYS)
    for role, terms in scene.setting.spec.outcomes.items():
        if terms.window_days:
            low[role], high[role] = terms.window_days
    roles, start = scene.facts.block.claims["role"], scene.facts.of_client("start_day")
    return start + low[roles], start + high[roles]


def _redated(scene: Scene, rows: Ints, days: Ints) -> Columns:
    values = moved(scene.setting, scene.block.clients, scene.claims, rows, days)
    return scene.claims.changed(rows, values)


def outside_window(scene: Scene) -> Planted:
    """Date an outcome after its window, or a step before; inside the contract, and nothing stands on it."""
    facts, honest = scene.facts, scene.facts.block.claims
    opens, closes = _window_ends(scene)
    ends = scene.setting.end_days[facts.of_client("contract")]
    # Whole weeks keep the day of the week, and the deliverer's habits with it.
    weeks = whole_weeks(closes - honest["day"] + scene.beyond(honest.height, 25))
    late_day = honest["day"] + weeks
    late = facts.plain & facts.quiet & (late_day <= ends)
    late &= (facts.alone & (honest["role"] == ATTACH)) | (facts.last & (honest["role"] == MAIN))
    early_day = opens - scene.beyond(honest.height, 4)
    # The step may come before its window, and not before the attachment.
    early = facts.plain & facts.quiet & (honest["role"] == STEP) & (facts.held(STEP) == 1)
    early &= early_day >= _attached(scene)
    rows = scene.pick(late | early)
    claims = _redated(scene, rows, np.where(late, late_day, early_day)[rows])
    kind = "outcome outside its window"
    return planted(scene, claims, [mark_each("PBR102", rows, kind), *beside_the_record(rows, kind)])


def _attached(scene: Scene) -> Ints:
    """Return the day of each claim's client's live attachment; far away where there is none."""
    claims = scene.facts.block.claims
    days = np.full(scene.block.clients.height, FAR_DAYS)
    attached = scene.facts.live & (claims["role"] == ATTACH)
    days[claims["client"][attached]] = claims["day"][attached]
    return np.asarray(days[claims["client"]])


def outside_contract(scene: Scene) -> Planted:
    """Date an outcome after the contract's last day, inside its window and priced; nothing stands on it."""
    facts, honest = scene.facts, scene.facts.block.claims
    _, closes = _window_ends(scene)
    ends = scene.setting.end_days[facts.of_client("contract")]
    day = honest["day"] + whole_weeks(ends - honest["day"] + scene.beyond(honest.height, 30))
    fits = facts.plain & facts.quiet & facts.last & np.isin(honest["role"], (MAIN, KEEP)) & (day <= closes)
    # From the last third of the contract, so that no work grows by years.
    fits &= ends - honest["day"] < 600  # noqa: PLR2004
    rows = scene.pick(fits)
    kind = "outcome after the contract's end"
    claims = _redated(scene, rows, day[rows])
    return planted(scene, claims, [mark_each("PBR108", rows, kind), *beside_the_record(rows, kind)])


def late_submission(scene: Scene) -> Planted:
    """Submit after the deadline; what follows the submission comes later too."""
    facts, honest = scene.facts, scene.facts.block.claims
    within = np.zeros(ROLES, dtype=np.int64)
    for role, terms in scene.setting.spec.outcomes.items():
        within[role] = terms.claim_within_days
    rows = scene.pick(facts.plain)
    chosen = honest.taken(rows)
    submitted = chosen["day"] + within[chosen["role"]] + scene.beyond(len(rows), 40)
    lag = submitted - chosen["submitted"]
    claims = scene.claims.changed(
        rows,
        {
            "submitted": submitted,
            "paid_day": np.where(chosen["paid_day"] == MISSING, MISSING, chosen["paid_day"] + lag),
        },
    )
    return planted(scene, claims, [mark_each("PBR107", rows, "submitted after the deadline")])


def impossible_order(scene: Scene) -> Planted:
    """Put one pair of dates the wrong way round: referral, start, outcome, evidence, recording, payment."""
    facts, honest = scene.facts, scene.facts.block.claims
    paid: Bools = honest["paid_day"] != MISSING
    evidenced: Bools = honest["evidence_type"] >= 0
    rows = scene.pick(facts.plain & paid & evidenced)
    chosen = honest.taken(rows)
    steps = scene.beyond(len(rows), 12)
    kind = scene.rng.integers(0, 5, len(rows))
    early = chosen["day"] - steps
    submitted = np.where(kind == 0, early, chosen["submitted"])
    values = {
        # Submitted before the outcome: the document is no younger than the submission.
        "submitted": submitted,
        "sub_submitted": np.minimum(chosen["sub_submitted"], submitted),
        "evidence_day": np.select(
            [kind == 0, kind == 1], [early, chosen["submitted"] + steps], chosen["evidence_day"]
        ),
        "recorded_day": np.where(kind == 2, chosen["day"] - steps, chosen["recorded_day"]),  # noqa: PLR2004
        "paid_day": np.where(kind == 3, chosen["submitted"] - steps, chosen["paid_day"]),  # noqa: PLR2004
    }
    claims = scene.claims.changed(rows, values)
    names = ("submitted before the outcome", "evidence after the submission", "recorded before the outcome")
    marks = [
        _of_kind(rows, kind, place, name) for place, name in enumerate((*names, "paid before submitted"))
    ]
    return _referred_late(scene, claims, np.where(kind == 4, rows, MISSING), steps, marks)  # noqa: PLR2004


def _of_kind(rows: Ints, kind: Ints, place: int, name: str) -> Mark:
    return Mark("PBR201", PLANTED, rows[kind == place], np.flatnonzero(kind == place), name)


def _referred_late(scene: Scene, claims: Columns, rows: Ints, steps: Ints, marks: list[Mark]) -> Planted:
    """Refer clients after their start, which touches every claim of theirs; `rows` by act, where it is so."""
    honest = scene.facts.block.claims
    act = np.flatnonzero(rows != MISSING)
    client = honest["client"][rows[act]]
    referred = scene.block.clients["start_day"][client] + steps[act]
    clients = scene.block.clients.changed(client, {"referral_day": referred})
    offers = scene.block.referrals
    known = np.flatnonzero(np.isin(offers["client"], client))
    moved_by = np.zeros(clients.height, dtype=np.int64)
    moved_by[client] = referred - scene.block.clients["referral_day"][client]
    shift = moved_by[offers["client"][known]]
    values = {name: offers[name][known] + shift for name in ("referral_day", "score_day", "decision_day")}
    name = "referred after the start"
    also, place = others_of_client(scene, rows[act], scene.facts.live)
    block = replace(scene.with_claims(claims), clients=clients, referrals=offers.changed(known, values))
    marks = [
        *marks,
        Mark("PBR201", PLANTED, rows[act], act, name),
        Mark("PBR201", DRAGGED, also, act[place], name),
    ]
    return Planted(block, tuple(mark for mark in marks if len(mark.rows)))
