"""Honest books for the rules about employers, copied values and digits: PBR404, 405, 407, 505, 506."""

from collections.abc import Callable
from datetime import date, datetime, time

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Simulation, provider_ids

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Rng = np.random.Generator
CONTRACT = "CPA01"


def _owners(rng: Rng, providers: int, people: int) -> Ints:
    """Return the provider (N) of each client; sizes differ by half of `people` either way."""
    return np.repeat(np.arange(providers), rng.integers(people // 2, people + people // 2 + 1, providers))


def _areas(rng: Rng, owner: Ints, providers: int) -> Ints:
    """Return the area (N) of each client: a provider works in one to three, some four providers in each."""
    count = max(1, providers // 4)
    home = rng.integers(0, count, (providers, 3))
    choice = np.minimum(rng.integers(0, 3, len(owner)), rng.integers(0, 3, providers)[owner])
    return np.asarray(home[owner, choice])


def _claims(owner: Ints, **columns: object) -> pl.DataFrame:
    """Return a live prime claim for each client, delivered by its owner."""
    names = np.array(provider_ids(int(owner.max()) + 1), dtype=object)
    return pl.DataFrame(
        {
            "claim_id": np.arange(len(owner)),
            "client_id": np.arange(len(owner)),
            "deliverer_id": pl.Series(names[owner].tolist(), dtype=pl.String),
        }
    ).select(
        pl.format("C{}", "claim_id").alias("claim_id"),
        pl.lit(CONTRACT).alias("contract_id"),
        pl.col("deliverer_id").alias("provider_id"),
        pl.lit("prime").alias("tier"),
        pl.format("P{}", "client_id").alias("client_id"),
        pl.lit("JOB").alias("outcome"),
        pl.lit(date(2016, 5, 2)).alias("outcome_date"),
        pl.lit(date(2016, 5, 9)).alias("submitted_date"),
        pl.lit(120_000, dtype=pl.Int64).alias("amount_pence"),
        "deliverer_id",
        **{name: pl.Series(values) for name, values in columns.items()},  # type: ignore[arg-type]
    )


def _clients(claims: pl.DataFrame, **columns: object) -> pl.DataFrame:
    """Return the registration of each claim's client."""
    return claims.select(
        "client_id",
        "contract_id",
        provider_id="deliverer_id",
        **{name: pl.Series(values) for name, values in columns.items()},  # type: ignore[arg-type]
    )


def _named(prefix: str, numbers: Ints) -> pl.Series:
    return pl.Series(np.char.add(prefix, numbers.astype(str)).tolist(), dtype=pl.String)


# --- employers -------------------------------------------------------------------------------------

EMPLOYERS = 60
Partner = Callable[[Rng, int], Floats]


def _no_partner(rng: Rng, providers: int) -> Floats:  # noqa: ARG001
    return np.zeros(providers)


def _usual_partner(rng: Rng, providers: int) -> Floats:
    """Return the share of a provider's clients that its best partner takes on: 6 % in the mean."""
    return rng.beta(2, 30, providers)


def _close_partner(rng: Rng, providers: int) -> Floats:
    """Return shares with heavy tails: most have no partner to speak of, a few one for a fifth."""
    return np.minimum(rng.lognormal(np.log(0.04), 0.7, providers), 0.6)


def _true_partner(rng: Rng, providers: int) -> Floats:
    """Return shares of which one in 200 is 30 % and more: honest, and just what the rule asks about."""
    return rng.beta(1, 15, providers)


def _employers(partner: Partner, largest: float = 0.0) -> Callable[[Rng, int, int], Book]:
    """Return a draw of books where areas have employers of all sizes, and providers partners among them."""

    def draw(rng: Rng, providers: int, people: int) -> Book:
        owner = _owners(rng, providers, people)
        area = _areas(rng, owner, providers)
        areas = int(area.max()) + 1
        pull = rng.lognormal(0, 1.2, (areas, EMPLOYERS))
        # In each area one employer takes on a share of its own, up to `largest`.
        pull[:, 0] = pull[:, 1:].sum(1) * (odds := rng.uniform(0, largest, areas)) / (1 - odds)
        # Each provider goes to some doors oftener than others.
        own = pull[None] * rng.gamma(4.0, 0.25, (providers, areas, EMPLOYERS))
        share = (own / own.sum(-1, keepdims=True)).cumsum(-1)
        drawn = rng.random(len(owner))
        employer = (share[owner, area] < drawn[:, None]).sum(1).clip(max=EMPLOYERS - 1) + area * EMPLOYERS
        main = rng.integers(0, EMPLOYERS, providers)
        with_partner = rng.random(len(owner)) < partner(rng, providers)[owner]
        employer = np.where(with_partner, main[owner] + area * EMPLOYERS, employer)
        claims = _claims(owner, employer_id=_named("E", employer))
        return {"claims": claims, "clients": _clients(claims, area=_named("A", area))}

    return draw


# --- round values ----------------------------------------------------------------------------------

ADVISERS = 5


def _none_round(rng: Rng, providers: int) -> Floats:  # noqa: ARG001
    return np.zeros((providers, ADVISERS))


def _usual_round(rng: Rng, providers: int) -> Floats:
    """Return the share of its values that a provider rounds, the same for each adviser: 10 % in the mean."""
    return np.repeat(rng.beta(2, 18, (providers, 1)), ADVISERS, axis=1)


def _heavy_round(rng: Rng, providers: int) -> Floats:
    return np.repeat(np.minimum(rng.lognormal(np.log(0.06), 0.5, (providers, 1)), 0.9), ADVISERS, axis=1)


def _round_by_adviser(rng: Rng, providers: int) -> Floats:
    """Return shares where rounding is an adviser's habit: one in five rounds half of all values."""
    return 0.5 * rng.beta(0.5, 2.0, (providers, ADVISERS))


def _measured(habit: Callable[[Rng, int], Floats], unit: float = 1.0) -> Callable[[Rng, int, int], Book]:
    """Return a draw of days in work (`unit` 1) or pounds earned, with a heap at a round threshold."""

    def draw(rng: Rng, providers: int, people: int) -> Book:
        owner = _owners(rng, providers, people)
        count = len(owner)
        stay = rng.uniform(120, 260, providers)[owner]
        value = np.floor(unit * rng.gamma(2.0, stay / 2)) + 1
        # Some are followed up to the threshold and no further, more by some providers than by others.
        value = np.where(rng.random(count) < rng.beta(4, 36, providers)[owner], 180 * unit, value)
        rounded = rng.random(count) < habit(rng, providers)[owner, rng.integers(0, ADVISERS, count)]
        base = np.where(rng.random(count) < 0.5, 5, 10) * unit  # noqa: PLR2004 - to fives as often as to tens
        value = np.where(rounded, np.ceil(value / base) * base, value)
        claims = _claims(owner, measured_value=value)
        rows = claims.select(
            "client_id", "contract_id", "outcome", "measured_value", provider_id="deliverer_id"
        )
        return {"claims": claims, "measurements": rows}

    return draw


# --- self-employment -------------------------------------------------------------------------------

GROUPS = 3


def _alike(rng: Rng, providers: int) -> Floats:  # noqa: ARG001
    return np.zeros(providers)


def _own_rate(rng: Rng, providers: int) -> Floats:
    """Return how far a provider's rate lies from its areas', in log odds."""
    return rng.normal(0, 0.4, providers)


def _heavy_rate(rng: Rng, providers: int) -> Floats:
    return 0.3 * rng.standard_t(5, providers)


def _specialists(rng: Rng, providers: int) -> Floats:
    """Return rates of which one in fifty is that of a provider which helps people to start a business."""
    return _own_rate(rng, providers) + np.where(rng.random(providers) < 0.02, 2.5, 0.0)  # noqa: PLR2004


def _self_employed(rate: Callable[[Rng, int], Floats], between: float) -> Callable[[Rng, int, int], Book]:
    """Return a draw where areas differ by `between` in log odds, groups too, and providers as told."""

    def draw(rng: Rng, providers: int, people: int) -> Book:
        owner = _owners(rng, providers, people)
        area = _areas(rng, owner, providers)
        mix = rng.dirichlet(np.ones(GROUPS), providers).cumsum(1)
        group = (mix[owner] < rng.random((len(owner), 1))).sum(1).clip(max=GROUPS - 1)
        odds = (
            -2.4
            + rng.normal(0, between, int(area.max()) + 1)[area]
            + np.array([-0.5, 0.0, 0.7])[group]
            + rate(rng, providers)[owner]
        )
        own_boss = rng.random(len(owner)) < 1 / (1 + np.exp(-odds))
        claims = _claims(owner, employment_type=np.where(own_boss, "self_employed", "employed").tolist())
        clients = _clients(claims, area=_named("A", area), group=_named("G", group))
        return {"claims": claims, "clients": clients}

    return draw


# --- values in the order of keying -----------------------------------------------------------------

FIRST_MOMENT = datetime.combine(date(2016, 1, 4), time(9))


def _no_courses(rng: Rng, providers: int) -> Floats:  # noqa: ARG001
    return np.zeros(providers)


def _few_courses(rng: Rng, providers: int) -> Floats:
    """Return the share of a provider's clients who end a course together and are keyed together: 5 %."""
    return rng.beta(2, 38, providers)


def _heavy_courses(rng: Rng, providers: int) -> Floats:
    return np.minimum(rng.lognormal(np.log(0.04), 0.6, providers), 0.8)


def _many_courses(rng: Rng, providers: int) -> Floats:
    """Return shares of which one in fifty is a third and more: honest, and just what the rule asks about."""
    return np.where(rng.random(providers) < 0.02, 0.5, rng.beta(2, 38, providers))  # noqa: PLR2004


def _keyed(courses: Callable[[Rng, int], Floats], step: int = 1) -> Callable[[Rng, int, int], Book]:
    """Return a draw of values in days (`step` 1) or weeks (7), heaped at 182, keyed one by one."""

    def draw(rng: Rng, providers: int, people: int) -> Book:
        owner = _owners(rng, providers, people)
        count = len(owner)
        # Values grow or fall over the time in which a provider keys them.
        drift = rng.normal(0, 40, providers)[owner] * np.linspace(-1, 1, count)
        value = 182 + step * np.floor(np.abs(rng.gamma(1.5, 40, count) + drift) / step)
        value = np.where(rng.random(count) < rng.beta(3, 9, providers)[owner], 182, value)
        # A course: the next five clients of the adviser have the value of the first.
        adviser = rng.integers(0, ADVISERS, count)
        order = np.lexsort((np.arange(count), adviser, owner))
        begins = (rng.random(count) < courses(rng, providers)[owner] / 5)[order]
        since = np.arange(count) - np.maximum.accumulate(np.where(begins, np.arange(count), 0))
        same = (owner * ADVISERS + adviser)[order]
        first = np.arange(count) - since
        inside = (since > 0) & (since < 6) & begins[first] & (same == same[first])  # noqa: PLR2004
        value[order] = np.where(inside, value[order][first], value[order])
        moment = pl.select(pl.lit(FIRST_MOMENT) + pl.duration(minutes=pl.int_range(count))).to_series()
        claims = _claims(
            owner,
            measured_value=value,
            advisor_id=_named("A", owner * ADVISERS + adviser),
            recorded_at=moment,
        )
        return {"claims": claims}

    return draw


# --- first digits ----------------------------------------------------------------------------------


def _earned(rounding: float, shape: float) -> Callable[[Rng, int, int], Book]:
    """Return a draw of pounds over four powers of ten.

    A provider's clients differ about a middle of their own, or about two (`shape` is how far these lie apart,
    in natural logarithms), and it rounds a share of them to tens of pounds, `rounding` in the mean.
    """

    def draw(rng: Rng, providers: int, people: int) -> Book:
        owner = _owners(rng, providers, people)
        count = len(owner)
        middle = rng.normal(7.5, 0.4, providers)[owner]
        middle += shape * (rng.random(count) < rng.beta(2, 2, providers)[owner])
        value = np.exp(rng.normal(middle, rng.uniform(1.6, 2.0, providers)[owner]))
        habit = rng.beta(2, 2 / rounding - 2, providers) if rounding else np.zeros(providers)
        rounded = rng.random(count) < habit[owner]
        value = np.where(rounded, np.ceil(value / 10) * 10, np.maximum(value.round(2), 0.01))
        claims = _claims(owner, measured_value=value)
        rows = claims.select(
            "client_id", "contract_id", "outcome", "measured_value", provider_id="deliverer_id"
        )
        return {"measurements": rows}

    return draw


SIMULATIONS = {
    "PBR404": Simulation(
        kinds={
            "usual": _keyed(_few_courses),
            "none": _keyed(_no_courses),
            "weeks": _keyed(_few_courses, step=7),
            "heavy": _keyed(_heavy_courses),
            "courses": _keyed(_many_courses),
        },
        failures={"courses"},
    ),
    "PBR405": Simulation(
        kinds={
            "usual": _employers(_usual_partner),
            "none": _employers(_no_partner),
            "large": _employers(_usual_partner, largest=0.6),
            "heavy": _employers(_close_partner),
            "partners": _employers(_true_partner),
        },
        failures={"partners"},
    ),
    "PBR407": Simulation(
        kinds={
            "usual": _self_employed(_own_rate, 0.5),
            "none": _self_employed(_alike, 0.0),
            "areas": _self_employed(_own_rate, 1.2),
            "heavy": _self_employed(_heavy_rate, 0.5),
            "courses": _self_employed(_specialists, 0.5),
        },
        failures={"courses"},
    ),
    "PBR505": Simulation(
        kinds={
            "usual": _measured(_usual_round),
            "none": _measured(_none_round),
            "heavy": _measured(_heavy_round),
            "advisers": _measured(_round_by_adviser),
            "earnings": _measured(_usual_round, unit=40.0),
        },
    ),
    "PBR506": Simulation(
        kinds={
            "usual": _earned(0.0, 0.0),
            "two": _earned(0.0, 1.5),
            "rounding": _earned(0.2, 0.0),
        },
        people=(2_000, 6_000),
    ),
}
