"""Shares held against how much honest ones differ, as those in the middle and on the unpaid side show it.

Whoever games moves up. A unit above a cut is therefore known only to be above it: a few who game can neither
widen the spread that they are held against, nor hide each other. How far honest units lie apart, and how
heavy their tails are, is not taken as known either: the p-value is averaged over Student's t-distributions of
the log odds with several degrees of freedom, widths and centres, each weighted by how well it gives the
*other* units' counts (their binomial probability, or that of lying above the cut). Few units, or small ones,
leave all of them in play; many decide. Assumes that honest log odds lie as
far above the centre as below it.

Source: Efron (2004) for a null learnt from the data's middle, Tobin (1958) for figures cut off at a value,
Draper (1995) for averaging.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import FEWEST_PEERS, MAD_TO_SD

# The share of the units that count with their own figure; the others with being above it.
COUNTED = 0.7
# Degrees of freedom from very heavy tails to next to normal; widths and centres in robust spreads.
TAILS = np.array([2.5, 4.0, 7.0, 15.0, 100.0])
WIDTHS = np.exp(np.linspace(np.log(0.05), np.log(3.0), 14))
CENTRES = np.linspace(-1.0, 1.0, 15)
# Places on the log odds, in robust spreads: close together in the middle and far apart at the ends.
PLACES = np.sinh(np.linspace(-4.6, 4.6, 161))
LEAST_SHARE = 1e-9
# Of the distribution of honest log odds, what is exceeded after correction for many units, and a normal
# deviate that as many exceed; four in five lie above the second.
CORRECTED, CORRECTED_DEVIATE, FOUR_IN_FIVE = 0.995, 2.5758293035489004, 0.8416212335729143


@dataclass(frozen=True)
class HonestShares:
    """Each unit against the others, one-sided for more; every array has the shape (U), NaN if not asked.

    `share`, the others' centre at what the unit's cells give; `p_value` of as many or more; `spread`, a
    standard deviation of honest shares about `share`; `df`, of their tails; `seen`, the smallest difference
    of shares that would be found four times in five after correction for many units.
    """

    share: Floats
    p_value: Floats
    spread: Floats
    df: Floats
    seen: Floats


def honest_shares(
    reached: ArrayLike, size: ArrayLike, expected: ArrayLike, owner: ArrayLike | None = None
) -> HonestShares:
    """Return a one-sided test of each unit's share against the spread of honest ones.

    `reached` of `size` (U), counts or, where rows are not independent, as many as they are worth;
    `expected` (U), the share that the others give for the unit's mix, NaN for one that is neither asked nor a
    peer. Units of one `owner` (U, any labels) are not each other's peers. NaN for everybody where fewer than
    10 are asked.
    """
    x, n, usual = (np.asarray(values, dtype=np.float64) for values in (reached, size, expected))
    asked = ~np.isnan(usual)
    if asked.sum() < FEWEST_PEERS:
        return HonestShares(*[np.full(usual.shape, np.nan)] * 5)
    base = _log_odds(np.where(asked, usual, 0.5))
    figure = np.where(asked, _log_odds((x + 0.5) / (n + 1)) - base, np.nan)
    scale = _scale(figure, 1 / np.sqrt(np.maximum(n, 0.5) * usual * (1 - usual)))
    place = np.nanmedian(figure) + scale * PLACES
    share = _share(base[:, None] + place)
    label = np.arange(len(x)) if owner is None else np.unique(np.asarray(owner), return_inverse=True)[1]
    weight = _weights(_likelihood(x, n, base, figure, share), asked, label)
    honest = weight @ _shapes()
    tail = (_at_least(x, n, share) * honest).sum(-1)
    widths, centres, tails = (np.asarray(weight @ values) for values in _grid())
    centre = np.nanmedian(figure) + scale * centres
    middle = _share(base + centre)
    variance = middle * (1 - middle)
    spread = scale * np.sqrt(widths)
    far = place[np.minimum((honest.cumsum(-1) < CORRECTED).sum(-1), len(PLACES) - 1)] - centre
    chance = 1 / np.maximum(n * variance, 1e-12)
    needed = np.hypot(far, CORRECTED_DEVIATE * np.sqrt(chance)) + FOUR_IN_FIVE * np.sqrt(chance + spread**2)

    def known(values: Floats) -> Floats:
        return np.where(asked, values, np.nan)

    return HonestShares(
        share=known(middle),
        p_value=known(np.clip(tail, 0.0, 1.0)),
        spread=known(spread * variance),
        df=known(1 / tails),
        seen=known(_share(base + centre + needed) - middle),
    )


def _likelihood(x: Floats, n: Floats, base: Floats, figure: Floats, share: Floats) -> Floats:
    """Return how likely each unit's count is (U, places), or of one above the cut that it is above it."""
    height = x[:, None] * np.log(share) + (n - x)[:, None] * np.log1p(-share)
    own = np.exp(height - height.max(-1, keepdims=True))
    cut = np.nanquantile(figure, COUNTED)
    least = np.clip(np.ceil(_share(base + cut) * (n + 1) - 0.5), 0.0, n)
    return np.where((figure > cut)[:, None], _at_least(least, n, share), own)


