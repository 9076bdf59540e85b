"""Bridges: pairs without which a person's records, three or more, would fall into two."""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.components import Labels

_SEVERAL: Final = 3
Rows = NDArray[np.int64]


def bridges(labels: Labels, left: Rows, right: Rows) -> pl.Series:
    """Say of each pair that joins records of one label whether it is a bridge.

    Where there are as many pairs as it takes, one fewer than records, all of them are; where every record
    is joined to every other one, none is. What is left is searched.
    """
    records, pairs = (np.bincount(rows, minlength=len(labels)) for rows in (labels, labels[left]))
    size, joins = records[labels[left]], pairs[labels[left]]
    found = (size >= _SEVERAL) & (joins == size - 1)
    asked = np.flatnonzero((joins >= size) & (joins < size * (size - 1) // 2))
    found[asked] = _searched(left[asked], right[asked])
    return pl.Series("bridge", found, dtype=pl.Boolean)


def _searched(left: Rows, right: Rows) -> list[bool]:
    if not len(left):
        return []
    import networkx as nx  # noqa: PLC0415 - heavy

    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    found = {(min(pair), max(pair)) for pair in nx.bridges(nx.Graph(pairs))}
    return [(min(pair), max(pair)) in found for pair in pairs]
