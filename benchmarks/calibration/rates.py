"""Books of published rates, of clients and of advisers, for the rules that hold a rate against its peers.

Honest providers differ in their own rate, by 2 to 10 points, in size, in the area, group and risk of the
people whom they are sent, and in what no table says of them.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Draw, Simulation, provider_ids

Floats = NDArray[np.float64]
USUAL_RATE = 0.35
QUARTERS = ("2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4")


def _normal(rng: np.random.Generator, size: int) -> Floats:
    return rng.normal(size=size)


def _heavy(rng: np.random.Generator, size: int) -> Floats:
    """Return Student's t with five degrees of freedom, of variance 1."""
    return np.asarray(rng.standard_t(5, size=size) * 0.6**0.5)


def _very_heavy(rng: np.random.Generator, size: int) -> Floats:
    """Return Student's t with three degrees of freedom, of variance 1."""
    return np.asarray(rng.standard_t(3, size=size) / 3**0.5)


def _skewed(rng: np.random.Generator, size: int) -> Floats:
    """Return a gamma distribution of shape 4 about 0, of variance 1: honest providers above, few below."""
    return np.asarray((rng.gamma(4.0, size=size) - 4) / 2)


SHAPES = {"normal": _normal, "heavy": _heavy, "very_heavy": _very_heavy, "skewed": _skewed}


def _sizes(rng: np.random.Generator, providers: int, people: int) -> NDArray[np.int64]:
    """Return how many people each provider has: a third as many, or three times as many, are usual."""
    return np.clip(rng.lognormal(np.log(people), 0.7, providers), 30, 6_000).astype(np.int64)


def _own_rates(rng: np.random.Generator, providers: int, spread: float, shape: str) -> Floats:
    return np.clip(USUAL_RATE + spread * SHAPES[shape](rng, providers), 0.02, 0.95)


def _published(spread: float, shape: str = "normal") -> Draw:
    """Return books of four quarters of published rates, each with a drift that all providers share."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        cohort = np.maximum(_sizes(rng, providers, people)[:, None] // 4, 1)
        cohort = np.broadcast_to(cohort, (providers, 4))
        rate = _own_rates(rng, providers, spread, shape)[:, None] + 0.03 * rng.normal(size=4)
        achieved = rng.binomial(cohort, np.clip(rate, 0.02, 0.95))
        return {
            "performance": pl.DataFrame(
                {
                    "provider_id": np.repeat(provider_ids(providers), 4),
                    "period": QUARTERS * providers,
                    "cohort_size": cohort.ravel(),
                    "achieved": achieved.ravel(),
                }
            ).with_columns(contract_id=pl.lit("CPA01"), outcome=pl.lit("JOB")),
            "terms": [],
        }

    return draw


SIMULATIONS = {
    "PBR901": Simulation(
        kinds={
            "2 points": _published(0.02),
            "5 points": _published(0.05),
            "10 points": _published(0.10),
            "heavy tails": _published(0.05, "heavy"),
            "very heavy": _published(0.05, "very_heavy"),
            "skewed": _published(0.05, "skewed"),
        },
        failures={"very heavy", "skewed"},
        people=(300, 1_000, 3_000),
    ),
}
