"""How unusual the largest of many figures are, where a few of them may not belong to the rest.

Above a high bound, figures of nearly any kind fall off as a generalised Pareto distribution (Pickands, 1975):
exponentially at shape 0, more slowly the larger the shape. What lies further out than any figure so far has
to be read off such a tail, and with its shape unknown the answer hangs on it. So the tail is averaged over
shapes and scales by how well they fit, heavy ones believed only where the figures show them. The largest
figures are left out of the fit (it is truncated there): they are what is asked about, and would make a tail
in which they are usual.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

# The tail is learnt from the upper half, but not from the largest hundredth (one figure at least).
UPPER, LEFT_OUT, FEWEST = 0.5, 0.01, 5
# Shapes from exponential to one without a mean, scales from the model's own. Beforehand the chance of a shape
# falls off exponentially and that of a scale as a power, at rates under which invented honest figures of 100
# and more units, of heavy tails too, are found no oftener than they should.
SHAPES, SCALES = np.linspace(0, 1, 11), np.geomspace(1, 20, 30)
SHAPE_RATE, SCALE_RATE = 6.0, 2.0
HALVINGS = 50


@dataclass(frozen=True)
class TrimmedTail:
    """What figures (U) fall off like above `start`: `weight` (T) of each `shape` and `scale` (T).

    `share` of all figures lie above the start; `without` (U, T), the weights where a figure itself is left
    out.
    """

    start: float
    share: float
    shape: Floats
    scale: Floats
    weight: Floats
    without: Floats

    def p_values(self, figures: ArrayLike) -> Floats:
        """Return the chance, by the others, of a figure as large as each (U) fitted; 1 up to the start."""
        y = np.asarray(figures, dtype=np.float64)
        tail = self.share * (self.without * np.exp(self._log_tail(y))).sum(1)
        return np.asarray(np.where(y > self.start, tail, 1.0))

    def critical(self, p_value: float) -> float:
        """Return the figure that has this chance, by halving."""
        low, high = 0.0, 1.0
        while self._tail(high) > p_value:
            high *= 2
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._tail(middle) > p_value else (low, middle)
        return self.start + high

    def _tail(self, beyond: float) -> float:
        return float(
            self.share * self.weight @ np.exp(_log_tail(np.array([beyond]), self.shape, self.scale))[0]
        )

    def _log_tail(self, y: Floats) -> Floats:
        return _log_tail(np.maximum(y - self.start, 0.0), self.shape, self.scale)


def trimmed_tail(figures: ArrayLike) -> TrimmedTail:
    """Return the tail of figures (U), at least 10 of them, each 0 or more.

    A scale is at least 1: figures whose tail is exponential with mean 1 if all is as a model has it, and
    which may be larger than the model says, not smaller. Assumes that all but a hundredth of the figures are
    of one kind.
    """
    y = np.asarray(figures, dtype=np.float64)
    many, ordered = len(y), np.sort(y)
    out = max(int(np.ceil(many * LEFT_OUT)), 1)
    above = min(max(int(np.ceil(many * UPPER)), out + FEWEST), many - 1)
    start, end = float(ordered[many - above - 1]), float(ordered[many - out - 1])
    shape, scale = (grid.ravel() for grid in np.meshgrid(SHAPES, SCALES, indexing="ij"))
    prior = -SHAPE_RATE * shape - SCALE_RATE * np.log(scale)
    fits = np.zeros((many, len(shape)))
    fitted = (y > start) & (y <= end)
    if fitted.any():
        beyond = y[fitted] - start
        slope = np.log1p(shape * beyond[:, None] / scale) + np.log(scale)
        density = _log_tail(beyond, shape, scale) - slope
        fits[fitted] = density - np.log(-np.expm1(_log_tail(np.array([end - start]), shape, scale)))
    total = fits.sum(0) + prior
    return TrimmedTail(
        start=start,
        share=(above + 1) / many,
        shape=shape,
        scale=scale,
        weight=_weights(total[None, :])[0],
        without=_weights(total - fits),
    )


def _log_tail(beyond: Floats, shape: Floats, scale: Floats) -> Floats:
    """Return the logarithms of tails (N, T) of the generalised Pareto distribution."""
    times = beyond[:, None] / scale
    heavy = shape > 0
    return np.asarray(np.where(heavy, -np.log1p(shape * times) / np.where(heavy, shape, 1.0), -times))


def _weights(logs: Floats) -> Floats:
    weight = np.exp(logs - logs.max(1, keepdims=True))
    return np.asarray(weight / weight.sum(1, keepdims=True))
