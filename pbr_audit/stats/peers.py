"""A provider against the spread of honest peers: robust centre, spread beyond chance, leave-one-out tests.

Held against zero, nearly every honest provider differs from the rest; held against how much honest ones
differ, few do. The spread is learnt so that a few who game cannot widen it: winsorised Paule-Mandel.

NaN marks a provider without a figure: it is no peer, and its own result is NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

# Beyond this many standard errors a figure counts less: 96 % as efficient as a mean where nobody is far out.
HUBER = 1.5
CENTRE_STEPS, SPREAD_STEPS = 8, 30
# So many figures at a time stay in the processor's cache.
A_ROW_EACH, AT_A_TIME = 2, 30_000
# Steps that interpolation may be behind a bisection before it has to halve.
SLACK = 4
# A median absolute deviation, and a distance of the quartiles, of a normal distribution of variance 1.
MAD_TO_SD, QUARTILES_TO_SD = 1.482602218505602, 0.7413011092528010
FEWEST_PEERS = 10
# Of the peers, the share that counts as degrees of freedom, and how cautious their spread is taken: in
# simulated honest books of 12 to 100 providers with these somebody was flagged in at most 5 % (without
# caution in 15 %).
EFFICIENCY, CAUTION = 0.5, 0.7
# A deviate found among some ten tests and more, and how far above it four in five of the larger ones lie.
FOUND_AMONG_MANY, FOUR_IN_FIVE = 0.995, 0.84


@dataclass(frozen=True)
class Spread:
    """Centre of the providers' figures and their variance beyond chance; both without the last axis."""

    centre: Floats
    variance: Floats


