"""PBR801, 803: a prime's claim with nothing behind it, or with something else behind it."""

import numpy as np

from pbr_audit.simulate.columns import Bools, Ints
from pbr_audit.simulate.days import FIRST_DAY
from pbr_audit.simulate.families.family import BYSTANDER, PLANTED, Mark, Planted, Scene, mark_each, planted
from pbr_audit.simulate.spec import ATTACH, MAIN

DATE, MEASURE, CLIENT, OUTCOME = range(4)
NAMES = ("another date", "another measure", "another client", "another outcome")


def nothing_behind(scene: Scene) -> Planted:
    """Leave out the subcontractor's claim behind a prime's."""
    rows = scene.pick(_with_sub(scene))
    claims = scene.claims.changed(rows, {"sub_present": False})
    return planted(scene, claims, [mark_each("PBR801", rows, "no subcontractor's claim behind the prime's")])


def _with_sub(scene: Scene) -> Bools:
    return np.asarray(scene.facts.plain & scene.facts.block.claims["has_sub"])


def disagreement(scene: Scene) -> Planted:
    """Let the subcontractor name another date, measure, client or outcome than the prime."""
    facts, honest = scene.facts, scene.facts.block.claims
    rows = scene.pick(_with_sub(scene))
    chosen = honest.taken(rows)
    measured = ~np.isnan(chosen["measured"])
    kind = scene.rng.integers(0, 4, len(rows))
    kind = np.where((kind == MEASURE) & ~measured, DATE, kind)
    # A date on which price, deliverer and rate are the same, so that only the date differs.
    day = chosen["day"] - scene.beyond(len(rows), 10)
    contract, group = facts.of_client("contract")[rows], facts.of_client("group")[rows]
    start = np.maximum(scene.setting.start_days[contract], FIRST_DAY)
    day = np.maximum(day, start)
    tariff = scene.setting.tariff
    price = tariff.price(contract, chosen["role"], group, day)
    passed = tariff.passed_on(contract, chosen["provider"], day, price)
    same = (passed == chosen["sub_amount"]) & (day < chosen["day"])
    same &= scene.setting.chain.deliverer(chosen["provider"], day) == chosen["provider"]
    kind = np.where((kind == DATE) & ~same, CLIENT, kind)
    neighbour = _neighbour(scene, chosen["client"])
    steps = scene.beyond(len(rows), 12)
    lower = np.where(chosen["measured"] >= steps, chosen["measured"] - steps, chosen["measured"] + steps)
    other_role = np.where(chosen["role"] == ATTACH, MAIN, ATTACH)
    claims = scene.claims.changed(
        rows,
        {
            "sub_day": np.where(kind == DATE, day, chosen["day"]),
            "sub_measured": np.where(kind == MEASURE, lower, chosen["measured"]),
            "sub_client": np.where(kind == CLIENT, neighbour, chosen["client"]),
            "sub_role": np.where(kind == OUTCOME, other_role, chosen["role"]),
        },
    )
    marks = [
        Mark(
            "PBR803",
            PLANTED,
            rows[kind == place],
            np.flatnonzero(kind == place),
            f"subcontractor names {name}",
        )
        for place, name in enumerate(NAMES)
    ]
    # What rate of which price was due for another outcome or client is a question of its own.
    other = np.flatnonzero((kind == OUTCOME) | (kind == CLIENT))
    marks.append(
        Mark("PBR804", BYSTANDER, rows[other], other, "subcontractor names another outcome or client")
    )
    return planted(scene, claims, marks)


def _neighbour(scene: Scene, client: Ints) -> Ints:
    """Return another client for each: the nearest before whom nobody has touched, or the one beside."""
    every = np.arange(scene.block.clients.height)
    free = np.maximum.accumulate(np.where(scene.free, every, -1))
    before = np.where(client > 0, free[client - 1], -1)
    beside = np.where(client > 0, client - 1, client + 1)
    return np.where(before >= 0, before, beside)
