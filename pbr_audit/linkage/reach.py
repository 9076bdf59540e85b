"""What blocking reaches: how many matches the keys find, and how many they must have missed.

Two registrations of one person that agree in no key are never compared, and nobody sees that. Two ways to say
how many there are. Where the truth of some pairs is known, those of them that no key brings together are
counted. Elsewhere the matches that only one key found speak for those that none did: if many hang by one
thread, others will have hung by none (Chao's lower bound, Biometrics 43, 1987, in its form without a bias).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import EVERY_PAIR
from pbr_audit.linkage.coded import Coded
from pbr_audit.linkage.policy import Policy
from pbr_audit.linkage.prepare import Prepared, prepare
from pbr_audit.linkage.scoring import Scored

Flags = NDArray[np.bool_]
BETWEEN: Final = " + "


@dataclass(frozen=True)
class Reach:
    """What the keys found of some pairs that are matches.

    `keys`: key, found (of the pairs, those that agree in this key in a block that was not too large), alone
    (found by no other key). `pairs` are all, `reached` those that at least one key finds. `by_keys[k]` is how
    many of them exactly k keys find. With `every_pair` all pairs of people were compared: no key was needed.
    """

    keys: pl.DataFrame
    pairs: int
    by_keys: tuple[int, ...]
    every_pair: bool

    @property
    def reached(self) -> int:
        return self.pairs if self.every_pair else self.pairs - self.by_keys[0]

    @property
    def missed_at_least(self) -> float:
        """How many matches no key finds, estimated from those that one and that two keys find."""
        one, two = (self.by_keys[k] if len(self.by_keys) > k else 0 for k in (1, 2))
        return 0.0 if self.every_pair else one * (one - 1) / (2 * (two + 1))


def reach(people: pl.DataFrame, scored: Scored, pairs: pl.DataFrame) -> Reach:
    """Say what the keys that `scored` used find of `pairs` (left, right: ids of `people`).

    `people` are those that were scored. Raises InputError where their columns or ids are not right.
    """
    policy = scored.model.policy
    prepared = prepare(people, policy)
    left, right = (_rows(prepared, pairs[side]) for side in ("left", "right"))
    used = scored.blocks.filter("used")["key"].to_list()
    every = EVERY_PAIR in used
    keys = [key for key in policy.keys if BETWEEN.join(key) in used]
    names = [BETWEEN.join(key) for key in keys]
    flags = [_found(prepared.values, key, left, right, policy) for key in keys]
    if exchanged := [name for name in used if name not in {*names, EVERY_PAIR}]:
        names += exchanged
        flags.append(_exchanged(prepared.values, left, right))
    found = np.array(flags, dtype=np.bool_).reshape(len(names), len(left))
    times = found.sum(axis=0)
    frame = pl.DataFrame(
        {
            "key": names,
            "found": found.sum(axis=1),
            "alone": (found & (times == 1)).sum(axis=1),
        },
        schema={"key": pl.String, "found": pl.Int64, "alone": pl.Int64},
    )
    counts = np.bincount(times, minlength=len(names) + 1)
    return Reach(frame, len(left), tuple(int(count) for count in counts), every)


def _exchanged(values: Mapping[str, Coded], left: NDArray[np.int64], right: NDArray[np.int64]) -> Flags:
    """Return for each pair whether given and family name are each other's, and the year of birth is one."""
    given, family = values["given_name__formal"].codes, values["family_name__formal"].codes
    year = values["birth_date__year"].codes
    crossed: Flags = (given[left] == family[right]) & (family[left] == given[right]) & (given[left] > 0)
    crossed &= (family[left] > 0) & (year[left] == year[right]) & (year[left] > 0)
    return crossed


def _rows(prepared: Prepared, ids: pl.Series) -> NDArray[np.int64]:
    places = prepared.ids.alias("id").to_frame().with_row_index("row")
    found = (
        ids.cast(pl.String).alias("id").to_frame().join(places, on="id", how="left", maintain_order="left")
    )
    rows: NDArray[np.int64] = found["row"].cast(pl.Int64).to_numpy()
    return rows


def _found(
    values: Mapping[str, Coded],
    key: tuple[str, ...],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    policy: Policy,
) -> Flags:
    """Return for each pair whether a key brings it together: equal, known, and in no block left out."""
    codes = pl.DataFrame({name: values[name].codes for name in key})
    size = codes.select(pl.len().over(list(key))).to_series().to_numpy()
    together: Flags = size[left] <= policy.most_in_block
    for name in key:
        of = values[name].codes
        together = together & (of[left] == of[right]) & (of[left] > 0)
    return together
