"""Honest books about who was chosen: providers differ in whom they are sent and whom they may take."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Draw, Simulation, provider_ids

Floats = NDArray[np.float64]
FIRST_DAY, DAYS = date(2015, 1, 1), 540
AREAS, GROUPS = np.array(["Easton", "Norbury", "Weston"]), np.array(["18-24", "25+"])
CONTRACT = "CPA01"
WINDOW = 365
TERMS: dict[str, Any] = {
    "contract": {
        "id": CONTRACT,
        "title": "An invented contract",
        "prime_id": "PR01",
        "start_date": date(2014, 1, 1),
        "end_date": date(2018, 12, 31),
    },
    "outcome": [
        {
            "code": "JOB",
            "kind": "milestone",
            "window_days": [60, WINDOW],
            "price": [{"amount": "1000.00"}],
        }
    ],
}
# People from where a provider mostly works.
AT_HOME = 0.7
# Of people whose hardness is a standard normal, a fifth lie above.
HARDEST_FIFTH = 0.84
# Clients who leave early on.
LEAVING = 0.15


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


def _clients(
    rng: np.random.Generator, providers: int, people: int
) -> tuple[NDArray[np.int64], pl.DataFrame, Floats]:
    """Return who each client's provider is, the clients, and how hard they are."""
    who, known, hard = _people(rng, providers, people)
    clients = known.with_columns(
        client_id=pl.int_range(pl.len()).cast(pl.String),
        start_date=_days(known["day"].to_numpy()),
    )
    return who, clients.drop("day"), hard


