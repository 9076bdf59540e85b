"""Many tests at once: what share of the flags is to be expected by chance alone."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return the q-value of each p-value: the smallest false discovery rate at which it would be flagged.

    One dimension, in the order given. NaN marks a test that abstained: it is left out of the number of
    tests and stays NaN. Holds under independence or positive dependence of the tests. Source: Benjamini and
    Hochberg (1995), step-up, as adjusted p-values.
    """
    p = np.asarray(p_values, dtype=np.float64)
    tested = ~np.isnan(p)
    order = np.argsort(p[tested], kind="stable")
    count = order.size
    stepped = p[tested][order] * count / np.arange(1, count + 1)
    # A larger p-value never has a smaller q-value, and none is above 1.
    running = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    adjusted = np.empty(count)
    adjusted[order] = running
    q = np.full(p.shape, np.nan)
    q[tested] = adjusted
    return q
