"""How often two different people agree: the random class, from all values and from pairs drawn by chance.

How often two records agree exactly follows from how common the values are, without any sampling. The rest
comes from a sample of pairs. Both hold the pairs of one person as well, and where people are registered often
that is no small thing: what the other classes explain is taken out again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage import levels
from pbr_audit.linkage.compare import Comparison, beside, levels_of, pattern_of
from pbr_audit.linkage.em import Floats, by_group
from pbr_audit.linkage.frequencies import Frequency

SAMPLE: Final = 1_000_000
_CHUNK: Final = 500_000
# What is left of a level at least, as a share of what all pairs show there.
_LEAST_LEFT: Final = 0.02
_PSEUDO_COUNT: Final = 0.5
# The level of the joint comparison of names to what it says of the given and of the family name.
_GIVEN_OF: Final = {1: 0, 2: 4, 3: 4, 4: 0, 5: 1, 6: 2, 7: 3, 8: 0, 9: 5, 10: 4}
_FAMILY_OF: Final = {1: 0, 2: 0, 3: 1, 4: 4, 5: 4, 6: 2, 7: 3, 8: 0, 9: 4, 10: 4}


@dataclass(frozen=True)
class AllPairs:
    """What all pairs of records show: shares of levels by comparison, and of categories of the two names.

    `pairs` is their number; `given` and `family` are empty where names are not compared jointly.
    """

    pairs: float
    compared: tuple[Comparison, ...]
    shares: list[Floats]
    given: Floats
    family: Floats
    exchanged: float

    def without(self, others: list[Floats]) -> list[Floats]:
        """Return the random class's tables: all pairs less those of the other classes, by level."""
        return [
            by_group(
                self._names(gone) if comparison.field == "name" else self._left(shares, gone),
                comparison.groups,
            )
            for comparison, shares, gone in zip(self.compared, self.shares, others, strict=True)
        ]

    def _left(self, shares: Floats, gone: Floats) -> Floats:
        left = np.maximum(shares - gone / self.pairs, shares * _LEAST_LEFT)
        left[0] = 0.0
        return left

    def _names(self, gone: Floats) -> Floats:
        """Given and family names of two different people are alike independently of each other."""
        given, family = self.given.copy(), self.family.copy()
        for level, category in _GIVEN_OF.items():
            given[category] -= gone[level] / self.pairs
        for level, category in _FAMILY_OF.items():
            family[category] -= gone[level] / self.pairs
        given = np.maximum(given, self.given * _LEAST_LEFT)
        family = np.maximum(family, self.family * _LEAST_LEFT)
        table = np.zeros(len(levels.NAME_LABELS))
        np.add.at(table, levels.NAME_BOTH, np.outer(given / given.sum(), family / family.sum()))
        table[levels.NAME_EXCHANGED] = self.exchanged
        np.add.at(table, levels.NAME_FAMILY_ALONE, family)
        np.add.at(table, levels.NAME_GIVEN_ALONE, given)
        return table


def all_pairs(
    values: pl.DataFrame, compared: tuple[Comparison, ...], frequencies: dict[str, Frequency], seed: int
) -> AllPairs:
    """Measure what all pairs show, from a seeded sample of them and from the values' frequencies."""
    left, right = _sampled(values.height, seed)
    needed = list(dict.fromkeys(name for comparison in compared for name in comparison.needs))
    counts = [np.zeros(comparison.size) for comparison in compared]
    given, family = np.zeros(6), np.zeros(5)
    joint = any(comparison.field == "name" for comparison in compared)
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        pairs = beside(values.select(needed), left[part], right[part])
        for count, level in zip(counts, levels_of(pattern_of(pairs, compared), compared), strict=True):
            np.add.at(count, level, 1)
        if joint:
            known = pairs.drop_nulls(["given_name", "family_name", "given_name_right", "family_name_right"])
            given += np.bincount(levels.given_category(known), minlength=6)
            family += np.bincount(levels.family_category(known), minlength=5)
    shares = [
        _shares(count, comparison, frequencies) for count, comparison in zip(counts, compared, strict=True)
    ]
    return AllPairs(
        pairs=values.height * (values.height - 1) / 2,
        compared=compared,
        shares=shares,
        given=_exact(given, 4, frequencies["given_name"].mean) if joint else given,
        family=_exact(family, 4, frequencies["family_name"].mean) if joint else family,
        exchanged=_exchanged(values) if joint else 0.0,
    )


def _sampled(records: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    if records * (records - 1) // 2 <= SAMPLE:
        left, right = np.triu_indices(records, 1)
        return left.astype(np.uint32), right.astype(np.uint32)
    rng = np.random.default_rng(seed)
    left = rng.integers(0, records, SAMPLE)
    right = rng.integers(0, records - 1, SAMPLE)
    return left.astype(np.uint32), (right + (right >= left)).astype(np.uint32)


def _shares(count: Floats, comparison: Comparison, frequencies: dict[str, Frequency]) -> Floats:
    known = count.copy()
    known[1:] += _PSEUDO_COUNT
    last = comparison.size - 1
    values = comparison.agrees.get(last, ())
    if comparison.field == "name" or not values:
        return np.asarray(known / known.sum())
    unknown = known[0] / known.sum()
    known[0] = 0.0
    found = _exact(known, last, frequencies[values[0]].mean) * (1 - unknown)
    found[0] = unknown
    return np.asarray(found)


def _exact(count: Floats, level: int, share: float) -> Floats:
    """Scale counts to shares, of which that of exact agreement is given."""
    rest = count + _PSEUDO_COUNT * (np.arange(len(count)) > 0)
    rest[level] = 0.0
    found: Floats = rest / rest.sum() * (1 - share)
    found[level] = share
    return found


def _exchanged(values: pl.DataFrame) -> float:
    """Return how often two people's given and family names are each other's, by chance."""
    known = values.drop_nulls(["given_name", "family_name"])
    given = known["given_name"].value_counts(name="given").rename({"given_name": "name"})
    family = known["family_name"].value_counts(name="family").rename({"family_name": "name"})
    both = given.join(family, on="name", how="inner")
    once = float((both["given"].cast(pl.Float64) * both["family"]).sum()) / max(known.height, 1) ** 2
    return max(once**2, 1e-9)
