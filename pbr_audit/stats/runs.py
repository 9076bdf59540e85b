"""Values that follow one another: how many neighbours are equal, against the same values in any order.

Values that gather (28 days, 26 weeks, a month) are equal often, and in any order. Values that were copied
from one to the next are equal as neighbours, oftener than the same values shuffled. Mean and variance over
all orders have closed forms, so that nothing is drawn. Source: Mood (1940), for runs of several kinds; Moran
(1948), for joins of neighbours that are alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

# In fewer places there are no two pairs of neighbours apart from each other.
LEAST_PLACES = 4


@dataclass(frozen=True)
class EqualNeighbours:
    """Of each sequence (S): the pairs of neighbours, and over all orders mean and variance of the equal ones.

    All 0 where a sequence has fewer than four values.
    """

    pairs: Floats
    mean: Floats
    variance: Floats


def equal_neighbours(size: ArrayLike, twos: ArrayLike, threes: ArrayLike) -> EqualNeighbours:
    """Return how many equal neighbours sequences of values have, were every order equally likely.

    Of each sequence (S): `size`, its number n of values, and of how often (f) each different value stands in
    it, the sums `twos` of f(f - 1) and `threes` of f(f - 1)(f - 2). A pair of neighbours is equal
    with probability twos/(n(n - 1)), of which there are n - 1; two pairs with a value in common both are with
    threes/(n(n - 1)(n - 2)), and two without, with (twos² - 4·threes - 2·twos)/(n(n - 1)(n - 2)(n - 3)).
    """
    n, a, b = (np.asarray(values, dtype=np.float64) for values in (size, twos, threes))
    there = n >= LEAST_PLACES
    m = np.where(there, n, LEAST_PLACES)
    mean = a / m
    touching = 2 * b / (m * (m - 1))
    apart = (a**2 - 4 * b - 2 * a) / (m * (m - 1))
    variance = np.maximum(mean + touching + apart - mean**2, 0.0)
    return EqualNeighbours(*(np.where(there, values, 0.0) for values in (m - 1, mean, variance)))
