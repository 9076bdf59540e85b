"""A table while it is being invented: named arrays of one length, never changed in place.

Days are whole days since 1970-01-01. What is missing is MISSING in a column of days and references, -1 in
a column of places in a list, and NaN in a column of measures.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Array = NDArray[Any]

MISSING = -(2**40)


class Columns(Mapping[str, Array]):
    """Named arrays of one length; every method returns a new table."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        """Hold `arrays`, all of one length."""
        self._arrays = dict(arrays)
        lengths = {len(array) for array in self._arrays.values()}
        if len(lengths) > 1:
            raise ValueError("columns of one table differ in length")
        self.height = lengths.pop() if lengths else 0

    def __getitem__(self, name: str) -> Array:
        """Return one column."""
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the columns' names."""
        return iter(self._arrays)

    def __len__(self) -> int:
        """Return how many columns there are, as a mapping does."""
        return len(self._arrays)

    def having(self, **arrays: Array) -> "Columns":
        """Return the table with whole columns added or replaced."""
        return Columns({**self._arrays, **arrays})

    def changed(self, rows: Ints, values: Mapping[str, Any]) -> "Columns":
        """Return the table with other `values` (arrays as long as `rows`, or scalars) in some rows."""
        arrays = dict(self._arrays)
        for name, value in values.items():
            array = arrays[name].copy()
            array[rows] = value
            arrays[name] = array
        return Columns(arrays)

    def taken(self, rows: Ints | Bools) -> "Columns":
        """Return some rows, by place or by mask, in that order."""
        return Columns({name: array[rows] for name, array in self._arrays.items()})

    def followed_by(self, *others: "Columns") -> "Columns":
        """Return the rows of this table and then those of others with the same columns."""
        return Columns(
            {
                name: np.concatenate([array, *(other[name] for other in others)])
                for name, array in self._arrays.items()
            }
        )


def grouped_sum(groups: Ints, count: int, of: Array) -> Ints:
    """Return how many of `of` (a mask, or whole numbers) each of `count` groups holds."""
    return np.bincount(groups, weights=of, minlength=count).astype(np.int64)
