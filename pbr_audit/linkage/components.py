"""Connected components of records, and the pairs within them."""

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import Pairs, packed

Labels = NDArray[np.int64]


def components(records: int, left: NDArray[np.integer], right: NDArray[np.integer]) -> Labels:
    """Return for each record the smallest row of the connected component that it is in.

    Each round hangs every tree below the lowest one that a pair joins it to. Quicker than scipy's search for
    many small components in many records, and the labels need no order.
    """
    labels: Labels = np.arange(records)
    left, right = np.asarray(left), np.asarray(right)
    while True:
        one, other = labels[left], labels[right]
        apart = one != other
        if not apart.any():
            return labels
        left, right, one, other = left[apart], right[apart], one[apart], other[apart]
        np.minimum.at(labels, np.maximum(one, other), np.minimum(one, other))
        labels = _at_their_root(labels)


def _at_their_root(labels: Labels) -> Labels:
    while True:
        above = labels[labels]
        if (above == labels).all():
            return labels
        labels = above


def members(labels: Labels, least: int) -> list[NDArray[np.int64]]:
    """Return the rows of each component of at least so many records, ascending; the smallest first."""
    sizes = np.bincount(labels, minlength=len(labels))[labels] if len(labels) else labels
    rows = np.flatnonzero(sizes >= least)
    rows = rows[np.lexsort((rows, labels[rows], sizes[rows]))]
    begins = np.flatnonzero(np.diff(labels[rows]) != 0) + 1
    return np.split(rows, begins) if len(rows) else []


def pairs_within(groups: list[NDArray[np.int64]]) -> Pairs:
    """Return every pair of two rows of one group; the groups of one size have to stand together."""
    found = [np.empty(0, np.uint64)]
    for size, alike in groupby(groups, key=len):
        left, right = np.triu_indices(size, 1)
        rows = np.stack(list(alike))
        found.append(packed(rows[:, left].ravel(), rows[:, right].ravel()))
    return np.concatenate(found)
