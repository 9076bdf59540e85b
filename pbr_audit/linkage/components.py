"""Connected components of records, and the pairs within them."""

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import Pairs, packed

Labels = NDArray[np.int64]


def components(records: int, left: NDArray[np.integer], right: NDArray[np.integer]) -> Labels:
    """Return for each record the smallest row of the connected component that it is in."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 - heavy
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    numbers = connected_components(graph, directed=False)[1]
    # Numbers are given in the order in which components are met; the first row of each is its smallest.
    first = np.unique(numbers, return_index=True)[1]
    found: Labels = first[numbers]
    return found


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
