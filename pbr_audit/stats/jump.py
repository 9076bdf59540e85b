"""Whether a published histogram jumps at its threshold more than anywhere else.

Published scores often come with gaps and teeth (a raw mark that no scaled score stands for), and round
numbers fill by themselves, so that a jump is held against those at every other value of the same histogram.
Own method, after the placebo cut-offs of Imbens and Lemieux (2008).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import CAUTION, centre_and_spread

Direction = Literal["at_least", "at_most"]
# In each of the two blocks beside a value, and blocks on either side of the threshold that are looked at.
LEAST, REACH = 20, 8
# Fewer values to compare with, counted as blocks that do not overlap, do not show what is usual.
FEWEST_BLOCKS = 6
# A longer grid is none that people read, and how far off it a value may lie, in steps.
MOST_PLACES, ON_GRID = 100_000, 1e-6


@dataclass(frozen=True)
class HistogramJump:
    """The step at the threshold and those elsewhere.

    `paid` and `short`, counts in the blocks on the paid side and short of it; `usual_ratio` of the two,
    from the slope of the rest; `factor`, how many times that the ratio is, with its 95 % limits `low` and
    `high`; `largest_elsewhere`, the largest such factor at another value; `p_value` one-sided, 1 where a
    step elsewhere is as large.
    """

    paid: float
    short: float
    usual_ratio: float
    factor: float
    low: float
    high: float
    largest_elsewhere: float
    df: float
    p_value: float

    @property
    def excess(self) -> float:
        """How many would have to lie short of the threshold for the step to be the usual one."""
        return (self.paid - self.usual_ratio * self.short) / (1 + self.usual_ratio)


def histogram_jump(
    counts: ArrayLike, *, threshold: int, width: int, direction: Direction = "at_least"
) -> HistogramJump | None:
    """Return the jump at place `threshold` of `counts`, or None where too little stands beside it.

    `counts` (K) on equally spaced values, 0 where nobody has one; `threshold` the place of the first paid
    value (at least), or of the last (at most); `width` of a block, in places. The step at a place is the
    log ratio of the block from it on, away from what is unpaid, to the block before it. Steps within 8
    blocks whose blocks do not touch the two beside the threshold are the placebos; a line through them
    (Theil and Sen) gives the usual step, their robust spread beyond sampling error the rest, and half the
    number of blocks that do not overlap, less 2, t's degrees of freedom. None with fewer than 20 in a block
    at the threshold, or fewer than 6 such blocks of placebos.
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    row, at = np.asarray(counts, dtype=np.float64), threshold
    if direction == "at_most":
        row, at = row[::-1], len(row) - 1 - threshold
    place, after, before = _blocks(row, width)
    here = place == at
    far = np.abs(place - at)
    others = (far >= 2 * width) & (far <= REACH * width) & (np.minimum(after, before) >= LEAST)
    if not here.any() or min(after[here][0], before[here][0]) < LEAST or others.sum() / width < FEWEST_BLOCKS:
        return None
    step, error = np.log(after + 0.5) - np.log(before + 0.5), 1 / (after + 0.5) + 1 / (before + 0.5)
    line = _line(place[others], step[others])
    beyond = step - line[0] - line[1] * place
    spread = centre_and_spread(beyond[others], error[others], 2.5, CAUTION)
    blocks = float(others.sum()) / width
    learnt = float(spread.variance) * (1 + 1 / blocks)
    distance = float(beyond[here][0] - spread.centre)
    scale = float(np.sqrt(error[here][0] + learnt))
    df = (blocks - 2) / 2 / max(learnt / scale**2, 0.05) ** 2
    largest = float((beyond[others] - spread.centre).max())
    half = float(stdtrit(df, 0.975)) * scale
    return HistogramJump(
        paid=float(after[here][0]),
        short=float(before[here][0]),
        usual_ratio=float(after[here][0] / before[here][0] / np.exp(distance)),
        factor=float(np.exp(distance)),
        low=float(np.exp(distance - half)),
        high=float(np.exp(distance + half)),
        largest_elsewhere=float(np.exp(largest)),
        df=df,
        p_value=float(stdtr(df, -distance / scale)) if distance > largest else 1.0,
    )


def on_grid(
    values: ArrayLike, counts: ArrayLike, threshold: float, direction: Direction
) -> tuple[Floats, int] | None:
    """Return the counts on an even grid, and the place of the first (at least) or last (at most) paid value.

    `values` (N), ascending and all different, with their `counts`; the grid's step is the smallest distance
    between two of them, and values between that nobody has count 0. None where a value lies off the grid, a
    count is below 0, there are fewer than two values, or the grid would be more than MOST_PLACES long.
    """
    x, y = np.asarray(values, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    if len(x) < 2 or (y < 0).any():  # noqa: PLR2004 - one value has no distance
        return None
    step = float(np.diff(x).min())
    place = (x - x[0]) / step
    if place[-1] >= MOST_PLACES or np.abs(place - place.round()).max() > ON_GRID:
        return None
    row = np.zeros(int(place[-1].round()) + 1)
    row[place.round().astype(np.int64)] = y
    paid = (threshold - x[0]) / step
    # A threshold on the grid is the first paid value itself, whatever the last binary digit says.
    return row, int(np.ceil(paid - ON_GRID) if direction == "at_least" else np.floor(paid + ON_GRID))


def _blocks(row: Floats, width: int) -> tuple[Floats, Floats, Floats]:
    """Return the places with a whole block on both sides, and the counts from each on and before it."""
    total = np.concatenate([[0.0], np.cumsum(row)])
    place = np.arange(width, len(row) - width + 1)
    return place.astype(np.float64), total[place + width] - total[place], total[place] - total[place - width]


def _line(place: Floats, step: Floats) -> tuple[float, float]:
    """Return intercept and slope: the median slope of all pairs, and the median of what is left."""
    one, other = np.triu_indices(len(place), 1)
    slope = float(np.median((step[other] - step[one]) / (place[other] - place[one])))
    return float(np.median(step - slope * place)), slope
