"""Whether the people taken on were easier than those offered: the standardised difference within strata.

Within one provider, month, area and group, no selection means that those accepted are a draw of so many out
of those referred. The mean and the variance of their summed risk are then known exactly, the first two
moments of the permutation distribution, and nothing has to be shuffled. Held against zero nearly every
honest provider selects (eligibility does); use `peers.against_peers` on `per_refusal`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.resampling import percentile_interval

# Fewer on either side show no selection.
LEAST_ACCEPTED, LEAST_REFUSED = 60, 20


@dataclass(frozen=True)
class Selection:
    """One row a provider, sorted by `provider`; every array has the shape (P).

    `difference`, the accepted people's mean risk less that of all referred, within strata, in standard
    deviations of the referred: below 0 where easier people were taken. `variance` of it where nobody
    selects. `accepted` and `refused`, in strata where both happened. `per_refusal` and
    `per_refusal_variance`, the same two over the share refused, on which providers can be compared: who
    refuses few can select little. Both are NaN where too few were accepted or refused, and where risk does
    not vary. `sd` of the referred within strata, in the risk's own unit.
    """

    provider: NDArray[np.int64]
    difference: Floats
    variance: Floats
    accepted: Floats
    refused: Floats
    per_refusal: Floats
    per_refusal_variance: Floats
    sd: Floats


def selection(
    provider: ArrayLike,
    stratum: ArrayLike,
    risk: ArrayLike,
    accepted: ArrayLike,
    *,
    least_accepted: int = LEAST_ACCEPTED,
    least_refused: int = LEAST_REFUSED,
) -> Selection:
    """Return how the accepted differ from the referred in risk, by provider.

    All arguments (N), a row a referral: `provider` and `stratum` whole numbers, `risk` known before the
    decision (higher is harder), `accepted` true or false. Rows without a risk are to be left out, and
    counted, by the caller. Strata in which all or none were accepted say nothing and drop out. Source: the
    finite-population moments of a sample mean (Cochran, 1977, section 2.5).
    """
    names, of_provider = np.unique(np.asarray(provider, dtype=np.int64), return_inverse=True)
    strata, of_stratum = np.unique(np.asarray(stratum, dtype=np.int64), return_inverse=True)
    cell, of_cell = np.unique(of_provider * max(len(strata), 1) + of_stratum, return_inverse=True)
    x, taken = np.asarray(risk, dtype=np.float64), np.asarray(accepted, dtype=np.float64)

    def by_cell(values: Floats) -> Floats:
        return np.bincount(of_cell, values, len(cell)).astype(np.float64)

    n, a = by_cell(np.ones_like(x)), by_cell(taken)
    away = x - (by_cell(x) / n)[of_cell]
    squares = by_cell(away**2)
    # Of a drawn without replacement from n: the variance of their sum about the cell's mean.
    variance = a * (1 - a / n) * squares / np.maximum(n - 1, 1)
    both = (a > 0) & (a < n)

    def summed(values: Floats) -> Floats:
        whose = cell // max(len(strata), 1)
        return np.bincount(whose, np.where(both, values, 0.0), len(names)).astype(np.float64)

    count, people = summed(a), summed(n)
    sd = np.sqrt(summed(squares) / np.maximum(summed(n - 1), 1))
    scale = np.where((count > 0) & (sd > 0), count * sd, np.nan)
    difference = summed(by_cell(away * taken)) / scale
    enough = (count >= least_accepted) & (people - count >= least_refused)
    share_refused = np.where(enough, (people - count) / np.maximum(people, 1), np.nan)
    chance = summed(variance) / scale**2
    return Selection(
        provider=names,
        difference=difference,
        variance=chance,
        accepted=count,
        refused=people - count,
        per_refusal=difference / share_refused,
        per_refusal_variance=chance / share_refused**2,
        sd=sd,
    )


@dataclass(frozen=True)
class Chosen:
    """One provider's selection described: `low` and `high`, the 95 % interval of the standardised difference.

    `distance`, Wasserstein's, between the risks of the accepted and of all who were referred, in the risk's
    own unit; `away` (N), each person's risk less the mean of
    its stratum, in standard deviations.
    """

    low: float
    high: float
    distance: float
    away: Floats


def chosen(
    stratum: ArrayLike, risk: ArrayLike, accepted: ArrayLike, *, seed: int, repeats: int = 500
) -> Chosen:
    """Return how one provider's accepted differ from all who were referred to it.

    All arguments (N), a row a referral, as of `selection`. The interval resamples referrals (Efron, 1979;
    percentiles), strata and all; the same rows in the same order and one seed give the same limits.
    """
    from scipy.stats import wasserstein_distance  # noqa: PLC0415

    _, cell = np.unique(np.asarray(stratum), return_inverse=True)
    x, taken = np.asarray(risk, dtype=np.float64), np.asarray(accepted, dtype=np.bool_)
    rng = np.random.default_rng(seed)
    drawn = [
        _difference(cell, x, taken, rng.multinomial(len(x), np.full(len(x), 1 / len(x))))
        for _ in range(repeats)
    ]
    low, high = percentile_interval(np.array(drawn), 0.95)
    n, a = np.bincount(cell), np.bincount(cell, taken)
    away, both = x - (np.bincount(cell, x) / n)[cell], (a > 0) & (a < n)
    sd = float(np.sqrt((away**2)[both[cell]].sum() / max((n[both] - 1).sum(), 1)))
    distance = wasserstein_distance(x[taken], x) if taken.any() else np.nan
    return Chosen(float(low), float(high), float(distance), away / sd if sd > 0 else away * np.nan)


def _difference(
    cell: NDArray[np.int64], x: Floats, taken: NDArray[np.bool_], times: NDArray[np.int64]
) -> float:
    """Return the standardised difference, each row counted `times`; NaN where nobody could be compared."""
    n, a = np.bincount(cell, times), np.bincount(cell, times * taken)
    both = ((a > 0) & (a < n))[cell]
    counted = np.where(both, times, 0)
    people = np.bincount(cell, counted)
    mean = np.bincount(cell, counted * x) / np.maximum(people, 1)
    away = x - mean[cell]
    free = np.maximum(people - 1, 0).sum()
    accepted = (counted * taken).sum()
    squares = (counted * away**2).sum()
    if not accepted or not free or squares <= 0:
        return float("nan")
    return float((counted * taken * away).sum() / accepted / np.sqrt(squares / free))
