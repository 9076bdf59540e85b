"""Providers that date their steps on days of their own choosing: PBR701, PBR703 and PBR209.

The rate is a share of providers; the strength scales the share of their steps that is moved. A step is moved
only where the terms allow the new day.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pbr_audit.simulate.claims import moved
from pbr_audit.simulate.columns import MISSING, Bools, Ints
from pbr_audit.simulate.days import WEEK_DAYS, quarter_last_day
from pbr_audit.simulate.families.family import PLANTED, Mark, Planted, Scene, planted
from pbr_audit.simulate.spec import STEP

LAST_DAYS = 4
MOVED_SHARE = 0.4
# 1970-01-01 was a Thursday.
SATURDAY = 2


def period_end(scene: Scene) -> Planted:
    """Move steps to the last days of their quarter."""
    return _steps_moved(scene, "PBR701", "step dated at the end of a quarter", _to_quarter_end)


def first_day(scene: Scene) -> Planted:
    """Move steps to the first day on which they may be paid."""
    return _steps_moved(scene, "PBR703", "step dated on the first allowed day", _to_first_day)


def weekend(scene: Scene) -> Planted:
    """Move steps to the Saturday after."""
    return _steps_moved(scene, "PBR209", "step dated on a Saturday", _to_saturday)


def _to_quarter_end(scene: Scene, day: Ints) -> tuple[Ints, Bools]:
    later = quarter_last_day(day) - scene.rng.integers(0, LAST_DAYS + 1, len(day))
    return later, later > day


def _to_first_day(scene: Scene, day: Ints) -> tuple[Ints, Bools]:
    low, _ = scene.setting.spec.outcomes[STEP].window_days or (0, 0)
    first = scene.facts.of_client("start_day") + low
    return first, (first < day) & (first >= _attached(scene))


def _to_saturday(scene: Scene, day: Ints) -> tuple[Ints, Bools]:  # noqa: ARG001 - as the others
    saturday = day + (SATURDAY - day) % WEEK_DAYS
    return saturday, saturday > day


def _attached(scene: Scene) -> Ints:
    """Return for each claim the day of its client's first claim, which is the attachment."""
    honest = scene.facts.block.claims
    first = np.full(scene.block.clients.height, np.iinfo(np.int64).max)
    np.minimum.at(first, honest["client"], honest["day"])
    return np.asarray(first[honest["client"]])


def _steps_moved(
    scene: Scene, rule_id: str, kind: str, to_day: Callable[[Scene, Ints], tuple[Ints, Bools]]
) -> Planted:
    facts, honest = scene.facts, scene.facts.block.claims
    acting = scene.acting
    _, high = scene.setting.spec.outcomes[STEP].window_days or (0, 0)
    day, wanted = to_day(scene, honest["day"])
    start, end = facts.of_client("start_day"), facts.of_client("end_day")
    contract = facts.of_client("contract")
    fits = facts.plain & facts.quiet & (honest["role"] == STEP) & (facts.held(STEP) == 1)
    fits &= acting[facts.of_client("provider")] & wanted
    fits &= (
        (day - start <= high) & ((end == MISSING) | (day <= end)) & (day <= scene.setting.end_days[contract])
    )
    price = scene.setting.tariff.price(contract, honest["role"], facts.of_client("group"), day)
    fits &= price > 0
    fits &= scene.rng.random(honest.height) < MOVED_SHARE * scene.strength
    rows = scene.pick(fits, int(fits.sum()))
    values = moved(scene.setting, scene.block.clients, scene.claims, rows, day[rows])
    act = facts.of_client("provider")[rows]
    done = planted(scene, scene.claims.changed(rows, values), [Mark(rule_id, PLANTED, rows, act, kind)])
    return replace(done, providers=np.flatnonzero(acting))
