"""Books of outcome dates by providers that differ honestly: quarter ends, seasons, courses, small and large.

A provider's days are drawn by weight: the working week, a season and a trend of its own, and how much it
leans towards a quarter's last week, by which honest providers' shares there differ.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Simulation, provider_ids

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIRST, LAST = np.datetime64("2015-01-01"), np.datetime64("2017-12-31")
DAYS = np.arange(FIRST, LAST + 1)
WEEKDAY = (DAYS.astype(np.int64) + 3) % 7
MONTHS = DAYS.astype("datetime64[M]")
QUARTER_END = ((MONTHS.astype(np.int64) // 3 + 1) * 3).astype("datetime64[M]").astype("datetime64[D]") - 1
LAST_WEEK = (QUARTER_END - DAYS).astype(np.int64) <= 6  # noqa: PLR2004 - the rule's own seven days
# Mondays to Sundays: a working week with a little on Saturdays.
FRIDAY = 4
WEEK = np.array([1.1, 1.0, 1.0, 0.95, 0.9, 0.08, 0.03])
WINDOW_DAYS = 30
# Of those who left work, the share whose contracts end with the paid point.
AT_ONCE = 0.03
# The days from which the price is another one.
RISE, FALL = np.datetime64("2016-04-01"), np.datetime64("2017-04-01")
# Shares of the honest providers.
BEGIN_LATER, HOLD_COURSES, KEYED = 0.25, 0.3, 0.1
CONTRACT = {
    "id": "CPA01",
    "title": "An invented contract",
    "prime_id": "PR01",
    "start_date": date(2014, 6, 1),
    "end_date": date(2019, 5, 31),
}


def sizes(rng: np.random.Generator, providers: int, people: int) -> Ints:
    """Return how many rows each provider has, `people` in the mean: the largest ten times the smallest."""
    return np.maximum(rng.poisson(people * rng.lognormal(-0.18, 0.6, providers)), 1)


def weights(
    rng: np.random.Generator, lean: Floats, rest: Floats | None = None, *, gradual: bool = False
) -> Floats:
    """Return each provider's weight of each day (P, D), leaning by `lean` (P) to a quarter's last week.

    `rest` (P) is how much it leans to weekends; drawn where it is left out. Its own seasons change with the
    month, or gradually, by a mean of two months.
    """
    providers = len(lean)
    season = 0.3 * rng.normal(size=12)[MONTHS.astype(np.int64) % 12]
    own_season = 0.15 * rng.normal(size=(providers, 12))[:, MONTHS.astype(np.int64) % 12]
    trend = 0.4 * rng.normal(size=(providers, 1)) * np.linspace(-1, 1, len(DAYS))
    to_rest = 0.5 * rng.normal(size=providers) if rest is None else rest
    weekend = np.where(WEEKDAY > FRIDAY, to_rest[:, None], 0.0)
    rhythm = 0.1 * rng.normal(size=(providers, 3))[:, MONTHS.astype(np.int64) % 3]
    own = own_season + rhythm
    if gradual:
        own = np.stack([np.convolve(np.pad(one, 30, "edge"), np.full(61, 1 / 61), "valid") for one in own])
    begins = rng.integers(0, len(DAYS) // 2, (providers, 1)) * (rng.random((providers, 1)) < BEGIN_LATER)
    there = np.arange(len(DAYS)) >= begins
    weight = WEEK[WEEKDAY] * np.exp(season + own + trend + weekend + lean[:, None] * LAST_WEEK)
    return np.where(there, weight, 0.0)


def drawn(
    rng: np.random.Generator, weight: Floats, count: Ints, course: Ints | None = None
) -> tuple[Ints, Ints]:
    """Return provider and day (numbers) of each row; of `course` (P) rows together, all have one day."""
    group = np.ones(len(count), dtype=np.int64) if course is None else course
    owners, days = [], []
    for provider, (own, many, together) in enumerate(zip(weight, count, group, strict=True)):
        starts = rng.choice(len(DAYS), int(np.ceil(many / together)), p=own / own.sum())
        owners.append(np.full(many, provider))
        days.append(np.repeat(starts, together)[:many])
    return np.concatenate(owners), np.concatenate(days)


def claims(provider: Ints, day: Ints, **columns: Any) -> pl.DataFrame:
    """Return rows of claims for one milestone of one contract, a client each."""
    number = pl.int_range(len(day), eager=True).cast(pl.String)
    names = pl.Series(provider_ids(int(provider.max()) + 1))
    return pl.DataFrame(
        {
            "claim_id": "C" + number,
            "contract_id": pl.repeat("CPA01", len(day), eager=True),
            "provider_id": names.gather(provider),
            "tier": pl.repeat("prime", len(day), eager=True),
            "client_id": "P" + number,
            "outcome": pl.repeat("JOB", len(day), eager=True),
            "outcome_date": pl.Series(DAYS[day]).cast(pl.Date),
            "submitted_date": pl.Series(DAYS[day] + 14).cast(pl.Date),
            "amount_pence": pl.repeat(120_000, len(day), eager=True, dtype=pl.Int64),
            **columns,
        }
    )


def terms(**outcome: object) -> list[dict[str, object]]:
    """Return the contract of every book, with one milestone and its price."""
    job = {"code": "JOB", "kind": "milestone", "price": [{"amount": "1200.00"}]}
    return [{"contract": CONTRACT, "outcome": [job | outcome]}]


def _courses(rng: np.random.Generator, providers: int) -> Ints:
    """Return how many rows of each provider (P) have one day: 1, or for some a course's 4 to 15."""
    return np.where(rng.random(providers) < HOLD_COURSES, rng.integers(4, 16, providers), 1)


