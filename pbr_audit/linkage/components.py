"""Connected components of records, and the pairs within them."""

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
    """Return the rows of each component of at least so many records, in ascending order."""
    order = np.argsort(labels, kind="stable")
    begins = np.flatnonzero(np.concatenate([[True], labels[order][1:] != labels[order][:-1]])[: len(order)])
    return [rows for rows in np.split(order, begins[1:]) if len(rows) >= least]


def pairs_within(groups: list[NDArray[np.int64]]) -> Pairs:
    """Return every pair of two rows of one group."""
    found = [
        packed(rows[left], rows[right]) for rows in groups for left, right in [np.triu_indices(len(rows), 1)]
    ]
    return np.concatenate(found) if found else np.empty(0, np.uint64)
