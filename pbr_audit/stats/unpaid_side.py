"""How far honest units lie apart, learnt on the side on which nobody gains.

Whoever games moves up, never down. The units below the centre therefore show what honest ones differ by,
and how heavy their tails are, whatever happens above; held against the spread of both sides, a tenth who
game hide each other, and honest units with heavy tails are accused. Assumes that the honest spread is as wide
above the centre as below it.

Spread and tails are not taken as known: the p-value is averaged over Student's t-distributions of several
degrees of freedom and widths, each weighted by how well it fits the units below (Bayesian model average).
Few units leave all of them in play, many decide. Source: Efron (2004) for a null learnt from the data,
Barber and Candès (2015) for learning it on the other side, Draper (1995) for averaging.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import FEWEST_PEERS, centre_and_spread

# Tails from very heavy to next to normal, and widths about that of the winsorised spread.
TAILS = np.array([2.5, 4.0, 7.0, 15.0, 100.0])
WIDTHS = np.exp(np.linspace(np.log(0.4), np.log(2.5), 19))
# Fewer below the centre say nothing of a spread.
FEWEST_BELOW = 3
WINSORISED_AT = 2.5
HALVINGS = 60


@dataclass(frozen=True)
class Null:
    """What honest deviates are like: `weight` (T, W) of each of TAILS and WIDTHS; 1 in all."""

    weight: Floats

    def p_value(self, z: ArrayLike) -> Floats:
        """Return the probability of deviates as large as `z` (N) or larger; NaN where NaN."""
        from scipy.special import stdtr  # noqa: PLC0415

        far = -np.asarray(z, dtype=np.float64)[:, None, None] / WIDTHS
        return np.asarray((self.weight * stdtr(TAILS[:, None], far)).sum((-2, -1)))

    def critical(self, p_value: float) -> float:
        """Return the deviate that has this p-value (below a half)."""
        low, high = 0.0, 1e6
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            above = float(self.p_value([middle])[0]) > p_value
            low, high = (middle, high) if above else (low, middle)
        return high

    @property
    def width(self) -> float:
        """The mean width: what a standard error is multiplied by."""
        return float((self.weight * WIDTHS).sum())

    @property
    def tail(self) -> float:
        """The degrees of freedom, as their harmonic mean: of heavy tails and others the heavy ones count."""
        return float(1 / (self.weight / TAILS[:, None]).sum())


def spread_below(away: ArrayLike, variance: ArrayLike) -> float:
    """Return the variance between units beyond chance, from those of `away` (N) that are below 0.

    `away`, each unit's distance from the centre, with its squared standard error `variance`. NaN where fewer
    than 3 of at least 10 are below.
    """
    y, v = np.asarray(away, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    below = y < 0
    if (~np.isnan(y)).sum() < FEWEST_PEERS or below.sum() < FEWEST_BELOW:
        return float("nan")
    mirrored = np.concatenate([y[below], -y[below]])
    return float(centre_and_spread(mirrored, np.tile(v[below], 2), WINSORISED_AT).variance)


def null_below(z: ArrayLike) -> Null:
    """Return the null that the deviates below 0 among `z` (N) show; NaN are left out."""
    from scipy.special import gammaln  # noqa: PLC0415

    deviates = np.asarray(z, dtype=np.float64)
    below = -deviates[deviates < 0][:, None, None] / WIDTHS
    df = TAILS[:, None]
    height = gammaln((df + 1) / 2) - gammaln(df / 2) - np.log(df) / 2
    density = height - np.log(WIDTHS) - (df + 1) / 2 * np.log1p(below**2 / df)
    likelihood = density.sum(0)
    weight = np.exp(likelihood - likelihood.max())
    return Null(weight / weight.sum())
