"""How much oftener two clients of one provider have the same than two clients of different providers.

In one area everybody may work for the one large employer, so that the same employer twice says nothing. What
says something is that two clients of one provider have the same employer oftener than one of its clients
and one of another provider's in that area. The figure is the square root of that difference: where one
employer stands behind a provider's clients beyond what the area gives, it is about that employer's share of
them. Counts of pairs are unbiased at any number of clients: a provider of 30 and one of 3,000 are alike.

Source: Simpson (1949), Nature 163, for pairs in place of squared shares; Weir and Cockerham (1984), Evolution
38, for pairs within against pairs between.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

Ints = NDArray[np.int64]
# Two pairs are the least of which there can be more than one answer.
LEAST_CLIENTS = 2


@dataclass(frozen=True)
class Alike:
    """Pairs of clients with the same; every array has the shape (P), a place a provider.

    `clients` in places where others have some too; `within` the share of pairs of the provider's own clients
    in one place that have the same, `between` that of pairs with another provider's, `others` that of the
    others' clients among themselves. `figure` is about the share that one thing has beyond what its places
    give, `variance` its squared standard error. NaN where there is no pair.
    """

    clients: Floats
    within: Floats
    between: Floats
    others: Floats
    figure: Floats
    variance: Floats


def alike_within(provider: ArrayLike, place: ArrayLike, thing: ArrayLike, clients: ArrayLike) -> Alike:
    """Return for each provider how alike its clients are, beyond the other providers' in the same places.

    A row (N) is how many `clients` of a provider have a thing in a place; the others are whole numbers from
    0, and no two rows are of the same three. Only pairs in one place are counted, places with the number of
    pairs that they have. What the others' clients are more alike among themselves than to the provider's is
    taken off, so that a neighbour's habit is never this provider's. Assumes clients that come one by one.
    """
    of, at, what = (np.asarray(code, dtype=np.int64) for code in (provider, place, thing))
    k = np.asarray(clients, dtype=np.float64)
    providers, places = int(of.max(initial=-1)) + 1, int(at.max(initial=-1)) + 1
    _, same = np.unique(np.column_stack([at, what]), axis=0, return_inverse=True)
    same = same.reshape(-1)
    everybody = np.bincount(same, k)
    others = everybody[same] - k
    in_place = np.bincount(at, k, places)
    # What everybody in a place has is its own: there a provider's share swings most and says least.
    rare = (1 - everybody[same] / in_place[at]) ** 2
    once = np.unique(same, return_index=True)[1]
    pairs_of_all = np.bincount(at[once], (everybody * (everybody - 1))[same[once]] * rare[once], places)

    def summed(values: Floats) -> Floats:
        total = np.bincount(of * places + at, values, providers * places)
        return np.asarray(total, dtype=np.float64).reshape(providers, places)

    n = summed(k)
    rest = in_place - n
    counted = (n >= LEAST_CLIENTS) & (rest >= LEAST_CLIENTS)
    own, far = np.where(counted, n, 2.0), np.where(counted, rest, 2.0)
    within = summed(rare * k * (k - 1)) / (own * (own - 1))
    between = summed(rare * k * others) / (own * far)
    among = pairs_of_all - summed(rare * k * (k - 1 + 2 * others))
    elsewhere = among / (far * (far - 1))
    # Pairs, less where few others are there to say what is usual.
    weight = np.where(counted, n * (n - 1) * rest / np.maximum(in_place - 1, 1), 0.0)
    in_all = weight.sum(1)
    known = in_all > 0
    part = weight / np.where(known, in_all, 1.0)[:, None]
    first, second, third = ((part * pairs).sum(1) for pairs in (within, between, elsewhere))
    plain = summed(rare * k**2) / own**2
    by_own = 4 * np.maximum(summed(rare**2 * k**3) / own**3 - plain**2, 0) / own
    by_own = by_own + 2 * summed(rare**2 * k**2) / own**2 / (own * (own - 1))
    by_others = np.maximum(summed(rare**2 * k**2 * others) / (own**2 * far) - between**2, 0) / far
    error = np.sqrt((part**2 * (by_own + by_others)).sum(1))
    beyond = first - second - np.maximum(second - third, 0.0)
    figure = np.sqrt(np.maximum(beyond, 0.0))
    variance = error**2 / (4 * np.maximum(np.maximum(beyond, error), 1e-12))
    nothing = np.where(known, 0.0, np.nan)
    return Alike(
        clients=np.where(counted, n, 0.0).sum(1),
        within=first + nothing,
        between=second + nothing,
        others=third + nothing,
        figure=figure + nothing,
        variance=variance + nothing,
    )
