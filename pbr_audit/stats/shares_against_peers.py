"""A provider's share of special rows (days at a period's end, Sundays) against the spread of its peers.

Rows lie in cells: a contract's quarter, an outcome. The others in a cell say what share is expected there, so
that month lengths, holidays and seasons that all have in common are no difference. What is left differs
between honest providers too, and within one of them from cell to cell more than chance gives (courses end
on one day, returns are keyed in together): both are learnt, and a provider is never part of its own
comparison.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.others_in_cells import LEAST_SHARE, Ints, OthersInCells, codes
from pbr_audit.stats.peers import CAUTION, EFFICIENCY, FEWEST_PEERS, centre_and_spread

# A provider's own clumping counts as much as the peers' from so many cells on.
CELLS = 8.0
# More leave-one-outs than this cost much and change nothing.
FOLDS = 100
# Of a normal deviate: what has to be exceeded after correction for many providers, and four times in five.
CORRECTED, FOUR_IN_FIVE = 0.995, 0.8416212335729143


@dataclass(frozen=True)
class SharesAgainstPeers:
    """Each subject against the others, one-sided for more; every array has the shape (S).

    `reached` of `size` rows are special, `share` is expected from the others and `error` the standard error
    of the difference with the others' spread in it; `effect` the difference of the shares, with its 95 %
    limits `low` and `high`; `excess` how many rows it is, with its standard error; `seen` the smallest
    difference that would be found four times in five after correction for many providers. `spread` is the
    standard deviation of honest providers' shares, `clumping` how many times the binomial's the variance
    within the subject is. `compared` counts the providers with enough. NaN where a subject has too few
    rows.
    """

    reached: Floats
    size: Floats
    share: Floats
    spread: Floats
    clumping: Floats
    effect: Floats
    low: Floats
    high: Floats
    excess: Floats
    excess_error: Floats
    df: Floats
    p_value: Floats
    seen: Floats
    compared: Floats


@dataclass(frozen=True)
class Rows:
    """Counts by subject and cell, as numbers from 0; `expected` is a share for each row."""

    subject: Ints
    reached: Floats
    size: Floats
    cells: OthersInCells
    expected: Floats
    error: Floats

    def summed(self, values: Floats, subjects: int) -> Floats:
        return np.asarray(np.bincount(self.subject, values, subjects), dtype=np.float64)


def rows_in_cells(
    subject: ArrayLike,
    provider: ArrayLike,
    cells: tuple[ArrayLike, ArrayLike],
    reached: ArrayLike,
    size: ArrayLike,
) -> tuple[Rows, Ints]:
    """Return counts as `shares_against_peers` takes them with what others give, and whose each subject is."""
    of_subject, of_provider = np.asarray(subject, dtype=np.int64), np.asarray(provider, dtype=np.int64)
    x, n = np.asarray(reached, dtype=np.float64), np.asarray(size, dtype=np.float64)
    owner = np.zeros(int(of_subject.max(initial=-1)) + 1, dtype=np.int64)
    owner[of_subject] = of_provider
    in_cells = OthersInCells(of_provider, cells, x, n)
    return Rows(of_subject, x, n, in_cells, *in_cells.expected()), owner


def shares_against_peers(
    subject: ArrayLike,
    provider: ArrayLike,
    cells: tuple[ArrayLike, ArrayLike],
    reached: ArrayLike,
    size: ArrayLike,
    *,
    least: float = 1.0,
    k: float = 1.5,
    most_df: float = 10.0,
) -> SharesAgainstPeers:
    """Return a one-sided test of each subject's share of special rows against the spread of the others.

    A row is a subject in a cell: `subject` (N), numbers from 0, each of one `provider` (N, any numbers);
    `cells`, the narrow cell and the wider one that it lies in (N each, any numbers); `reached` of `size` (N)
    are special. A subject with fewer than `least` rows in all is neither tested nor a peer; NaN for
    everybody where fewer than 10 providers have enough. A cell's share is the other providers', drawn
    towards theirs in the wider cell; the spread between subjects, of the shares' angles, is robust and on the
    cautious side; the tail is the binomial's, averaged over shares whose angles differ as t-variables of at
    most `most_df` degrees of freedom do. Assumes that subjects of different providers are independent given
    the cells.
    """
    rows, owner = rows_in_cells(subject, provider, cells, reached, size)
    subjects = len(owner)
    total, count = rows.summed(rows.size, subjects), rows.summed(rows.reached, subjects)
    enough = total >= least
    there = np.unique(owner[enough])
    if len(there) < FEWEST_PEERS:
        return _untested(count, total, float(len(there)))
    return _against(rows, owner, (count, total, enough), k, most_df)


def _against(
    rows: Rows,
    owner: Ints,
    totals: tuple[Floats, Floats, NDArray[np.bool_]],
    k: float,
    most_df: float,
) -> SharesAgainstPeers:
    from scipy.special import stdtrit  # noqa: PLC0415

    count, total, enough = totals
    safe = np.where(enough, total, 1.0)
    usual = rows.summed(rows.size * rows.expected, len(owner)) / safe
    clumping = clumping_within(rows, count, total, usual)
    chance = clumping / (4 * safe + 2)
    unsure = rows.summed(rows.size**2 * rows.error, len(owner)) / (4 * safe**2)
    # Every fold of providers against all outside it: with 100 providers or fewer each is a fold of its own.
    fold = codes(owner) % FOLDS
    folds = np.arange(int(fold.max()) + 1)
    shares = rows.cells.without(fold[rows.subject])
    without = np.stack([rows.summed(rows.size * share, len(owner)) / safe for share in shares])
    figure = _angle((count + 0.375) / (safe + 0.75)) - _angle(without)
    others = enough & (folds[:, None] != fold)
    found = centre_and_spread(np.where(others, figure, np.nan), chance + unsure, k, CAUTION)
    weight = np.where(others, 1 / (chance + unsure + found.variance[:, None]), 0.0).sum(-1)
    between = found.variance[fold]
    learnt = between + 1 / weight[fold] + unsure
    centre = _angle(usual) + found.centre[fold]
    share = _share(centre)
    variance = share * (1 - share)
    providers = len(np.unique(owner[enough]))
    df = np.full(len(owner), min(EFFICIENCY * (providers - 2), most_df))
    p_value = _upper_tail(count / clumping, safe / clumping, centre, np.sqrt(learnt), df)
    of_null = np.sqrt(learnt + chance)
    own_share = np.clip((count + 0.5) / (safe + 1), 0.0, 1.0)
    error = np.sqrt(own_share * (1 - own_share) * clumping / safe + 4 * variance * learnt)
    effect, width = count / safe - share, stdtrit(df, 0.975) * error

    def known(values: Floats) -> Floats:
        return np.where(enough, values, np.nan)

    return SharesAgainstPeers(
        reached=count,
        size=total,
        share=known(share),
        spread=known(2 * np.sqrt(between * variance)),
        clumping=known(clumping),
        effect=known(effect),
        low=known(effect - width),
        high=known(effect + width),
        excess=known(effect * total),
        excess_error=known(error * total),
        df=known(df),
        p_value=known(p_value),
        seen=known(_share(centre + (stdtrit(df, CORRECTED) + FOUR_IN_FIVE) * of_null) - share),
        compared=np.full(len(owner), float(providers)),
    )


def _upper_tail(reached: Floats, size: Floats, centre: Floats, spread: Floats, df: Floats) -> Floats:
    """Return P(X >= reached) where the share's angle is `centre` plus `spread` times a t-variable.

    The binomial tail averaged over the others' shares: a small count keeps its exact tail, and honest shares
    may lie as far out as t's tails do. By midpoints of steps that grow finer towards the upper end.
    """
    from scipy.special import betainc, stdtrit  # noqa: PLC0415

    edges = np.concatenate([[0.0], 1 - np.logspace(-0.01, -7, 160), [1.0]])
    mass = np.diff(edges)
    nodes = stdtrit(df[:, None], (edges[:-1] + edges[1:]) / 2)
    share = _share(centre[:, None] + spread[:, None] * nodes)
    some = reached[:, None] > 0
    left = np.maximum(size - reached, 0.0)[:, None] + 1
    tail = np.where(some, betainc(np.where(some, reached[:, None], 1.0), left, share), 1.0)
    return np.asarray((tail * mass).sum(-1))


def _angle(share: Floats) -> Floats:
    """Return the angle of a share: on that scale chance has the variance 1/(4n), whatever the share."""
    return np.asarray(np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))))


def _share(angle: Floats) -> Floats:
    """Return the share of an angle, 0 and 1 beyond the ends of the scale."""
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)


def _untested(count: Floats, total: Floats, compared: float) -> SharesAgainstPeers:
    nothing = np.full(count.shape, np.nan)
    return SharesAgainstPeers(
        reached=count,
        size=total,
        share=nothing,
        spread=nothing,
        clumping=nothing,
        effect=nothing,
        low=nothing,
        high=nothing,
        excess=nothing,
        excess_error=nothing,
        df=nothing,
        p_value=nothing,
        seen=nothing,
        compared=np.full(count.shape, compared),
    )


def clumping_within(rows: Rows, count: Floats, total: Floats, usual: Floats) -> Floats:
    """Return how many times the binomial's the variance from cell to cell is within each subject.

    At least 1. By Pearson's chi-square about the subject's own share, so that a provider far from the
    others does not seem clumped for that; drawn towards the mean of all, as cells are few.
    """
    subjects = len(count)
    own = (count + 2 * usual) / (total + 2)
    ratio = rows.expected / np.where(usual > 0, usual, 1.0)[rows.subject]
    share = np.clip(own[rows.subject] * ratio, LEAST_SHARE, 1 - LEAST_SHARE)
    filled = rows.size > 0
    squares = (rows.reached - rows.size * share) ** 2 / np.where(filled, rows.size * share * (1 - share), 1.0)
    free = np.maximum(rows.summed(filled.astype(np.float64), subjects) - 1, 0.0)
    of_own = rows.summed(np.where(filled, squares, 0.0), subjects)
    common = of_own[free > 0].sum() / free.sum() if free.sum() else 1.0
    return np.maximum((of_own * (free > 0) + CELLS * max(common, 1.0)) / (free + CELLS), 1.0)
