"""PBR111: codes that no record knows, and a negative amount that takes nothing back."""

import numpy as np

from pbr_audit.simulate.claims import UNKNOWN_CLIENT, UNKNOWN_CONTRACT, UNKNOWN_OUTCOME, UNKNOWN_PROVIDER
from pbr_audit.simulate.families.family import BYSTANDER, PLANTED, Mark, Planted, Scene, planted

NEGATIVE = 0
NAMES = (
    "negative amount that reverses nothing",
    "client that no record knows",
    "outcome that the contract does not know",
    "contract that no record knows",
    "provider that no record knows",
)


def unknown_codes(scene: Scene) -> Planted:
    """Change one code, or the sign, on claims that nothing stands on and that no subcontractor is behind.

    What the price of an unknown outcome is, or whose provider an unknown one is, another rule may well ask.
    """
    facts, honest = scene.facts, scene.facts.block.claims
    rows = scene.pick(facts.plain & facts.alone & ~honest["has_sub"])
    kind = np.arange(len(rows)) % len(NAMES)
    amount = honest["amount"][rows]
    claims = scene.claims.changed(
        rows,
        {
            "unknown": np.where(kind == NEGATIVE, 0, kind),
            "amount": np.where(kind == NEGATIVE, -amount, amount),
        },
    )
    marks = [
        Mark("PBR111", PLANTED, rows[kind == place], np.flatnonzero(kind == place), name)
        for place, name in enumerate(NAMES)
    ]
    also = {
        "PBR101": (NEGATIVE, UNKNOWN_CLIENT, UNKNOWN_OUTCOME, UNKNOWN_CONTRACT),
        "PBR204": (UNKNOWN_CLIENT, UNKNOWN_CONTRACT, UNKNOWN_PROVIDER),
    }
    for rule_id, kinds in also.items():
        chosen = np.isin(kind, kinds)
        marks.append(
            Mark(rule_id, BYSTANDER, rows[chosen], np.flatnonzero(chosen), "a code that no record knows")
        )
    return planted(scene, claims, marks)
