"""How often two different people agree: the random class, from all values and from pairs drawn by chance.

How often two records agree exactly follows from how common the values are, without any sampling. The rest
comes from a sample of pairs. Both hold the pairs of one person as well, and where people are registered often
that is no small thing: what the other classes explain is taken out again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pbr_audit.linkage import names
from pbr_audit.linkage.coded import Values
from pbr_audit.linkage.compare import NAME, Comparison
from pbr_audit.linkage.em import Floats, by_group
from pbr_audit.linkage.frequencies import Frequency
from pbr_audit.linkage.pairs import Pairs

SAMPLE: Final = 500_000
_CHUNK: Final = 500_000
# What is left of a level at least, as a share of what all pairs show there.
_LEAST_LEFT: Final = 0.02
_PSEUDO_COUNT: Final = 0.5
# Names that are alike, and not the same, make exchanges by chance so many times more frequent.
_ALIKE_AS_WELL: Final = 2.0
_LEAST_EXCHANGED: Final = 1e-9


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
                self._names(gone) if comparison.field == NAME else self._left(shares, gone),
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
        for level, category in names.GIVEN_OF.items():
            given[category] -= gone[level] / self.pairs
        for level, category in names.FAMILY_OF.items():
            family[category] -= gone[level] / self.pairs
        given = np.maximum(given, self.given * _LEAST_LEFT)
        family = np.maximum(family, self.family * _LEAST_LEFT)
        table = np.zeros(len(names.LABELS))
        np.add.at(table, names.BOTH, np.outer(given / given.sum(), family / family.sum()))
        table[names.EXCHANGED] = self.exchanged
        np.add.at(table, names.FAMILY_ALONE, family)
        np.add.at(table, names.GIVEN_ALONE, given)
        return table


def all_pairs(
    values: Values,
    compared: tuple[Comparison, ...],
    frequencies: dict[str, Frequency],
    records: int,
    seed: int,
) -> AllPairs:
    """Measure what all pairs show, from a seeded sample of them and from the values' frequencies."""
    left, right = _sampled(records, seed)
    counts = [np.zeros(comparison.size) for comparison in compared]
    given, family = np.zeros(names.GIVEN_CATEGORIES), np.zeros(names.FAMILY_CATEGORIES)
    joint = any(comparison.field == NAME for comparison in compared)
    for start in range(0, len(left), _CHUNK):
        pairs = Pairs(values, left[start : start + _CHUNK], right[start : start + _CHUNK])
        for count, comparison in zip(counts, compared, strict=True):
            if comparison.field != NAME:
                count += np.bincount(comparison.measure(pairs), minlength=len(count))  # noqa: PLW2901
        if joint:
            pairs = pairs.at(np.flatnonzero(pairs.known("given_name") & pairs.known("family_name")))
            given += np.bincount(names.given_category(pairs), minlength=len(given))
            family += np.bincount(names.family_category(pairs), minlength=len(family))
    return AllPairs(
        pairs=max(records * (records - 1) / 2, 1.0),
        compared=compared,
        shares=[_shares(count, one, frequencies) for count, one in zip(counts, compared, strict=True)],
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
    if comparison.field == NAME or not values:
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


def _exchanged(values: Values) -> float:
    """Return how often two people's given and family names are each other's, by chance."""
    if not {"given_name__formal", "family_name__formal"} <= set(values):
        return _LEAST_EXCHANGED
    given, family = values["given_name__formal"].counts[1:], values["family_name__formal"].counts[1:]
    once = float((given * family).sum()) / max(int(given.sum()) * int(family.sum()), 1)
    return float(max((_ALIKE_AS_WELL * once) ** 2, _LEAST_EXCHANGED))
