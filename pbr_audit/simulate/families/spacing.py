"""PBR106: a payment point too soon after the one before it."""

import numpy as np

from pbr_audit.simulate.claims import moved
from pbr_audit.simulate.columns import MISSING, Ints
from pbr_audit.simulate.families.family import Planted, Scene, mark_each, planted
from pbr_audit.simulate.spec import KEEP, MAIN


def too_soon(scene: Scene) -> Planted:
    """Date the first payment point sooner after the main outcome than the interval allows."""
    facts, honest = scene.facts, scene.facts.block.claims
    interval = scene.setting.spec.outcomes[KEEP].interval_days or 0
    main = _main_days(scene)
    fits = facts.plain & facts.quiet & (honest["role"] == KEEP) & (main != MISSING) & _first(scene)
    # Exactly one step below the interval at strength 0.
    day = main + interval - np.minimum(scene.beyond(honest.height, 6), interval)
    rows = scene.pick(fits & (day < honest["day"]))
    values = moved(scene.setting, scene.block.clients, scene.claims, rows, day[rows])
    claims = scene.claims.changed(rows, values)
    return planted(
        scene, claims, [mark_each("PBR106", rows, "payment point too soon after the main outcome")]
    )


def _main_days(scene: Scene) -> Ints:
    """Return, for each claim, the day of its client's plain main outcome; MISSING where there is none."""
    claims = scene.facts.block.claims
    days = np.full(scene.block.clients.height, MISSING)
    mine = scene.facts.plain & (claims["role"] == MAIN)
    days[claims["client"][mine]] = claims["day"][mine]
    return np.asarray(days[claims["client"]])


def _first(scene: Scene) -> np.ndarray:
    """Whether no payment point of the client, live or not, is earlier."""
    claims = scene.facts.block.claims
    days = np.full(scene.block.clients.height, -MISSING)
    mine = claims["role"] == KEEP
    np.minimum.at(days, claims["client"][mine], claims["day"][mine])
    return np.asarray(claims["day"] == days[claims["client"]])
