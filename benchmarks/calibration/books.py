"""Invented books of final measured values in whole weeks, by providers of whom some move claims.

People leave week by week, and more of them at every 13 weeks than just before or after: contracts, courses
and follow-up calls end there. Every scenario is honest; moving comes on top.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
GRID = np.arange(7, 46)
THRESHOLD, UNIT, REACH = 26, 13, 4
# A heap holds that many times a week's leavers.
HEAP = 4.0
DISTANCE = (GRID - THRESHOLD) / (1.5 * UNIT)
MULTIPLE = GRID % UNIT == 0


@dataclass(frozen=True)
class Scenario:
    """How honest providers differ; `failure` marks the known limit, which is shown and not judged."""

    says: str
    weights: Callable[[np.random.Generator, int], Floats]
    failure: bool = False


def _leaving(rng: np.random.Generator, providers: int, heap: Floats) -> Floats:
    """Return weights (P, K): an exponential of its own for each provider, times its heap at each multiple."""
    stay = np.exp(-GRID / rng.uniform(20, 40, (providers, 1)))
    return stay * np.where(MULTIPLE, HEAP * np.exp(heap), 1.0)


def _spread(sd: float) -> Callable[[np.random.Generator, int], Floats]:
    def weights(rng: np.random.Generator, providers: int) -> Floats:
        return _leaving(rng, providers, sd * rng.normal(size=(providers, 1)))

    return weights


def _unshared(sd: float) -> Callable[[np.random.Generator, int], Floats]:
    def weights(rng: np.random.Generator, providers: int) -> Floats:
        shared = 0.05 * rng.normal(size=(providers, 1))
        return _leaving(rng, providers, shared + sd * rng.normal(size=(providers, len(GRID))))

    return weights


def _retention_work(rng: np.random.Generator, providers: int) -> Floats:
    """Return weights where slope and bend differ: some support people early, some late."""
    shape = (
        0.3 * rng.normal(size=(providers, 1)) * DISTANCE + 0.3 * rng.normal(size=(providers, 1)) * DISTANCE**2
    )
    return _spread(0.05)(rng, providers) * np.exp(shape)


def _heavy_tails(rng: np.random.Generator, providers: int) -> Floats:
    """Return weights whose heaps differ by a t-distribution with three degrees of freedom."""
    return _leaving(rng, providers, 0.05 * rng.standard_t(3, size=(providers, 1)))


def _rounding_up(rng: np.random.Generator, providers: int) -> Floats:
    """Return weights where people a week or two short of any multiple are written down as there."""
    result = _spread(0.05)(rng, providers)
    share = rng.beta(2, 38, (providers, 1))
    for place in np.flatnonzero(MULTIPLE):
        short = slice(max(place - 2, 0), place)
        rounded = share * result[:, short]
        result[:, short] -= rounded
        result[:, place] += rounded.sum(1)
    return result


SCENARIOS = {
    "even": Scenario("heaps spread by 2 %", _spread(0.02)),
    "usual": Scenario("heaps spread by 5 %", _spread(0.05)),
    "unshared": Scenario("each heap by 15 % of its own", _unshared(0.15)),
    "retention": Scenario("slopes and bends differ", _retention_work),
    "heavy": Scenario("heaps with heavy tails", _heavy_tails),
    "rounding": Scenario("people short of any multiple are rounded up", _rounding_up),
    "failure": Scenario("each heap by 30 % of its own", _unshared(0.30), failure=True),
}


@dataclass(frozen=True)
class Cell:
    """What the books of one line of the table are like; `share` of their near-misses is moved."""

    name: str
    providers: int
    people: int
    moving_share: float
    share: float = 0.4

    @property
    def scenario(self) -> Scenario:
        """How honest providers differ here."""
        return SCENARIOS[self.name]

    @property
    def moving(self) -> int:
        """Number of providers that move claims; at least one where the share is above 0."""
        return max(1, round(self.providers * self.moving_share)) if self.moving_share else 0


def book(rng: np.random.Generator, cell: Cell) -> Counts:
    """Return counts (P, K); the first providers move a share of their near-misses to the threshold."""
    weights = cell.scenario.weights(rng, cell.providers)
    counts = rng.multinomial(cell.people, weights / weights.sum(1, keepdims=True))
    short = (GRID >= THRESHOLD - REACH) & (GRID < THRESHOLD)
    moved = rng.binomial(counts[: cell.moving, short], cell.share)
    counts[: cell.moving, short] -= moved
    counts[: cell.moving, GRID == THRESHOLD] += moved.sum(1, keepdims=True)
    return counts
