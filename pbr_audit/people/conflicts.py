"""What contradicts that two registrations are one person's, however alike the rest is.

Twins share a date of birth, a home and a family name: what tells them apart is a given name of their own, and
a national id. Father and son of one name, at one telephone, are told apart by a generation between their
dates of birth. Where too few families are registered to learn that from, their pairs look like one person's.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage import Scored
from pbr_audit.linkage.compare import levels_of

DIFFERS: Final = "differs"
OTHER_ID: Final = "both have a national id, and not the same one"
OTHER_NAME: Final = "their given names are unlike, as twins' are"
OTHER_BIRTH: Final = (
    "their dates of birth are more than ten years apart, as those of father and son of one name are"
)
# The label beside which `differs` means more than ten years; keyed hashes tell no years.
YEARS_ARE_SEEN: Final = "within ten years"
# Levels of a comparison of names at which given names are neither alike nor forms of one another.
UNLIKE: Final = frozenset(
    {"both differ", "family name same, given name differs", "given name alone: differs", DIFFERS}
)
Flags = NDArray[np.bool_]


def contradicted(scored: Scored) -> pl.Series:
    """Return for each scored pair why it may not be joined; null where nothing speaks against it.

    An identifier with one or two slips contradicts nothing, and one that agrees outweighs any name or date.
    """
    other_id, same_id, other_name, other_birth = (np.zeros(scored.pairs.height, np.bool_) for _ in range(4))
    compared = scored.model.compared
    levels = levels_of(scored.pairs["pattern"].to_numpy(), compared)
    for comparison, level in zip(compared, levels, strict=True):
        unlike = np.isin(level, [at for at, label in enumerate(comparison.labels) if label in UNLIKE])
        if comparison.kind == "national_id":
            other_id |= unlike
            same_id |= ~unlike & (level > 0)
        elif comparison.kind == "given_name":
            other_name |= unlike
        elif comparison.kind == "birth_date" and YEARS_ARE_SEEN in comparison.labels:
            other_birth |= unlike
    return pl.select(
        pl.when(pl.lit(pl.Series(other_id & ~same_id)))
        .then(pl.lit(OTHER_ID))
        .when(pl.lit(pl.Series(other_name & ~same_id)))
        .then(pl.lit(OTHER_NAME))
        .when(pl.lit(pl.Series(other_birth & ~same_id)))
        .then(pl.lit(OTHER_BIRTH))
        .alias("split_why")
    ).to_series()
