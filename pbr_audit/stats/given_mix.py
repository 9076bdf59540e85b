"""A provider's share against the others', where the others' clients in the same places say what is usual.

Providers in one area, or with one payment group, have much in common that is no provider's doing. What is
usual for a provider is therefore worked out from the other providers' clients of the same cells (area and
group), and only what is left is held against the spread of peers. Three things would make that unfair, and
are allowed for: a cell with few others says little; a cell of one or two others hands on what these are like;
and a provider that stands out itself makes its neighbours look low, and all of them look varied.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.honest_shares import honest_shares
from pbr_audit.stats.overdispersed import beta_binomial_upper_tail
from pbr_audit.stats.peers import CAUTION, FEWEST_PEERS, centre_and_spread, degrees_of_freedom

# So many of the others' clients anywhere count beside those in a cell.
ELSEWHERE = 20.0
# Beyond so many standard errors a provider says nothing of what is usual for others, the second time round.
STANDS_OUT = 2.0
# Of a normal deviate: what has to be exceeded after correction for many tests, and four times in five.
CORRECTED, FOUR_IN_FIVE = 0.995, 0.84
LEAST_SHARE = 1e-4
# The p-value of a normal deviate of STANDS_OUT.
FAR_OUT = 0.0228


@dataclass(frozen=True)
class GivenMix:
    """Each provider's share against what its mix and the peers give; every array has the shape (P).

    `share` what is usual for its mix, `error` the standard error of the provider's share about it, with the
    peers' spread; `spread` the standard deviation of honest providers' shares; `p_value` of as many or more,
    read with `df` degrees of freedom; `smallest_seen` the difference of shares that would be found four times
    in five after correction for many tests. NaN for a provider that is not asked.
    """

    share: Floats
    error: Floats
    spread: Floats
    df: Floats
    p_value: Floats
    smallest_seen: Floats


def share_given_mix(
    provider: ArrayLike,
    cell: ArrayLike,
    reached: ArrayLike,
    size: ArrayLike,
    *,
    least: float = 1.0,
    k: float = 2.5,
    most_df: float = 10.0,
    below: bool = False,
) -> GivenMix:
    """Return a one-sided test of each provider's share, for its mix of cells, against the others' spread.

    A row (N) is a provider in a cell: `provider` and `cell`, whole numbers from 0, no two rows the same two;
    `reached` of `size` clients. A provider with fewer than `least` clients in all is not asked and is no
    peer, though its clients say with the others' what is usual in a cell. NaN for everybody where fewer than
    10 have enough. Differences are in units of the binomial standard deviation, so that an area where much
    is usual spreads providers more. With `below` the spread and the tails of honest shares are learnt in the
    middle and on the unpaid side (`honest_shares`). Source: indirect
    standardisation with leave-one-out rates; the spread as `overdispersed.share_against_peers`.
    """
    from scipy.special import ndtri, stdtr, stdtrit  # noqa: PLC0415

    of, at = np.asarray(provider, dtype=np.int64), np.asarray(cell, dtype=np.int64)
    shape = (int(of.max(initial=-1)) + 1, int(at.max(initial=-1)) + 1)
    place = of * shape[1] + at

    def table(counts: ArrayLike) -> Floats:
        summed = np.bincount(place, np.asarray(counts, dtype=np.float64), shape[0] * shape[1])
        return np.asarray(summed, dtype=np.float64).reshape(shape)

    x, n = table(reached), table(size)
    count, total = x.sum(1), n.sum(1)
    enough = total >= least
    if enough.sum() < FEWEST_PEERS:
        return GivenMix(*[np.full(shape[0], np.nan)] * 6)
    safe = np.where(total > 0, total, 1.0)
    if below:
        return _against_honest_ones(x, n, enough)
    asked = np.flatnonzero(enough)
    others = enough & (asked[:, None] != np.arange(shape[0]))
    speaks = np.ones(shape[0], dtype=np.bool_)
    for _ in range(2):
        usual, widened, unsure = _usual(x, n, speaks)
        unit = np.sqrt(usual * (1 - usual))
        own = (1 / safe + unsure) / widened
        figure = np.where(enough, (count / safe - usual) / unit / np.sqrt(widened), np.nan)
        found = centre_and_spread(np.where(others, figure, np.nan), own, k, CAUTION)
        weight = np.where(others, 1 / (own + found.variance[:, None]), 0.0).sum(-1)
        centre, between, learnt = np.full((3, shape[0]), np.nan)
        centre[asked], between[asked], learnt[asked] = (
            found.centre,
            found.variance,
            found.variance + 1 / weight,
        )
        speaks = ~((figure - centre) / np.sqrt(own + learnt) > STANDS_OUT)
    share = np.clip(usual + centre * unit * np.sqrt(widened), LEAST_SHARE, 1 - LEAST_SHARE)
    variance = share * (1 - share)
    correlation = np.clip(learnt * widened + unsure, 0, 0.999)
    df = degrees_of_freedom(int(enough.sum()), learnt * widened / (correlation + 1 / safe), most_df)
    tail = beta_binomial_upper_tail(count, np.where(enough, total, np.nan), share, correlation)
    error = np.sqrt(variance * (correlation + 1 / safe))

    def known(values: Floats) -> Floats:
        return np.where(enough, values, np.nan)

    return GivenMix(
        share=known(share),
        error=known(error),
        spread=known(np.sqrt(variance * between)),
        df=known(df),
        p_value=known(stdtr(df, ndtri(np.clip(tail, 1e-300, 1 - 1e-16)))),
        smallest_seen=known((stdtrit(df, CORRECTED) + FOUR_IN_FIVE) * error),
    )


def _against_honest_ones(x: Floats, n: Floats, enough: NDArray[np.bool_]) -> GivenMix:
    """Return the shares `x` of `n` (P, C) against the spread of honest ones, for those with enough."""
    safe, speaks = np.maximum(n.sum(1), 1.0), np.ones(len(x), dtype=np.bool_)
    for _ in range(2):
        usual, _widened, unsure = _usual(x, n, speaks)
        worth = 1 / (1 / safe + unsure)
        found = honest_shares(x.sum(1) / safe * worth, worth, np.where(enough, usual, np.nan))
        with np.errstate(invalid="ignore"):
            speaks = ~(found.p_value < FAR_OUT)
    error = np.sqrt(found.share * (1 - found.share) / worth + found.spread**2)
    return GivenMix(
        share=found.share,
        error=error,
        spread=found.spread,
        df=found.df,
        p_value=found.p_value,
        smallest_seen=found.seen,
    )


def _usual(x: Floats, n: Floats, speaks: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """Return for each provider (P) the others' share at its mix, and what that share's own errors add.

    `x` of `n` (P, C); `speaks` (P) says whose clients are asked. The second answer is how many times honest
    providers' variance counts, the third the sampling variance in units of one client's.
    """
    asked = speaks[:, None]
    heard_x, heard_n = np.where(asked, x, 0.0), np.where(asked, n, 0.0)
    other_x, other_n = heard_x.sum(0) - heard_x, heard_n.sum(0) - heard_n
    in_all = other_n.sum(1)
    anywhere = (other_x.sum(1) + 0.5) / (in_all + 1)
    behind = other_n + ELSEWHERE
    mix = n / np.maximum(n.sum(1), 1.0)[:, None]
    usual = (mix * (other_x + ELSEWHERE * anywhere[:, None]) / behind).sum(1)
    # What one client of the others' in a cell counts, and what each other provider counts.
    each = mix / behind
    elsewhere = (each * ELSEWHERE).sum(1) / np.maximum(in_all, 1.0)
    counts = each @ heard_n.T + elsewhere[:, None] * heard_n.sum(1)
    np.fill_diagonal(counts, 0.0)
    sampling = ((each + elsewhere[:, None]) ** 2 * other_n).sum(1)
    return np.clip(usual, LEAST_SHARE, 1 - LEAST_SHARE), 1 + (counts**2).sum(1), sampling
