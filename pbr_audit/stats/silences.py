"""Months that look as if rows had been held back in the ones before: a score for each month of each subject.

The score is the likelihood's for rows that were moved from some silent months into the next one, given the
delays that are the subject's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pbr_audit.stats.exact import Floats

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
# Silent months on end.
SILENT = (2, 3)
# The alternative that the score is best at: half of what was due is moved. No chance is taken as less.
MOVED, LEAST_CHANCE = 0.5, 0.02
# A subject's own variance is drawn towards the others' as if by so many months, and is this at least.
MONTHS, LEAST_VARIANCE = 10.0, 0.3
# What the others have in common in a month counts once so many of them show it, none by more than this.
SEVERAL, MOST = 10.0, 6.0
# Keeps the variance of a month in which next to nothing was due above 0.
LITTLE = 0.05


@dataclass(frozen=True)
class Silences:
    """So many silent months before each month (U, T): what was due, missing, and came together."""

    silent: int
    due: Floats
    missing: Floats
    together: Floats
    quiet: Floats
    z: Floats
    full: Floats
    use: Flags


def silences(counts: Floats, chance: Floats, missing: Floats, least_due: float) -> Iterator[Silences]:
    """Yield the score of each month (U, T) after each number of silent ones; z not yet standardised."""
    size, (_, periods, delays) = counts.sum(-1), counts.shape
    for silent in range(SILENT[0], SILENT[1] + 1):
        score, variance, due, gone, together, full = np.zeros((6, *size.shape))
        for delay in range(1, min(delays, periods)):
            of, at = slice(None, periods - delay), slice(delay, None)
            before = slice(max(delay - silent, 0), delay)
            then, earlier = chance[:, of, delay], chance[:, of, before].sum(-1)
            n, came, was = size[:, of], counts[:, of, delay], counts[:, of, before].sum(-1)
            up, down = np.log1p(MOVED * earlier / np.maximum(then, LEAST_CHANCE)), np.log(1 - MOVED)
            mean = then * up + earlier * down
            score[:, at] += came * up + was * down - n * mean
            variance[:, at] += n * (then * up**2 + earlier * down**2 - mean**2)
            due[:, at] += n * earlier
            gone[:, at] += n * earlier - was
            together[:, at] += came - n * then
            full[:, at] += n * earlier * (up - down)
        error = np.sqrt(variance + LITTLE)
        quiet = np.zeros(size.shape)
        quiet[:, silent:] = np.min(
            [missing[:, silent - one : periods - one] for one in range(1, silent + 1)], 0
        )
        use = (due >= least_due) & (np.arange(periods) >= silent)
        yield Silences(silent, due, gone, together, quiet, score / error, full / error, use)


def standardised(one: Silences, group: Ints) -> Silences:
    """Return the same with z in the subject's own standard deviations, less what others have in the month."""
    scale, used = np.sqrt(_own_variance(one)), one.use.astype(np.float64)
    z = np.where(one.use, one.z / scale, 0.0)
    for codes in (np.zeros_like(group), group):
        cut = np.where(one.use, np.clip(z, -MOST, MOST), 0.0)
        z = z - _of_others(cut, codes) / (_of_others(used, codes) + SEVERAL)
    square = np.where(one.use, np.clip(z, -MOST, MOST) ** 2, 0.0)
    everybody = np.zeros_like(group)
    others = _of_others(used, everybody) + SEVERAL
    wide = np.sqrt(np.maximum((_of_others(square, everybody) + SEVERAL) / others, 1.0))
    return Silences(
        one.silent,
        one.due,
        one.missing,
        one.together,
        one.quiet,
        np.where(one.use, z / wide, 0.0),
        one.full / scale / wide,
        one.use,
    )


def _own_variance(one: Silences) -> Floats:
    """Return the mean square (U, T) of a subject's scores in all months but those about each."""
    square = np.where(one.use, one.z**2, 0.0)
    months = one.use.sum(1)
    own = square.sum(1) / np.maximum(months, 1)
    several = months >= MONTHS / 2
    common = float(np.median(own[several])) if several.any() else 1.0
    near = range(-one.silent, one.silent + 1)
    left = square.sum(1, keepdims=True) - _sum_of([_moved(square, by) for by in near])
    used = one.use.astype(np.float64)
    counted = used.sum(1, keepdims=True) - _sum_of([_moved(used, by) for by in near])
    return np.asarray(np.maximum((MONTHS * common + left) / (MONTHS + counted), LEAST_VARIANCE))


def _sum_of(arrays: list[Floats]) -> Floats:
    return np.asarray(np.sum(arrays, axis=0))


def _moved(values: Floats, by: int) -> Floats:
    """Return `values` (U, T) with those of `by` periods on in each place, 0 beyond the ends."""
    moved = np.zeros_like(values)
    periods = values.shape[1]
    if abs(by) < periods:
        moved[:, max(-by, 0) : periods - max(by, 0)] = values[:, max(by, 0) : periods - max(-by, 0)]
    return moved


def _of_others(values: Floats, group: Ints) -> Floats:
    """Return the sum (U, T) over the subject's group, less its own part."""
    total = np.zeros((int(group.max(initial=0)) + 1, values.shape[1]))
    np.add.at(total, group, values)
    return np.asarray(total[group] - values)