def _weights(likelihood: Floats, asked: NDArray[np.bool_], label: NDArray[np.int64]) -> Floats:
    """Return the weight of each shape (U, G), 1 in all, as the units of all other owners have it."""
    logs = np.log(np.maximum(likelihood @ _shapes().T, 1e-300)) * asked[:, None]
    own = np.zeros((int(label.max()) + 1, logs.shape[1]))
    np.add.at(own, label, logs)
    others = logs.sum(0) - own[label]
    weight = np.exp(others - others.max(-1, keepdims=True))
    return np.asarray(weight / weight.sum(-1, keepdims=True))


def _scale(figure: Floats, chance: Floats) -> float:
    """Return a robust spread of the figures at or below their median, never far below what chance gives."""
    middle = np.nanmedian(figure)
    below = middle - figure[figure <= middle]
    return float(np.maximum(MAD_TO_SD * np.median(below), 0.25 * np.nanmedian(chance)))


@cache
def _grid() -> tuple[Floats, Floats, Floats]:
    """Return of each shape (G) the variance, the centre, and 1 over the degrees of freedom."""
    width, centre, tail = (axis.ravel() for axis in np.meshgrid(WIDTHS, CENTRES, TAILS, indexing="ij"))
    return width**2, centre, 1 / tail


@cache
def _shapes() -> Floats:
    """Return the probability of each place (G, places), the ends' beyond them included."""
    from scipy.special import stdtr  # noqa: PLC0415

    variance, centre, inverse_df = _grid()
    edges = (PLACES[1:] + PLACES[:-1]) / 2
    away = (edges - centre[:, None]) / np.sqrt(variance)[:, None]
    below = stdtr(1 / inverse_df[:, None], away)
    ends = np.zeros((len(centre), 1)), np.ones((len(centre), 1))
    return np.diff(np.hstack([ends[0], below, ends[1]]), axis=-1)


def _at_least(x: Floats, n: Floats, share: Floats) -> Floats:
    """Return the binomial probability (U, places) of `x` or more of `n` (U), whole numbers or not."""
    from scipy.special import betainc  # noqa: PLC0415

    some = x[:, None] > 0
    left = np.maximum(n - x, 0.0)[:, None] + 1
    return np.where(some, betainc(np.where(some, x[:, None], 1.0), left, share), 1.0)


def _log_odds(share: Floats) -> Floats:
    held = np.clip(share, LEAST_SHARE, 1 - LEAST_SHARE)
    return np.asarray(np.log(held) - np.log1p(-held))


def _share(log_odds: Floats) -> Floats:
    from scipy.special import expit  # noqa: PLC0415

    return np.asarray(np.clip(expit(log_odds), LEAST_SHARE, 1 - LEAST_SHARE))
