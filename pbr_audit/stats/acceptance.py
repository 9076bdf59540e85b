"""The odds of being accepted by risk: a logit for the size of a selection, and how well it tells who was.

Size and description only. Held against zero nearly every honest provider selects, so nothing here is a test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

STEPS, SMALLEST_STEP = 30, 1e-10
# A coefficient past this separates accepted from refused (nearly) without error, and has no estimate.
SEPARATED = 15.0
# Of the people on either side, so many for each covariate.
LEAST_EVENTS = 10
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Acceptance:
    """How the odds of being accepted go with each covariate; `odds_ratio`, `low`, `high` the shape (K).

    An odds ratio below 1: people with more of the covariate were accepted less often, all others equal.
    `auc`, cross-fitted: the chance that of one accepted and one refused the model, fitted on others, puts
    the accepted higher; 0.5 tells nothing. All NaN where there are too few people, or no estimate.
    """

    odds_ratio: Floats
    low: Floats
    high: Floats
    auc: float


def acceptance(covariates: ArrayLike, accepted: ArrayLike, folds: int = 5) -> Acceptance:
    """Return the logit of `accepted` (N) on `covariates` (N, K), each in the unit that the odds are told in.

    Maximum likelihood by Newton's method, with Wald's 95 % limits. Folds are dealt in the order of the rows.
    NaN with fewer than 10 accepted or 10 refused for each covariate, and where the model separates the two.
    Source: Cox (1958); for the events a covariate, Peduzzi et al. (1996).
    """
    x, y = np.asarray(covariates, dtype=np.float64), np.asarray(accepted, dtype=np.float64)
    wide = np.column_stack([np.ones(len(x)), x])
    count = wide.shape[1] - 1
    nothing = np.full(count, np.nan)
    fitted = _fit(wide, y) if min(y.sum(), (1 - y).sum()) >= LEAST_EVENTS * count else None
    if fitted is None:
        return Acceptance(nothing, nothing, nothing, float("nan"))
    slope, error = fitted[0][1:], np.sqrt(np.diag(fitted[1]))[1:]
    limits = np.exp(slope - NORMAL_95 * error), np.exp(slope + NORMAL_95 * error)
    return Acceptance(np.exp(slope), *limits, _cross_fitted(wide, y, folds))


def area_under_curve(score: ArrayLike, accepted: ArrayLike) -> float:
    """Return the share of pairs in which the accepted one has the higher score; half for equal ones.

    By Mann and Whitney's (1947) rank sum. NaN without an accepted and a refused person.
    """
    from scipy.stats import rankdata  # noqa: PLC0415

    yes = np.asarray(accepted, dtype=np.bool_)
    taken, refused = int(yes.sum()), int((~yes).sum())
    if not taken or not refused:
        return float("nan")
    ranks = rankdata(np.asarray(score, dtype=np.float64))
    return float((ranks[yes].sum() - taken * (taken + 1) / 2) / (taken * refused))


def _cross_fitted(wide: Floats, y: Floats, folds: int) -> float:
    """Return the area under the curve of each fold's people, scored by a model of the others."""
    place = np.arange(len(y)) % folds
    score = np.full(len(y), np.nan)
    for fold in range(folds):
        fitted = _fit(wide[place != fold], y[place != fold])
        if fitted is None:
            return float("nan")
        score[place == fold] = wide[place == fold] @ fitted[0]
    return area_under_curve(score, y)


def _fit(wide: Floats, y: Floats) -> tuple[Floats, Floats] | None:
    """Return the coefficients and their covariance, or None where the likelihood has no top."""
    beta: NDArray[np.float64] = np.zeros(wide.shape[1])
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-np.clip(wide @ beta, -700, 700)))
        information = (wide * (share * (1 - share))[:, None]).T @ wide
        try:
            covariance = np.linalg.inv(information)
        except np.linalg.LinAlgError:
            return None
        step = covariance @ (wide.T @ (y - share))
        beta = beta + step
        if not np.all(np.abs(beta) < SEPARATED):
            return None
        if np.abs(step).max() < SMALLEST_STEP:
            return beta, np.asarray(covariance, dtype=np.float64)
    return None