def leaning(
    lean: Callable[[np.random.Generator, int], Floats], *, courses: bool = False
) -> Callable[..., Book]:
    """Return a draw of dated outcomes whose providers lean to a quarter's last week as `lean` says."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        weight = weights(rng, lean(rng, providers))
        course = _courses(rng, providers) if courses else None
        rows = drawn(rng, weight, sizes(rng, providers, people), course)
        return {"claims": claims(*rows), "terms": terms()}

    return draw


def _normal(sd: float) -> Callable[[np.random.Generator, int], Floats]:
    return lambda rng, providers: sd * rng.normal(size=providers)


def _keyed_on_the_last_day(rng: np.random.Generator, providers: int) -> Floats:
    """Return leanings of which one in ten is of somebody who enters a fifth of a quarter on its last days."""
    return 0.1 * rng.normal(size=providers) + 1.4 * (rng.random(providers) < KEYED)


# At a lean of 0.37 the shares in the last week differ by 2.7 points, where PBR701's first version asked
# somebody in 77 % of honest books.
LEANINGS = {
    "alike": leaning(_normal(0.1)),
    "varied": leaning(_normal(0.37)),
    "heavy": leaning(lambda rng, providers: 0.1 * rng.standard_t(3, size=providers)),
    "courses": leaning(_normal(0.2), courses=True),
    "keyed": leaning(_keyed_on_the_last_day),
}


def clients(provider: Ints, start: Ints, **columns: Any) -> pl.DataFrame:
    """Return a registration for each row, with the ids that `claims` gives; `start` is a number of a day."""
    number = pl.int_range(len(start), eager=True).cast(pl.String)
    names = pl.Series(provider_ids(int(provider.max()) + 1))
    return pl.DataFrame(
        {
            "client_id": "P" + number,
            "contract_id": pl.repeat("CPA01", len(start), eager=True),
            "provider_id": names.gather(provider),
            "start_date": pl.Series(DAYS[start]).cast(pl.Date),
            **columns,
        }
    )


def opening(lean: Callable[[np.random.Generator, int], Floats]) -> Callable[..., Book]:
    """Return a draw of outcomes after a window opens; what came before stands on its first day.

    Providers differ in how soon their clients succeed, and by `lean` in how many stand there already.
    """

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        count = sizes(rng, providers, people)
        owner = np.repeat(np.arange(providers), count)
        already = (0.1 * np.exp(lean(rng, providers)))[owner]
        pace = (60 * np.exp(0.2 * rng.normal(size=providers)))[owner]
        wait = np.where(rng.random(len(owner)) < already, 0, rng.exponential(pace)).astype(np.int64)
        start = rng.integers(0, len(DAYS) - 400, len(owner))
        day = start + WINDOW_DAYS + np.minimum(wait, 300)
        weekend = (WEEKDAY[day] > FRIDAY) & (wait > 0)
        day += np.where(weekend, 7 - WEEKDAY[day], 0)
        return {
            "claims": claims(owner, day),
            "clients": clients(owner, start),
            "terms": terms(window_days=[WINDOW_DAYS, 400]),
        }

    return draw


OPENINGS = {
    "alike": opening(_normal(0.1)),
    "varied": opening(_normal(0.35)),
    "heavy": opening(lambda rng, providers: 0.1 * rng.standard_t(3, size=providers)),
    "standing": opening(_keyed_on_the_last_day),
}


def resting(lean: Callable[[np.random.Generator, int], Floats]) -> Callable[..., Book]:
    """Return a draw of dated outcomes whose providers lean to weekends as `lean` says."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        weight = weights(rng, 0.1 * rng.normal(size=providers), 0.7 + lean(rng, providers))
        return {"claims": claims(*drawn(rng, weight, sizes(rng, providers, people))), "terms": terms()}

    return draw


