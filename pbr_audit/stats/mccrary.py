"""A jump in the density of a continuous measure at a threshold: McCrary's test. For comparison only.

It bins the values first and was drawn up for measures without ties; on whole days and weeks it finds what
the rounding made. A rule asks `density.density_jump` (continuous) or `frandsen` (discrete). Source: McCrary
(2008), Journal of Econometrics 142; R's `rdd::DCdensity` 0.57 is followed in bin, bandwidth and standard
error.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

LEAST, LEAST_EACH_SIDE = 300, 50
DEGREE = 4


@dataclass(frozen=True)
class DensityJump:
    """The log density just above the threshold less that just below, `log_jump`, with its standard error.

    `p_more` is one-sided: more values at and above the threshold than below it.
    """

    log_jump: float
    error: float
    bandwidth: float
    bin_width: float
    p_more: float


def mccrary(values: ArrayLike, threshold: float, bandwidth: float | None = None) -> DensityJump | None:
    """Return the jump at the threshold, or None with fewer than 300 values or 50 on a side.

    `values` (N) in the measure's unit, as are the bandwidth and the result's widths. None too where the
    values do not vary, or a side's local line has no density at the threshold. Assumes a measure without
    ties and a density that is smooth on both sides.
    """
    from scipy.special import ndtr  # noqa: PLC0415

    z = np.asarray(values, dtype=np.float64) - threshold
    below = int((z < 0).sum())
    if len(z) < LEAST or min(below, len(z) - below) < LEAST_EACH_SIDE:
        return None
    width = 2 * float(z.std(ddof=1)) * len(z) ** -0.5
    if width <= 0:
        return None
    middle, density = _binned(z, width)
    h = _bandwidth(middle, density) if bandwidth is None else bandwidth
    left, right = (_at_threshold(middle, density, h, side) for side in (middle < 0, middle > 0))
    if not (left > 0 and right > 0):
        return None
    jump = float(np.log(right) - np.log(left))
    error = float(np.sqrt(24 / 5 / (len(z) * h) * (1 / right + 1 / left)))
    return DensityJump(jump, error, h, width, float(ndtr(-jump / error)))


def _binned(z: Floats, width: float) -> tuple[Floats, Floats]:
    """Return the middles of bins that do not straddle the threshold, and their densities."""
    place = np.floor(z / width).astype(np.int64)
    first = int(place.min())
    counts = np.bincount(place - first)
    middle = (first + np.arange(len(counts)) + 0.5) * width
    return np.asarray(middle, dtype=np.float64), np.asarray(counts / (len(z) * width))


def _bandwidth(middle: Floats, density: Floats) -> float:
    """Return the mean over both sides of 3.348·(variance·range/Σ f''²)^(1/5), f a fourth-order polynomial."""
    each = []
    for side in (middle < 0, middle > 0):
        x, y = middle[side], density[side]
        fit = np.polynomial.Polynomial.fit(x, y, DEGREE)
        variance = float(((y - fit(x)) ** 2).sum() / max(len(x) - DEGREE - 1, 1))
        bend = float((fit.deriv(2)(x) ** 2).sum())
        each.append(3.348 * (variance * float(np.abs(x).max()) / bend) ** 0.2)
    return float(np.mean(each))


def _at_threshold(middle: Floats, density: Floats, h: float, side: np.ndarray) -> float:
    """Return the height at the threshold of a line fitted to one side, with triangular weights."""
    step = float(middle[1] - middle[0])
    # Empty bins beyond the data count as empty, up to a bandwidth away.
    beyond = np.arange(1, int(np.ceil(h / step)) + 1) * step
    x = np.concatenate([middle[side], middle[-1] + beyond, middle[0] - beyond])
    y = np.concatenate([density[side], np.zeros(2 * len(beyond))])
    weight = np.where(np.sign(x) == np.sign(middle[side][0]), np.maximum(1 - np.abs(x / h), 0), 0.0)
    total, first, second = weight.sum(), (weight * x).sum(), (weight * x**2).sum()
    spread = total * second - first**2
    if spread <= 0:
        return float("nan")
    return float((second * (weight * y).sum() - first * (weight * x * y).sum()) / spread)
