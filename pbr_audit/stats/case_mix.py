"""How many outcomes a unit's clients would have with everybody else: case mix learnt on others only.

A unit is a provider or an adviser. The chance of an outcome is a logistic regression on categories (payment
group, area, band of risk, year of start), fitted on counts a cell and without the unit that is judged: in
its own baseline a good or a generous unit would excuse itself. For units with less than a tenth of all
clients the refit is one Newton step from the fit on all, each with its own matrix; the tests hold it to
full refits.
Source: Pregibon (1981) for the step, Spiegelhalter (2005) for observed over expected.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats

Ints = NDArray[np.int64]
STEPS, CLOSE = 50, 1e-9
# With more of all clients than this a unit moves the fit too far for one step.
LARGE = 0.1
# Numbers held at a time in the units' own matrices.
BLOCK = 1_000_000
# How far effects of categories lie apart, in log odds, before anything is known: wide, so that it tells only
# where a category has next to nobody.
PRIOR_SD = 1.0
# Fewer units than these share a category's effect, and it would be the units' own.
LEAST_UNITS = 4


@dataclass(frozen=True)
class Expected:
    """What others' clients of the same mix make of each unit's clients; every array has the shape (U).

    `clients` and `reached`, its counts; `expected`, of `reached`, by the others; `chance`, the variance of
    the count where every client has a chance of its own (Poisson binomial); `learnt`, that of `expected`,
    from the error of the effects. `together` is what the fit on all, the unit among them, expects;
    `slope` (U, J) by how much it changes with each effect, and `step` (U, J) by how much the effects change
    where the unit is left out.
    """

    clients: Floats
    reached: Floats
    expected: Floats
    chance: Floats
    learnt: Floats
    together: Floats
    slope: Floats
    step: Floats

    def figures(self) -> tuple[Floats, Floats]:
        """Return how far each rate lies from what was expected, and its squared standard error.

        On the arcsine square-root scale, where the error hardly depends on the rate; what providers differ
        by beyond it is for the caller. NaN where nothing, or every client, was expected.
        """
        share = self.expected / self.clients
        spread = 4 * self.clients**2 * share * (1 - share)
        known = spread > 0
        variance = (self.chance + self.learnt) / np.where(known, spread, 1.0)
        return self._away(self.expected), np.where(known, variance, np.nan)

    def figures_together(self) -> tuple[Floats, Floats]:
        """Return the same by the fit on all, and by how much (U, J) it falls with each effect.

        Held against others, a unit needs theirs as they would be without it: the first, less the second
        times the unit's `step`.
        """
        share = self.together / self.clients
        steep = 2 * self.clients * np.sqrt(share * (1 - share))
        known = steep > 0
        falls = self.slope / np.where(known, steep, np.nan)[:, None]
        return self._away(self.together), falls

    def _away(self, expected: Floats) -> Floats:
        share = expected / self.clients
        away = np.arcsin(np.sqrt(self.reached / self.clients)) - np.arcsin(np.sqrt(share))
        return np.where((share > 0) & (share < 1), away, np.nan)

    def at_least(self, least: float) -> NDArray[np.bool_]:
        """Tell where at least `least` outcomes, and as many clients without one, are expected."""
        return np.asarray((self.expected >= least) & (self.clients - self.expected >= least))

    def at(self, figure: ArrayLike) -> Floats:
        """Return the number of outcomes that lies `figure` from what was expected, on the same scale."""
        centre = np.arcsin(np.sqrt(self.expected / self.clients)) + np.asarray(figure, dtype=np.float64)
        return np.asarray(self.clients * np.sin(np.clip(centre, 0, np.pi / 2)) ** 2)

    def in_outcomes(self, error: ArrayLike) -> Floats:
        """Return a standard error on the scale of `figures` as a number of outcomes."""
        share = self.expected / self.clients
        return np.asarray(2 * self.clients * np.sqrt(share * (1 - share)) * np.asarray(error))


def shared_levels(unit: ArrayLike, level: ArrayLike, least_units: int = LEAST_UNITS) -> Ints:
    """Return `level` (C, whole numbers from 0) with those that fewer than `least_units` have as one, -1.

    The effect of an area that one provider serves alone is that provider's own; taken together, such areas
    differ as providers do, which the peers' spread then holds.
    """
    of, in_level = np.asarray(unit, dtype=np.int64), np.asarray(level, dtype=np.int64)
    there = np.zeros((int(in_level.max(initial=-1)) + 1, int(of.max(initial=-1)) + 1), dtype=np.bool_)
    there[in_level, of] = True
    return np.where(there.sum(1)[in_level] >= least_units, in_level, -1)


def expected_by_others(
    unit: ArrayLike,
    levels: ArrayLike,
    clients: ArrayLike,
    reached: ArrayLike,
    prior_sd: float = PRIOR_SD,
    *,
    least: float = 0.0,
) -> Expected:
    """Return what each unit's clients would have reached with all others.

    A row a cell (C): `unit`, whole numbers from 0 to U - 1, each there; `levels` (C, F), whole numbers, a
    column a factor; `clients` above 0 and `reached`, counts. Effects of categories are drawn towards none by
    a normal prior of `prior_sd` log odds, so that one in which nobody else has a client changes nothing, and
    that not knowing stands in `learnt`; that is NaN for a unit of whose clients fewer than `least` are
    expected to reach it, or not to. Assumes effects that add up in log odds. One unit alone: NaN.
    """
    of = np.asarray(unit, dtype=np.int64)
    order = np.argsort(of, kind="stable")
    of, n, k = of[order], *(np.asarray(c, dtype=np.float64)[order] for c in (clients, reached))
    columns, width = _columns(np.asarray(levels, dtype=np.int64)[order])
    units = int(of.max(initial=-1)) + 1
    prior = np.full(width, prior_sd**-2)
    prior[0] = CLOSE
    effects = _fitted(columns, n, k, prior)
    chance = _logistic(effects[columns].sum(1))
    weight = n * chance * (1 - chance)
    whole = _information(np.zeros_like(of), columns, weight, 1, width)[0] + np.diag(prior)
    size, had, together = (np.bincount(of, counts, units).astype(np.float64) for counts in (n, k, n * chance))
    expected, of_chance, learnt = (np.full(units, np.nan) for _ in range(3))
    step = np.full((units, width), np.nan)
    at_once = max(1, BLOCK // width**2)
    for first in range(0, units if units > 1 else 0, at_once):
        here = slice(*np.searchsorted(of, [first, first + at_once]))
        mine, cells = of[here] - first, columns[here]
        count = int(mine[-1]) + 1
        others = _information(mine, cells, weight[here], count, width)
        np.subtract(whole, others, out=others)
        own = _sums(mine, cells, (k - n * chance)[here], count, width)
        without = effects - np.linalg.solve(others, own[..., None])[..., 0]
        for large in np.flatnonzero(np.bincount(mine, n[here], count) > LARGE * n.sum()):
            rest = of != first + large
            without[large] = _fitted(columns[rest], n[rest], k[rest], prior)
        p = _logistic(without[mine[:, None], cells].sum(1))
        slope = _sums(mine, cells, n[here] * p * (1 - p), count, width)
        place = slice(first, first + count)
        step[place] = without - effects
        expected[place] = np.bincount(mine, n[here] * p, count)
        of_chance[place] = np.bincount(mine, n[here] * p * (1 - p), count)
        asked = np.flatnonzero(np.minimum(expected[place], size[place] - expected[place]) >= least)
        error = np.linalg.solve(others[asked], slope[asked][..., None])[..., 0]
        learnt[first + asked] = (slope[asked] * error).sum(1)
    return Expected(
        clients=size,
        reached=had,
        expected=expected,
        chance=of_chance,
        learnt=learnt,
        together=together,
        slope=_sums(of, columns, weight, units, width),
        step=step,
    )


def _columns(levels: Ints) -> tuple[Ints, int]:
    """Return for each cell the columns of the model that are 1 in it (C, F + 1), and how many there are."""
    columns, width = [np.zeros(len(levels), dtype=np.int64)], 1
    for level in levels.T:
        from_0 = level - level.min(initial=0)
        there = np.bincount(from_0) > 0
        if there.sum() > 1:
            columns.append((np.cumsum(there) - 1)[from_0] + width)
            width += int(there.sum())
    return np.stack(columns, axis=1), width


def _fitted(columns: Ints, clients: Floats, reached: Floats, prior: Floats) -> Floats:
    """Return the effects (J) of highest posterior density, on counts pooled over units."""
    _, first, place = np.unique(packed(columns), return_index=True, return_inverse=True)
    patterns = columns[first]
    n, k = (np.bincount(place, counts, len(patterns)) for counts in (clients, reached))
    effects, at = np.zeros(len(prior)), np.zeros(len(patterns), dtype=np.int64)
    share = (k.sum() + 0.5) / (n.sum() + 1)
    effects[0] = np.log(share / (1 - share))

    def density(trial: Floats) -> float:
        eta = trial[patterns].sum(1)
        return float((k * eta - n * np.logaddexp(0, eta)).sum() - (prior * trial**2).sum() / 2)

    height = density(effects)
    for _ in range(STEPS):
        p = _logistic(effects[patterns].sum(1))
        slope = _sums(at, patterns, k - n * p, 1, len(prior))[0] - prior * effects
        curve = _information(at, patterns, n * p * (1 - p), 1, len(prior))[0] + np.diag(prior)
        step = np.linalg.solve(curve, slope)
        while (new := density(effects + step)) < height - CLOSE * abs(height):
            step = step / 2
        effects, height = effects + step, new
        # Where everybody, or nobody, reached it, there is no end to the steps, only to what they change.
        if np.abs(step).max() < CLOSE or np.abs(slope).max() < CLOSE * n.sum():
            return effects
    raise ArithmeticError("the chance of an outcome by case mix could not be fitted")


def packed(columns: Ints) -> Ints:
    """Return one number for each row of `columns` (C, F), whole numbers from 0, in the order of the rows.

    Equal where the rows are. None overflows.
    """
    numbers = np.zeros(len(columns), dtype=np.int64)
    for column in columns.T:
        width = int(column.max(initial=0)) + 1
        if int(numbers.max(initial=0)) >= np.iinfo(np.int64).max // width - 1:
            numbers = np.unique(numbers, return_inverse=True)[1]
        numbers = numbers * width + column
    return numbers


def _information(of: Ints, columns: Ints, weight: Floats, units: int, width: int) -> Floats:
    """Return each unit's sum of `weight` over pairs of columns, (U, J, J)."""
    total = np.zeros((units, width, width))
    # Two factors' columns meet in a block of their own.
    ends = [(int(of_factor.min()), int(of_factor.max()) + 1) for of_factor in columns.T]
    for (first, (low, high)), (second, (left, right)) in combinations(zip(columns.T, ends, strict=True), 2):
        shape = (units, high - low, right - left)
        at = (of * shape[1] + first - low) * shape[2] + second - left
        block = np.bincount(at, weight, np.prod(shape)).reshape(shape)
        total[:, low:high, left:right] = block
        total[:, left:right, low:high] = block.transpose(0, 2, 1)
    diagonal = np.arange(width)
    total[:, diagonal, diagonal] = _sums(of, columns, weight, units, width)
    return total


def _sums(of: Ints, columns: Ints, values: Floats, units: int, width: int) -> Floats:
    """Return each unit's sum of `values` by column, (U, J)."""
    total = np.zeros(units * width)
    for column in columns.T:
        total += np.bincount(of * width + column, values, len(total))
    return total.reshape(units, width)


def _logistic(log_odds: Floats) -> Floats:
    from scipy.special import expit  # noqa: PLC0415

    return np.asarray(expit(log_odds))
