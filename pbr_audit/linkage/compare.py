"""Pairs as patterns: the levels of all comparisons of a pair, packed into one whole number."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage import levels
from pbr_audit.linkage.blocks import Rows
from pbr_audit.linkage.kinds import SHARED_AT_HOME, Kind, value_name
from pbr_audit.linkage.levels import RIGHT, Measure
from pbr_audit.linkage.policy import Policy

Patterns = NDArray[np.int64]

_CHUNK: Final = 1_000_000
_CODES: Final = frozenset({"national_id", "account", "phone"})
_WORDS: Final = frozenset({"street", "place", "attribute"})


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
    needs: tuple[str, ...]
    measure: Measure

    @property
    def size(self) -> int:
        return len(self.labels)

    @property
    def at_home(self) -> bool:
        """Whether members of a household have it in common."""
        return self.kind in SHARED_AT_HOME


def comparisons(policy: Policy, columns: list[str]) -> tuple[Comparison, ...]:
    """Return the comparisons that the policy's columns allow, in a fixed order.

    `columns` are the prepared values that exist. A place is compared only where there is no postcode: it says
    the same once more.
    """
    found: list[Comparison] = []
    if policy.has("given_name") and policy.has("family_name") and "given_name__formal" in columns:
        found.append(_names())
    for column, kind in policy.kinds.items():
        if kind == "place" and policy.has("postcode"):
            continue
        if kind in {"given_name", "family_name"} and found and found[0].field == "name":
            continue
        found.append(_of_kind(value_name(column, kind), kind, hashed=policy.hashed))
    return tuple(found)


def compare(values: pl.DataFrame, left: Rows, right: Rows, compared: tuple[Comparison, ...]) -> Patterns:
    """Return the pattern of each pair of rows, a chunk at a time."""
    needed = list(dict.fromkeys(name for comparison in compared for name in comparison.needs))
    chosen = values.select(needed)
    found = np.empty(len(left), dtype=np.int64)
    for start in range(0, len(left), _CHUNK):
        part = slice(start, start + _CHUNK)
        found[part] = pattern_of(beside(chosen, left[part], right[part]), compared)
    return found


def beside(values: pl.DataFrame, left: Rows, right: Rows) -> pl.DataFrame:
    """Return the values of the pairs, those of the right record under names that end in `_right`."""
    other = values[right].rename({name: name + RIGHT for name in values.columns})
    return pl.concat([values[left], other], how="horizontal")


def pattern_of(pairs: pl.DataFrame, compared: tuple[Comparison, ...]) -> Patterns:
    """Pack the levels of all comparisons, the first one the highest figure."""
    pattern = np.zeros(pairs.height, dtype=np.int64)
    for comparison in compared:
        pattern *= comparison.size
        pattern += comparison.measure(pairs)
    return pattern


def levels_of(patterns: Patterns, compared: tuple[Comparison, ...]) -> list[NDArray[np.int64]]:
    """Take patterns apart again: for each comparison the level in each of them."""
    found: list[NDArray[np.int64]] = []
    rest = patterns
    for comparison in reversed(compared):
        found.append(rest % comparison.size)
        rest = rest // comparison.size
    return found[::-1]


def _names() -> Comparison:
    return Comparison(
        field="name",
        kind="given_name",
        labels=levels.NAME_LABELS,
        groups=(0, *([1] * 10), *([2] * 3), *([3] * 3)),
        agrees={
            2: ("given_name",),
            3: ("given_name",),
            4: ("family_name",),
            5: ("family_name",),
            9: ("family_name",),
            10: ("given_name", "family_name"),
            13: ("family_name",),
            16: ("given_name",),
        },
        needs=("given_name", "given_name__formal", "family_name"),
        measure=levels.names,
    )


def _of_kind(value: str, kind: Kind, *, hashed: bool) -> Comparison:  # noqa: PLR0911 - a kind a line
    if hashed:
        return _simple(value, kind, levels.PLAIN_LABELS, levels.exact(value))
    if kind == "birth_date":
        return _simple(value, kind, levels.BORN_LABELS, levels.born)
    if kind == "postcode":
        extra = ("postcode__sector", "postcode__district")
        return _simple(value, kind, levels.POSTCODE_LABELS, levels.postcode, extra)
    if kind in _CODES:
        return _simple(value, kind, levels.CODE_LABELS, levels.code(value))
    if kind == "email":
        return _simple(value, kind, levels.EMAIL_LABELS, levels.email(value))
    if kind in _WORDS or kind in {"given_name", "family_name"}:
        return _simple(value, kind, levels.WORD_LABELS, levels.word(value))
    return _simple(value, kind, levels.PLAIN_LABELS, levels.exact(value))


def _simple(
    value: str, kind: Kind, labels: tuple[str, ...], measure: Measure, extra: tuple[str, ...] = ()
) -> Comparison:
    # Two sexes are no fact whose rarity could count.
    agrees: dict[int, tuple[str, ...]] = {} if kind == "sex" else {len(labels) - 1: (value,)}
    return Comparison(value, kind, labels, (0, *([1] * (len(labels) - 1))), agrees, (value, *extra), measure)
