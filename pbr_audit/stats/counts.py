"""Counts over periods, days or caseloads: negative binomial regression that says whether its fit holds.

statsmodels is imported inside the function: it is slow to load, and few runs need it.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

MOST_STEPS = 200
# At the largest likelihood its slope is nothing; a default fit that stopped early is far from that.
STEEPEST = 1e-4


@dataclass(frozen=True)
class CountFit:
    """Coefficients (Q), on the log scale, with their covariance (Q, Q).

    `dispersion`: the variance is mean + dispersion·mean², 0 where counts vary no more than Poisson ones.
    """

    coefficients: Floats
    covariance: Floats
    dispersion: float

    def rate_ratio(self, column: int, level: float = 0.95) -> tuple[float, float, float]:
        """Return what one more of that column multiplies the rate by, and its (Wald) limits."""
        from scipy.special import ndtri  # noqa: PLC0415

        centre = self.coefficients[column]
        width = ndtri((1 + level) / 2) * np.sqrt(self.covariance[column, column])
        low, high = np.exp([centre - width, centre + width])
        return float(np.exp(centre)), float(low), float(high)


def negative_binomial(counts: ArrayLike, design: ArrayLike, exposure: ArrayLike) -> CountFit | None:
    """Return the maximum likelihood fit of log mean = log exposure + design·coefficients, or None.

    `counts` (N) of 0 and above; `design` (N, Q), with a column of ones; `exposure` (N) above 0, in days or
    clients. None where no fit converges: the rule is then not assessable, and never quietly Poisson.
    Poisson just where the likelihood falls as soon as there is any dispersion. A fit may stop early and say
    so in no more than a warning (statsmodels): it is refitted from there by another method, and taken only
    where the likelihood's slope is nothing. Assumes rows that are independent given the design. Source:
    Hilbe (2011), NB2; MASS `glm.nb` with a dispersion of 1/theta.
    """
    import statsmodels.api as sm  # noqa: PLC0415

    y, x = np.asarray(counts, dtype=np.float64), np.asarray(design, dtype=np.float64)
    offset = np.log(np.asarray(exposure, dtype=np.float64))
    if len(y) <= x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1] or not y.any():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they warn of, no convergence, is asked for instead
        poisson = sm.GLM(y, x, family=sm.families.Poisson(), offset=offset).fit(maxiter=MOST_STEPS)
        if not poisson.converged:
            return None
        mean = np.asarray(poisson.mu)
        beyond = float(((y - mean) ** 2 - y).sum())  # twice the likelihood's slope where the dispersion is 0
        if beyond <= 0:
            return CountFit(np.asarray(poisson.params), np.asarray(poisson.cov_params()), 0.0)
        model = sm.NegativeBinomial(y, x, offset=offset)
        params = _top(model, np.append(np.asarray(poisson.params), beyond / float((mean**2).sum())))
        if params is None:
            return None
        covariance = np.linalg.inv(-np.asarray(model.hessian(params)))
    return CountFit(params[:-1], covariance[:-1, :-1], float(params[-1]))


def _top(model: Any, start: Floats) -> Floats | None:
    """Return the parameters at the top of the likelihood, or None where no method gets there."""
    params = start
    for method in ("newton", "bfgs", "newton"):
        params = np.asarray(model.fit(start_params=params, method=method, maxiter=MOST_STEPS, disp=0).params)
        slope, bend = np.asarray(model.score(params)), np.asarray(model.hessian(params))
        if not (np.isfinite(slope).all() and np.isfinite(bend).all() and params[-1] > 0):
            params = start
        elif np.abs(slope).max() < STEEPEST and np.linalg.eigvalsh(bend).max() < 0:
            return params
    return None
