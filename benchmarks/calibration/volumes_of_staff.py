"""Invented caseloads of advisers, for PBR403: whose clients first succeed in which month.

Every kind is honest. Providers and advisers differ in level; months are better and worse for all, for a
provider and for one adviser; and what happens to honest advisers happens: a course ends, an employer takes
fifteen people at once, somebody leaves and a colleague has the caseload, outcomes are dated when the quarter
is closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.calibration.simulation import Book, Simulation, provider_ids

FIRST, MONTHS, TAKES_IN, DAYS, QUARTER = date(2014, 1, 1), 24, 18, 28, 3
CLIENTS_OF_AN_ADVISER, FEWEST, MOST = 75, 3, 12
SEASON = 1 + 0.2 * np.sin(np.arange(MONTHS) / 12 * 2 * np.pi)
HAZARD, FADES = 0.05, 12.0
TAKEN, MOST_TAKEN = 8, 15
TERMS = {
    "contract": {
        "id": "CPA01",
        "title": "Work support",
        "prime_id": "PR01",
        "start_date": FIRST,
        "end_date": date(2019, 5, 31),
    },
    "outcome": [{"code": "JOB", "kind": "milestone", "price": [{"amount": "1200.00"}]}],
}
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Caseloads:
    """Honest caseloads; `months` and `provider` are standard deviations of the logarithms of months.

    `tails`, degrees of freedom of an adviser's months (0: normal); `spikes`, the share of advisers' months
    that are three times as good; `intakes`, those in which an employer takes 8 to 15 of an adviser's clients;
    `closings`, the share of advisers whose outcomes are dated in a quarter's last month; `leavers`, of those
    who left, and whose open clients are registered with a colleague.
    """

    months: float = 0.0
    provider: float = 0.0
    tails: float = 0.0
    spikes: float = 0.0
    intakes: float = 0.0
    closings: float = 0.0
    leavers: float = 0.0

    def __call__(self, rng: np.random.Generator, providers: int, people: int) -> Book:
        """Return a book of so many providers with about `people` clients each."""
        size = np.clip(rng.lognormal(np.log(people), 0.6, providers), 60, 4_000).astype(np.int64)
        of = np.repeat(np.arange(providers), size)
        many = np.clip(size // CLIENTS_OF_AN_ADVISER, FEWEST, MOST)
        adviser = of * MOST + (rng.random(len(of)) ** 1.2 * many[of]).astype(np.int64)
        # Somebody begins late, or has two intakes a year: starts are no even stream.
        intake = rng.dirichlet(np.full(TAKES_IN, 2.0), providers * MOST).cumsum(1)
        start = (rng.random(len(of))[:, None] > intake[adviser]).sum(1).clip(0, TAKES_IN - 1)
        reached, day = self._reached(rng, adviser, start)
        shut = rng.random(providers * MOST) < self.closings
        late = reached - reached % QUARTER + QUARTER - 1
        reached = np.where(shut[adviser] & (reached >= 0), np.minimum(late, MONTHS - 1), reached)
        adviser = self._taken_over(rng, adviser, reached, many)
        return _book(adviser, start, reached, day)

    def _reached(self, rng: np.random.Generator, adviser: Ints, start: Ints) -> tuple[Ints, Ints]:
        """Return the month of each client's first outcome, -1 for none, and the day of the month."""
        advisers = int(adviser.max()) // MOST * MOST + MOST
        providers = advisers // MOST
        level = np.exp(0.3 * rng.normal(size=providers).repeat(MOST) + 0.3 * rng.normal(size=advisers))
        good = self._good_months(rng, advisers) * SEASON * level[:, None]
        taken = np.where(
            rng.random((advisers, MONTHS)) < self.intakes,
            rng.integers(TAKEN, MOST_TAKEN + 1, (advisers, MONTHS)),
            0,
        )
        reached, day = np.full(len(adviser), -1), rng.integers(0, DAYS, len(adviser))
        for month in range(MONTHS):
            open_ = (reached < 0) & (start <= month)
            at_once = taken[:, month] / np.maximum(np.bincount(adviser[open_], minlength=advisers), 1)
            fading = np.exp(-np.maximum(month - start, 0) / FADES)
            hazard = HAZARD * good[adviser, month] * fading + at_once[adviser]
            drawn = rng.random(len(adviser))
            reached[open_ & (drawn < np.minimum(hazard, 0.9))] = month
            # An employer's intake is on one day of the adviser's month.
            day[open_ & (drawn < at_once[adviser])] = month * 7 % DAYS
        return reached, day

    def _good_months(self, rng: np.random.Generator, advisers: int) -> Floats:
        odd = (advisers, MONTHS)
        if self.tails:
            own = rng.standard_t(self.tails, size=odd) / (self.tails / (self.tails - 2)) ** 0.5
        else:
            own = rng.normal(size=odd)
        shared = np.exp(self.provider * rng.normal(size=(advisers // MOST, MONTHS))).repeat(MOST, 0)
        spike = np.where(rng.random(odd) < self.spikes, 3.0, 1.0)
        return np.asarray(np.exp(np.clip(self.months * own, -3, 3)) * spike * shared)

    def _taken_over(self, rng: np.random.Generator, adviser: Ints, reached: Ints, many: Ints) -> Ints:
        """Return whose the clients are at the end: those whom a leaver had left are the next adviser's."""
        gone = rng.random(len(many) * MOST) < self.leavers
        last = np.where(gone, rng.integers(6, 18, len(gone)), MONTHS)[adviser]
        left = (last < MONTHS) & ((reached < 0) | (reached >= last))
        provider, place = adviser // MOST, adviser % MOST
        return np.where(left, provider * MOST + (place + 1) % many[provider], adviser)


def _book(adviser: Ints, start: Ints, reached: Ints, day: Ints) -> Book:
    names = np.array(provider_ids(int(adviser.max()) // MOST + 1), dtype=object)
    clients = pl.DataFrame(
        {
            "client": np.arange(len(adviser)),
            "provider_id": names[adviser // MOST].tolist(),
            "adviser": adviser,
            "start": start,
            "reached": reached,
            "day": day,
        }
    ).with_columns(
        client_id=pl.format("P{}", "client"),
        contract_id=pl.lit("CPA01"),
        advisor_id=pl.format("A{}", "adviser"),
        start_date=pl.lit(FIRST).dt.offset_by(pl.format("{}mo", "start")),
    )
    # Within its month any day; the start is on its first.
    claims = clients.filter(pl.col("reached") >= 0).select(
        "client_id",
        "contract_id",
        "provider_id",
        claim_id="client_id",
        outcome=pl.lit("JOB"),
        outcome_date=pl.lit(FIRST).dt.offset_by(pl.format("{}mo", "reached")) + pl.duration(days="day"),
        submitted_date=pl.lit(FIRST + timedelta(days=MONTHS * 31 + 60)),
    )
    return {
        "clients": clients.drop("client", "adviser", "start", "reached", "day"),
        "claims": claims,
        "terms": [TERMS],
    }


KINDS: dict[str, Callable[[np.random.Generator, int, int], Book]] = {
    "plain": Caseloads(),
    "better and worse": Caseloads(months=0.3, provider=0.2),
    "leavers": Caseloads(months=0.2, provider=0.2, leavers=0.2),
    "closings": Caseloads(months=0.1, provider=0.1, closings=0.2),
    "heavy": Caseloads(months=0.4, tails=3, provider=0.2),
    "spikes": Caseloads(months=0.2, provider=0.3, spikes=0.05),
    "intakes": Caseloads(months=0.1, provider=0.1, intakes=0.02),
    "rare intakes": Caseloads(months=0.1, provider=0.1, intakes=0.001),
    "rare spikes": Caseloads(months=0.1, provider=0.1, spikes=0.005),
    "rarest spikes": Caseloads(months=0.1, provider=0.1, spikes=0.0005),
}

SIMULATIONS = {
    "PBR403": Simulation(
        kinds=KINDS,
        shift=0.4,
        people=(300, 1_000),
    )
}
