"""Pairs as patterns: the levels of all comparisons of a pair, packed into one whole number."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pbr_audit.linkage import levels, names
from pbr_audit.linkage.at_once import at_once
from pbr_audit.linkage.blocks import Rows
from pbr_audit.linkage.coded import Values
from pbr_audit.linkage.kinds import SHARED_AT_HOME, Kind, value_name
from pbr_audit.linkage.levels import Measure
from pbr_audit.linkage.pairs import Pairs
from pbr_audit.linkage.policy import Policy

Patterns = NDArray[np.int64]

NAME: Final = "name"
_CHUNK: Final = 300_000
# So many possible patterns are counted in a table; more are sorted.
_FEW: Final = 20_000_000
_CODES: Final = frozenset({"national_id", "account", "phone"})
_WORDS: Final = frozenset({"street", "place", "attribute", "given_name", "family_name"})


@dataclass(frozen=True)
class Comparison:
    """One comparison: its levels' names, and the group in which each level's probabilities add up to one.

    A level's group is which of the values are known (given name alone, family name alone, both): how often a
    value is missing says nothing about who somebody is. `agrees` names, for a level, the values in which the
    two records are the same, and whose rarity therefore counts.
    """

    field: str
    kind: Kind
    labels: tuple[str, ...]
    groups: tuple[int, ...]
    agrees: dict[int, tuple[str, ...]]
    measure: Measure

    @property
    def size(self) -> int:
        return len(self.labels)

    @property
    def at_home(self) -> bool:
        """Whether members of a household have it in common."""
        return self.kind in SHARED_AT_HOME


def comparisons(policy: Policy, values: Collection[str]) -> tuple[Comparison, ...]:
    """Return the comparisons that the policy's columns allow, in a fixed order.

    `values` are the names of those that exist. A place is compared only where there is no postcode: it says
    the same once more.
    """
    joint = {"given_name", "family_name"} <= set(values)
    found = (
        [Comparison(NAME, "given_name", names.LABELS, names.GROUPS, names.AGREES, names.names)]
        if joint
        else []
    )
    for column, kind in policy.kinds.items():
        told_already = kind == "place" and policy.has("postcode")
        if not told_already and not (joint and kind in {"given_name", "family_name"}):
            found.append(_of_kind(value_name(column, kind), kind))
    return tuple(found)


def compare(values: Values, left: Rows, right: Rows, compared: tuple[Comparison, ...]) -> Patterns:
    """Return the pattern of each pair of rows, a chunk at a time."""
    found = np.empty(len(left), dtype=np.int64)

    def fill(start: int) -> None:
        part = slice(start, start + _CHUNK)
        found[part] = pattern_of(Pairs(values, left[part], right[part]), compared)

    at_once(fill, range(0, len(left), _CHUNK))
    return found


def pattern_of(pairs: Pairs, compared: tuple[Comparison, ...]) -> Patterns:
    """Pack the levels of all comparisons, the first one the highest figure."""
    pattern = np.zeros(len(pairs), dtype=np.int64)
    for comparison in compared:
        pattern *= comparison.size
        pattern += comparison.measure(pairs)
    return pattern


def distinct(
    patterns: Patterns, compared: tuple[Comparison, ...]
) -> tuple[Patterns, Patterns, NDArray[np.integer]]:
    """Return the patterns that occur, sorted, how often each does, and for each pair the place of its own."""
    possible = math.prod(one.size for one in compared)
    if possible > _FEW:
        found, places, times = np.unique(patterns, return_inverse=True, return_counts=True)
        return found, times, places
    counts = np.bincount(patterns, minlength=possible)
    occurring = np.flatnonzero(counts)
    place = np.zeros(possible, dtype=np.int32)
    place[occurring] = np.arange(len(occurring), dtype=np.int32)
    return occurring.astype(np.int64), counts[occurring].astype(np.int64), place[patterns]


def levels_of(patterns: Patterns, compared: tuple[Comparison, ...]) -> list[NDArray[np.int64]]:
    """Take patterns apart again: for each comparison the level in each of them."""
    found: list[NDArray[np.int64]] = []
    rest = patterns
    for comparison in reversed(compared):
        found.append(rest % comparison.size)
        rest = rest // comparison.size
    return found[::-1]


def _of_kind(value: str, kind: Kind) -> Comparison:
    if kind == "birth_date":
        return _simple(value, kind, levels.BORN_LABELS, levels.born)
    if kind == "postcode":
        return _simple(value, kind, levels.POSTCODE_LABELS, levels.postcode)
    if kind in _CODES:
        return _simple(value, kind, levels.CODE_LABELS, levels.code(value))
    if kind == "email":
        return _simple(value, kind, levels.EMAIL_LABELS, levels.email(value))
    labels, measure = (
        (levels.WORD_LABELS, levels.word) if kind in _WORDS else (levels.PLAIN_LABELS, levels.exact)
    )
    return _simple(value, kind, labels, measure(value))


def _simple(value: str, kind: Kind, labels: tuple[str, ...], measure: Measure) -> Comparison:
    # Two sexes are no fact whose rarity could count.
    agrees: dict[int, tuple[str, ...]] = {} if kind == "sex" else {len(labels) - 1: (value,)}
    return Comparison(value, kind, labels, (0, *([1] * (len(labels) - 1))), agrees, measure)
