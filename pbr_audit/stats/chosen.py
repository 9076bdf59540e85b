"""One provider's choice described: how those accepted differ from all who were referred, in each covariate.

Sizes with intervals, and no test: held against zero nearly every honest provider selects.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.resampling import percentile_interval

# Counts of resampled rows held in memory at once.
BLOCK = 2_000_000


@dataclass(frozen=True)
class Chosen:
    """Standardised differences of each covariate, the accepted less the referred; `difference` (K).

    In standard deviations of the referred within strata; `low` and `high`, the 95 % interval. `away` (N, K),
    each person's value less the mean of their stratum, in the same unit; `sd` (K), that unit in the
    covariate's own. NaN where a covariate does not vary or nobody could be compared, and for people whose
    value is not known.
    """

    difference: Floats
    low: Floats
    high: Floats
    away: Floats
    sd: Floats


def chosen(
    stratum: ArrayLike, covariates: ArrayLike, accepted: ArrayLike, *, seed: int, repeats: int = 500
) -> Chosen:
    """Return how one provider's accepted differ from all who were referred to it.

    `stratum` (N), `covariates` (N, K) and `accepted` (N), a row a referral; a value that is not known is NaN,
    and the person is left out of that covariate alone. The interval resamples referrals (Efron, 1979;
    percentiles), all covariates of a person together; the same rows in the same order and one seed give the
    same limits. Only strata in which somebody was accepted and somebody refused say something.
    """
    _, cell = np.unique(np.asarray(stratum), return_inverse=True)
    x, taken = np.asarray(covariates, dtype=np.float64), np.asarray(accepted, dtype=np.float64)
    cells = int(cell.max(initial=-1)) + 1
    unit = [_unit(x[:, k], cell, cells, taken) for k in range(x.shape[1])]
    away = np.column_stack([values for values, _ in unit]) if unit else x
    scale = np.array([sd for _, sd in unit])
    seen = _differences(away, cell, cells, taken, np.ones((len(cell), 1)))[0]
    drawn = np.concatenate(
        [
            _differences(away, cell, cells, taken, times)
            for times in _resampled(len(cell), repeats, np.random.default_rng(seed))
        ]
    )
    low, high = percentile_interval(drawn, 0.95)
    known = np.isfinite(scale)
    return Chosen(
        difference=seen,
        low=np.where(known, low, np.nan),
        high=np.where(known, high, np.nan),
        away=np.where(known, away, np.nan),
        sd=scale,
    )


def distance(values: ArrayLike, accepted: ArrayLike) -> float:
    """Return Wasserstein's distance between the values (N) of the accepted and of all, in their own unit.

    NaN where nobody was accepted.
    """
    from scipy.stats import wasserstein_distance  # noqa: PLC0415

    x, taken = np.asarray(values, dtype=np.float64), np.asarray(accepted, dtype=np.bool_)
    return float(wasserstein_distance(x[taken], x)) if taken.any() else float("nan")


def _unit(x: Floats, cell: NDArray[np.int64], cells: int, taken: Floats) -> tuple[Floats, float]:
    """Return a covariate (N) less its stratum's mean, in standard deviations, and how large one is."""
    known = ~np.isnan(x)
    there, filled = known.astype(np.float64), np.where(known, x, 0.0)
    n, a = np.bincount(cell, there, cells), np.bincount(cell, there * taken, cells)
    away = np.where(known, x - (np.bincount(cell, filled, cells) / np.maximum(n, 1))[cell], np.nan)
    both = (a > 0) & (a < n)
    free = (n[both] - 1).sum()
    squares = float((away[both[cell] & known] ** 2).sum())
    # Values that differ only by their rounding do not vary.
    least = 1e-20 * float((filled**2).sum())
    if not free or squares <= least:
        return away, float("nan")
    sd = float(np.sqrt(squares / free))
    return away / sd, sd


def _resampled(people: int, repeats: int, rng: np.random.Generator) -> list[Floats]:
    """Return how often each person is drawn in each of `repeats` samples of as many, in blocks (N, B)."""
    block = max(1, BLOCK // max(people, 1))
    made: list[Floats] = []
    for start in range(0, repeats, block):
        size = min(block, repeats - start)
        place = rng.integers(0, people, (people, size)) * size + np.arange(size)
        times = np.bincount(place.ravel(), minlength=people * size)
        made.append(times.reshape(people, size).astype(np.float64))
    return made


def _differences(away: Floats, cell: NDArray[np.int64], cells: int, taken: Floats, times: Floats) -> Floats:
    """Return the standardised differences (B, K), each row counted `times` (N, B).

    NaN where nobody could be compared.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415

    people, count = away.shape
    made = np.full((times.shape[1], count), np.nan)
    for k in range(count):
        known = ~np.isnan(away[:, k])
        there, x = known.astype(np.float64), np.where(known, away[:, k], 0.0)
        parts = [there, there * taken, x, x * taken, x * x]
        rows = np.concatenate([cell + cells * part for part in range(len(parts))])
        columns = np.tile(np.arange(people), len(parts))
        sums = csr_array((np.concatenate(parts), (rows, columns)), shape=(cells * len(parts), people)) @ times
        n, a, total, of_taken, squares = sums.reshape(len(parts), cells, -1)
        both = (a > 0) & (a < n)
        mean = total / np.maximum(n, 1)
        accepted = np.where(both, a, 0).sum(0)
        free = np.where(both, n - 1, 0).sum(0)
        within = np.where(both, squares - n * mean**2, 0).sum(0)
        told = (accepted > 0) & (free > 0) & (within > 0)
        sd = np.sqrt(np.where(told, within, 1.0) / np.where(told, free, 1.0))
        apart = np.where(both, of_taken - a * mean, 0).sum(0)
        made[told, k] = (apart / np.maximum(accepted, 1) / sd)[told]
    return made
