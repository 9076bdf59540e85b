"""Near-misses moved up to a threshold: a hole just short of it and a pile at it, against peers.

A round number fills by itself, at honest providers too, so a pile alone shows nothing. Moving B clients
from just short of T to T makes a hole of B and a pile of B; honest heaping makes the pile alone. The shape
without gaming is predicted for each provider from the other providers' counts, its own counts further off,
and its own heaps at placebo multiples of the same round number; what honest providers differ by is learnt
from all of them.

Predicted by `counterfactual` from peers and from a provider's counts further off, without [T - b, T]. Then
hole M and pile X, their covariance, centre and spread of both among peers (winsorised Paule-Mandel), one
estimate by generalised least squares, an empirical null, a t-test. Own method; its false alarms and power
are in benchmarks/calibration.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.counterfactual import Predicted, predicted_counts, shape
from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import FEWEST_PEERS, centre_and_spread, empirical_null

# Predicted counts below these show neither a hole nor a pile.
LEAST_SHORT, LEAST_AT = 20.0, 10.0
# Both have to stand out, in their standard errors: a pile without a hole is heaping, a hole without a pile is
# not T's. Piles differ more between honest providers than holes do, so that theirs is the lower bar: with 1
# for both, moving of 40 % among 1,000 people was found 0.68 and not 0.79 times where heaps differ by 15 %.
HOLE_GATE, PILE_GATE = 1.0, 0.25
# Those gone from short of T have to be found at T: a hole larger than the pile by more standard errors than
# this is of support that ends just short of T.
MOST_UNEQUAL = 2.0
# Anscombe's: the root of a Poisson count and this has nearly the same variance for every mean.
ANSCOMBE = 0.375
HALVINGS = 40
# Of the peers learnt from, the share that the degrees of freedom count: the estimate is a robust one.
EFFICIENCY, LEAST_SHARE_LEARNT = 0.7, 0.05


@dataclass(frozen=True)
class Moved:
    """What each provider's counts say; every array has the shape (P).

    `claims` estimated as moved up to the threshold, with its standard error `error`; `predicted_short` and
    `predicted_at`, the counts without gaming; `hole` and `pile`, both in their own standard errors; `z`,
    `df` and `p_value` of the one-sided test: 1 where hole and pile do not both stand out, NaN where too few
    are predicted for the provider to be assessed. `smallest_seen` is the number of claims that the test,
    after correction for many providers, would have found in four cases of five; NaN where it would not have
    found all of them moved. `spread_short` and `spread_at` are standard deviations of honest providers'
    holes and piles, as shares of what is predicted; `spread_placebo` that of their placebo heaps, each for
    itself, NaN where there is only one. `counterfactual` (P, K) are the counts predicted without gaming.
    """

    claims: Floats
    error: Floats
    predicted_short: Floats
    predicted_at: Floats
    hole: Floats
    pile: Floats
    z: Floats
    df: Floats
    p_value: Floats
    smallest_seen: Floats
    spread_short: float
    spread_at: float
    spread_placebo: float
    counterfactual: Floats

    def interval(self, level: float) -> tuple[Floats, Floats]:
        """Return lower and upper limits (P) of the claims moved, with confidence `level`, by Student's t."""
        from scipy.special import stdtrit  # noqa: PLC0415

        width = stdtrit(self.df, (1 + level) / 2) * self.error
        return self.claims - width, self.claims + width


def moved_to_threshold(
    counts: ArrayLike,
    grid: ArrayLike,
    *,
    threshold: float,
    unit: float,
    reach: float,
    direction: Literal["at_least", "at_most"] = "at_least",
    owner: ArrayLike | None = None,
) -> Moved | None:
    """Return how many claims of each provider were moved to the threshold, or None where peers cannot say.

    `counts` (P, K): final measured values of each provider on the equally spaced `grid` (K), within about
    1.5 units of the threshold; `unit` is the round number whose multiples fill by themselves, `reach` how
    far short of T a near-miss may lie, all in the measure's unit. At least the threshold pays, or at most.
    `owner` (P) names whose each row is, where somebody has several: none of them is in its own baseline.

    None where the grid holds no placebo multiple outside [T - reach, T], and where fewer than 10 providers
    have counts enough. Assumes measurements that went on beyond the threshold: where tracking stops there,
    nothing can be said. Known limits: an honest support that ends just short of T looks like a hole; gaming
    by all providers looks like their shape; heaps that differ between multiples, for each provider on its
    own, cost power (by 30 %: more than half of it, and in one kind of simulated books false alarms in 8 to
    15 %).
    """
    y, x, t = np.asarray(counts, dtype=np.float64), np.asarray(grid, dtype=np.float64), threshold
    if direction == "at_most":
        y, x, t = y[:, ::-1], -x[::-1], -threshold
    near, at = (x >= t - reach) & (x < t), x == t
    if not (at.any() and near.any() and _placebo(x, t, unit, reach).any()):
        return None
    labels = np.arange(len(y)) if owner is None else np.asarray(owner)
    design = shape((x - t) / (1.5 * unit), np.mod(x, unit) == 0)
    predicted = predicted_counts(y, labels, design, near, at)
    enough = (predicted.short >= LEAST_SHORT) & (predicted.at >= LEAST_AT)
    if len(np.unique(labels[enough])) < FEWEST_PEERS:
        return None
    apart = _placebo_spread(y[enough], predicted.mean[enough], _placebo(x, t, unit, reach))
    found = _against_peers(y[:, near].sum(1), y[:, at].sum(1), predicted, enough, apart)
    if direction == "at_most":
        return replace(found, counterfactual=found.counterfactual[:, ::-1])
    return found


