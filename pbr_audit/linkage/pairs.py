"""Pairs of records side by side, as the measures see them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.blocks import Rows
from pbr_audit.linkage.coded import Codes, Values

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Pairs of rows of `values`: the left record's and the right one's."""

    values: Values
    left: Rows
    right: Rows

    def __len__(self) -> int:
        return len(self.left)

    def codes(self, value: str) -> tuple[Codes, Codes]:
        codes = self.values[value].codes
        return codes[self.left], codes[self.right]

    def known(self, value: str) -> Flags:
        """Say of each pair whether both records have the value."""
        left, right = self.codes(value)
        return (left > 0) & (right > 0)

    def same(self, value: str) -> Flags:
        """Say of each pair whether both have the value, and it is one."""
        left, right = self.codes(value)
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
        """Return Jaro and Winkler's similarity of the texts, 0 to 1."""
        import polars_ds  # noqa: PLC0415 - heavy

        texts = self.texts(left, right)
        return texts.select(polars_ds.str_jw("left", "right", parallel=True)).to_series().to_numpy()

    def slips(self, value: str) -> NDArray[np.int64]:
        """Return how many signs were changed, left out, put in or exchanged with the next one."""
        import polars_ds  # noqa: PLC0415 - heavy

        texts = self.texts(value, value)
        found = texts.select(polars_ds.str_osa("left", "right", parallel=True)).to_series()
        return found.cast(pl.Int64).to_numpy()
