"""What contradicts that two registrations are one person's, however alike the rest is.

Twins share a date of birth, a home and a family name: what tells them apart is a given name of their own, and
a national id. Father and son of one name are told apart by a generation between their dates of birth: linkage
itself minds it where its model cannot be right about them, and here it always counts.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage import Scored
from pbr_audit.linkage.compare import levels_of
from pbr_audit.linkage.generations import a_generation_apart, why_apart

DIFFERS: Final = "differs"
OTHER_ID: Final = "both have a national id, and not the same one"
OTHER_NAME: Final = "their given names are unlike, as twins' are"
# Levels of a comparison of names at which given names are neither alike nor forms of one another.
UNLIKE: Final = frozenset(
    {"both differ", "family name same, given name differs", "given name alone: differs", DIFFERS}
)
Flags = NDArray[np.bool_]


def contradicted(scored: Scored) -> pl.Series:
    """Return for each scored pair why it may not be joined; null where nothing speaks against it.

    An identifier with one or two slips contradicts nothing, and one that agrees outweighs any name or date.
    """
    other_id, same_id, other_name = (np.zeros(scored.pairs.height, np.bool_) for _ in range(3))
    compared, patterns = scored.model.compared, scored.pairs["pattern"].to_numpy()
    levels = levels_of(patterns, compared)
    for comparison, level in zip(compared, levels, strict=True):
        unlike = np.isin(level, [at for at, label in enumerate(comparison.labels) if label in UNLIKE])
        if comparison.kind == "national_id":
            other_id |= unlike
            same_id |= ~unlike & (level > 0)
        elif comparison.kind == "given_name":
            other_name |= unlike
    return pl.select(
        pl.when(pl.lit(pl.Series(other_id & ~same_id)))
        .then(pl.lit(OTHER_ID))
        .when(pl.lit(pl.Series(other_name & ~same_id)))
        .then(pl.lit(OTHER_NAME))
        .when(pl.lit(pl.Series(a_generation_apart(patterns, scored.model))))
        .then(pl.lit(why_apart(scored.model)))
        .alias("split_why")
    ).to_series()