def centre_and_spread(figure: ArrayLike, variance: ArrayLike, k: float = 1.5, caution: float = 0.0) -> Spread:
    """Return the Huber centre of `figure` and the variance between providers beyond each one's own.

    `figure` and `variance` (..., P), the squared standard error of each figure; one answer for each row.
    The variance between providers solves sum(min(z², k²)) = (P - 1)·E min(N², k²), with z standardised by
    both variances and N standard normal: Paule and Mandel (1982) with large deviates cut to k, so that a
    provider far out counts no more than one k away. 0 where the figures vary less than their errors.
    Assumes errors that are normal, with known variance, and independent. NaN for a row without figures. A
    larger k is more efficient and less robust.

    With `caution` the sum is solved for that many of its standard deviations below its mean: an upper limit
    of the variance between providers. Few peers often seem to differ by nothing, and an honest provider
    then by much.
    """
    y, v = np.broadcast_arrays(np.asarray(figure, dtype=np.float64), np.asarray(variance, dtype=np.float64))
    rows = len(y) if y.ndim != A_ROW_EACH else max(AT_A_TIME // max(y.shape[1], 1), 1)
    if rows >= len(y):
        return _centre_and_spread(y, v, k, caution)
    # No row knows of another, so that in whatever blocks they come the answer is the same.
    found = [
        _centre_and_spread(y[first : first + rows], v[first : first + rows], k, caution)
        for first in range(0, len(y), rows)
    ]
    centres, variances = zip(*((one.centre, one.variance) for one in found), strict=True)
    return Spread(np.concatenate(centres), np.concatenate(variances))


def _centre_and_spread(y: Floats, v: Floats, k: float, caution: float) -> Spread:
    there = ~(np.isnan(y) | np.isnan(v))
    counted = there.sum(-1)
    start = _quantile(np.where(there, y, np.nan), 0.5)
    y, v = np.where(there, y, 0.0), np.where(there, v, 1.0)
    goal = _goal(np.maximum(counted - 1, 0), k, caution)

    def at(between: Floats) -> tuple[Floats, Floats]:
        weight = np.where(there, 1 / np.clip(v + between[..., None], 1e-300, np.inf), 0.0)
        centre = _huber(y, weight, start)
        squares = np.clip((y - centre[..., None]) ** 2 * weight, 0.0, k * k)
        return centre, squares.sum(-1) - goal

    low = np.zeros(start.shape)
    at_low = at(low)[1]
    none = at_low <= 0
    deviation = np.where(there, y - start[..., None], 0.0)
    high = np.where(none, 0.0, 4 * (deviation**2).sum(-1) / np.maximum(counted, 1) + 1e-12)
    between = np.where(none, 0.0, _crossing(lambda x: at(x)[1], low, high, at_low))
    known = counted > 0
    return Spread(np.where(known, at(between)[0], np.nan), np.where(known, between, np.nan))


@dataclass(frozen=True)
class AgainstPeers:
    """Each provider held against the others; every array has the shape (P).

    `centre` and `variance` of the others, `z` the provider's distance in standard errors, with the others'
    spread and the error of their centre in it; `df` the degrees of freedom and `p_value` of the t-test on
    the side asked; `error` the standard error, in the figure's unit.
    """

    centre: Floats
    variance: Floats
    z: Floats
    df: Floats
    p_value: Floats
    error: Floats

    @property
    def smallest_seen(self) -> Floats:
        """The distance from the centre (P) that would be found four times in five among many tests."""
        from scipy.special import stdtrit  # noqa: PLC0415

        return np.asarray((stdtrit(self.df, FOUND_AMONG_MANY) + FOUR_IN_FIVE) * self.error)

    def width(self, level: float = 0.95) -> Floats:
        """Return half of the interval (P) in which the distance from the centre lies with `level`."""
        from scipy.special import stdtrit  # noqa: PLC0415

        return np.asarray(stdtrit(self.df, (1 + level) / 2) * self.error)


def against_peers(
    figure: ArrayLike,
    variance: ArrayLike,
    *,
    above: bool,
    k: float = 2.5,
    most_df: float = 10.0,
    whose: ArrayLike | None = None,
) -> AgainstPeers:
    """Return a one-sided test of each provider against the spread of the others (leave-one-out).

    `figure` and `variance` (P); `above` asks for figures above the others', else for figures below. The
    t-test has half of P - 2 degrees of freedom, at most `most_df` because the honest tails are not known, and
    more where the spread learnt from peers is only a small part of the variance (Satterthwaite). Where one
    provider has several figures (contracts, outcomes), `whose` (P, any labels) keeps those of one label from
    being peers of each other. NaN for everybody where fewer than 10 providers have a figure.
    """
    from scipy.special import stdtr  # noqa: PLC0415

    y, v = np.asarray(figure, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    there = ~(np.isnan(y) | np.isnan(v))
    label = np.arange(len(y)) if whose is None else np.unique(np.asarray(whose), return_inverse=True)[1]
    providers = len(np.unique(label[there]))
    if providers < FEWEST_PEERS:
        nothing = np.full(y.shape, np.nan)
        return AgainstPeers(nothing, nothing, nothing, nothing, nothing, nothing)
    # Of one label all have the same others.
    others = there & (np.arange(label.max() + 1)[:, None] != label)
    found = centre_and_spread(np.where(others, y, np.nan), v, k, CAUTION)
    weight = np.where(others, 1 / (np.where(there, v, 1.0) + found.variance[:, None]), 0.0).sum(-1)
    found, weight = Spread(found.centre[label], found.variance[label]), weight[label]
    learnt = found.variance + 1 / weight
    df = degrees_of_freedom(providers, learnt / (v + learnt), most_df)
    error = np.sqrt(v + learnt)
    z = (y - found.centre) / error
    return AgainstPeers(found.centre, found.variance, z, df, stdtr(df, -z if above else z), error)


def degrees_of_freedom(providers: int, share_learnt: Floats, most: float) -> Floats:
    """Return t's degrees of freedom where `share_learnt` (0 to 1) of the variance was learnt from peers.

    At most `most` where all of it was, because honest tails are not known (Satterthwaite's approximation).
    """
    return np.asarray(min(EFFICIENCY * (providers - 2), most) / np.maximum(share_learnt, 0.05) ** 2)


def empirical_null(z: ArrayLike) -> tuple[float, float]:
    """Return centre and scale of the deviates (P) of honest providers; the scale never below 1.

    What the model leaves out, shared by all, moves and widens the deviates; a few who game do not. Source:
    Efron (2004), with the winsorised spread in place of his fit to the histogram. (NaN, NaN) without
    deviates.
    """
    deviates = np.asarray(z, dtype=np.float64)
    found = centre_and_spread(deviates, np.full(deviates.shape, 1e-9))
    return float(found.centre), float(np.maximum(np.sqrt(found.variance), 1.0))


def robust_z(figure: ArrayLike) -> Floats:
    """Return each figure's distance from the median in robust standard deviations, along the last axis.

    By the median absolute deviation; where that is 0 by the distance of the quartiles; where that is 0 too,
    more than half of the figures are one value, nothing is usual, and the row is NaN. NaN figures are left
    out. Source: Iglewicz and Hoaglin (1993), who ask at 3.5.
    """
    y = np.asarray(figure, dtype=np.float64)
    deviation = y - _quantile(y, 0.5)[..., None]
    by_median = MAD_TO_SD * _quantile(np.abs(deviation), 0.5)
    by_quartiles = QUARTILES_TO_SD * (_quantile(y, 0.75) - _quantile(y, 0.25))
    scale = np.where(by_median > 0, by_median, by_quartiles)
    return np.asarray(deviation / np.where(scale > 0, scale, np.nan)[..., None])


def _quantile(y: Floats, share: float) -> Floats:
    """Return a quantile along the last axis, between neighbours in proportion; NaN figures are left out.

    A row without figures is NaN, without numpy's warning.
    """
    if not y.shape[-1]:
        return np.full(y.shape[:-1], np.nan)
    ordered = np.sort(y, axis=-1)  # NaN last
    place = share * np.maximum((~np.isnan(y)).sum(-1) - 1, 0)
    low, high = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
    below = np.take_along_axis(ordered, low[..., None], -1)[..., 0]
    above = np.take_along_axis(ordered, high[..., None], -1)[..., 0]
    return np.asarray(below + (place - low) * (above - below))


def _crossing(f: Callable[[Floats], Floats], low: Floats, high: Floats, at_low: Floats) -> Floats:
    """Return for each place where a falling `f` is no longer above 0, to 2**-30 of the distance asked about.

    `at_low` is f(low), not below 0; where the answer is at `low`, so is `high`. Interpolation that is held to
    the steps of a bisection, and needs a third of them. Source: Oliveira and Takahashi (2020), ITP.
    """
    width = high - low
    enough, at_high = width * 0.5**SPREAD_STEPS, f(high)
    # Where f is above 0 at the end too, the end is the answer.
    low = np.where(at_high > 0, high, low)
    for step in range(SPREAD_STEPS + SLACK + 1):
        open_ = high - low > enough
        if not open_.any():
            break
        middle, half = (low + high) / 2, (high - low) / 2
        falls = open_ & (at_low > at_high)
        slope = np.where(falls, at_low - at_high, 1.0)
        line = np.where(falls, (at_low * high - at_high * low) / slope, middle)
        side = np.sign(middle - line)
        # Towards the middle by half of what is asked for at the least, so that the far end is left, too.
        shift = np.maximum(0.2 * (high - low) ** 2 / np.where(width > 0, width, 1.0), enough / 2)
        line = np.where(shift <= np.abs(middle - line), line + side * shift, middle)
        reach = np.maximum(enough * 2.0 ** (SPREAD_STEPS + SLACK - step) - half, 0.0)
        x = np.where(np.abs(line - middle) <= reach, line, middle - side * reach)
        value = f(x)
        above = value > 0
        low, at_low = np.where(open_ & above, x, low), np.where(open_ & above, value, at_low)
        high, at_high = np.where(open_ & ~above, x, high), np.where(open_ & ~above, value, at_high)
    return high


def _huber(y: Floats, weight: Floats, start: Floats) -> Floats:
    """Return the weighted centre in which a deviate beyond HUBER counts as if it lay at HUBER."""
    root, centre = np.sqrt(weight), start
    part = np.empty(np.broadcast_shapes(y.shape, weight.shape))
    for _ in range(CENTRE_STEPS):
        # In place: these arrays hold a row for each provider and a column for each of its peers.
        np.subtract(y, centre[..., None], out=part)
        np.abs(part, out=part)
        part *= root
        np.clip(part, HUBER, np.inf, out=part)  # which takes half the time of np.maximum
        np.divide(HUBER, part, out=part)
        part *= weight
        sums = np.maximum(part.sum(-1), 1e-300)
        part *= y
        centre = part.sum(-1) / sums
    return np.asarray(centre)


def _goal(free: NDArray[np.int64], k: float, caution: float) -> Floats:
    """Return what the sum of `free` squares min(N², k²), N standard normal, is solved for."""
    from scipy.special import ndtr  # noqa: PLC0415

    density, beyond = float(np.exp(-k * k / 2) / np.sqrt(2 * np.pi)), float(ndtr(-k))
    mean = (1 - 2 * beyond) - 2 * k * density + 2 * k**2 * beyond
    square = 3 * (1 - 2 * beyond) - 2 * (k**3 + 3 * k) * density + 2 * k**4 * beyond
    return np.asarray(np.maximum(mean * free - caution * np.sqrt((square - mean**2) * free), 0.1 * free))
