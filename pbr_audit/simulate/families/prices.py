"""PBR101, 804, 808: amounts that are not what the terms say."""

import numpy as np

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.columns import Bools
from pbr_audit.simulate.families.family import DRAGGED, Mark, Planted, Scene, mark_each, planted


def wrong_price(scene: Scene) -> Planted:
    """Ask for the price of a dearer group, for the price before a cut, or for some pounds more."""
    facts, claims = scene.facts, scene.claims
    rows = scene.pick(facts.plain & ~facts.capped)
    chosen = claims.taken(rows)
    contract, group = facts.of_client("contract")[rows], facts.of_client("group")[rows]
    due = chosen["amount"]
    kind = scene.rng.integers(0, 3, len(rows))
    groups = len(scene.setting.spec.groups)
    other_group = scene.setting.tariff.price(contract, chosen["role"], (group + 1) % groups, chosen["day"])
    start = scene.setting.start_days[contract]
    earlier = scene.setting.tariff.price(contract, chosen["role"], group, start)
    pounds = (
        1
        + (scene.rng.uniform(0.02, 0.4, len(rows)) * scene.strength * due).astype(np.int64) // PENCE_PER_POUND
    )
    flat = due + pounds * PENCE_PER_POUND
    asked = np.select(
        [(kind == 0) & (other_group > due), (kind == 1) & (earlier > due)], [other_group, earlier], flat
    )
    return planted(
        scene,
        claims.changed(rows, {"amount": asked}),
        [mark_each("PBR101", rows, "another amount than the price")],
    )


def _passed_on(scene: Scene) -> Bools:
    return np.asarray(scene.facts.plain & scene.claims["has_sub"][: len(scene.facts.plain)])


def _rated(scene: Scene) -> Bools:
    """Whether the terms name the rate that a claim's amount is passed on at."""
    claims = scene.facts.block.claims
    return scene.setting.tariff.has_rate(scene.facts.of_client("contract"), claims["provider"], claims["day"])


def wrong_rate(scene: Scene) -> Planted:
    """Pass on less than the contracted rate, now and then more, never more than the prime asks for."""
    rows = scene.pick(_passed_on(scene) & _rated(scene))
    chosen = scene.claims.taken(rows)
    due, asked = chosen["sub_amount"], chosen["amount"]
    less = due - np.maximum(
        1, (scene.rng.uniform(0.02, 0.4, len(rows)) * scene.strength * due).astype(np.int64)
    )
    share = np.minimum(scene.rng.uniform(0.2, 0.9, len(rows)) * scene.strength, 1.0)
    more = due + np.maximum(1, (share * (asked - due)).astype(np.int64))
    passed = np.where(scene.rng.random(len(rows)) < 0.8, np.maximum(less, 1), more)  # noqa: PLR2004
    claims = scene.claims.changed(rows, {"sub_amount": passed})
    return planted(scene, claims, [mark_each("PBR804", rows, "another amount than the contracted rate")])


def above_the_prime(scene: Scene) -> Planted:
    """Let the subcontractor ask for more than its prime; where there is a rate, that is not kept either."""
    rows = scene.pick(_passed_on(scene))
    chosen = scene.claims.taken(rows)
    share = scene.rng.uniform(0.01, 0.3, len(rows)) * scene.strength
    excess = np.maximum(1, (share * chosen["amount"]).astype(np.int64))
    claims = scene.claims.changed(rows, {"sub_amount": chosen["amount"] + excess})
    rated = _rated(scene)[rows]
    kind = "subcontractor above the prime"
    return planted(
        scene,
        claims,
        [
            mark_each("PBR808", rows, kind),
            Mark("PBR804", DRAGGED, rows[rated], np.flatnonzero(rated), kind),
        ],
    )
