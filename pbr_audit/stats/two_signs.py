"""Two signs of one act, a pile in one place and a gap in another, asked together.

Moving leaves both; a habit, a season or a slip leaves one of them as a rule.
"""

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

# How much the two go together among honest subjects, where each is a share of rows that the other leaves out.
# Somewhat more than simulated honest books show, so that the p-value errs on the cautious side.
TOGETHER = 0.25
# Each sign by itself has to be that many standard deviations out.
LEAST = 1.5


def two_signs(
    first: ArrayLike, second: ArrayLike, together: float = TOGETHER, least: float = LEAST
) -> Floats:
    """Return one p-value for two one-sided ones, element by element; 1 where either sign is missing.

    The sum of the normal deviates over √(2 + 2·`together`), the correlation of the two where nobody moved
    anything (Stouffer). A sign is missing where its deviate is below `least`. NaN where either is NaN.
    """
    from scipy.special import ndtr, ndtri  # noqa: PLC0415

    p = np.stack(np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in (first, second))))
    z = -ndtri(np.clip(p, 1e-300, 1.0))
    both = ndtr(-np.clip(z, -40, 40).sum(0) / np.sqrt(2 + 2 * together))
    return np.where(np.isnan(p).any(0), np.nan, np.where((z >= least).all(0), both, 1.0))
