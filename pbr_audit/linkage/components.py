"""Connected components of records, and the pairs within them."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Members:
    """The rows of several components: `rows` one component after another, `starts` and `sizes` of each."""

    rows: Labels
    starts: Labels
    sizes: Labels

    def of(self, place: int) -> Labels:
        """Return the rows of one component, ascending."""
        return self.rows[self.starts[place] : self.starts[place] + self.sizes[place]]


def members(labels: Labels, least: int, most: int) -> Members:
    """Return the components of `least` to `most` records, the smallest first."""
    sizes = np.bincount(labels, minlength=len(labels))[labels]
    rows = np.flatnonzero((sizes >= least) & (sizes <= most))
    rows = rows[np.lexsort((rows, labels[rows], sizes[rows]))]
    starts = np.flatnonzero(np.diff(labels[rows], prepend=-1) != 0)
    return Members(rows, starts, sizes[rows[starts]])


def pairs_within(groups: Members) -> Pairs:
    """Return every pair of two rows of one component, one component after another."""
    found = [np.empty(0, np.uint64)]
    for size in np.unique(groups.sizes).tolist():
        left, right = np.triu_indices(size, 1)
        starts = groups.starts[groups.sizes == size]
        rows = groups.rows[starts[:, None] + np.arange(size)]
        found.append(packed(rows[:, left].ravel(), rows[:, right].ravel()))
    return np.concatenate(found)