# Shops and hotels: one honest provider in ten that works with them has four times as many at weekends.
RESTS = {
    "alike": resting(_normal(0.15)),
    "varied": resting(_normal(0.4)),
    "heavy": resting(lambda rng, providers: 0.15 * rng.standard_t(3, size=providers)),
    "shops": resting(_keyed_on_the_last_day),
}


def stepping(
    lean: Callable[[np.random.Generator, int], Floats], *, courses: bool = False
) -> Callable[..., Book]:
    """Return a draw of outcomes around a rise and a fall of the price, whose sides' odds vary by `lean`."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        weight = weights(rng, 0.1 * rng.normal(size=providers), gradual=True)
        odds = lean(rng, providers)[:, None]
        near_rise = (DAYS >= RISE) & (DAYS < RISE + 28)
        near_fall = (DAYS < FALL) & (DAYS >= FALL - 28)
        weight *= np.exp(odds * (near_rise | near_fall))
        prices = [
            {"amount": "1000.00", "to": (RISE - 1).item()},
            {"amount": "1300.00", "from": RISE.item(), "to": (FALL - 1).item()},
            {"amount": "1100.00", "from": FALL.item()},
        ]
        course = _courses(rng, providers) if courses else None
        rows = drawn(rng, weight, sizes(rng, providers, people), course)
        return {"claims": claims(*rows), "terms": terms(price=prices)}

    return draw


STEPS = {
    "alike": stepping(_normal(0.1)),
    "varied": stepping(_normal(0.3)),
    "heavy": stepping(lambda rng, providers: 0.1 * rng.standard_t(3, size=providers)),
    "courses": stepping(_normal(0.1), courses=True),
}


def staying(lean: Callable[[np.random.Generator, int], Floats]) -> Callable[..., Book]:
    """Return a draw of work that ends after a paid point; providers differ in pace, and by `lean` at once."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        count = sizes(rng, providers, people)
        owner = np.repeat(np.arange(providers), count)
        at_once = (AT_ONCE * np.exp(lean(rng, providers)))[owner]
        pace = (250 * np.exp(0.3 * rng.normal(size=providers)))[owner]
        soon, late = rng.integers(0, 14, len(owner)), rng.exponential(pace).astype(np.int64)
        stays = np.where(rng.random(len(owner)) < at_once, soon, late)
        day = rng.integers(0, len(DAYS), len(owner))
        number = pl.int_range(len(day), eager=True).cast(pl.String)
        events = pl.DataFrame(
            {
                "client_id": "P" + number,
                "event": pl.repeat("employment", len(day), eager=True),
                "start_date": pl.Series(DAYS[day] - 182).cast(pl.Date),
                "end_date": pl.Series(DAYS[day] + stays).cast(pl.Date),
            }
        )
        return {"claims": claims(owner, day), "events": events, "terms": terms()}

    return draw


STAYS = {
    "alike": staying(_normal(0.1)),
    "varied": staying(_normal(0.4)),
    "heavy": staying(lambda rng, providers: 0.15 * rng.standard_t(3, size=providers)),
    "fixed": staying(_keyed_on_the_last_day),
}
SIMULATIONS = {
    "PBR705": Simulation(kinds=STAYS, failures={"fixed"}),
    "PBR704": Simulation(kinds=STEPS, failures={"courses"}, shift=0.4, people=(1_000, 3_000)),
    "PBR209": Simulation(kinds=RESTS, failures={"shops"}),
    "PBR701": Simulation(kinds=LEANINGS, failures={"keyed"}),
    "PBR703": Simulation(kinds=OPENINGS, failures={"standing"}),
}
