"""Bridges: pairs without which a person's records, three or more, would fall into two.

Where there are as many pairs as it takes, one fewer than records, all of them are; where every record is
joined to every other one, none is. Elsewhere a pair that closes a triangle is none, and what triangles hold
together counts as one: where the other pairs make a tree of such wholes, all of them are bridges. Only what
has a longer circle is searched pair by pair.
"""

from collections import Counter
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import count_up, packed
from pbr_audit.linkage.components import Labels, components

_SEVERAL: Final = 3
Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


def bridges(labels: Labels, left: Rows, right: Rows) -> pl.Series:
    """Say of each pair that joins records of one label whether it is a bridge; each pair stands once."""
    records, pairs = (np.bincount(rows, minlength=len(labels)) for rows in (labels, labels[left]))
    size, joins = records[labels[left]], pairs[labels[left]]
    found = (size >= _SEVERAL) & (joins == size - 1)
    asked = np.flatnonzero((joins >= size) & (joins < size * (size - 1) // 2))
    found[asked] = _in_circles(labels, left[asked], right[asked])
    return pl.Series("bridge", found, dtype=pl.Boolean)


def _in_circles(labels: Labels, left: Rows, right: Rows) -> Flags:
    """Say of each pair, of all of some labels, whether it is a bridge."""
    closed = _closes_a_triangle(left, right)
    wholes = components(len(labels), left[closed], right[closed])
    found: Flags = wholes[left] != wholes[right]
    ends = np.unique(np.concatenate([wholes[left], wholes[right]]))
    of_wholes, between = (np.bincount(labels[rows], minlength=len(labels)) for rows in (ends, left[found]))
    asked = np.flatnonzero(found & (between >= of_wholes)[labels[left]])
    found[asked] = _searched(wholes[left[asked]], wholes[right[asked]])
    return found


def _closes_a_triangle(left: Rows, right: Rows) -> Flags:
    """Say of each pair whether its two have a third one in common."""
    one, other = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.argsort(one, kind="stable")
    one, other = one[order], other[order]
    first = np.searchsorted(one, left)
    neighbours = np.searchsorted(one, left, side="right") - first
    pair = np.repeat(np.arange(len(left)), neighbours)
    third = other[np.repeat(first, neighbours) + count_up(neighbours)]
    joined = np.isin(packed(right[pair], third), packed(left, right))
    found: Flags = np.bincount(pair[joined], minlength=len(left)) > 0
    return found


def _searched(left: Rows, right: Rows) -> list[bool]:
    if not len(left):
        return []
    import networkx as nx  # noqa: PLC0415 - heavy

    pairs = [(min(pair), max(pair)) for pair in zip(left.tolist(), right.tolist(), strict=True)]
    # Two wholes that are joined twice need neither pair.
    alone = {pair for pair, times in Counter(pairs).items() if times == 1}
    found = {(min(pair), max(pair)) for pair in nx.bridges(nx.Graph(pairs))} & alone
    return [pair in found for pair in pairs]
