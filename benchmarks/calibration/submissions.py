"""Books of outcomes and of the days on which their claims were submitted, each provider with its own way.

A claim is ready some days after its outcome, when its papers have come, and is submitted on the next day on
which its provider submits: every working day, one day of the week, month or quarter, or when somebody gets
round to it. Nothing is submitted while those who do it are away, or the system is down.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Simulation, provider_ids
from benchmarks.calibration.timing import CONTRACT, DAYS, FRIDAY, Floats, Ints, drawn, sizes, weights

Flags = NDArray[np.bool_]
# Whether a provider submits (row) on a day (column).
Opens = Callable[[np.random.Generator, int], Flags]
LONG = 400
ALL_DAYS = np.arange(DAYS[0], DAYS[-1] + 1 + LONG)
WEEKDAY = (ALL_DAYS.astype(np.int64) + 3) % 7
MONTH = ALL_DAYS.astype("datetime64[M]").astype(np.int64)
DAY_OF_MONTH = (ALL_DAYS - ALL_DAYS.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
CONTRACTS = 3
DAYS_A_YEAR = 365
# Share of the honest providers.
FEW = 0.1
DECEMBER = 11


def daily(rng: np.random.Generator) -> Flags:  # noqa: ARG001 - one of several that draw
    """Return every working day."""
    return np.asarray(WEEKDAY <= FRIDAY)


def weekly(rng: np.random.Generator) -> Flags:
    """Return one day of every week."""
    return np.asarray(rng.integers(0, 5) == WEEKDAY)


def monthly(rng: np.random.Generator) -> Flags:
    """Return one day of every month."""
    return np.asarray(rng.integers(0, 28) == DAY_OF_MONTH)


def quarterly(rng: np.random.Generator) -> Flags:
    """Return one day of every third month."""
    return np.asarray(monthly(rng) & (rng.integers(0, 3) == MONTH % 3))


def now_and_then(rng: np.random.Generator) -> Flags:
    """Return days at gaps of a mean of two to six weeks, many short and a few long ones."""
    gaps = 1 + rng.gamma(1.5, rng.uniform(10, 30), len(ALL_DAYS))
    return _on(gaps)


def with_long_gaps(rng: np.random.Generator) -> Flags:
    """Return days at gaps with a tail as a power's: one in a hundred is seven times the usual."""
    return _on(1 + rng.uniform(3, 12) * (1 + rng.pareto(2.5, len(ALL_DAYS))))


def _on(gaps: Floats) -> Flags:
    opens = np.zeros(len(ALL_DAYS), dtype=np.bool_)
    days = np.cumsum(gaps).astype(np.int64)
    opens[days[days < len(opens)]] = True
    return opens


def ways(*kinds: Callable[[np.random.Generator], Flags]) -> Opens:
    """Return a draw in which each provider submits in one of these ways."""

    def opens(rng: np.random.Generator, providers: int) -> Flags:
        return np.stack([kinds[rng.integers(len(kinds))](rng) for _ in range(providers)])

    return opens


BY_RULE = ways(daily, weekly, weekly, monthly)


def away(opens: Opens, times_a_year: float, weeks: tuple[float, float]) -> Opens:
    """Return the same ways, with times in which the one who submits is away; some are away often."""

    def absent(rng: np.random.Generator, providers: int) -> Flags:
        there = opens(rng, providers)
        years = len(ALL_DAYS) / DAYS_A_YEAR
        for own in there:
            often = times_a_year * rng.gamma(2.0, 0.5)
            for start in rng.integers(0, len(DAYS), rng.poisson(often * years)):
                _close(own, start, int(7 * rng.uniform(*weeks)))
        return there

    return absent


USUAL = away(BY_RULE, 1.0, (1, 3))


def _close(opens: Flags, start: Any, days: int) -> None:
    """Shut out some days; what became ready then is submitted on the first day after, whatever the rhythm."""
    opens[start : start + days] = False
    opens[start + days] = True


def some_quarterly(rng: np.random.Generator, providers: int) -> Flags:
    """Return the usual ways; one in ten of the providers submits on one day of each quarter."""
    there = USUAL(rng, providers)
    for own in np.flatnonzero(rng.random(providers) < FEW):
        there[own] = quarterly(rng)
    return there