def _exits(tails: Callable[[np.random.Generator, int], Floats], closing: float = 0.0) -> Draw:
    """Return a draw of clients and claims; `tails` gives each provider's log odds of a client's leaving.

    `closing` is the standard deviation of what one quarter's closing of old cases adds to them.
    """

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        who, clients, hard = _clients(rng, providers, people)
        n = len(who)
        works = rng.random(n) < 1 / (1 + np.exp(0.6 + 0.8 * hard + 0.3 * rng.normal(size=providers)[who]))
        reached_after = rng.integers(60, WINDOW, n)
        day = (clients["start_date"].to_numpy() - np.datetime64(FIRST_DAY)).astype(np.int64)
        quarter = np.abs(rng.normal(size=(providers, DAYS // 90 + 1)))[who, day // 90] * closing
        odds = -2.2 + 0.3 * hard + tails(rng, providers)[who] + quarter
        leaves = (rng.random(n) < 1 / (1 + np.exp(-odds))) & ~works
        left_after = rng.integers(14, WINDOW + 60, n)
        reason = np.array(["excluded", "withdrew", "moved", "ill_health", "other"])[
            rng.choice(5, n, p=[0.2, 0.4, 0.15, 0.15, 0.1])
        ]
        ended = pl.Series(leaves)
        clients = clients.with_columns(
            end_date=pl.when(ended).then(_days(day + left_after)),
            end_reason=pl.when(ended).then(pl.Series(reason)),
        )
        claims = clients.filter(pl.Series(works)).select(
            "client_id",
            "contract_id",
            "provider_id",
            claim_id="client_id",
            outcome=pl.lit("JOB"),
            outcome_date=_days((day + reached_after)[works]),
        )
        return {"clients": clients, "claims": claims, "terms": [TERMS], "as_of": date(2019, 1, 1)}

    return draw


def _usual_exits(rng: np.random.Generator, providers: int) -> Floats:
    return rng.normal(0, 0.4, providers)


def _heavy_exits(rng: np.random.Generator, providers: int) -> Floats:
    return 0.3 * rng.standard_t(3, size=providers)


def _contacts(slopes: Callable[[np.random.Generator, int], Floats]) -> Draw:
    """Return a draw of clients and contacts; `slopes` are each provider's log rate for a deviation."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        who, clients, own = _clients(rng, providers, people)
        n = len(who)
        # People differ in how often they come, and providers in how often they ask them to.
        rate = 5 * np.exp(0.3 * rng.normal(size=providers)[who] + slopes(rng, providers)[who] * own)
        count = rng.poisson(rate * rng.gamma(2.5, 1 / 2.5, n))
        client = np.repeat(np.arange(n), count)
        day = (clients["start_date"].to_numpy() - np.datetime64(FIRST_DAY)).astype(np.int64)
        after = np.floor(91 * rng.random(len(client)) ** 1.3).astype(np.int64)
        leaves = rng.random(n) < LEAVING
        left = day + np.where(leaves, rng.integers(20, 200, n), 400)
        clients = clients.with_columns(end_date=pl.when(pl.Series(leaves)).then(_days(left)))
        activities = pl.DataFrame(
            {"client_id": clients["client_id"].gather(client), "activity_date": _days(day[client] + after)}
        )
        activities = activities.with_columns(provider_id=clients["provider_id"].gather(client))
        return {"clients": clients, "activities": activities, "as_of": date(2019, 1, 1)}

    return draw


def _usual_slopes(rng: np.random.Generator, providers: int) -> Floats:
    return rng.normal(0.05, 0.1, providers)


def _wide_slopes(rng: np.random.Generator, providers: int) -> Floats:
    return rng.normal(0.0, 0.2, providers)


def _heavy_slopes(rng: np.random.Generator, providers: int) -> Floats:
    return 0.1 * rng.standard_t(3, size=providers)


def _rescored(drifts: Callable[[np.random.Generator, int], Floats]) -> Draw:
    """Return a draw of clients and their referrals; `drifts` are each provider's own way of scoring."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        who, clients, _ = _clients(rng, providers, people)
        n = len(who)
        before = np.clip(clients["risk_score"].to_numpy() + 0.05 * rng.normal(size=n), 0, 1).round(3)
        again = rng.random(n) < np.clip(rng.normal(0.6, 0.2, providers), 0.05, 1)[who]
        seen = clients["risk_score"].to_numpy() + drifts(rng, providers)[who] + 0.08 * rng.normal(size=n)
        after = np.where(again, np.clip(seen, 0, 1).round(3), before)
        referrals = clients.select(
            "client_id",
            "contract_id",
            "provider_id",
            referral_id="client_id",
            referral_date="start_date",
            decision=pl.lit("accepted"),
            risk_score=pl.Series(before),
        )
        return {"clients": clients.with_columns(risk_score=pl.Series(after)), "referrals": referrals}

    return draw


def _usual_drifts(rng: np.random.Generator, providers: int) -> Floats:
    return rng.normal(0.02, 0.02, providers)


def _heavy_drifts(rng: np.random.Generator, providers: int) -> Floats:
    return 0.015 * rng.standard_t(3, size=providers)


def _primes(most: int, specialists: float = 0.0) -> Draw:
    """Return a draw of contracts, at most `most`, each with a prime that keeps some clients.

    A share of the contracts have `specialists`, who take up to nine in ten of the hardest fifth.
    """

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        who, clients, hard = _clients(rng, min(providers, most), people)
        ids = clients["provider_id"]
        # Subcontractors are given harder people, some for being specialists.
        odds = rng.normal(0.0, 0.5, providers)[who] + rng.normal(0.15, 0.12, providers)[who] * hard
        taken = np.where(rng.random(providers) < specialists, rng.uniform(0.3, 0.9, providers), 0.0)[who]
        given = pl.Series(
            (rng.random(len(who)) < 1 / (1 + np.exp(-odds)))
            | ((hard > HARDEST_FIFTH) & (rng.random(len(who)) < taken))
        )
        clients = clients.with_columns(
            contract_id="C" + ids, provider_id=pl.when(given).then("B" + ids).otherwise(ids)
        )
        terms = [
            TERMS | {"contract": TERMS["contract"] | {"id": f"C{prime}", "prime_id": prime}}
            for prime in ids.unique().sort()
        ]
        return {"clients": clients, "terms": terms}

    return draw


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
    "PBR602": Simulation(
        kinds={
            "plain": _contacts(_usual_slopes),
            "wide": _contacts(_wide_slopes),
            "heavy": _contacts(_heavy_slopes),
        },
        failures={"heavy"},
        shift=1.0,
        people=(300, 1_000, 3_000),
    ),
    "PBR603": Simulation(
        kinds={
            "plain": _exits(_usual_exits),
            "closing": _exits(_usual_exits, closing=0.5),
            "heavy": _exits(_heavy_exits),
        },
        failures={"heavy"},
        people=(100, 300, 1_000, 3_000),
    ),
    "PBR605": Simulation(
        kinds={"plain": _rescored(_usual_drifts), "heavy": _rescored(_heavy_drifts)},
        failures={"heavy"},
        shift=1.0,
        people=(100, 300, 1_000, 3_000),
    ),
    "PBR805": Simulation(
        kinds={
            "primes": _primes(1_000),
            "specialists": _primes(1_000, specialists=0.3),
            "few": _primes(6),
            "few_specialists": _primes(6, specialists=0.5),
        },
        shift=1.0,
        people=(300, 1_000, 3_000),
    ),
}
