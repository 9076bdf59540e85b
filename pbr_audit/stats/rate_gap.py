"""How much less often one group is served than another, against how honest providers differ in this.

Rates are counts for each day, compared as ratios; people within a group differ, so that the error comes from
them and not from the count alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import against_peers
from pbr_audit.stats.root_scale import ROBUST


@dataclass(frozen=True)
class RateGapAgainstPeers:
    """Gaps between two groups' rates, by provider, against its peers' gaps; every array has the shape (P).

    `gap`, the logarithm of the first group's rate over the second's; `centre` and `spread` of the peers'
    gaps; `effect`, the share that the second group lacks of what the peers' gap gives it, with its 95 %
    limits; `smallest_seen`, the effect found four times in five; `p_value` of a gap this large or larger.
    """

    gap: Floats
    centre: Floats
    spread: Floats
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
            "effect": self.effect,
            "effect_low": self.effect_low,
            "effect_high": self.effect_high,
            "smallest_seen": self.smallest_seen,
            "p_value": self.p_value,
        }


@dataclass(frozen=True)
class Served:
    """One group of each provider's people; each (P): events, days, people, and how unevenly they are served.

    `squares` are the sums over the group's people of (events - rate·days)².
    """

    events: ArrayLike
    days: ArrayLike
    people: ArrayLike
    squares: ArrayLike


def rate_gap_against_peers(
    group: Served, less: Served, *, enough: ArrayLike, whose: ArrayLike
) -> RateGapAgainstPeers:
    """Return whether the rate of `less` lies further below that of `group` than with the other providers.

    `enough` (P) tells who has enough people, `whose` (P) who is one provider. NaN for the others, and for
    everybody with fewer than 10. The error of a rate is a ratio estimator's (Cochran, 1977, section 6.4), and
    never less than a Poisson count's; half an event is put on either count.
    """
    first, first_variance = _log_rate(group)
    second, second_variance = _log_rate(less)
    known = np.asarray(enough, dtype=np.bool_)
    gap = np.where(known, first - second, np.nan)
    peers = against_peers(gap, first_variance + second_variance, above=True, k=ROBUST, whose=whose)
    beyond, width = gap - peers.centre, peers.width()
    return RateGapAgainstPeers(
        gap=gap,
        centre=peers.centre,
        spread=np.sqrt(peers.variance),
        effect=-np.expm1(-beyond),
        effect_low=-np.expm1(-(beyond - width)),
        effect_high=-np.expm1(-(beyond + width)),
        smallest_seen=-np.expm1(-peers.smallest_seen),
        p_value=peers.p_value,
    )


def _log_rate(group: Served) -> tuple[Floats, Floats]:
    """Return the logarithm of the rate and its variance."""
    given = (group.events, group.days, group.people, group.squares)
    c, d, n, s = (np.asarray(values, dtype=np.float64) for values in given)
    c = c + 0.5
    d = np.where(d > 0, d, np.nan)
    among_people = s / c**2 * n / np.maximum(n - 1, 1)
    return np.log(c / d), np.maximum(among_people, 1 / c)
