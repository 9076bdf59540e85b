"""An adviser's busiest month against what the caseload, the colleagues and the other months explain.

A caseload gives the more successes the larger it is and the longer its clients have been there, so that the
expectation is a hazard: of those still without success after so many months, the share that has it in the
next. Honest advisers have spikes too (a course ends, a factory opens). How large those are is not known
beforehand, and is learnt from the busiest months of the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pbr_audit.stats.exact import Floats
from pbr_audit.stats.trimmed_tail import trimmed_tail

Ints = NDArray[np.int64]
# So many successes, as many as expected, stand beside what is known of a level or a month.
BESIDE = 5.0
# So many months of the others' stand beside an adviser's own when its dispersion is told.
MONTHS_BESIDE = 6.0
# Fewer units do not show how large surprises become.
FEWEST_UNITS = 10
# A binomial tail needs some dispersion; this much is none.
LEAST_DISPERSION = 1e-4
LEVEL, FOUND_DEVIATE, DEVIATE_95 = 0.05, 0.8416212335729143, 1.959963984540054
HALVINGS = 30
TINY = 1e-300


@dataclass(frozen=True)
class BusiestMonth:
    """The busiest month of each unit; every array has the shape (U), NaN where the unit was not compared.

    `means` (U, M), what is to be expected of each month; `month`, the index of the busiest, and its `count`;
    `expected` of it, with the unit's `dispersion` (the variance is mean + dispersion·mean²) and the `months`
    in which anybody was at risk; `surprise`, minus the logarithm of the tail of that count, times the months;
    `p_value` of a month as busy as this with an honest unit; `typical`, what a month of the unit's has on
    average, and `smallest`, the count in such a month that would be found four times in five.
    """

    means: Floats
    month: Ints
    count: Floats
    expected: Floats
    dispersion: Floats
    months: Floats
    surprise: Floats
    p_value: Floats
    typical: Floats
    smallest: Floats


@dataclass(frozen=True)
class Caseloads:
    """Successes of each unit's clients in each month, and those to be expected of its caseload (U, M)."""

    counts: Floats
    expected: Floats


def caseloads(unit: ArrayLike, start: ArrayLike, success: ArrayLike, clients: ArrayLike) -> Caseloads:
    """Return counts and expectations of units by month, from `clients` (N) of one unit, start and success.

    `unit`, `start` and `success` (N) are numbers from 0, months for the latter two; a negative success is
    none. The hazard in each month of a client's time is that of all other units together, the season of a
    month theirs too. Assumes that a success is not before its start.
    """
    who, begun, done = (np.asarray(values, dtype=np.int64) for values in (unit, start, success))
    many = np.asarray(clients, dtype=np.float64)
    units, months = int(who.max(initial=-1)) + 1, int(max(begun.max(initial=0), done.max(initial=0))) + 1
    alive = _table(who, begun, many, (units, months))
    counts = _table(who[done >= 0], done[done >= 0], many[done >= 0], (units, months))
    expected = np.zeros((units, months))
    for tenure in range(months):
        until = months - tenure
        now = (done >= 0) & (done - begun == tenure)
        here = _table(who[now], begun[now], many[now], (units, until))
        at_risk = alive[:, :until]
        hazard = _others(here.sum(1)) / np.maximum(_others(at_risk.sum(1)), 1.0)
        expected[:, tenure:] += at_risk * hazard[:, None]
        alive[:, :until] -= here
    season = (_others(counts) + BESIDE) / (_others(expected) + BESIDE)
    return Caseloads(counts, expected * season)


