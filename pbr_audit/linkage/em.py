"""Fellegi and Sunter's model by expectation and maximisation, on counts of patterns, over all pairs.

Pairs that no key brought together are pairs of different people, counted but not compared. They hold the
model fast: on the compared pairs alone, the algorithm may take any other two groups for its classes, and at
a million records it did. Source: Fellegi and Sunter (1969); Winkler (1988).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Levels = Sequence[NDArray[np.int64]]
# Levels, all of one group, and their least share of it.
Floor = tuple[tuple[int, ...], float]

# The order of classes everywhere.
RANDOM, SAME, HOUSEHOLD = range(3)
_ITERATIONS: Final = 300
_SETTLED: Final = 1e-4
# What a class looks like at the start counts as so many pairs, so that one with next to no pairs of its own
# does not take any other shape.
_PRIOR_PAIRS: Final = 10.0
TINY: Final = 1e-300
# A class has at least this share of all pairs, so that its logarithm is a number.
LEAST_SHARE: Final = 1e-15


@dataclass(frozen=True)
class Patterns:
    """Distinct patterns of compared pairs: `levels` by comparison, `counts`, and `pairs`, of all records."""

    levels: Levels
    counts: Floats
    pairs: float


@dataclass(frozen=True)
class Fit:
    """`shares` of all pairs by class, `tables[class][comparison]` of level probabilities, and how it fits.

    `log_likelihoods` has one figure for each round; it grows where the random class is held fast.
    """

    shares: Floats
    tables: list[list[Floats]]
    log_likelihoods: list[float]

    @property
    def log_likelihood(self) -> float:
        return self.log_likelihoods[-1]


# Given how many pairs of the other classes are at each level of each comparison, the random class's table.
Randoms = Callable[[list[Floats]], list[Floats]]


def fit(
    patterns: Patterns,
    start: list[list[Floats]],
    shares: Floats,
    groups: Sequence[tuple[int, ...]],
    *,
    randoms: Randoms | None = None,
    floors: Sequence[Sequence[Floor]] = (),
) -> Fit:
    """Fit classes to patterns; `start[0]` is the random class, the others are estimated.

    `floors` holds for each comparison levels, and the share that they make up at least of the *same* class,
    within their group.

    `groups` gives each level's group, within which probabilities add up to one. `randoms` estimates the
    random class anew from what the others leave of all pairs; without it that class stays as it is.
    """
    tables = [list(table) for table in start]
    likelihoods: list[float] = []
    for _ in range(_ITERATIONS):
        joint = joint_logs(patterns.levels, tables, shares)
        top = joint.max(axis=0)
        odds = np.exp(joint - top)
        total = odds.sum(axis=0)
        likelihoods.append(
            float((patterns.counts * (np.log(total) + top)).sum())
            + (patterns.pairs - patterns.counts.sum()) * float(np.log(shares[RANDOM]))
        )
        weights = odds / total * patterns.counts
        found = weights.sum(axis=1) / patterns.pairs
        found[RANDOM] = 1 - found[1:].sum()
        found = np.maximum(found, LEAST_SHARE)
        moved = float(np.abs(found[1:] / shares[1:] - 1).max())
        shares = found
        expected = [_counted(patterns.levels, weights[k], tables[k]) for k in range(len(tables))]
        for k in range(1, len(tables)):
            tables[k] = [
                by_group(np.where(np.arange(len(first)) > 0, found_here + _PRIOR_PAIRS * first, 0.0), group)
                for found_here, first, group in zip(expected[k], start[k], groups, strict=True)
            ]
        for i, held in enumerate(floors):
            for agreeing, least in held:
                tables[SAME][i] = _held(tables[SAME][i], agreeing, least, groups[i])
        if randoms is not None:
            others = [
                np.sum([expected[k][i] for k in range(1, len(tables))], axis=0) for i in range(len(groups))
            ]
            tables[RANDOM] = randoms(others)
        if moved < _SETTLED:
            break
    return Fit(shares, tables, likelihoods)


def joint_logs(levels: Levels, tables: list[list[Floats]], shares: Floats) -> Floats:
    """Return log(share * probability of the pattern) by class and pattern; an unknown value says nothing."""
    found = np.log(shares)[:, None] + np.zeros((len(tables), len(levels[0])))
    for k, table in enumerate(tables):
        for level, probabilities in zip(levels, table, strict=True):
            logs = np.log(probabilities + TINY)
            logs[0] = 0.0
            found[k] += logs[level]
    return found


def by_group(counts: Floats, groups: tuple[int, ...]) -> Floats:
    """Scale counts to add up to one within each group; a group with nothing in it stays at nothing."""
    number = np.asarray(groups)
    totals = np.bincount(number, weights=counts)
    scale = np.where(totals > 0, totals, 1.0)
    found: Floats = counts / scale[number]
    return found


def _held(table: Floats, agreeing: tuple[int, ...], least: float, groups: tuple[int, ...]) -> Floats:
    """Raise the levels that a person's records have to be at to their least share, in proportion.

    That is the likeliest table among those that keep to the floor.
    """
    of_group = np.asarray(groups) == groups[agreeing[0]]
    among = np.zeros(len(table), dtype=bool)
    among[list(agreeing)] = True
    share = float(table[among].sum())
    if not 0.0 < share < least:
        return table
    held = table.copy()
    held[among] *= least / share
    held[of_group & ~among] *= (1 - least) / (1 - share)
    return held


def _counted(levels: Levels, weights: Floats, like: list[Floats]) -> list[Floats]:
    return [
        np.bincount(level, weights=weights, minlength=len(table)).astype(np.float64)
        for level, table in zip(levels, like, strict=True)
    ]
