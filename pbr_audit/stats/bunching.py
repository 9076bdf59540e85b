"""How many values a histogram holds at a threshold beyond a smooth curve through the rest: excess mass.

Source: Chetty, Friedman, Olsen and Pistaferri (2011), QJE 126(2); Kleven (2016). The size of a pile, never
the proof of one: at a round number the curve has to know the round numbers, and the comparison is with
peers. Limits come from resampling clients (`resampling.resampled_sums`) and not residuals: values of one
client hang together.

R's `bunching` 0.8.6 is followed, but for two things. It repeats its correction until the excess changes by
less than one count, and so is good to 0.3 %; the correction is linear in the excess, and solved exactly
here. Nor is its bootstrap followed, which resamples the excess itself among the residuals, so that its
standard deviation comes out several times too large.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

# As many bins beyond the curve's own coefficients as make its fit mean something.
SPARE_BINS = 5


@dataclass(frozen=True)
class Bunching:
    """Excess over the counterfactual; without the histograms' last axis, but for `counterfactual` (..., K).

    `excess` in counts (B), over all bins left out of the fit; `per_bin`, the excess over the mean
    counterfactual count of those bins (b), NaN where that is not above 0.
    """

    excess: Floats
    per_bin: Floats
    counterfactual: Floats


def excess_mass(
    counts: ArrayLike,
    position: ArrayLike,
    left_out: ArrayLike,
    *,
    degree: int,
    came_from: Literal["above", "below"] | None = None,
    rounds: ArrayLike | None = None,
) -> Bunching | None:
    """Return the excess in the bins `left_out`, over a polynomial through the others, or None.

    `counts` (..., K), one histogram a row; `position` (K) of each bin, in bins from the threshold;
    `left_out` (K), true where values gather; `rounds` (K, D), a column of 0 and 1 for each round number
    that fills by itself. With `came_from` the values that gather are put back among the bins on that side
    of the threshold, in proportion to what is there, so that curve and histogram hold the same total. None
    where fewer than 5 bins are left beyond the number of coefficients. Assumes that without the threshold
    the counts follow the curve.
    """
    observed = np.asarray(counts, dtype=np.float64)
    at, out = np.asarray(position, dtype=np.float64), np.asarray(left_out, dtype=np.bool_)
    design = _design(at, degree, rounds)
    if (~out).sum() < design.shape[1] + SPARE_BINS:
        return None
    # The curve's value in every bin, as a linear map of the counts outside the bins left out.
    smooth = np.zeros((len(at), len(at)))
    smooth[:, ~out] = design @ np.linalg.pinv(design[~out])
    curve = observed @ smooth.T
    excess = (observed - curve)[..., out].sum(-1)
    if came_from is not None:
        moved = _put_back(observed, at > 0 if came_from == "above" else at < 0) @ smooth.T
        # Excess B less what B itself adds to the curve: B = excess - B·added.
        excess = excess / (1 + moved[..., out].sum(-1))
        curve = curve + excess[..., None] * moved
    usual = curve[..., out].mean(-1)
    return Bunching(excess, excess / np.where(usual > 0, usual, np.nan), curve)


def _design(position: Floats, degree: int, rounds: ArrayLike | None) -> Floats:
    # Between -1 and 1, so that high powers stay within what a float holds.
    powers = np.vander(position / np.abs(position).max(), degree + 1)
    if rounds is None:
        return powers
    return np.column_stack([powers, np.asarray(rounds, dtype=np.float64)])


def _put_back(observed: Floats, side: NDArray[np.bool_]) -> Floats:
    """Return what one value that gathered adds to each bin of its side, in proportion to the counts there."""
    there = np.where(side, observed, 0.0)
    total = there.sum(-1, keepdims=True)
    return np.asarray(there / np.where(total > 0, total, np.nan))
