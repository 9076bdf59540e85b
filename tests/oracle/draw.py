"""A seeded generator that draws plain Python values, so that a world is the same on every machine."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draw:
    """Draws for one world."""

    def __init__(self, seed: int, number: int) -> None:
        """Start the sequence of the world of this number, which no other seed has."""
        self._rng = np.random.default_rng([seed, number])

    def chance(self, share: float) -> bool:
        """Return true in about `share` of the draws."""
        return bool(self._rng.random() < share)

    def between(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return int(self._rng.integers(low, high + 1))

    def one(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self._rng.integers(len(values)))]

    def some(self, values: Sequence[T], share: float) -> list[T]:
        """Return each value with the chance `share`, in their order."""
        return [value for value in values if self.chance(share)]

    def maybe(self, value: T, share: float) -> T | None:
        """Return the value in `share` of the draws, else None."""
        return value if self.chance(share) else None

    def near(self, day: date, most_days: int) -> date:
        """Return a day at most so many days from `day`; more often than not within one day of it."""
        most = 1 if self.chance(0.6) else most_days
        return day + timedelta(days=self.between(-most, most))
