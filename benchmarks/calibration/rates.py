"""Books of published rates, of clients and of advisers, for the rules that hold a rate against its peers.

Honest providers differ in their own rate, by 2 to 10 points, in size, in the area, group and risk of the
people whom they are sent, and in what no table says of them.
"""

from datetime import date, timedelta

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


GROUPS = np.array([-0.6, -0.2, 0.1, 0.5])
FIRST_START, STARTS, WINDOW = date(2014, 1, 1), 700, 365
CLIENTS_OF_AN_ADVISER, FEWEST_ADVISERS, MOST_ADVISERS = 60, 3, 40
TERMS = {
    "contract": {
        "id": "CPA01",
        "title": "Work support",
        "commissioner": "An invented department",
        "prime_id": "PR01",
        "start_date": FIRST_START,
        "end_date": date(2019, 5, 31),
        "currency": "GBP",
    },
    "outcome": [
        {
            "code": "JOB",
            "kind": "milestone",
            "window_days": [0, WINDOW],
            "claim_within_days": 30,
            "price": [{"amount": "1200.00"}],
        }
    ],
}


def _clients(spread: float, shape: str = "normal", *, unseen: float = 0.1, advisers: float = 0.03) -> Draw:
    """Return books of clients, of whom a rate reached the outcome that depends on much.

    `spread` of providers' own rates and `advisers` of their advisers' about them, in shares; groups, areas
    and risk scores are mixed otherwise at every provider; `unseen`, in log odds, is what no table says.
    """

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        provider = np.repeat(np.arange(providers), _sizes(rng, providers, people))
        own = _own_rates(rng, providers, spread, shape)[provider]
        group = _mixed(rng, provider, rng.dirichlet(np.full(len(GROUPS), 4.0), providers))
        areas = max(providers // 5, 2)
        area = rng.integers(0, areas, providers)[provider]
        risk = np.clip(rng.beta(2, 3, len(provider)) + rng.normal(0, 0.05, providers)[provider], 0, 1)
        many = np.clip(np.bincount(provider) // CLIENTS_OF_AN_ADVISER, FEWEST_ADVISERS, MOST_ADVISERS)
        adviser = (rng.random(len(provider)) * many[provider]).astype(np.int64)
        apart = rng.normal(0, advisers, (providers, MOST_ADVISERS))[provider, adviser]
        rate = np.clip(own + apart, 0.02, 0.95)
        log_odds = np.log(rate / (1 - rate)) + GROUPS[group] + 0.25 * rng.normal(size=areas)[area]
        log_odds += rng.normal(0, unseen, providers)[provider] - 1.5 * (risk - 0.4)
        reached = rng.random(len(provider)) < 1 / (1 + np.exp(-log_odds))
        days = rng.integers(0, STARTS, len(provider))
        ids = np.array(provider_ids(providers), dtype=object)[provider]
        clients = pl.DataFrame(
            {
                "client_id": np.arange(len(provider)),
                "provider_id": ids.tolist(),
                "advisor": adviser,
                "group": group,
                "area": area,
                "risk_score": risk,
                "days": days,
                "reached": reached,
            }
        ).with_columns(
            pl.col("client_id", "group", "area").cast(pl.String),
            advisor_id=pl.concat_str(
                "provider_id", pl.lit("-"), pl.col("advisor").cast(pl.String).str.zfill(2)
            ),
            start_date=pl.lit(FIRST_START) + pl.duration(days="days"),
            contract_id=pl.lit("CPA01"),
        )
        claims = clients.filter("reached").select(
            "client_id",
            "contract_id",
            "provider_id",
            claim_id="client_id",
            outcome=pl.lit("JOB"),
            outcome_date=pl.col("start_date") + pl.duration(days=100),
            submitted_date=pl.col("start_date") + pl.duration(days=120),
        )
        return {
            "clients": clients.drop("advisor", "days", "reached"),
            "claims": claims,
            "terms": [TERMS],
            "as_of": FIRST_START + timedelta(days=STARTS + WINDOW + 60),
        }

    return draw


def _mixed(rng: np.random.Generator, provider: NDArray[np.int64], shares: Floats) -> NDArray[np.int64]:
    """Return a category for each client, drawn with its provider's shares (P, categories)."""
    drawn = rng.random(len(provider))[:, None] > np.cumsum(shares, axis=1)[provider]
    return np.asarray(np.minimum(drawn.sum(1), shares.shape[1] - 1))


OF_CLIENTS = {
    "2 points": _clients(0.02),
    "5 points": _clients(0.05),
    "10 points": _clients(0.10),
    "unseen mix": _clients(0.02, unseen=0.25),
    "heavy tails": _clients(0.05, "heavy"),
    "skewed": _clients(0.05, "skewed"),
}
OF_ADVISERS = {
    "3 points": _clients(0.05),
    "alike": _clients(0.10, advisers=0.0),
    "6 points": _clients(0.05, advisers=0.06),
    "heavy tails": _clients(0.10, "very_heavy"),
}
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
    "PBR607": Simulation(kinds=OF_CLIENTS, failures={"skewed"}, people=(100, 300, 1_000)),
    "PBR402": Simulation(kinds=OF_ADVISERS, people=(300, 1_000)),
}
