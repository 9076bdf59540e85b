"""Exact binomial tests and intervals, for whole arrays at once.

One call over an array takes the place of a loop over `scipy.stats.binomtest`, and gives the same figures.
They come from the beta function that `scipy.stats` itself stands on and that imports in a third of the time.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def binomial_upper_tail(successes: ArrayLike, trials: ArrayLike, share: ArrayLike) -> Floats:
    """Return P(X >= successes) for X ~ Binomial(trials, share), element by element.

    The one-sided exact p-value of "more than `share` would give". The arguments broadcast; a share is 0 to
    1. Assumes independent trials with one share. NaN where an argument is NaN, where there are more
    successes than trials, or where either is negative. Source: P(X >= k) is the
    regularised incomplete beta function at `share` with k and n - k + 1 (Abramowitz and Stegun, 26.5.24).
    """
    from scipy.special import betainc  # noqa: PLC0415

    k, n, p = _counts(successes, trials, share)
    # The beta function has no value at a parameter of 0: none or more is certain.
    tail = np.where(
        k == 0, np.where(np.isnan(p), np.nan, 1.0), betainc(np.where(k == 0, 1.0, k), n - k + 1, p)
    )
    return np.where(_possible(k, n), tail, np.nan)


def poisson_tails(events: ArrayLike, mean: ArrayLike) -> tuple[Floats, Floats]:
    """Return P(X <= events) and P(X >= events) for X ~ Poisson(mean), element by element.

    The arguments broadcast. Assumes events that come one by one and independently; where some people have
    many of them the true probabilities are larger. NaN where either argument is NaN or below nothing.
    Source: both are regularised incomplete gamma functions (Abramowitz and Stegun, 26.4.21).
    """
    from scipy.special import gammainc, gammaincc  # noqa: PLC0415

    k, mu = np.broadcast_arrays(np.asarray(events, dtype=np.float64), np.asarray(mean, dtype=np.float64))
    possible = (k >= 0) & (mu >= 0)
    count, rate = np.where(possible, k, 0.0), np.where(possible, mu, 0.0)
    # The gamma function has no value at a parameter of 0: none or more is certain.
    many = np.where(count == 0, 1.0, gammainc(np.where(count == 0, 1.0, count), rate))
    few = gammaincc(count + 1, rate)
    return np.where(possible, few, np.nan), np.where(possible, many, np.nan)


def rate_tails(
    reached: ArrayLike, size: ArrayLike, baseline: ArrayLike, events: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the probabilities of as many as `reached` or fewer, and or more, were `baseline` the true rate.

    The arguments broadcast. Where `events` is true the baseline is a mean number of events for each of `size`
    people, and the count is Poisson; elsewhere it is a share of them, and the count binomial. NaN as in
    `binomial_upper_tail` and `poisson_tails`.
    """
    k, n, b = _counts(reached, size, baseline)
    few_events, many_events = poisson_tails(k, b * n)
    # A mean above one is no share, and has no binomial probability.
    share = np.where(b <= 1, b, np.nan)
    return (
        np.where(events, few_events, binomial_upper_tail(n - k, n, 1 - share)),
        np.where(events, many_events, binomial_upper_tail(k, n, share)),
    )


def clopper_pearson(successes: ArrayLike, trials: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and the upper limit of the exact two-sided interval for a share.

    The arguments broadcast; both limits have their shape. Covers at least `level` of the time, whatever
    the share: it errs on the wide side. No trials: 0 and 1. NaN as in `binomial_upper_tail`. Source:
    Clopper and Pearson (1934), by beta quantiles.
    """
    from scipy.special import betaincinv  # noqa: PLC0415

    k, n, _ = _counts(successes, trials, 0.0)
    tail = (1 - level) / 2
    # A beta distribution with a parameter of 0 has no quantiles; there the limit is the end of the scale.
    none, all_ = k == 0, k == n
    low = np.where(none, 0.0, betaincinv(np.where(none, 1.0, k), n - k + 1, tail))
    high = np.where(all_, 1.0, betaincinv(k + 1, np.where(all_, 1.0, n - k), 1 - tail))
    possible = _possible(k, n)
    return np.where(possible, low, np.nan), np.where(possible, high, np.nan)


def _counts(successes: ArrayLike, trials: ArrayLike, share: ArrayLike) -> tuple[Floats, Floats, Floats]:
    k, n, p = (np.asarray(values, dtype=np.float64) for values in (successes, trials, share))
    wide = np.broadcast_arrays(k, n, p)
    return wide[0], wide[1], wide[2]


def _possible(successes: Floats, trials: Floats) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = (successes >= 0) & (successes <= trials)
    return result


def poisson_interval(events: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lower and the upper limit of the exact two-sided interval for a mean number of events.

    Shape of `events` (0 and above; NaN elsewhere). Divide by the time or the caseload for a rate. Covers at
    least `level` of the time. Source: Garwood (1936), by gamma quantiles.
    """
    from scipy.special import gammaincinv  # noqa: PLC0415

    k = np.asarray(events, dtype=np.float64)
    possible = k >= 0
    count, tail = np.where(possible, k, 0.0), (1 - level) / 2
    # A gamma distribution with a parameter of 0 has no quantiles; there the limit is the end of the scale.
    low = np.where(count == 0, 0.0, gammaincinv(np.where(count == 0, 1.0, count), tail))
    high = gammaincinv(count + 1, 1 - tail)
    return np.where(possible, low, np.nan), np.where(possible, high, np.nan)


def rate_ratio(
    events: ArrayLike, exposure: ArrayLike, others: ArrayLike, others_exposure: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return a rate over the others' rate, and the limits of its exact interval, element by element.

    `events` over `exposure` (time, caseload) against `others` over `others_exposure`; they broadcast. Given
    the total, the events are binomial: the limits are Clopper and Pearson's, as odds. Assumes Poisson
    counts. NaN where nobody has an event; no upper limit (infinite) where the others have none.
    """
    k, t, o, s = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (events, exposure, others, others_exposure))
    )
    known = np.where(k + o > 0, k, np.nan)
    low, high = clopper_pearson(known, k + o, level)
    with np.errstate(divide="ignore"):
        ratio, lower, upper = (odds * s / t for odds in (known / o, low / (1 - low), high / (1 - high)))
    return ratio, lower, upper


def normal_lower_tail(z: ArrayLike) -> Floats:
    """Return P(N <= z) of a standard normal deviate, element by element; NaN where `z` is."""
    from scipy.special import ndtr  # noqa: PLC0415

    return np.asarray(ndtr(np.asarray(z, dtype=np.float64)), dtype=np.float64)
