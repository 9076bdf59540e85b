"""PBR701: providers that date their steps in the last days of a quarter."""

from dataclasses import replace

import numpy as np

from pbr_audit.simulate.claims import moved
from pbr_audit.simulate.columns import MISSING
from pbr_audit.simulate.days import quarter_last_day
from pbr_audit.simulate.families.family import PLANTED, Mark, Planted, Scene, planted
from pbr_audit.simulate.spec import STEP

LAST_DAYS = 4
MOVED_SHARE = 0.4


def period_end(scene: Scene) -> Planted:
    """Move a share of some providers' steps to the end of their quarter, where the terms allow that day.

    `acts` is not read: the rate is a share of providers, and the strength scales the share that is moved.
    """
    facts, honest = scene.facts, scene.facts.block.claims
    acting = scene.acting
    _, high = scene.setting.spec.outcomes[STEP].window_days or (0, 0)
    day = quarter_last_day(honest["day"]) - scene.rng.integers(0, LAST_DAYS + 1, honest.height)
    start, end = facts.of_client("start_day"), facts.of_client("end_day")
    contract = facts.of_client("contract")
    fits = facts.plain & facts.quiet & (honest["role"] == STEP) & (facts.held(STEP) == 1)
    fits &= acting[facts.of_client("provider")] & (day > honest["day"])
    fits &= (
        (day - start <= high) & ((end == MISSING) | (day <= end)) & (day <= scene.setting.end_days[contract])
    )
    price = scene.setting.tariff.price(contract, honest["role"], facts.of_client("group"), day)
    fits &= price > 0
    fits &= scene.rng.random(honest.height) < MOVED_SHARE * scene.strength
    rows = scene.pick(fits, int(fits.sum()))
    values = moved(scene.setting, scene.block.clients, scene.claims, rows, day[rows])
    act = facts.of_client("provider")[rows]
    kind = "step dated at the end of a quarter"
    done = planted(scene, scene.claims.changed(rows, values), [Mark("PBR701", PLANTED, rows, act, kind)])
    return replace(done, providers=np.flatnonzero(acting))
