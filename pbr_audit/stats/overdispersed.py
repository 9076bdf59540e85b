"""Shares of providers that differ honestly: the beta-binomial, tests against peers, and shrinkage.

A provider's own rate is drawn from a beta distribution about the common one, its count from that rate.
Source: Skellam (1948) for the distribution; Spiegelhalter (2005) for the use; Efron and Morris (1975) for
shrinkage.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats, binomial_upper_tail
from pbr_audit.stats.peers import CAUTION, FEWEST_PEERS, centre_and_spread, degrees_of_freedom

# A spread below this is none: the beta parameters would be past what a float holds apart.
NO_SPREAD = 1e-9
# Probabilities that are added up at a time.
AT_A_TIME = 1_000_000


@dataclass(frozen=True)
class ShareAgainstPeers:
    """Each provider's count against the others' shares; every array has the shape (P).

    `share` of the others, robust; `correlation` (0 to 1) of two clients of one provider, the spread of
    the others' rates with the error of their centre in it; `p_value` of as many or more; `df` the degrees
    of freedom that its deviate was read with.
    """

    share: Floats
    correlation: Floats
    df: Floats
    p_value: Floats


def beta_binomial_upper_tail(
    reached: ArrayLike, size: ArrayLike, share: ArrayLike, correlation: ArrayLike
) -> Floats:
    """Return P(X >= reached) where each provider's own rate varies about `share`, element by element.

    The arguments broadcast. `correlation` is 0 (binomial) to below 1: the rates' variance is
    correlation·share·(1 - share). NaN where an argument is NaN, a share is not between 0 and 1, or there
    are more reached than size.
    """
    k, n, m, rho = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (reached, size, share, correlation))
    )
    spread = (rho > NO_SPREAD) & (rho < 1) & (m > 0) & (m < 1) & (k >= 0) & (k <= n)
    total = 1 / np.where(spread, rho, 0.5) - 1
    a, b = np.where(spread, m, 0.5) * total, np.where(spread, 1 - m, 0.5) * total
    wide, some = np.ones(k.shape), spread & (k > 0)
    wide[some] = _summed(k[some], n[some], a[some], b[some])
    plain = binomial_upper_tail(k, n, m)
    return np.where(spread, wide, np.where(rho <= NO_SPREAD, plain, np.nan))


def _summed(reached: Floats, size: Floats, a: Floats, b: Floats) -> Floats:
    """Return the tail, `reached` from 1 to `size`, as a sum of probabilities, of the side on which it ends.

    Above the mean the tail's own, so that a small one is no difference of two large ones; below it one less
    the others'. `scipy.stats` has the difference for both, and takes half a second to import.
    """
    from scipy.special import betaln  # noqa: PLC0415

    below = reached <= size * a / (a + b)
    first, terms = (
        np.where(below, 0.0, reached),
        np.where(below, reached, size - reached + 1).astype(np.int64),
    )
    common, sums = betaln(a, b) + np.log1p(size), np.empty(len(size))
    group = np.cumsum(terms) // AT_A_TIME
    for one in np.unique(group):
        rows = np.flatnonzero(group == one)
        of, starts = np.repeat(rows, terms[rows]), np.cumsum(terms[rows]) - terms[rows]
        j = first[of] + np.arange(len(of)) - np.repeat(starts, terms[rows])
        n = size[of]
        logs = betaln(j + a[of], n - j + b[of]) - betaln(j + 1, n - j + 1) - common[of]
        sums[rows] = np.add.reduceat(np.exp(logs), starts)
    return np.clip(np.where(below, 1 - sums, sums), 0.0, 1.0)


def share_against_peers(
    reached: ArrayLike, size: ArrayLike, *, k: float = 2.5, most_df: float = 20.0
) -> ShareAgainstPeers:
    """Return a one-sided test of each provider's share against the spread of the others (leave-one-out).

    `reached` and `size` (P), counts; a provider of size 0 is none. For fewer shares than the others', give
    size - reached. Centre and spread are the others', robust; the tail is the beta-binomial's, its normal
    deviate read with t's degrees of freedom, because the spread was estimated (as `peers.against_peers`).
    NaN for everybody where fewer than 10 providers have a size. Assumes clients of one mix, or counts that
    were adjusted for it.
    """
    from scipy.special import ndtri, stdtr  # noqa: PLC0415

    count, n = np.asarray(reached, dtype=np.float64), np.asarray(size, dtype=np.float64)
    there = n > 0
    nothing = np.full(n.shape, np.nan)
    if there.sum() < FEWEST_PEERS:
        return ShareAgainstPeers(nothing, nothing, nothing, nothing)
    safe = np.where(there, n, 1.0)
    rate = count / safe
    others = there & ~np.eye(len(n), dtype=np.bool_)
    # The binomial error at the others' common rate: a provider's own would be 0 where nobody reached.
    common = _others(count, n)
    chance = common * (1 - common) / safe[None, :]
    found = centre_and_spread(np.where(others, rate, np.nan), chance, k, CAUTION)
    share = np.clip(found.centre, 0, 1)
    weight = np.where(others, 1 / (chance + found.variance[:, None]), 0.0).sum(-1)
    learnt = found.variance + 1 / weight
    variance = share * (1 - share)
    correlation = np.clip(learnt / np.where(variance > 0, variance, np.nan), 0, 0.999)
    part = learnt / (learnt + variance / safe)
    df = degrees_of_freedom(int(there.sum()), part, most_df)
    tail = beta_binomial_upper_tail(count, n, share, correlation)
    p_value = stdtr(df, ndtri(np.clip(tail, 1e-300, 1 - 1e-16)))
    return ShareAgainstPeers(*(np.where(there, one, np.nan) for one in (share, correlation, df, p_value)))


@dataclass(frozen=True)
class Shrunk:
    """Each provider's rate, its own count and the peers' rates together; arrays of one shape.

    `rate` the mean, `low` and `high` the limits between which it lies with 95 %; `well_above` the
    probability that it is more than `ratio` times the peers' share: what to rank by, in place of the rate
    of a tiny provider.
    """

    rate: Floats
    low: Floats
    high: Floats
    well_above: Floats


def shrunk_shares(
    reached: ArrayLike, size: ArrayLike, share: ArrayLike, correlation: ArrayLike, ratio: float = 1.25
) -> Shrunk:
    """Return each provider's rate, drawn towards the peers' `share` by as much as its size leaves open.

    The arguments broadcast; `correlation` above 0 as in `beta_binomial_upper_tail` (where peers do not
    differ, all have the peers' share, and there is nothing to shrink: NaN). Empirical Bayes: takes share
    and correlation as known, so that limits are somewhat narrow where peers are few.
    """
    from scipy.special import betaincc, betaincinv  # noqa: PLC0415

    k, n, m, rho = np.broadcast_arrays(
        *(np.asarray(values, dtype=np.float64) for values in (reached, size, share, correlation))
    )
    known = (rho > NO_SPREAD) & (rho < 1) & (m > 0) & (m < 1) & (k >= 0) & (k <= n)
    total = 1 / np.where(known, rho, np.nan) - 1
    a, b = m * total + k, (1 - m) * total + n - k
    above = betaincc(a, b, np.minimum(ratio * m, 1.0))
    return Shrunk(a / (a + b), betaincinv(a, b, 0.025), betaincinv(a, b, 0.975), above)


def _others(count: Floats, size: Floats) -> Floats:
    """Return the others' common rate as a column (P, 1), half a client put on either side."""
    return np.asarray(((count.sum() - count + 0.5) / (size.sum() - size + 1.0))[:, None])
