"""Father and son of one name: what tells them apart, however much else they share.

A household's class holds mostly brothers and couples, whose given names differ. Two of one name at one
telephone are then likelier one person's records than two of one home, but for their dates of birth, which are
a generation apart. One person's hardly ever are: the class of one person may hold 3 in 100 such pairs (see
`levels.BORN_SAME_PERSON`). Where that floor is what holds it, the pairs that look like one person's are born
a generation apart more often than one person's can be, and those of them that are, are relatives. Where it
does not hold anything, decades do slip in these records, and the model has learnt how often.
"""

from typing import Final

import numpy as np

from pbr_audit.linkage.compare import Patterns, levels_of
from pbr_audit.linkage.em import SAME
from pbr_audit.linkage.levels import BORN_SAME_PERSON
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.pairs import Flags

YEARS_APART: Final = (
    "their dates of birth are more than ten years apart, as those of father and son of one name are"
)
# Keyed hashes tell no years.
DAYS_DIFFER: Final = (
    "their dates of birth differ in the year and in the day, as those of father and son of one name do"
)
# What such a pair counts for against one person: a million to one, as much as a rare name or a number of
# one's own speaks for it.
AGAINST_BITS: Final = -20.0
_DIFFERS: Final = 1
_BEYOND_THE_FLOOR: Final = 1 - BORN_SAME_PERSON[-1][1]
_ROUNDING: Final = 1e-9


def a_generation_apart(patterns: Patterns, model: Model) -> Flags:
    """Say of each pattern whether dates of birth differ most, and no national id makes up for it."""
    apart, same_id = (np.zeros(len(patterns), dtype=np.bool_) for _ in range(2))
    compared = model.compared
    for comparison, level in zip(compared, levels_of(patterns, compared), strict=True):
        if comparison.kind == "birth_date":
            apart |= level == _DIFFERS
        elif comparison.kind == "national_id":
            same_id |= level > _DIFFERS
    found: Flags = apart & ~same_id
    return found


def why_apart(model: Model) -> str:
    """Return what is said of such a pair."""
    return DAYS_DIFFER if model.policy.hashed else YEARS_APART


def relatives(patterns: Patterns, model: Model) -> Flags:
    """Say of each pattern whether it is one of relatives that the model would take for one person."""
    if not relatives_look_like_one(model):
        return np.zeros(len(patterns), dtype=np.bool_)
    return a_generation_apart(patterns, model)


def relatives_look_like_one(model: Model) -> bool:
    """Say whether the class of one person would hold more such pairs than one person's records make."""
    return model.has_household and any(
        bool(model.tables[SAME][at][_DIFFERS] >= _BEYOND_THE_FLOOR - _ROUNDING)
        for at, comparison in enumerate(model.compared)
        if comparison.kind == "birth_date"
    )
