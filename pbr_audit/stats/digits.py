"""Digits of whole pence and of self-reported measures: first two, second and last; and values that repeat.

Whole numbers throughout: a digit taken from a float is wrong where 0.29 is 0.28999…, as it was for 146 of
185,083 payments in a reference package. A deviation is told as its size beyond what chance gives (excess
mean absolute deviation) and not by a p-value alone: on a million amounts every deviation is significant. It
is never evidence by itself: a price list breaks the law of first digits, and so does a cap.

Source: Nigrini (2012) for the tests; Barney and Schulzke (2016), Journal of Forensic Accounting Research 1,
for the excess; Simonsohn (2013), Psychological Science 24, for repeated values.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

Whole = NDArray[np.int64]
# 10, 100, … as far as a 64-bit whole number goes.
POWERS = 10 ** np.arange(1, 19, dtype=np.int64)
# By the number of digits less one: what an amount is divided by to leave its first two.
CUTS = np.concatenate([[1, 1], POWERS[:-1]]).astype(np.int64)


@dataclass(frozen=True)
class Conditions:
    """What the law of first digits asks of the amounts above 0; `met` where all of it is there."""

    values: int
    distinct: int
    magnitudes: float

    @property
    def met(self) -> bool:
        """At least 1,000 values, 100 different, and three powers of ten between 1st and 99th percentile."""
        return self.values >= 1_000 and self.distinct >= 100 and self.magnitudes >= 3  # noqa: PLR2004


@dataclass(frozen=True)
class Deviation:
    """Digits against what was expected of them; arrays of one length, a place a digit.

    `counts`, and `expected` shares; `mad`, the mean absolute difference of shares; `by_chance`, what as many
    values give in the mean with nothing amiss, and `excess` = mad - by_chance. `p_value` by simulation,
    one-sided.
    """

    counts: Whole
    expected: Floats
    mad: float
    by_chance: float
    p_value: float

    @property
    def excess(self) -> float:
        """How far the shares are off beyond chance, in share a digit; below 0 where nearer than chance."""
        return self.mad - self.by_chance


def first_two_digits(amount: ArrayLike) -> Whole:
    """Return how many amounts begin with 10, 11, … 99 (90 counts). In whole pence; below 10 none."""
    value = _whole(amount)
    value = value[value >= POWERS[0]]
    leading = value // CUTS[np.searchsorted(POWERS, value, side="right")]
    return np.bincount(leading, minlength=100)[10:]


def second_digits(first_two: ArrayLike) -> Whole:
    """Return how often 0, 1, … 9 is the second digit (10 counts), from the counts of the first two (90)."""
    counts: Whole = np.asarray(first_two, dtype=np.int64).reshape(9, 10).sum(0)
    return counts


def last_digits(value: ArrayLike, places: int = 1) -> Whole:
    """Return how many values end in each of the 10**places endings. Whole numbers, the sign left aside."""
    base = 10**places
    return np.bincount(np.abs(_whole(value)) % base, minlength=base)


def benford_first_two() -> Floats:
    """Return the shares of 10, 11, … 99 under the law of first digits, log10(1 + 1/d)."""
    return np.asarray(np.log10(1 + 1 / np.arange(10, 100)))


def benford_second() -> Floats:
    """Return the shares of 0, 1, … 9 as second digit under the law of first digits."""
    return np.asarray(benford_first_two().reshape(9, 10).sum(0))


def benford_conditions(amount: ArrayLike) -> Conditions:
    """Return how many amounts are above 0, how many different, and the powers of ten that they span.

    A cap, a floor and a price list have to be known from the contract: no column shows them for certain.
    """
    value = _whole(amount)
    value = value[value > 0]
    if not value.size:
        return Conditions(0, 0, 0.0)
    low, high = np.quantile(value, [0.01, 0.99], method="nearest")
    return Conditions(value.size, np.unique(value).size, float(np.log10(high / low)))


def deviation(counts: ArrayLike, expected: ArrayLike, repeats: int, rng: np.random.Generator) -> Deviation:
    """Return how far `counts` (D) lie from the shares `expected` (D), beyond chance.

    `expected` shares add up to 1: the law's, equal ones, or those of peers. The null is `repeats` simulated
    samples of as many independent values; values of one client that hang together deviate more by chance
    than it says. All NaN without a value.
    """
    observed, usual = np.asarray(counts, dtype=np.int64), np.asarray(expected, dtype=np.float64)
    total = int(observed.sum())
    if not total:
        return Deviation(observed, usual, float("nan"), float("nan"), float("nan"))
    mad = float(np.abs(observed / total - usual).mean())
    null = np.abs(rng.multinomial(total, usual / usual.sum(), size=repeats) / total - usual).mean(axis=1)
    further = int((null >= mad * (1 - 1e-12)).sum())
    return Deviation(observed, usual, mad, float(null.mean()), (1 + further) / (1 + repeats))


def deviation_by_chance(total: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of the mean absolute difference that `total` values give by chance.

    `total` (T), numbers of values; `expected` (D) shares that add up to 1. In closed form, each digit's
    count taken as normal and apart from the others: within 2 % of what `deviation` simulates, from 1,000
    values and 90 digits on. For many sets of digits at once, where simulating is slow.
    """
    n, usual = np.asarray(total, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    variance = usual * (1 - usual) / n[..., None]
    mean = np.sqrt(2 / np.pi * variance).mean(axis=-1)
    return mean, np.sqrt((1 - 2 / np.pi) * variance.sum(axis=-1)) / len(usual)


@dataclass(frozen=True)
class Repeats:
    """How often a value meets its own like: `average` (times, 1 where all differ) and what shuffling gives.

    `by_chance` is the mean of the shuffled values' averages; `p_value` one-sided, never 0.
    """

    average: float
    by_chance: float
    p_value: float


def number_bunching(value: ArrayLike, places: int, repeats: int, rng: np.random.Generator) -> Repeats:
    """Return how often values repeat, against the same values with their last `places` digits shuffled.

    `value` (N), whole numbers, not below 0. The average frequency Σf²/Σf is that of a value drawn at
    random. Shuffling keeps the sizes of values and how often each ending is used, so that round endings are
    no query, and breaks the tie of a size to its ending: values copied from one another keep it. A fixed
    price list repeats by design; do not ask it. On many values the p-value finds the slope of an honest
    distribution within 10**places: read the average against what shuffling gives. NaN without a value.
    Source: Simonsohn (2013), as `repeated_test` of R's jfa has it.
    """
    whole = _whole(value)
    if not whole.size:
        return Repeats(float("nan"), float("nan"), float("nan"))
    base = 10**places
    front, ending = whole - whole % base, whole % base
    seen = _average_frequency(whole)
    null = np.array([_average_frequency(front + rng.permutation(ending)) for _ in range(repeats)])
    further = int((null >= seen * (1 - 1e-12)).sum())
    return Repeats(seen, float(null.mean()), (1 + further) / (1 + repeats))


def _average_frequency(value: Whole) -> float:
    _, counts = np.unique(value, return_counts=True)
    return float((counts.astype(np.float64) ** 2).sum() / counts.sum())


def _whole(value: ArrayLike) -> Whole:
    numbers = np.asarray(value)
    if numbers.size and not np.issubdtype(numbers.dtype, np.integer):
        raise TypeError("digits are counted on whole numbers; give amounts in pence")
    return numbers.astype(np.int64)
