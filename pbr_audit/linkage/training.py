"""Train a model on people: which pairs are of one person, which of one household, is nowhere said.

The household class is fitted beside the two others and kept only where the data have what households share
(an address, an account), it explains the patterns better by far more than its parameters cost, and
what it found looks like households.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage import em, levels, names
from pbr_audit.linkage.blocks import Blocked, block, rows_of
from pbr_audit.linkage.compare import NAME, Comparison, Patterns, compare, comparisons, distinct, levels_of
from pbr_audit.linkage.em import Fit, Floats
from pbr_audit.linkage.frequencies import frequency
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.policy import Policy
from pbr_audit.linkage.prepare import Prepared, prepare
from pbr_audit.linkage.randoms import AllPairs, all_pairs

# Where the search begins: a person's records agree in each value nine times of ten.
_AGREE: Final = 0.9
_ELSEWHERE: Final = 0.05
# Pairs a record to begin with.
_SAME_A_RECORD: Final = 0.3
_HOUSEHOLD_A_RECORD: Final = 0.2
# What makes the third class one of households: see `_is_home`.
_HOME_SHARED: Final = 0.2
_FAR_ABOVE: Final = 5
_AS_OFTEN: Final = 0.8
_MOSTLY_OTHER: Final = 0.5
_SELDOM: Final = 0.25


@dataclass(frozen=True)
class Compared:
    """People ready, their pairs found and compared: what training and scoring both begin with.

    `distinct` are the patterns that occur, `counts` how often each does, `places` which of them a pair has.
    """

    prepared: Prepared
    blocked: Blocked
    comparisons: tuple[Comparison, ...]
    distinct: Patterns
    counts: Patterns
    places: NDArray[np.integer]


def train(people: pl.DataFrame, policy: Policy, seed: int = 0) -> Model:
    """Estimate a model from people, one row a record; `seed` draws the sample of random pairs.

    Raises InputError where the policy's columns are not there or ids are not unique.
    """
    return trained(compared_pairs(people, policy), policy, seed)


def compared_pairs(people: pl.DataFrame, policy: Policy) -> Compared:
    """Prepare, block and compare."""
    prepared = prepare(people, policy)
    blocked = block(prepared, policy)
    found = comparisons(policy, prepared.values)
    left, right = rows_of(blocked.pairs)
    patterns = compare(prepared.values, left, right, found)
    return Compared(prepared, blocked, found, *distinct(patterns, found))


def trained(compared: Compared, policy: Policy, seed: int) -> Model:
    """Estimate a model from compared pairs."""
    values, records = compared.prepared.values, compared.prepared.height
    frequencies = {name: frequency(values[name]) for name in rare_values(compared.comparisons)}
    everything = all_pairs(values, compared.comparisons, frequencies, records, seed)
    taken = levels_of(compared.distinct, compared.comparisons)
    patterns = em.Patterns(taken, compared.counts.astype(np.float64), max(everything.pairs, 1.0))
    fitted = _fitted(patterns, compared.comparisons, everything, policy, records)
    return Model(
        policy=policy,
        columns=tuple(values),
        tables=tuple(tuple(tables) for tables in fitted.tables),
        a_record=tuple(float(share) * everything.pairs / max(records, 1) for share in fitted.shares),
        frequencies=frequencies,
        records=records,
    )


def _fitted(
    patterns: em.Patterns,
    compared: tuple[Comparison, ...],
    everything: AllPairs,
    policy: Policy,
    records: int,
) -> Fit:
    if not len(patterns.counts):
        patterns = em.Patterns([np.zeros(1, np.int64) for _ in compared], np.zeros(1), patterns.pairs)
    groups = [one.groups for one in compared]
    none = [np.zeros(one.size) for one in compared]
    random = everything.without(none)
    same = [_begin(one, _AGREE) for one in compared]
    a_record = max(records, 1) / patterns.pairs
    shares = np.array([1.0, _SAME_A_RECORD * a_record])
    floors = [_agreeing(one) for one in compared]
    two = em.fit(patterns, [random, same], shares, groups, randoms=everything.without, floors=floors)
    if policy.household == "off" or not any(one.at_home for one in compared):
        return two
    shares = np.array([1.0, _SAME_A_RECORD * a_record, _HOUSEHOLD_A_RECORD * a_record])
    household = [_begin_household(one) for one in compared]
    three = em.fit(
        patterns, [random, same, household], shares, groups, randoms=everything.without, floors=floors
    )
    if policy.household == "on" or _supported(two, three, compared, patterns):
        return three
    return two


def _supported(two: Fit, three: Fit, compared: tuple[Comparison, ...], patterns: em.Patterns) -> bool:
    """Say whether the third class pays for its parameters, and is one of people with one home."""
    parameters = 1 + sum(one.size - 1 - len(set(one.groups)) + 1 for one in compared)
    gain = 2 * (three.log_likelihood - two.log_likelihood)
    return gain > parameters * float(np.log(max(patterns.counts.sum(), 2.0))) and _is_home(three, compared)


def _is_home(three: Fit, compared: tuple[Comparison, ...]) -> bool:
    """Say whether the third class is one of households, and not of another part of the same people.

    They share what is at home, far above chance and about as often as one person's records do; and the given
    name, or whatever else is a person's own, is mostly another.
    """
    random, same, household = three.tables
    homes = [
        household[i][-1] > max(_HOME_SHARED, _FAR_ABOVE * random[i][-1], _AS_OFTEN * same[i][-1])
        for i, one in enumerate(compared)
        if one.at_home
    ]
    own = [
        (agree(household[i], one), agree(same[i], one))
        for i, one in enumerate(compared)
        if one.kind in {"given_name", "birth_date", "national_id"}
    ]
    return any(homes) and bool(own) and all(two < max(_MOSTLY_OTHER * one, _SELDOM) for two, one in own)


def agree(table: Floats, comparison: Comparison) -> float:
    """Return how often the value is the same or a slip away; of two names, how often the given one is.

    Slips count: where hardly anybody is registered twice, the class of one person is held up by its floors,
    and these say nothing of the level of sameness alone.
    """
    if comparison.field != NAME:
        floors = _agreeing(comparison)
        return float(table[list(floors[0][0]) if floors else [-1]].sum())
    return float(table[[level for level in names.GIVEN_AGREES if comparison.groups[level] == 1]].sum())


def _agreeing(comparison: Comparison) -> tuple[em.Floor, ...]:
    """Return the levels that most pairs of one person's records have to be at.

    Where nobody is registered twice, a class that nothing holds makes itself the one of families, and takes
    brothers for one person. So its given names, dates of birth, sex and national ids have to be alike as a
    rule, where they are known.
    """
    if comparison.field == NAME:
        return names.SAME_PERSON
    if comparison.labels is levels.BORN_LABELS:
        return levels.BORN_SAME_PERSON
    if comparison.kind == "national_id":
        return levels.CODE_SAME_PERSON
    return levels.PLAIN_SAME_PERSON if comparison.kind == "sex" else ()


def _begin(comparison: Comparison, agree: float) -> Floats:
    found = np.full(comparison.size, _ELSEWHERE)
    found[0] = 0.0
    for group in set(comparison.groups) - {0}:
        found[max(level for level, one in enumerate(comparison.groups) if one == group)] = agree
    return em.by_group(found, comparison.groups)


def _begin_household(comparison: Comparison) -> Floats:
    """Begin with one family: one family name and home, other given names, born years apart."""
    found = np.full(comparison.size, 0.02)
    found[0] = 0.0
    if comparison.field == NAME:
        found[[4, 5, 10, 13]] = (0.5, 0.2, 0.1, 0.5)
    elif comparison.kind == "birth_date":
        found[[1, 2]] = (0.6, 0.3)
    elif comparison.at_home:
        found[-1] = 0.9
    elif comparison.kind == "sex":
        found[1:] = 0.5
    else:
        found[1] = 0.97
    return em.by_group(found, comparison.groups)


def rare_values(compared: tuple[Comparison, ...]) -> list[str]:
    """Return the values whose rarity counts."""
    return sorted({name for one in compared for names in one.agrees.values() for name in names})
