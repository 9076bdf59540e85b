"""Pairs of records side by side, as the measures see them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import Rows
from pbr_audit.linkage.coded import Codes, Values

Flags = NDArray[np.bool_]

# What stands for the likeness of two hidden names that sound alike, and for the slips between hidden values.
SOUNDS_ALIKE: Final = 0.89
MANY_SLIPS: Final = 99


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of `values`: the left record's and the right one's."""

    values: Values
    left: Rows
    right: Rows

    def __len__(self) -> int:
        return len(self.left)

    def codes(self, value: str, other: str | None = None) -> tuple[Codes, Codes]:
        """Return the left records' `value` and the right ones' `other` (the same one where it is left out).

        All 0 for a value that is not there.
        """
        found = []
        for name, rows in ((value, self.left), (other or value, self.right)):
            there = self.values.get(name)
            found.append(np.zeros(len(rows), dtype=np.uint32) if there is None else there.codes[rows])
        return found[0], found[1]

    def known(self, value: str) -> Flags:
        """Say of each pair whether both records have the value."""
        left, right = self.codes(value)
        return (left > 0) & (right > 0)

    def same(self, value: str, other: str | None = None) -> Flags:
        """Say of each pair whether the left one's `value` is the right one's `other`, and known."""
        left, right = self.codes(value, other)
        found: Flags = (left == right) & (left > 0)
        return found

    def at(self, places: NDArray[np.intp]) -> "Pairs":
        """Return the pairs at some places."""
        return Pairs(self.values, self.left[places], self.right[places])

    def texts(self, left: str, right: str) -> pl.DataFrame:
        """Return the left record's value `left` and the right one's `right`; all have to be known."""
        return pl.DataFrame(
            {
                "left": self.values[left].of(self.values[left].codes[self.left]),
                "right": self.values[right].of(self.values[right].codes[self.right]),
            }
        )

    def likeness(self, left: str, right: str) -> NDArray[np.float64]:
        """Return Jaro and Winkler's similarity of the texts, 0 to 1.

        Of keyed hashes nothing is known but whether the names behind them sound alike.
        """
        if self.values[left].opaque:
            return np.where(self.same(f"{left}__sound", f"{right}__sound"), SOUNDS_ALIKE, 0.0)
        import polars_ds  # noqa: PLC0415 - heavy

        texts = self.texts(left, right)
        return texts.select(polars_ds.str_jw("left", "right", parallel=True)).to_series().to_numpy()

    def slips(self, value: str) -> NDArray[np.int64]:
        """Return how many signs were changed, left out, put in or exchanged with the next one.

        Of keyed hashes it cannot be known, and counts as many.
        """
        if self.values[value].opaque:
            return np.full(len(self), MANY_SLIPS)
        import polars_ds  # noqa: PLC0415 - heavy

        texts = self.texts(value, value)
        found = texts.select(polars_ds.str_osa("left", "right", parallel=True)).to_series()
        return found.cast(pl.Int64).to_numpy()

    def slipped_once(self, value: str) -> Flags:
        """Say of each pair whether one sign is another one, or two neighbours are exchanged.

        For values that are of one length, and known: what `slips` would tell, several times quicker.
        """
        signs = self.values[value].signs
        left, right = self.codes(value)
        one, other = signs[left - 1], signs[right - 1]
        differ = one != other
        crossed = (one[:, 1:] == other[:, :-1]) & (one[:, :-1] == other[:, 1:]) & differ[:, 1:]
        times = differ.sum(axis=1)
        found: Flags = (times == 1) | ((times == 2) & crossed.any(axis=1))  # noqa: PLR2004 - signs exchanged
        return found

    def within(self, value: str, slips: int) -> Flags:
        """Say of each pair whether no more than so many slips part its values; never of keyed hashes."""
        found: Flags = np.zeros(len(self), dtype=np.bool_)
        if self.values[value].opaque:
            return found
        lengths = self.values[value].lengths
        left, right = self.codes(value)
        # Every slip makes a text one sign longer or shorter at the most.
        near = np.flatnonzero(np.abs(lengths[left] - lengths[right]) <= slips)
        found[near] = self.at(near).slips(value) <= slips
        return found
