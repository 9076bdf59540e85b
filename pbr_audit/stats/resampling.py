"""Resampling clients, and shuffling labels within strata: intervals and p-values without a distribution.

A client's claims hang together, so that clients are drawn and never claims. The generator is an argument: one
seed gives one answer.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

# Draws held in memory at once.
BLOCK = 4_000_000


def resampled_sums(values: ArrayLike, client: ArrayLike, repeats: int, rng: np.random.Generator) -> Floats:
    """Return the column sums (R, M) of `repeats` samples of as many clients, drawn with replacement.

    `values` (N, M), a row a claim; `client` (N), any labels. A statistic that follows from sums (a share, a
    ratio, a histogram: a column a bin) is taken from each row of the result, all at once. Clients with the
    same sums are exchangeable, so that how often each distinct row is drawn is one multinomial draw: exact,
    and quick where few rows are distinct. Source: the cluster bootstrap (Davison and Hinkley, 1997, section
    3.8).
    """
    rows = np.asarray(values, dtype=np.float64)
    _, of_client = np.unique(np.asarray(client), return_inverse=True)
    clients = int(of_client.max()) + 1 if of_client.size else 0
    sums = np.column_stack([np.bincount(of_client, column, clients) for column in rows.T])
    patterns, copies = np.unique(sums, axis=0, return_counts=True)
    if not clients:
        return np.zeros((repeats, rows.shape[1]))
    block = max(1, BLOCK // len(patterns))
    drawn = [
        rng.multinomial(clients, copies / clients, size=min(block, repeats - start)) @ patterns
        for start in range(0, repeats, block)
    ]
    return np.concatenate(drawn)


def percentile_interval(replicates: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return the limits between which the middle `level` of the replicates (R, ...) lie, first axis gone.

    NaN replicates, samples in which the statistic has no value, count as the widest on both sides: an
    interval is never narrowed by what could not be worked out.
    """
    values = np.asarray(replicates, dtype=np.float64)
    tail = (1 - level) / 2
    low = np.quantile(np.where(np.isnan(values), -np.inf, values), tail, axis=0, method="lower")
    high = np.quantile(np.where(np.isnan(values), np.inf, values), 1 - tail, axis=0, method="higher")
    return np.asarray(low), np.asarray(high)


def shuffled_within(labels: ArrayLike, stratum: ArrayLike, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return `labels` (N, whole numbers) in random order within each stratum (N), every order equally likely.

    The null of "within a month, area and group it does not matter who": each stratum keeps its labels.
    """
    names, groups = np.asarray(labels, dtype=np.int64), np.asarray(stratum)
    result = np.empty_like(names)
    result[np.argsort(groups, kind="stable")] = names[np.lexsort((rng.random(len(names)), groups))]
    return result


def permutation_p(observed: ArrayLike, null: ArrayLike, tail: Literal["above", "below"] = "above") -> Floats:
    """Return the share of null values (R, ...) as far out as `observed` (...) or further, itself counted in.

    Never 0: (1 + count)/(1 + R), an exact p-value where the null values are random draws (Phipson and Smyth,
    2010). NaN where `observed` is; a NaN among the null values counts as further out.
    """
    seen, drawn = np.asarray(observed, dtype=np.float64), np.asarray(null, dtype=np.float64)
    if tail == "below":
        seen, drawn = -seen, -drawn
    further = (~(drawn < seen)).sum(axis=0)
    return np.where(np.isnan(seen), np.nan, (1 + further) / (1 + len(drawn)))
