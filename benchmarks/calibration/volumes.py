"""Invented volumes of claims, for PBR504: contracts with allocations and bands, of which some are reached.

Every kind is honest: claims come with the season, the contract's own trend and months better and worse. The
share planted is of the claims dated after the edge was reached.
"""

from datetime import date

import numpy as np
import polars as pl

from benchmarks.calibration.simulation import Book, Draw, Simulation, provider_ids

FIRST, LAST = date(2016, 4, 1), date(2017, 3, 31)
DAYS = (LAST - FIRST).days + 1
MONTHS = 12
SEASON = 1 + 0.15 * np.sin(np.arange(MONTHS) / MONTHS * 2 * np.pi)


def _contract(contract: str, allocation: int, bands: list[dict[str, float]]) -> dict[str, object]:
    volume = {"outcome": "JOB", "from": FIRST, "to": LAST, "allocation": allocation, "bands": bands}
    return {
        "contract": {
            "id": f"CPA{contract}",
            "title": "An invented contract",
            "prime_id": contract,
            "start_date": date(2014, 6, 1),
            "end_date": date(2019, 5, 31),
        },
        "outcome": [{"code": "JOB", "kind": "milestone", "price": [{"amount": "1200.00"}]}],
        "volume": [volume],
    }


def _volumes(*, trend: float, months: float, heavy: bool = False, near: bool = False) -> Draw:
    """Return a draw: `trend` and `months` are standard deviations of a contract's growth and of its months.

    With `near`, allocations are what was to be expected of the contract, give or take a tenth.
    """

    def draw(rng: np.random.Generator, providers: int, people: int) -> Book:
        terms, days = [], []
        for contract in provider_ids(providers):
            size = people * np.exp(0.5 * rng.normal())
            odd = rng.standard_t(3, size=MONTHS) if heavy else rng.normal(size=MONTHS)
            slope = trend * (rng.standard_t(3) if heavy else rng.normal()) * np.linspace(-1, 1, MONTHS)
            mean = size / MONTHS * SEASON * np.exp(np.clip(slope + months * odd, -3, 3))
            in_month = rng.poisson(mean)
            month = np.repeat(np.arange(MONTHS), in_month)
            days.append(np.minimum(month * 30 + rng.integers(0, 30, len(month)), DAYS - 1))
            share = rng.uniform(0.9, 1.1) if near else rng.uniform(0.4, 1.3)
            allocation = int(size * share)
            bands = []
            if rng.random() < 0.5:  # noqa: PLR2004 - half of the contracts have bands
                bands = [
                    {"up_to": allocation, "price_factor": 1.0},
                    {"up_to": 3 * allocation + 10, "price_factor": 0.8},
                ]
            terms.append(_contract(contract, max(allocation, 1), bands))
        sizes = [len(each) for each in days]
        claims = pl.DataFrame(
            {
                "contract_id": np.repeat([f"CPA{contract}" for contract in provider_ids(providers)], sizes),
                "day": np.concatenate(days),
            }
        ).select(
            claim_id=pl.format("C{}", pl.int_range(pl.len())),
            contract_id="contract_id",
            provider_id=pl.col("contract_id").str.strip_prefix("CPA"),
            client_id=pl.format("P{}", pl.int_range(pl.len())),
            outcome=pl.lit("JOB"),
            outcome_date=pl.lit(FIRST) + pl.duration(days="day"),
            submitted_date=pl.lit(LAST),
        )
        return {"claims": claims, "terms": terms}

    return draw


SIMULATIONS = {
    "PBR504": Simulation(
        kinds={
            "plain": _volumes(trend=0.0, months=0.05),
            "trends": _volumes(trend=0.3, months=0.2),
            "heavy": _volumes(trend=0.2, months=0.3, heavy=True),
            "as planned": _volumes(trend=0.2, months=0.2, near=True),
        },
        shift=0.95,
        subject="contract_id",
        people=(100, 300, 1_000),
    )
}
