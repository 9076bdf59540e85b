"""Invented results around a threshold, for PBR501: weeks and days in work, pounds earned, days waited.

Every kind is honest. Values heap at round numbers, at the threshold's and at others; what differs between
kinds is how providers differ in it. The share planted is of the people just short of the threshold.
"""

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.books import GRID, Cell, book
from benchmarks.calibration.simulation import Book, Draw, Simulation, provider_ids

Floats = NDArray[np.float64]
DAYS_A_WEEK = 7
TERMS = {
    "contract": {
        "id": "CPA01",
        "title": "An invented contract",
        "prime_id": "PR01",
        "start_date": date(2014, 6, 1),
        "end_date": date(2019, 5, 31),
    }
}
# Pounds: the heaps at thousands and at five thousands, as shares of the people, and the median earner.
ROUNDED_TO = ((5_000.0, 0.10), (1_000.0, 0.15))
MEDIAN_POUNDS = 11_000.0


def _book(values: list[Floats], measure: str, threshold: float, direction: str = "at_least") -> Book:
    """Return a book in which each provider has these final results."""
    sizes = [len(each) for each in values]
    results = pl.DataFrame(
        {
            "provider_id": np.repeat(provider_ids(len(values)), sizes),
            "measured_value": np.concatenate(values).astype(np.float64),
        }
    ).with_columns(
        client_id=pl.lit("P"),
        contract_id=pl.lit("CPA01"),
        outcome=pl.lit("JOB"),
        measured_date=pl.lit(date(2016, 5, 2)),
        final=pl.lit("true"),
    )
    outcome = {
        "code": "JOB",
        "kind": "milestone",
        "measure": measure,
        "threshold": threshold,
        "direction": direction,
        "price": [{"amount": "1200.00"}],
    }
    return {"measurements": results, "terms": [TERMS | {"outcome": [outcome]}]}


def _in_weeks(kind: str, rng: np.random.Generator, providers: int, people: int) -> list[Floats]:
    counts = book(rng, Cell(kind, providers, people, 0.0))
    return [np.repeat(GRID, row).astype(np.float64) for row in counts]


def _weeks(kind: str) -> Draw:
    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        return _book(_in_weeks(kind, rng, providers, people), "weeks_in_work", 26)

    return draw


def _days(kind: str) -> Draw:
    """Most of those at a multiple of 13 weeks end on the day, others at any day of their week."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        values = []
        for weeks in _in_weeks(kind, rng, providers, people):
            on_the_day = (np.mod(weeks, 13) == 0) & (rng.random(len(weeks)) < rng.uniform(0.6, 0.8))
            within = np.where(on_the_day, 0, rng.integers(0, DAYS_A_WEEK, len(weeks)))
            values.append(weeks * DAYS_A_WEEK + within)
        return _book(values, "days_in_work", 182)

    return draw


def _waits(kind: str) -> Draw:
    """Days waited, of which at most 182 pay: the same heaps, seen from the other side."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        in_weeks = _in_weeks(kind, rng, providers, people)
        values = [
            np.maximum(2 * 182 - weeks * DAYS_A_WEEK - rng.integers(0, DAYS_A_WEEK, len(weeks)), 1)
            for weeks in in_weeks
        ]
        return _book(values, "days_waited", 182, "at_most")

    return draw


def _support(rng: np.random.Generator, providers: int, people: int) -> Book:
    """Weeks, where one provider in ten keeps a third of those who would leave just before 26 for longer."""
    values = _in_weeks("usual", rng, providers, people)
    for place in range(0, providers, 10):
        weeks = values[place]
        kept = (weeks >= 22) & (weeks < 26) & (rng.random(len(weeks)) < 1 / 3)  # noqa: PLR2004
        values[place] = np.where(kept, rng.integers(27, 34, len(weeks)), weeks)
    return _book(values, "weeks_in_work", 26)


def _sizes(rng: np.random.Generator, providers: int, people: int) -> Book:
    """Weeks, where the largest providers have some ten times the people of the smallest."""
    sizes = np.maximum(people * np.exp(0.6 * rng.normal(size=providers)), 20).astype(np.int64)
    values = [_in_weeks("usual", rng, 1, int(size))[0] for size in sizes]
    return _book(values, "weeks_in_work", 26)


def _pounds(*, own_heaps: float, heavy: bool) -> Draw:
    """Earnings in pence, some told as round sums; providers differ in level, spread and rounding."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        values = []
        for _ in range(providers):
            level = np.log(MEDIAN_POUNDS) + 0.15 * rng.normal()
            earned = np.exp(level + rng.uniform(0.4, 0.6) * rng.normal(size=people))
            for every, share in ROUNDED_TO:
                tail = rng.standard_t(3) if heavy else rng.normal()
                told = rng.random(people) < share * np.exp(0.1 * tail)
                rounded = np.round(earned / every) * every
                kept = np.exp(own_heaps * rng.normal(size=int(rounded.max() / every) + 1))
                told &= rng.random(people) < 0.6 * kept[(rounded / every).astype(np.int64)]
                earned = np.where(told & (rounded > 0), rounded, earned)
            values.append(np.round(earned, 2))
        return _book(values, "pounds_earned", 10_000)

    return draw


KINDS: dict[str, Draw] = {
    "even": _weeks("even"),
    "usual": _weeks("usual"),
    "unshared": _weeks("unshared"),
    "retention": _weeks("retention"),
    "heavy": _weeks("heavy"),
    "rounding": _weeks("rounding"),
    "sizes": _sizes,
    "days": _days("usual"),
    "days own heaps": _days("unshared"),
    "waits at most": _waits("usual"),
    "pounds": _pounds(own_heaps=0.05, heavy=False),
    "pounds heavy": _pounds(own_heaps=0.15, heavy=True),
    "support": _support,
    "failure": _weeks("failure"),
}
SIMULATIONS = {"PBR501": Simulation(kinds=KINDS, failures={"support", "failure"}, shift=0.4)}
