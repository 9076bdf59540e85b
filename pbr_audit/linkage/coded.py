"""Values as numbers: each distinct text once, and for each record which of them it has.

Blocks, comparisons and frequencies then work on whole numbers, and each text is normalised, taken apart and
put under its variants once, however many records have it. Which number a text gets decides nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Step = Callable[[pl.Expr], pl.Expr]


@dataclass(frozen=True)
class Coded:
    """One value of all records: `codes` by record, 0 where it is not known, and `texts[code - 1]`.

    `opaque` texts are keyed hashes: they are the same or are not, and nothing else can be seen.
    """

    codes: Codes
    texts: pl.Series
    opaque: bool = False

    def made(self, step: Step) -> "Coded":
        """Return the values that `step` makes of these."""
        made = encoded([self.texts.to_frame("value").select(step(pl.col("value"))).to_series()])[0]
        return Coded(np.concatenate([[np.uint32(0)], made.codes])[self.codes], made.texts)

    def ordered(self, order: NDArray[np.integer]) -> "Coded":
        return Coded(self.codes[order], self.texts, self.opaque)

    def of(self, codes: Codes) -> pl.Series:
        """Return the texts of codes, none of which may be 0."""
        return self.texts.gather(codes - 1)

    @cached_property
    def numbers(self) -> NDArray[np.int64]:
        """Texts that are whole numbers, as such, by code; the place of code 0 holds 0."""
        return np.concatenate([[0], self.texts.cast(pl.Int64).to_numpy()])

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many records have each value, by code; the first is the number of those that have none."""
        return np.bincount(self.codes, minlength=len(self.texts) + 1)


Values = Mapping[str, Coded]


def encoded(columns: Sequence[pl.Series], *, opaque: bool = False) -> list[Coded]:
    """Number the distinct texts of columns together: equal numbers are equal texts, in whichever column."""
    stacked = pl.concat([column.cast(pl.String).alias("value") for column in columns])
    category = stacked.cast(pl.Categorical(pl.Categories.random()))
    distinct = category.drop_nulls().unique()
    numbers = distinct.to_physical().to_numpy()
    place = np.zeros(int(numbers.max()) + 1 if len(numbers) else 1, dtype=np.uint32)
    place[numbers] = np.arange(1, len(numbers) + 1, dtype=np.uint32)
    codes = np.zeros(stacked.len(), dtype=np.uint32)
    known = stacked.is_not_null().to_numpy()
    codes[known] = place[category.drop_nulls().to_physical().to_numpy()]
    texts = distinct.cast(pl.String)
    lengths = [column.len() for column in columns]
    return [Coded(part, texts, opaque) for part in np.split(codes, np.cumsum(lengths)[:-1])]
