"""Honest books about who was chosen: providers differ in whom they are sent and whom they may take."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Simulation, provider_ids

Floats = NDArray[np.float64]
FIRST_DAY, DAYS = date(2015, 1, 1), 540
AREAS, GROUPS = np.array(["Easton", "Norbury", "Weston"]), np.array(["18-24", "25+"])
CONTRACT = "CPA01"
# People from where a provider mostly works.
AT_HOME = 0.7


def _sizes(rng: np.random.Generator, providers: int, people: int) -> NDArray[np.int64]:
    """Return how many people each provider has: about `people`, from half to twice as many."""
    spread = np.exp(rng.uniform(-np.log(2), np.log(2), providers))
    size: NDArray[np.int64] = np.maximum(np.round(people * spread / spread.mean()), 5).astype(np.int64)
    return size


def _days(offset: NDArray[np.int64]) -> pl.Series:
    """Return days counted from the first of the books."""
    first = (FIRST_DAY - date(1970, 1, 1)).days
    return pl.Series(offset + first, dtype=pl.Int32).cast(pl.Date)


def _people(
    rng: np.random.Generator, providers: int, people: int
) -> tuple[NDArray[np.int64], pl.DataFrame, Floats]:
    """Return each person's provider, what is known of them, and how hard they are in log odds.

    Providers are sent people of their own kind: some harder ones, some more varied; areas, groups and seasons
    differ in both.
    """
    size = _sizes(rng, providers, people)
    who = np.repeat(np.arange(providers), size)
    n = len(who)
    area, group, day = rng.integers(0, 3, n), rng.integers(0, 2, n), rng.integers(0, DAYS, n)
    # An area's and a season's own level; two areas in three for most providers.
    area = np.where(rng.random(n) < AT_HOME, (who + (area > 1)) % 3, area)
    level = (
        0.4 * rng.normal(size=providers)[who]
        + 0.3 * rng.normal(size=3)[area]
        + 0.3 * rng.normal(size=2)[group]
    )
    season = 0.2 * np.sin(2 * np.pi * day / 365)
    spread = np.exp(0.15 * rng.normal(size=providers))[who]
    hard = level + season + spread * rng.normal(size=n)
    known = pl.DataFrame(
        {
            "provider_id": np.array(provider_ids(providers))[who],
            "contract_id": np.full(n, CONTRACT),
            "area": AREAS[area],
            "group": GROUPS[group],
            "day": day,
            "risk_score": np.round(1 / (1 + np.exp(-hard)), 3),
        }
    )
    return who, known, hard - level - season


Taste = Callable[[np.random.Generator, int, NDArray[np.int64], NDArray[np.int64]], Floats]


def _referrals(taste: Taste, ease: float = 1.9) -> Callable[[np.random.Generator, int, int], Book]:
    """Return a draw of referrals; `taste` gives each the log odds that a deviation of risk costs.

    `ease`, the log odds of being accepted at average risk: 1.9 is six in seven.
    """

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        who, known, own = _people(rng, providers, people)
        half = (known["day"].to_numpy() > DAYS // 2).astype(np.int64)
        odds = rng.normal(ease, 0.4, providers)[who] - taste(rng, providers, who, half) * own
        accepted = rng.random(len(who)) < 1 / (1 + np.exp(-odds))
        # Reasons in the words of the source: the hard are more often said to be unsuitable.
        unsuitable = rng.random(len(who)) < 1 / (1 + np.exp(1 - own))
        reason = np.where(unsuitable, "not suitable", "no capacity")
        referrals = known.with_columns(
            referral_id=pl.int_range(pl.len()).cast(pl.String),
            referral_date=_days(known["day"].to_numpy()),
            decision=pl.Series(np.where(accepted, "accepted", "rejected")),
            reason=pl.when(pl.Series(~accepted)).then(pl.Series(reason)),
        )
        return {"referrals": referrals.drop("day")}

    return draw


def _plain(rng: np.random.Generator, providers: int, who: NDArray[np.int64], _: NDArray[np.int64]) -> Floats:
    return rng.normal(0.3, 0.15, providers)[who]


def _much(rng: np.random.Generator, providers: int, who: NDArray[np.int64], _: NDArray[np.int64]) -> Floats:
    return rng.normal(0.5, 0.3, providers)[who]


def _heavy(rng: np.random.Generator, providers: int, who: NDArray[np.int64], _: NDArray[np.int64]) -> Floats:
    """Return tastes with heavy tails, which last."""
    return 0.3 + 0.15 * rng.standard_t(3, size=providers)[who]


def _passing(
    rng: np.random.Generator, providers: int, who: NDArray[np.int64], half: NDArray[np.int64]
) -> Floats:
    """Return tastes with heavy tails, drawn anew for the second half: another manager."""
    return 0.3 + 0.15 * rng.standard_t(3, size=(providers, 2))[who, half]


SIMULATIONS = {
    "PBR601": Simulation(
        kinds={
            "plain": _referrals(_plain),
            "choosy": _referrals(_plain, ease=1.0),
            "much": _referrals(_much),
            "heavy": _referrals(_heavy),
            "passing": _referrals(_passing),
        },
        failures={"heavy"},
        shift=1.0,
        people=(300, 1_000, 3_000),
    ),
}
