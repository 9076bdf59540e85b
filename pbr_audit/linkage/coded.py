"""Values as numbers: each distinct text once, and for each record which of them it has.

Blocks, comparisons and frequencies then work on whole numbers, and each text is normalised, taken apart and
put under its variants once, however many records have it. Which number a text gets decides nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Step = Callable[[pl.Expr], pl.Expr]
Steps = tuple[Step, ...]

_SEED: Final = 7
# So many of the first texts say whether they repeat.
_LOOKED_AT: Final = 10_000


@dataclass(frozen=True)
class Coded:
    """One value of all records: `codes` by record, 0 where it is not known, and `texts[code - 1]`.

    `opaque` texts are keyed hashes: they are the same or are not, and nothing else can be seen.
    """

    codes: Codes
    texts: pl.Series
    opaque: bool = False

    def made(self, *steps: Step) -> "Coded":
        """Return the values that steps make of these, one after the other."""
        return self.mapped(lambda texts: applied(texts, *steps))

    def mapped(self, change: Callable[[pl.Series], pl.Series]) -> "Coded":
        """Return the values that `change` makes of the distinct texts of these."""
        made = encoded([change(self.texts)])[0]
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
    def signs(self) -> NDArray[np.uint8]:
        """Texts of one length, in plain letters and figures, sign by sign: a row each, by code less one."""
        signs = np.frombuffer("".join(self.texts).encode(), np.uint8)
        return signs.reshape(len(self.texts), len(signs) // max(len(self.texts), 1))

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """How many signs each text has, by code; the place of code 0 holds 0."""
        return np.concatenate([[np.int32(0)], self.texts.str.len_chars().cast(pl.Int32).to_numpy()])

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many records have each value, by code; the first is the number of those that have none."""
        return np.bincount(self.codes, minlength=len(self.texts) + 1)


def applied(texts: pl.Series, *steps: Step) -> pl.Series:
    """Return what steps make of texts, one after the other: what a step uses twice is worked out once."""
    for step in steps:
        texts = texts.alias("value").to_frame().select(step(pl.col("value"))).to_series()
    return texts


Values = Mapping[str, Coded]


def encoded(columns: Sequence[pl.Series], *, opaque: bool = False) -> list[Coded]:
    """Number the distinct texts of columns together: equal numbers are equal texts, in whichever column."""
    stacked = pl.concat([column.cast(pl.String).alias("value") for column in columns])
    codes, distinct = _by_category(stacked) if _repeats(stacked) else _each(stacked)
    lengths = [column.len() for column in columns]
    return [Coded(part, distinct, opaque) for part in np.split(codes, np.cumsum(lengths)[:-1])]


def _repeats(texts: pl.Series) -> bool:
    """Say whether texts stand there several times each, as names do and telephone numbers do not."""
    first = texts.head(_LOOKED_AT).drop_nulls()
    return first.n_unique() < first.len() / 2


def _by_category(texts: pl.Series) -> tuple[Codes, pl.Series]:
    """Number texts that repeat: three times quicker than by hashes, and four times slower if none does."""
    categories = texts.cast(pl.Categorical(pl.Categories.random())).to_physical().cast(pl.UInt32)
    codes = (categories + 1).fill_null(0).to_numpy()
    at = np.zeros(int(codes.max(initial=0)) + 1, dtype=np.uint32)
    at[codes] = np.arange(len(codes), dtype=np.uint32)
    return codes, texts.gather(at[1:])


def _each(stacked: pl.Series) -> tuple[Codes, pl.Series]:
    """Number texts of which nearly every one is another."""
    known = stacked.is_not_null().to_numpy()
    # In one piece: from many, texts are gathered fifteen times more slowly.
    texts = stacked.drop_nulls().rechunk()
    numbers, first = _by_hash(texts)
    distinct = texts.gather(first)
    if not (distinct.gather(numbers - 1) == texts).all():
        # Two texts have one hash, which happens once in many thousand tables of ten million values.
        numbers, first = _by_order(texts)
        distinct = texts.gather(first)
    codes = np.zeros(stacked.len(), dtype=np.uint32)
    codes[known] = numbers
    return codes, distinct


def _by_hash(texts: pl.Series) -> tuple[Codes, Codes]:
    """Number texts from 1 in the order of their hashes, and say where each stands: eight times quicker."""
    hashes = texts.hash(seed=_SEED).to_numpy()
    order = np.argsort(hashes)
    ordered = hashes[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(order)]
    numbers = np.empty(len(order), dtype=np.uint32)
    numbers[order] = np.cumsum(new)
    return numbers, order[new].astype(np.uint32)


def _by_order(texts: pl.Series) -> tuple[Codes, Codes]:
    """Number texts from 1 in their own order."""
    numbers = texts.rank("dense").cast(pl.UInt32).to_numpy()
    first = np.zeros(int(numbers.max()), dtype=np.uint32)
    first[numbers - 1] = np.arange(len(numbers), dtype=np.uint32)
    return numbers, first