def busiest_month(
    counts: ArrayLike, expected: ArrayLike, group: ArrayLike, comparable: ArrayLike
) -> BusiestMonth:
    """Return a one-sided test of each comparable unit's busiest month (leave-one-out).

    `counts` and `expected` (U, M), `group` (U), whole numbers: the provider of an adviser. A month's
    expectation is drawn to the unit's own level in its other months, and raised where the group's other units
    had more than theirs in that month. The tail is negative binomial, its dispersion learnt from months other
    than each unit's busiest. How much larger surprises honest units have, and how heavy their tail is, is
    learnt from the upper half of the others' (`trimmed_tail`). Everything is NaN with fewer than 10 units.
    """
    y, caseload = np.asarray(counts, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    there = np.asarray(comparable, dtype=np.bool_)
    there = there & (there.sum() >= FEWEST_UNITS)
    mean = _means(y, caseload, np.asarray(group), there, np.ones(y.shape, dtype=np.bool_))
    at_risk = mean > 0
    excess = np.where(at_risk, (y - mean) / np.sqrt(mean + mean**2 + TINY), -np.inf)
    usual = np.arange(y.shape[1]) != np.argmax(excess, axis=1)[:, None]
    # A month that is out of the way would make the others look empty.
    mean = _means(y, caseload, np.asarray(group), there, usual)
    dispersion = _dispersion(y, mean, at_risk & usual, there)
    tail = np.where(at_risk, _upper_tail(y, mean, dispersion[:, None]), 1.0)
    month = np.argmin(tail, axis=1)
    rows = np.arange(len(y))
    months = at_risk.sum(1).astype(np.float64)
    smallest_tail = np.maximum(tail[rows, month] * np.maximum(months, 1), TINY)
    surprise = np.where(there, np.maximum(-np.log(smallest_tail), 0.0), np.nan)
    p_value, needed = _p_values(surprise)
    typical = mean.sum(1) / np.maximum(months, 1)
    found = _count_at(np.exp(-needed) / np.maximum(months, 1), typical, dispersion)
    known = np.where(there, 1.0, np.nan)
    return BusiestMonth(
        means=mean,
        month=month,
        count=y[rows, month] * known,
        expected=mean[rows, month] * known,
        dispersion=dispersion * known,
        months=months,
        surprise=surprise,
        p_value=p_value,
        typical=typical * known,
        smallest=(found + FOUND_DEVIATE * np.sqrt(found + dispersion * found**2)) * known,
    )


def _table(row: Ints, column: Ints, values: Floats, shape: tuple[int, int]) -> Floats:
    filled = np.bincount(row * shape[1] + column, values, shape[0] * shape[1])
    return np.asarray(filled.reshape(shape), dtype=np.float64)


def _others(values: Floats) -> Floats:
    return np.asarray(values.sum(0) - values)


def _means(
    y: Floats, expected: Floats, group: Ints, there: NDArray[np.bool_], usual: NDArray[np.bool_]
) -> Floats:
    """Return what is to be expected (U, M) by the unit's other `usual` months and the group's other units."""
    told, of = np.where(usual, y, 0.0), np.where(usual, expected, 0.0)
    level = (told.sum(1, keepdims=True) - told + BESIDE) / (of.sum(1, keepdims=True) - of + BESIDE)
    mean = expected * level
    return np.asarray(mean * _with_group(np.where(there[:, None], y, 0.0), mean * there[:, None], group))


def _with_group(y: Floats, mean: Floats, group: Ints) -> Floats:
    """Return by how much the group's other units had more than expected in each month (U, M), at least 1."""
    own = np.unique(group, return_inverse=True)[1]
    groups = int(own.max(initial=-1)) + 1
    seen, usual = np.zeros((groups, y.shape[1])), np.zeros((groups, y.shape[1]))
    np.add.at(seen, own, y)
    np.add.at(usual, own, mean)
    return np.asarray(np.maximum((seen[own] - y + BESIDE) / (usual[own] - mean + BESIDE), 1.0))


def _dispersion(y: Floats, mean: Floats, counted: NDArray[np.bool_], there: NDArray[np.bool_]) -> Floats:
    """Return each unit's dispersion (U) by moments: its own months' and others' together, or the others'."""
    beyond = np.where(counted, (y - mean) ** 2 - mean, 0.0).sum(1)
    squares = np.where(counted, mean**2, 0.0).sum(1)
    others = _others(np.where(there, beyond, 0.0)) / np.maximum(_others(np.where(there, squares, 0.0)), TINY)
    common = np.maximum(others, LEAST_DISPERSION)
    beside = MONTHS_BESIDE * squares / np.maximum(counted.sum(1), 1)
    own = (beyond + common * beside) / np.maximum(squares + beside, TINY)
    return np.asarray(np.maximum(own, common))


def _p_values(surprise: Floats) -> tuple[Floats, float]:
    """Return the chance of each surprise (U) by the others', and the surprise found among so many units."""
    p_value, there = np.full(len(surprise), np.nan), ~np.isnan(surprise)
    if not there.any():
        return p_value, np.nan
    own = surprise[there]
    tail = trimmed_tail(own)
    # No month is less likely than the model has it.
    p_value[there] = np.maximum(tail.p_values(own), np.exp(-own))
    return p_value, max(tail.critical(LEVEL / len(own)), float(np.log(len(own) / LEVEL)))


def _upper_tail(y: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Return P(X >= y) of the negative binomial, for any y of 0 and above."""
    from scipy.special import betainc  # noqa: PLC0415

    share = dispersion * mean / (1 + dispersion * mean)
    return np.asarray(np.where(y > 0, betainc(np.maximum(y, 1e-9), 1 / dispersion, share), 1.0))


def _count_at(tail: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Return the count (U) that has this upper tail, by halving."""
    low, high = np.zeros(len(mean)), (mean + 10) * 1e3
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = _upper_tail(middle, mean, dispersion) > tail
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return high
