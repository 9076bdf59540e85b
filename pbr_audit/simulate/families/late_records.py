"""PBR206: outcomes that were keyed in long after."""

from pbr_audit.simulate.families.family import Planted, Scene, mark_each, planted

# About three months are commonly given to claim.
HONEST_DAYS = 90


def keyed_in_late(scene: Scene) -> Planted:
    """Key an outcome in more than three months after its day."""
    rows = scene.pick(scene.facts.plain)
    recorded = scene.claims["day"][rows] + HONEST_DAYS + scene.beyond(len(rows), 60)
    claims = scene.claims.changed(rows, {"recorded_day": recorded})
    return planted(scene, claims, [mark_each("PBR206", rows, "keyed in long after the outcome")])
