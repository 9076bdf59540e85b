"""How strong a trait that nobody recorded would have to be to explain a difference away."""

from math import sqrt

from pbr_audit.stats.exact import clopper_pearson


def e_value(treated: float, others: float, low: float, high: float) -> tuple[float, float] | None:
    """Return the E-values of a difference of rates and of its limit nearer to nothing; None without rates.

    `treated` and `others` are rates, `low` and `high` the limits of their difference. An unseen trait
    would have to be tied to taking part and to the outcome by a risk ratio of at least that, each, beyond
    everything that was recorded. 1 for the limit where the interval holds nothing. Source: VanderWeele
    and Ding (2017), Annals of Internal Medicine 167, 268-274.
    """
    if others <= 0 or treated <= 0:
        return None
    if low <= 0 <= high:
        limit = 1.0
    else:
        nearest = low if low > 0 else high
        limit = _of_ratio(max(others + nearest, 0.0) / others)
    return _of_ratio(treated / others), limit


def _of_ratio(ratio: float) -> float:
    if ratio <= 0:
        return float("inf")
    away = max(ratio, 1 / ratio)
    return away + sqrt(away * (away - 1))


def rosenbaum_bound(more: int, fewer: int, level: float = 0.95) -> float:
    """Return how unlike in their odds of taking part two matched people may be before the sign is lost.

    `more` and `fewer`: pairs in which only the treated, and only the other, had the event. 1 where the
    pairs show nothing even if everybody had like odds. Source: Rosenbaum (2002), section 4.3.2: McNemar's
    test at the bound Γ is binomial with Γ/(1 + Γ), so the bound is the odds of Clopper and Pearson's limit.
    """
    if more + fewer == 0:
        return 1.0
    low, _ = clopper_pearson(max(more, fewer), more + fewer, level)
    share = float(low)
    return max(1.0, share / (1 - share)) if share < 1 else float("inf")
