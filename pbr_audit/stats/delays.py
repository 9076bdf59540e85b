"""How long a subject's rows usually take to come, in whole periods, learnt where the latest are not in yet.

Claims of one month's outcomes come in over the next months, and of the last months' outcomes only those that
came soon are known. Source: the chain ladder, Mack (1993); Kalbfleisch and Lawless (1989), on data that are
seen only once they have come.
"""

import numpy as np

from pbr_audit.stats.exact import Floats

# As many of all subjects' rows count beside a subject's own; a subject counts as much as any from so many on.
OTHERS, LEAST = 5.0, 20.0
NOTHING = 1e-12


def usual_delays(counts: Floats) -> Floats:
    """Return the chance (U, T, D) that a row of a period comes after each delay, given that it has come.

    `counts` (U, T, D) are rows of each subject by the period that they are of, in time order, and by how many
    periods later they came; the last period is the last in which any could come. A subject's own delays,
    drawn towards those of all. 0 where it could not have come yet. Assumes delays that do not change with
    time.
    """
    periods, delays = counts.shape[1:]
    open_ = np.arange(periods)[:, None] + np.arange(delays) < periods
    came = counts.sum(1)
    by_then = (np.cumsum(counts, -1) * open_).sum(1)
    size = came.sum(-1, keepdims=True)
    equal = 1 / np.maximum(size, LEAST)
    common = _backwards((came * equal).sum(0), (by_then * equal).sum(0))
    share = (_backwards(came, by_then) * size + OTHERS * common) / (size + OTHERS)
    chance = share[:, None, :] * open_
    return np.asarray(chance / np.maximum(chance.sum(-1, keepdims=True), NOTHING))


def by_period_of_coming(values: Floats) -> Floats:
    """Return sums (U, T) by the period of coming, of `values` (U, T, D) by the rows' own and the delay."""
    periods, delays = values.shape[1:]
    total = np.zeros(values.shape[:2])
    for delay in range(min(delays, periods)):
        total[:, delay:] += values[:, : periods - delay, delay]
    return total


def _backwards(came: Floats, by_then: Floats) -> Floats:
    """Return the share of each delay (last axis) from the chance of each among those up to it."""
    chance = came / np.maximum(by_then, NOTHING)
    chance[..., 0] = 1.0
    after = np.cumprod((1 - chance)[..., ::-1], -1)[..., ::-1]
    return np.asarray(chance * np.concatenate([after[..., 1:], np.ones_like(after[..., :1])], -1))
