"""What the other providers' share of special rows is in each cell, with some of them left out.

A cell with few rows of others is no guide: its share is drawn towards the others' in the wider cell that it
lies in, and that towards the others' of all. Counts are whole numbers, so that what is left of a sum without
a provider is exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

Ints = NDArray[np.int64]
# So many of the other providers' rows elsewhere count beside those in a cell.
ELSEWHERE = 50.0
LEAST_SHARE = 1e-6


@dataclass(frozen=True)
class _Level:
    """Cells of one width by provider: a part (O) is what one provider has in one cell.

    `first` is a row of each part, `above` its part in the wider level; the others count beside `least` of
    that level's.
    """

    cell: Ints
    first: Ints
    above: Ints
    reached: Floats
    size: Floats
    least: float

    def others(self, values: Floats, silent: Ints) -> Floats:
        """Return for each part the sum over its cell without its provider and without the `silent` parts."""
        heard = np.bincount(self.cell, values)
        heard = heard - np.bincount(self.cell[silent], values[silent], len(heard))
        theirs = heard[self.cell] - values
        theirs[silent] = heard[self.cell[silent]]
        return np.asarray(theirs, dtype=np.float64)


class OthersInCells:
    """What the other providers' share is in each row's cell: drawn towards the wider cell's, and to all."""

    def __init__(
        self, provider: Ints, cells: tuple[ArrayLike, ArrayLike], reached: Floats, size: Floats
    ) -> None:
        """Take rows (N): whose they are, the narrow cell and the wider one, and `reached` of `size`."""
        narrow, wide = (np.asarray(cell, dtype=np.int64) for cell in cells)
        whose = codes(provider)
        self._part = np.zeros(len(whose), dtype=np.int64)
        self._levels = []
        for cell, least in ((np.zeros_like(narrow), 1.0), (wide, ELSEWHERE), (narrow, ELSEWHERE)):
            of, above = codes(cell), self._part
            _, first, self._part = np.unique(
                of * (whose.max(initial=-1) + 1) + whose, return_index=True, return_inverse=True
            )
            x, n = (np.bincount(self._part, values).astype(np.float64) for values in (reached, size))
            self._levels.append(_Level(of[first], first, above[first], x, n, least))

    def expected(self) -> tuple[Floats, Floats]:
        """Return each row's share and its error in rows' units."""
        nobody = np.zeros(0, dtype=np.int64)
        share, behind = self._share([nobody] * len(self._levels))
        return share, 1 / np.maximum(behind, 1.0)

    def without(self, group: Ints) -> Iterator[Floats]:
        """Yield each row's share as it is without the rows of one `group` (N), each in turn."""
        groups = [group[level.first] for level in self._levels]
        for one in range(int(group.max()) + 1):
            yield self._share([np.flatnonzero(of == one) for of in groups])[0]

    def _share(self, silent: Sequence[Ints]) -> tuple[Floats, Floats]:
        """Return each row's share and how many rows it rests on, without the `silent` parts of each level."""
        share, behind = np.array([0.5]), np.array([1.0])
        for level, left_out in zip(self._levels, silent, strict=True):
            others, special = (level.others(values, left_out) for values in (level.size, level.reached))
            share = (special + level.least * share[level.above]) / (others + level.least)
            behind = others + np.minimum(level.least, behind[level.above])
        return np.clip(share, LEAST_SHARE, 1 - LEAST_SHARE)[self._part], behind[self._part]


def codes(values: Ints) -> Ints:
    """Return whole numbers from 0, as many as there are different ones among `values`, in their order."""
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)
