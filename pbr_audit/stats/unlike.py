"""Whether some rows that were set apart are like the rest, from their numbers in each category.

Two tests and a size. One category that holds far too many: the exact hypergeometric tail, times the number of
categories. Many that hold somewhat too many: chi-square, categories with fewer than five expected put
together (Cochran, 1954). The size is the share of the rows set apart that would have to be in other
categories for them to be spread like the rest; what chance alone makes of it is taken off.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pbr_audit.stats.exact import Floats

Counts = npt.NDArray[np.int64]
LEAST_EXPECTED = 5
# Of four rows at least one is where it would not be by chance. Below this a difference may be certain, and
# still be small.
LEAST_SIZE = 0.25


@dataclass(frozen=True)
class Difference:
    """How rows set apart differ from the rest; shares are 0 to 1.

    `category` is the index of the one that holds far too many, with its share of the rows set apart and of
    the rest; None where no single one does. `size` is the share that would have to be elsewhere.
    """

    category: int | None
    share: float
    share_of_rest: float
    size: float


def difference(apart: Counts, rest: Counts, level: float) -> Difference | None:
    """Return how `apart` differs from `rest` (numbers of rows by category), or None where it does not.

    `level` is the chance of a difference where there is none, for both tests together. Assumes that under
    chance every row is as likely to be set apart as any other.
    """
    there = (apart + rest) > 0
    if there.sum() < 2 or not apart.sum() or not rest.sum():  # noqa: PLR2004 - one category is no comparison
        return None
    places = np.flatnonzero(there)
    apart, rest = apart[there], rest[there]
    shares, shares_of_rest = apart / apart.sum(), rest / rest.sum()
    excess = shares - shares_of_rest
    size = float(np.abs(excess).sum() / 2)
    for category in np.argsort(-excess, kind="stable"):
        if excess[category] < LEAST_SIZE:
            break
        tail = hypergeometric_upper_tail(
            int(apart[category]), int((apart + rest).sum()), int((apart + rest)[category]), int(apart.sum())
        )
        if tail * len(apart) <= level / 2:
            share, of_rest = float(shares[category]), float(shares_of_rest[category])
            return Difference(int(places[category]), share, of_rest, size)
    return _spread(apart, rest, level / 2)


def _spread(apart: Counts, rest: Counts, level: float) -> Difference | None:
    from scipy.special import chdtrc  # noqa: PLC0415

    apart, rest = _pooled(apart, rest)
    if len(apart) < 2:  # noqa: PLR2004
        return None
    both = apart + rest
    expected = both * (apart.sum() / both.sum())
    expected_rest = both - expected
    squares = (apart - expected) ** 2 / expected + (rest - expected_rest) ** 2 / expected_rest
    if chdtrc(len(apart) - 1, squares.sum()) > level:
        return None
    shares, shares_of_rest = apart / apart.sum(), rest / rest.sum()
    # The mean of |share - share of the rest| under chance, for a normal deviate.
    by_chance = np.sqrt(2 / np.pi * shares_of_rest * (1 - shares_of_rest) / apart.sum()).sum() / 2
    size = float(np.abs(shares - shares_of_rest).sum() / 2)
    return Difference(None, 0.0, 0.0, size) if size - by_chance >= LEAST_SIZE else None


def _pooled(apart: Counts, rest: Counts) -> tuple[Counts, Counts]:
    """Put categories together, the rarest first, until each expects LEAST_EXPECTED on both sides."""
    both = apart + rest
    share = apart.sum() / both.sum()
    least = both * min(share, 1 - share)
    few = least < LEAST_EXPECTED
    if few.sum() == 0:
        return apart, rest
    apart = np.append(apart[~few], apart[few].sum())
    rest = np.append(rest[~few], rest[few].sum())
    if least[few].sum() < LEAST_EXPECTED and len(apart) > 1:
        rarest = int(np.argmin((apart + rest)[:-1]))
        apart[rarest] += apart[-1]
        rest[rarest] += rest[-1]
        return apart[:-1], rest[:-1]
    return apart, rest


def hypergeometric_upper_tail(found: int, rows: int, of_category: int, drawn: int) -> float:
    """Return P(X >= found), X being how many of `drawn` rows, of `rows`, fall among the `of_category`.

    Exact: the sum of the probabilities, by log-gamma functions.
    """
    from scipy.special import gammaln, logsumexp  # noqa: PLC0415

    most = min(of_category, drawn)
    if found <= max(0, drawn - (rows - of_category)):
        return 1.0
    if found > most:
        return 0.0
    x = np.arange(found, most + 1, dtype=np.float64)

    def log_choose(n: float, k: Floats) -> Floats:
        result: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return result

    terms = log_choose(of_category, x) + log_choose(rows - of_category, drawn - x)
    total = log_choose(rows, np.array([float(drawn)]))[0]
    return float(min(1.0, np.exp(logsumexp(terms) - total)))
