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
