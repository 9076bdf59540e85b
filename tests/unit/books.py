"""Simulated books of final measured values, in weeks, for the tests of hole and pile."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRID = np.arange(7, 46)
THRESHOLD, UNIT, REACH = 26, 13, 4


@dataclass(frozen=True)
class Book:
    """Counts (P, K) of honest providers on GRID, people leaving at a steady rate and at every 13 weeks."""

    counts: NDArray[np.int64]

    def with_moved(self, providers: int, share: float, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the counts where the first `providers` moved a share of their near-misses to 26 weeks."""
        counts = self.counts.copy()
        short = (GRID >= THRESHOLD - REACH) & (GRID < THRESHOLD)
        moved = rng.binomial(counts[:providers, short], share)
        counts[:providers, short] -= moved
        counts[:providers, GRID == THRESHOLD] += moved.sum(1, keepdims=True)
        return counts


def book(rng: np.random.Generator, providers: int, people: int, heap_spread: float = 0.05) -> Book:
    """Return one book; heaps quadruple a week's count, times a factor that each provider has for its own."""
    stay = np.exp(-GRID / rng.uniform(20, 40, (providers, 1)))
    heap = 4 * np.exp(heap_spread * rng.normal(size=(providers, 1)))
    mean = stay * np.where(GRID % UNIT == 0, heap, 1.0)
    share = mean / mean.sum(1, keepdims=True)
    return Book(rng.multinomial(people, share))