def placebo_multiples(grid: ArrayLike, *, threshold: float, unit: float, reach: float) -> Floats:
    """Return the multiples of the unit on the grid outside [T - reach, T]: heaps that nobody is paid for.

    For at most the threshold, give grid and threshold with their signs changed. Empty: a round threshold
    cannot be told from gaming there.
    """
    x = np.asarray(grid, dtype=np.float64)
    return x[_placebo(x, threshold, unit, reach)]


def _placebo(x: Floats, threshold: float, unit: float, reach: float) -> NDArray[np.bool_]:
    multiple: NDArray[np.bool_] = np.mod(x, unit) == 0
    return multiple & ~((x >= threshold - reach) & (x <= threshold))


def _placebo_spread(y: Floats, mean: Floats, placebo: NDArray[np.bool_]) -> float:
    """Return the standard deviation of placebo heaps, each for itself, from those of one provider.

    What a provider's heaps have in common cancels between neighbouring ones. NaN where there is only one.
    """
    there, predicted = y[:, placebo] + 0.5, mean[:, placebo] + 0.5
    if there.shape[1] == 1:
        return float("nan")
    apart = np.diff(np.log(there / predicted), axis=1)
    chance = 1 / predicted[:, 1:] + 1 / predicted[:, :-1]
    return float(np.sqrt(centre_and_spread(apart.T, chance.T, k=2.5).variance.mean() / 2))


def _against_peers(
    short: Floats, at: Floats, predicted: Predicted, enough: NDArray[np.bool_], spread_placebo: float
) -> Moved:
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    low, top = predicted.short, predicted.at
    covariance = -predicted.covariance[:, 0, 1]
    # A count far below its mean is rarer than a normal one: holes on the root scale, and honest piles, which
    # are skew, on the log scale.
    hole = 2 * np.sqrt(low) * (np.sqrt(low + ANSCOMBE) - np.sqrt(short + ANSCOMBE))
    pile = top * np.log((at + 0.5) / (top + 0.5))
    v_hole, v_pile = low + predicted.covariance[:, 0, 0], top + predicted.covariance[:, 1, 1]
    of_hole = centre_and_spread(np.where(enough, hole / low, np.nan), v_hole / low**2)
    of_pile = centre_and_spread(np.where(enough, pile / top, np.nan), v_pile / top**2)
    hole, pile = hole - of_hole.centre * low, pile - of_pile.centre * top
    learnt_hole, learnt_pile = of_hole.variance * low**2, of_pile.variance * top**2
    v_hole, v_pile = v_hole + learnt_hole, v_pile + learnt_pile

    w = np.clip((v_pile - covariance) / (v_hole + v_pile - 2 * covariance), 0, 1)
    variance = w**2 * v_hole + (1 - w) ** 2 * v_pile + 2 * w * (1 - w) * covariance
    raw = (w * hole + (1 - w) * pile) / np.sqrt(variance)
    centre, scale = empirical_null(np.where(enough, raw, np.nan))
    error, z = np.sqrt(variance) * scale, (raw - centre) / scale

    learnt = (w**2 * learnt_hole + (1 - w) ** 2 * learnt_pile) / variance
    df = EFFICIENCY * (enough.sum() - 1) / np.maximum(learnt, LEAST_SHARE_LEARNT) ** 2
    hole_z, pile_z = hole / np.sqrt(v_hole), pile / np.sqrt(v_pile)
    # Sizes are told, and compared, on the plain scale.
    usual_short, usual_at = low * (1 - of_hole.centre / 2) ** 2, top * np.exp(of_pile.centre)
    gone, come = usual_short - short, at - usual_at
    claims = w * gone + (1 - w) * come
    unequal = (gone - come) / np.sqrt(v_hole + v_pile - 2 * covariance)
    both = (hole_z > HOLE_GATE) & (pile_z > PILE_GATE) & (unequal < MOST_UNEQUAL)
    p_value = np.where(both, stdtr(df, -z), 1.0)
    seen = _claims_for((stdtrit(df, 0.995) + 0.84) * error, usual_short, usual_at, w)

    def known(values: Floats) -> Floats:
        return np.where(enough, values, np.nan)

    return Moved(
        claims=known(claims),
        error=known(error),
        predicted_short=low,
        predicted_at=top,
        hole=known(hole_z),
        pile=known(pile_z),
        z=known(z),
        df=known(df),
        p_value=known(p_value),
        smallest_seen=known(seen),
        spread_short=float(np.sqrt(of_hole.variance)),
        spread_at=float(np.sqrt(of_pile.variance)),
        spread_placebo=spread_placebo,
        counterfactual=predicted.mean,
    )


def _claims_for(shift: Floats, short: Floats, at: Floats, w: Floats) -> Floats:
    """Return how many claims moved make a shift on the scales of the test; NaN where all are too few."""

    def shifted(claims: Floats) -> Floats:
        hole = 2 * np.sqrt(short) * (np.sqrt(short + ANSCOMBE) - np.sqrt(short - claims + ANSCOMBE))
        return np.asarray(w * hole + (1 - w) * at * np.log1p(claims / (at + 0.5)))

    low, high = np.zeros_like(short), short.copy()
    possible = shifted(short) >= shift
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = shifted(middle) >= shift
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.where(possible, high, np.nan)