def together(rng: np.random.Generator, providers: int) -> Flags:
    """Return one rhythm for all providers of a contract: once a quarter, once a month, or weekly."""
    rhythms = [quarterly(rng), monthly(rng), weekly(rng)]
    return np.stack([rhythms[place % CONTRACTS] for place in range(providers)])


def one_in_ten_absent(rng: np.random.Generator, providers: int) -> Flags:
    """Return the usual ways; at one in ten of the providers nobody submits in two months of the years."""
    there = USUAL(rng, providers)
    for own in np.flatnonzero(rng.random(providers) < FEW):
        start = rng.integers(60, len(DAYS) - 120)
        _close(there[own], start, 61)
    return there


def system_down(contracts: int) -> Opens:
    """Return the usual ways, less Christmas and seven weeks in which nobody of the first contract could."""

    def opens(rng: np.random.Generator, providers: int) -> Flags:
        there = USUAL(rng, providers)
        start = rng.integers(100, len(DAYS) - 150)
        for own in there[::contracts]:
            _close(own, start, 49)
        for own in there:
            for christmas in np.flatnonzero((MONTH % 12 == DECEMBER) & (DAY_OF_MONTH == 19)):  # noqa: PLR2004
                _close(own, christmas, 15)
        return there

    return opens


def submitting(opens: Opens, *, winding_up: float = 0.0, contracts: int = 1) -> Callable[..., Book]:
    """Return a draw of claims; of a share `winding_up` of the providers outcomes fade out to an end."""

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        weight = weights(rng, 0.1 * rng.normal(size=providers))
        ends = np.where(rng.random(providers) < winding_up, rng.integers(400, len(DAYS), providers), 10_000)
        left = np.clip((ends[:, None] - np.arange(len(DAYS))) / 200, 1e-6, 1)
        owner, day = drawn(rng, weight * left, sizes(rng, providers, people))
        papers = rng.uniform(3, 30, providers)[owner] * rng.gamma(2.0, 0.5, len(owner))
        ready = day + papers.astype(np.int64)
        on = opens(rng, providers)
        submitted = _next_open(on, owner, ready)
        return book(owner, day, submitted, contracts)

    return draw


def _next_open(opens: Flags, owner: Ints, ready: Ints) -> Ints:
    days = opens.shape[1]
    place = np.where(opens, np.arange(days), days)
    following = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(following[owner, np.minimum(ready, days - 1)])


def book(owner: Ints, day: Ints, submitted: Ints, contracts: int = 1) -> Book:
    """Return claims that had been submitted by the last day; providers take turns among the contracts."""
    seen = submitted < len(DAYS)
    owner, day, submitted = owner[seen], day[seen], submitted[seen]
    number = pl.int_range(len(day), eager=True).cast(pl.String)
    names = pl.Series(provider_ids(int(owner.max()) + 1))
    codes = pl.Series([f"CPA{place + 1:02}" for place in range(contracts)])
    rows = pl.DataFrame(
        {
            "claim_id": "C" + number,
            "contract_id": codes.gather(owner % contracts),
            "provider_id": names.gather(owner),
            "client_id": "P" + number,
            "outcome": pl.repeat("JOB", len(day), eager=True),
            "outcome_date": pl.Series(ALL_DAYS[day]).cast(pl.Date),
            "submitted_date": pl.Series(ALL_DAYS[submitted]).cast(pl.Date),
        }
    )
    job = {"code": "JOB", "kind": "milestone", "price": [{"amount": "1200.00"}]}
    terms = [{"contract": CONTRACT | {"id": code}, "outcome": [job]} for code in codes]
    return {"claims": rows, "terms": terms}


KINDS = {
    "usual": submitting(USUAL),
    "batches": submitting(ways(monthly, quarterly, now_and_then)),
    "some quarterly": submitting(some_quarterly),
    "together": submitting(together, contracts=CONTRACTS),
    "long gaps": submitting(ways(daily, with_long_gaps, with_long_gaps)),
    "leave": submitting(away(BY_RULE, 1.5, (1, 5))),
    "system down": submitting(system_down(1), contracts=CONTRACTS),
    "one contract's": submitting(system_down(CONTRACTS), contracts=CONTRACTS),
    "winding up": submitting(USUAL, winding_up=0.4, contracts=CONTRACTS),
    "absent": submitting(one_in_ten_absent),
}
SIMULATIONS = {
    "PBR702": Simulation(
        kinds=KINDS, failures={"absent"}, shift=0.8, providers=(20, 60), people=(100, 300, 1_000)
    )
}
