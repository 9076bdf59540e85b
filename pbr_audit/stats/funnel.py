"""Funnel limits: how far from the common rate a provider of its size may lie, honest spread allowed for.

Source: Spiegelhalter (2005), Statistics in Medicine 24 and 31; the transformations are those of the English
hospital indicators, as R's FunnelPlotR 0.6.0 has them. Deviates of all providers are cut (CQC) or the outer
ones left out (SHMI) before the spread is estimated, so that those in question do not widen it.

Where the reference's own parts disagree: its plotting table takes the 0.2 % point for the lower 99.8 %
limit, its test for the 0.1 % point; the latter is followed. It leaves providers out (SHMI) and then
estimates the spread from standard errors of all; here the standard errors are those of the providers left
in.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats

Extremes = Literal["winsorise", "truncate", "keep"]
# Fewer show no spread.
FEWEST = 10


@dataclass(frozen=True)
class Scores:
    """Providers on a scale where chance alone has the standard error `error`; arrays of shape (P).

    `distance` from the target, on that scale, 0 on the target.
    """

    distance: Floats
    error: Floats

    @property
    def z(self) -> Floats:
        """Deviates with nothing but chance in them: too many are large where providers differ honestly."""
        return np.asarray(self.distance / self.error)


@dataclass(frozen=True)
class Overdispersion:
    """What providers differ by beyond chance: `phi` times the variance, or `between` more of it.

    `phi` is the mean squared deviate after cutting; `between` the additive variance (τ²), 0 where phi is no
    more than chance gives.
    """

    phi: float
    between: float


def share_scores(reached: ArrayLike, size: ArrayLike, target: ArrayLike | None = None) -> Scores:
    """Return shares on the arcsine square-root scale, where the standard error is 1/(2·√size).

    `reached` and `size` (P) are counts; `target` a share, 0 to 1, one for all or one each; that of all
    together where it is left out. NaN where the size is 0. Assumes counts that are binomial.
    """
    k, n = np.asarray(reached, dtype=np.float64), np.asarray(size, dtype=np.float64)
    known = np.where(n > 0, n, np.nan)
    common = np.nansum(k) / np.nansum(n) if target is None else np.asarray(target, dtype=np.float64)
    return Scores(np.arcsin(np.sqrt(k / known)) - np.arcsin(np.sqrt(common)), 1 / (2 * np.sqrt(known)))


def ratio_scores(observed: ArrayLike, expected: ArrayLike, scale: Literal["root", "log"] = "root") -> Scores:
    """Return observed over expected counts, against 1: on the root scale (CQC) or the log scale (SHMI).

    `observed` and `expected` (P). The root has a value where nothing was observed; the log has not, and is
    NaN there. NaN where nothing was expected. Assumes counts that are Poisson.
    """
    o, e = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    ratio = o / np.where(e > 0, e, np.nan)
    if scale == "root":
        return Scores(np.sqrt(ratio) - 1, 1 / (2 * np.sqrt(np.where(e > 0, e, np.nan))))
    return Scores(np.log(np.where(o > 0, ratio, np.nan)), 1 / np.sqrt(np.where(e > 0, e, np.nan)))


def others_share(reached: ArrayLike, size: ArrayLike) -> Floats:
    """Return for each provider (P) the share of all others together: nobody is in its own target."""
    k, n = np.asarray(reached, dtype=np.float64), np.asarray(size, dtype=np.float64)
    others = n.sum() - n
    return np.asarray((k.sum() - k) / np.where(others > 0, others, np.nan))


def overdispersion(scores: Scores, extremes: Extremes = "winsorise", share: float = 0.1) -> Overdispersion:
    """Return what providers differ by beyond chance, `share` of them cut or left out at each end.

    NaN where fewer than 10 providers have a score: the caller says that the spread is not known.
    `winsorise` sets deviates beyond the quantiles to them (quantiles between neighbours, as R's type 7);
    `truncate` leaves out the outer groups by rank. Both make the estimate somewhat too small where nobody
    games, as their sources do.
    """
    known = ~np.isnan(scores.z)
    if known.sum() < FEWEST:
        return Overdispersion(float("nan"), float("nan"))
    z, weight = scores.z[known], 1 / scores.error[known] ** 2
    if extremes == "winsorise":
        z = np.clip(z, *np.quantile(z, [share, 1 - share]))
    elif extremes == "truncate":
        kept = _inner(z, share)
        z, weight = z[kept], weight[kept]
    squares = float((z**2).sum())
    beyond = squares - (len(z) - 1)
    between = beyond / float(weight.sum() - (weight**2).sum() / weight.sum())
    return Overdispersion(squares / len(z), max(0.0, between))


def deviates(scores: Scores, spread: Overdispersion, how: Literal["additive", "multiplicative"]) -> Floats:
    """Return deviates with the providers' honest spread in their standard error; shape (P).

    Additive: √(error² + τ²), where size buys less and less precision, the usual choice. Multiplicative:
    error·√φ, never below error, as if every provider's clients came in groups of φ.
    """
    if how == "additive":
        return np.asarray(scores.distance / np.sqrt(scores.error**2 + spread.between))
    return np.asarray(scores.z / np.sqrt(max(spread.phi, 1.0)))


def share_limits(
    size: ArrayLike, target: ArrayLike, spread: Overdispersion, level: float = 0.998
) -> tuple[Floats, Floats]:
    """Return the lower and the upper funnel limit of a share for providers of each size, additive.

    The arguments broadcast; `target` 0 to 1; limits 0 to 1. On the arcsine scale and back, cut at its ends.
    """
    n, centre = np.asarray(size, dtype=np.float64), np.arcsin(np.sqrt(np.asarray(target, dtype=np.float64)))
    width = _deviate(level) * np.sqrt(1 / (4 * n) + spread.between)
    low, high = np.clip(centre - width, 0, np.pi / 2), np.clip(centre + width, 0, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def poisson_limits(expected: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Return the exact limits of observed over expected without any spread, by chi-square quantiles.

    Shape of `expected` (counts above 0). What chance alone would allow: too narrow where providers differ.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415

    e = np.asarray(expected, dtype=np.float64)
    tail = (1 - level) / 2
    # Half a chi-square quantile on 2a degrees of freedom is a gamma quantile with parameter a.
    return gammaincinv(e, tail) / e, gammaincinv(e + 1, 1 - tail) / e


def _inner(z: Floats, share: float) -> np.ndarray:
    """Return which deviates are in neither outermost of the 1/share groups by (mean) rank."""
    from scipy.stats import rankdata  # noqa: PLC0415

    groups = 1 / share
    group = np.floor(rankdata(z) * groups / (len(z) + 1))
    return np.asarray((group > 0) & (group < groups - 1))


def _deviate(level: float) -> float:
    from scipy.special import ndtri  # noqa: PLC0415

    return float(ndtri((1 + level) / 2))
