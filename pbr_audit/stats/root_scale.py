"""Shares on the root scale, where a difference of two has a known error whatever the shares are.

asin(√share): its variance is that of the count alone, about 1/(4n), so that providers with many and with few
successes can be held against one another. Source: Anscombe (1948); Freeman and Tukey (1950).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import against_peers

# Where a peer's gap is cut to when the spread is learnt: at 2.5 two providers of twenty hide each other.
ROBUST = 1.5
# √(1/4 · (3 + 3/2)): the error of a gap between one third and two thirds of n people is this over √n.
ERROR_OF_THIRDS = 1.0606601717798212


@dataclass(frozen=True)
class GapAgainstPeers:
    """Gaps between two groups of each provider, against its peers' gaps; every array has the shape (P).

    `gap` and `variance` on the root scale, `centre` and `spread` of the peers' gaps; `width`, half of the
    95 % interval in which the gap less that centre lies, and `gap_seen`, how far above it one is found four
    times in five; `expected`, the share of the second group that peers' gaps would have left, `effect`, that
    less the share seen, with its 95 % limits; `smallest_seen`, the effect found four times in five;
    `p_value` of a gap this large or larger.
    """

    gap: Floats
    variance: Floats
    centre: Floats
    spread: Floats
    width: Floats
    gap_seen: Floats
    expected: Floats
    effect: Floats
    effect_low: Floats
    effect_high: Floats
    smallest_seen: Floats
    p_value: Floats

    def columns(self) -> dict[str, Floats]:
        """Return what a rule tells of them, under the names of its columns."""
        return {
            "gap": self.gap,
            "peers_gap": self.centre,
            "peers_spread": self.spread,
            "expected_share": self.expected,
            "effect": self.effect,
            "effect_low": self.effect_low,
            "effect_high": self.effect_high,
            "smallest_seen": self.smallest_seen,
            "p_value": self.p_value,
        }


def gap_against_peers(
    taken: ArrayLike,
    size: ArrayLike,
    less_taken: ArrayLike,
    less_size: ArrayLike,
    *,
    enough: ArrayLike,
    whose: ArrayLike,
    most_df: float = 10.0,
) -> GapAgainstPeers:
    """Return whether the second group's share lies further below the first's than with the other providers.

    Counts (P) of the first and of the second group; `enough` tells who has enough people, `whose` who is one
    provider; `most_df` is that of `against_peers`, whose assumptions are made. NaN for the others, and for
    everybody with fewer than 10 of them.
    """
    gap, variance = root_gap(taken, size, less_taken, less_size)
    known = np.asarray(enough, dtype=np.bool_) & ~np.isnan(gap)
    # Who has too few is nobody's peer, and every figure costs a comparison with all others.
    peers = against_peers(
        gap[known], variance[known], above=True, k=ROBUST, most_df=most_df, whose=np.asarray(whose)[known]
    )

    def placed(values: Floats) -> Floats:
        made = np.full(gap.shape, np.nan)
        made[known] = values
        return made

    first, second = _share(taken, size), _share(less_taken, less_size)
    centre, width, seen = (placed(part) for part in (peers.centre, peers.width(), peers.smallest_seen))
    expected = share_below(first, centre)
    return GapAgainstPeers(
        gap=np.where(known, gap, np.nan),
        variance=np.where(known, variance, np.nan),
        centre=centre,
        spread=placed(np.sqrt(peers.variance)),
        width=width,
        gap_seen=seen,
        expected=expected,
        effect=expected - second,
        effect_low=share_below(first, centre + width) - second,
        effect_high=share_below(first, centre - width) - second,
        smallest_seen=expected - share_below(first, centre + seen),
        p_value=placed(peers.p_value),
    )


def root_gap(
    taken: ArrayLike, size: ArrayLike, less_taken: ArrayLike, less_size: ArrayLike
) -> tuple[Floats, Floats]:
    """Return asin√(taken/size) less asin√(less_taken/less_size), and its variance, element by element.

    Counts, with Anscombe's 3/8. Assumes people who are taken independently of one another. NaN where a size
    is 0 or missing.
    """
    (first, first_variance), (second, second_variance) = _root(taken, size), _root(less_taken, less_size)
    return first - second, first_variance + second_variance


def share_below(share: ArrayLike, gap: ArrayLike) -> Floats:
    """Return the share (0 to 1) that lies `gap` below `share` (0 to 1) on the root scale."""
    angle = np.arcsin(np.sqrt(np.clip(np.asarray(share, dtype=np.float64), 0, 1))) - np.asarray(gap)
    return np.asarray(np.sin(np.clip(angle, 0, np.pi / 2)) ** 2)


def _root(taken: ArrayLike, size: ArrayLike) -> tuple[Floats, Floats]:
    k, n = np.asarray(taken, dtype=np.float64), np.asarray(size, dtype=np.float64)
    n = np.where(n > 0, n, np.nan)
    return np.arcsin(np.sqrt((k + 0.375) / (n + 0.75))), 1 / (4 * n + 2)


def _share(taken: ArrayLike, size: ArrayLike) -> Floats:
    n = np.asarray(size, dtype=np.float64)
    return np.asarray(np.asarray(taken, dtype=np.float64) / np.where(n > 0, n, np.nan))
