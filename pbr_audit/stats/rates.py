"""A unit's rate against those of its peers, once the clients' mix is allowed for.

Two questions. Of a provider: is its rate above what all providers of its size and mix reach, by more than
honest ones differ? Of an adviser: is it above the other advisers' of the same provider, by more than advisers
of one provider differ? The second leaves out how good the provider is, whatever made it so.

Deviations are additive on the arcsine square-root scale (Spiegelhalter, 2005); how far honest units lie apart
is learnt on the unpaid side (`unpaid_side`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.case_mix import Expected
from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import FEWEST_PEERS, HUBER, centre_and_spread
from pbr_audit.stats.unpaid_side import Null, null_below, spread_below

# An adviser needs so many others at the provider, whose mean is more than one person's luck.
FEWEST_COLLEAGUES = 2
# With more units than this, one of them is too small a part of the centre to be worth leaving out.
MANY = 300
# What is told as the smallest shift seen is found so often, at this level over all tests.
LEVEL, FOUND_DEVIATE = 0.05, 0.8416212335729143
# The upper 99.8 % limit of a funnel, and "well above" the peers as rates of success are judged.
LIMIT_DEVIATE, WELL_ABOVE = 3.090232306167813, 1.25


@dataclass(frozen=True)
class RateAgainstPeers:
    """Each unit's rate against its peers'; every array has the shape (U), NaN where it was not compared.

    `usual`, outcomes that the unit would have at its peers' centre; `excess`, reached less usual, with its
    standard error `error` (the peers' spread included) and `df`; `spread`, the standard deviation of honest
    units' rates about the centre (0 to 1); `z`, distance over error, and the one-sided `p_value` of more
    than usual; `limit`, outcomes at the upper 99.8 % funnel limit; `smallest`, the true excess that the test,
    corrected for all units tested, would find four times in five (NaN: none could be); `well_above`, the
    probability that the unit's own rate is above 1.25 times the usual one (flat prior, arcsine scale).
    """

    usual: Floats
    excess: Floats
    error: Floats
    df: Floats
    spread: Floats
    z: Floats
    p_value: Floats
    limit: Floats
    smallest: Floats
    well_above: Floats


@dataclass(frozen=True)
class _Away:
    """Distances from a centre (U), their variance by chance, and by how much the spread counts in each."""

    figure: Floats
    centre: Floats
    chance: Floats
    spread_counts: Floats


def rate_against_peers(found: Expected, comparable: ArrayLike) -> RateAgainstPeers:
    """Return how each comparable unit (U, true or false) differs from all other comparable units.

    NaN for everybody where fewer than 10 are comparable, or fewer than 3 of them below the centre. Assumes
    that honest units' rates differ alike, whatever their size.
    """
    figure, variance = _figures(found, comparable)
    there = ~np.isnan(figure)
    if there.sum() < FEWEST_PEERS:
        return _told(found, _Away(*[np.full(figure.shape, np.nan)] * 4))
    together, falls = found.figures_together()
    together = np.where(there, together, np.nan)
    others = together[None, :] if len(figure) > MANY else np.where(np.eye(len(figure)), np.nan, together)
    centre = np.broadcast_to(centre_and_spread(others, variance, HUBER).centre, figure.shape)
    # Without the unit, the others would have been expected to reach something else.
    mean_fall = (falls[there].sum(0) - np.where(there[:, None], falls, 0.0)) / (there.sum() - there[:, None])
    centre = centre - (mean_fall * found.step).sum(1)
    return _told(found, _Away(figure, centre, variance, np.ones(figure.shape)))


def rate_against_colleagues(
    found: Expected, group: ArrayLike, comparable: ArrayLike
) -> tuple[RateAgainstPeers, NDArray[np.int64]]:
    """Return how each comparable unit differs from the other units of its group, and how many those are.

    `group` (U), whole numbers: the provider of an adviser. The centre is the mean of the group's other
    units; how much units differ within a group is learnt over all groups. Units with fewer than 2 others are
    not compared, and nobody is where fewer than 10 would be.
    """
    figure, variance = _figures(found, comparable)
    away, colleagues = _from_others(found, figure, variance, np.asarray(group, dtype=np.int64))
    return _told(found, away), colleagues


def _figures(found: Expected, comparable: ArrayLike) -> tuple[Floats, Floats]:
    figure, variance = found.figures()
    there = np.asarray(comparable, dtype=np.bool_)
    return np.where(there, figure, np.nan), np.where(there, variance, np.nan)


def _from_others(
    found: Expected, figure: Floats, variance: Floats, group: NDArray[np.int64]
) -> tuple[_Away, NDArray[np.int64]]:
    """Return the distance from the mean of the others in a group, and how many those are."""
    there = ~np.isnan(figure)
    # Precise units count more, but not by all of it: by how much units differ is not known yet.
    usual = float(np.median(variance[there])) if there.any() else 1.0
    weight = np.where(there, 1 / (np.where(there, variance, 0.0) + usual), 0.0)
    groups = int(group.max(initial=-1)) + 1

    def others(values: Floats) -> Floats:
        return np.asarray(np.bincount(group, values, groups)[group] - values)

    colleagues = np.rint(others(there.astype(np.float64))).astype(np.int64)
    enough = there & (colleagues >= FEWEST_COLLEAGUES)
    total = np.where(enough, others(weight), np.nan)
    together, falls = found.figures_together()
    mean = others(weight * np.where(there, together, 0.0)) / total
    fall = np.where(there[:, None], weight[:, None] * falls, 0.0)
    in_groups = np.zeros((groups, fall.shape[1]))
    np.add.at(in_groups, group, fall)
    # Without the unit, the others would have been expected to reach something else.
    mean = mean - ((in_groups[group] - fall) / total[:, None] * found.step).sum(1)
    error = others(weight**2 * np.where(there, variance, 0.0)) / total**2
    return _Away(figure, mean, variance + error, 1 + others(weight**2) / total**2), colleagues


def _told(found: Expected, away: _Away) -> RateAgainstPeers:
    """Return what distances on the arcsine scale say, in outcomes."""
    from scipy.special import ndtr  # noqa: PLC0415

    distance = (away.figure - away.centre) / np.sqrt(away.spread_counts)
    chance = away.chance / away.spread_counts
    between = spread_below(distance, chance)
    error = np.sqrt(away.spread_counts * (chance + between))
    z = (away.figure - away.centre) / error
    null = null_below(z)
    width = error * null.width
    usual = found.at(away.centre)
    share = usual / found.clients
    # By its clients alone, without drawing it to the peers: a narrow spread would explain anything away.
    well = np.arcsin(np.sqrt(np.minimum(WELL_ABOVE * share, 1.0))) - np.arcsin(np.sqrt(share))
    return RateAgainstPeers(
        usual=usual,
        excess=found.reached - usual,
        error=found.in_outcomes(width),
        df=np.where(np.isnan(z), np.nan, null.tail),
        spread=2 * np.sqrt(share * (1 - share) * between),
        z=z,
        p_value=null.p_value(z),
        limit=found.at(away.centre + LIMIT_DEVIATE * width),
        smallest=_smallest(found, away.centre, error, z, null) - usual,
        well_above=ndtr((away.figure - away.centre - well) / np.sqrt(away.chance)),
    )


def _smallest(found: Expected, centre: Floats, error: Floats, z: Floats, null: Null) -> Floats:
    """Return the outcomes that a unit would have to have to be found; NaN where even all would not do."""
    tests = int((~np.isnan(z)).sum())
    needed = centre + (null.critical(LEVEL / max(tests, 1)) + FOUND_DEVIATE * null.width) * error
    start = np.arcsin(np.sqrt(found.expected / found.clients))
    return np.where(start + needed < np.pi / 2, found.at(needed), np.nan)
