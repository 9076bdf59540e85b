"""Rows that were held back and came together: next to nothing came for months though it was due, then all.

Of each subject it is asked which months were most like that, for the delays that are its own; how much so is
held against how much so its peers' own worst months are. What many have in common in a month (a holiday, a
system that was down, a calendar that a contract sets) is taken out before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pbr_audit.stats.delays import by_period_of_coming, usual_delays
from pbr_audit.stats.exact import Floats
from pbr_audit.stats.peers import FOUND_AMONG_MANY, FOUR_IN_FIVE, AgainstPeers, against_peers
from pbr_audit.stats.silences import LEAST_CHANCE, MONTHS, Flags, Ints, Silences, silences, standardised

# The longest delay that is looked at, in months.
LONGEST_DELAY = 12
# A month counts where so much of the subject's usual number was due in it, and one row.
USUAL_PART = 0.3
SOME = 0.5
# Added to a score before its logarithm; variance, tails and cut of the logarithms among honest subjects.
OFFSET, CHANCE, TAILS, CUT = 0.5, 1e-3, 4.0, 2.5


@dataclass(frozen=True)
class HeldBack:
    """Each subject's months that look most as if held back; every array has the shape (U) but the last two.

    `first` is the first silent month, `silent` how many there are, the spike is the month after them (-1 and
    0 where no months look so at all). `due` is how many rows were due in the silent months, `came` how many
    of those came then, `together` how many more than usual of them came in the month after; `quiet` is the
    share missing in the less silent of the silent months. `effect` is together over due, with 95 % limits
    that follow from the score (Miettinen). `score`, and `peers` for the centre of the others' scores;
    `times` counts the spikes after such months; `p_value` is 1 where `held` is false: the months are not as
    silent, or not as many came together, as was asked for, or too often. NaN where a subject was in too few
    months. `seen` is the smallest effect found four times in five (above 1: none would be); `came_by_month`
    and `due_by_month` (U, T).
    """

    first: Ints
    silent: Ints
    due: Floats
    came: Floats
    together: Floats
    quiet: Floats
    effect: Floats
    low: Floats
    high: Floats
    score: Floats
    peers: Floats
    held: Flags
    months: Ints
    times: Ints
    p_value: Floats
    seen: Floats
    came_by_month: Floats
    due_by_month: Floats


def held_back(
    counts: Floats,
    provider: ArrayLike,
    group: ArrayLike,
    *,
    least_due: float,
    least_quiet: float,
    least_effect: float,
    least_months: int,
    most_times: int,
) -> HeldBack:
    """Return the test of each subject's worst months against its peers' worst ones, one-sided.

    `counts` (U, T, D) as in `usual_delays`; `provider` (U) keeps subjects of one label from being peers, and
    `group` (U) says which have a calendar in common. Months count where `least_due` rows were due in the
    silent ones; subjects with fewer than `least_months` such are not judged. Held back are rows where in each
    silent month `least_quiet` (0 to 1) of what was due is missing and `least_effect` of what was due came
    together after, and `most_times` at the most: what is done oftener is a rhythm. NaN for everybody where
    fewer than 10 providers can be judged. The score of some months is
    the likelihood's for rows moved from the silent ones into the next, over the subject's own standard
    deviation in its other months; times the quiet share. A logarithm of it is compared, by t with four
    degrees of freedom at most: honest worst months have long tails. Assumes that what a subject does in one
    year is a guide to the next.
    """
    chance = usual_delays(counts)
    size = counts.sum(-1)
    came, due = by_period_of_coming(counts), by_period_of_coming(size[..., None] * chance)
    months = np.maximum((due > SOME).sum(1), 1)
    counted = due >= np.maximum(1.0, USUAL_PART * due.sum(1) / months)[:, None]
    missing = np.where(counted, 1 - came / np.maximum(due, LEAST_CHANCE), 0.0)
    codes = np.unique(np.asarray(group), return_inverse=True)[1]
    windows = [
        standardised(one, codes) for one in silences(counts, chance, missing, least_due) if one.use.any()
    ]
    if not windows:
        return _nothing(came, due)
    used = np.max([one.use.sum(1) for one in windows], axis=0)
    judged = used >= least_months
    score = np.stack(
        [np.where(one.use, np.maximum(one.z, 0) * np.clip(one.quiet, 0, 1), 0) for one in windows]
    )
    strong = np.stack(
        [one.use & (one.quiet >= least_quiet) & (one.together >= least_effect * one.due) for one in windows]
    )
    rows = np.arange(len(counts))
    worst = _figure(score.max((0, 2)))
    times = strong.any(0).sum(1)
    held = np.asarray((times > 0) & (times <= most_times), dtype=np.bool_)
    best = np.where(held[:, None, None], np.where(strong, score, -1).swapaxes(0, 1), score.swapaxes(0, 1))
    place = best.reshape(len(counts), -1).argmax(1)
    which, month = np.divmod(place, counts.shape[1])
    own = score[which, rows, month]
    found = against_peers(
        np.where(judged, worst, np.nan),
        np.full(len(rows), CHANCE),
        above=True,
        k=CUT,
        most_df=TAILS,
        whose=provider,
    )
    return _told(windows, (which, month, own, held, times), found, (came, due, used))


def _figure(score: Floats) -> Floats:
    return np.asarray(np.log(OFFSET + score))


def _told(
    windows: list[Silences],
    best: tuple[Ints, Ints, Floats, Flags, Ints],
    peers: AgainstPeers,
    months: tuple[Floats, Floats, Ints],
) -> HeldBack:
    """Return what the best months of each subject are, with the limits that their own score gives."""
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415

    (which, month, score, held, times), (came, due, used) = best, months
    rows = np.arange(len(score))
    there = score > 0

    def at(name: str) -> Floats:
        values = np.stack([getattr(one, name) for one in windows])[which, rows, month]
        return np.where(there, values, np.nan)

    silent = np.where(there, np.array([one.silent for one in windows])[which], 0)
    judged = ~np.isnan(peers.z)
    tail = stdtr(peers.df, -(_figure(np.maximum(score, 0)) - peers.centre) / peers.error)
    effect = at("together") / at("due")
    width = np.abs(effect) * stdtrit(MONTHS + used, 0.975) / np.maximum(at("z"), LEAST_CHANCE)
    full = _median(np.where(windows[0].use, windows[0].full, np.nan))
    found = np.exp(peers.centre + (stdtrit(peers.df, FOUND_AMONG_MANY) + FOUR_IN_FIVE) * peers.error) - OFFSET
    return HeldBack(
        first=np.where(there, month - silent, -1),
        silent=silent,
        due=at("due"),
        came=at("due") - at("missing"),
        together=at("together"),
        quiet=at("quiet"),
        effect=effect,
        low=effect - width,
        high=effect + width,
        score=np.where(judged, np.maximum(score, 0), np.nan),
        peers=np.exp(peers.centre) - OFFSET,
        held=held & judged,
        months=used,
        times=times,
        p_value=np.where(judged, np.where(held, tail, 1.0), np.nan),
        seen=np.sqrt(found / full),
        came_by_month=came,
        due_by_month=due,
    )


def _median(values: Floats) -> Floats:
    """Return the median of each row (U, T), the lower of two; NaN is left out, and a row of NaN is NaN."""
    ordered = np.sort(values, axis=1)
    place = np.maximum((~np.isnan(values)).sum(1) - 1, 0) // 2
    return np.asarray(ordered[np.arange(len(values)), place])


def _nothing(came: Floats, due: Floats) -> HeldBack:
    """Return that no months of any subject can be judged."""
    unknown, none = np.full(len(came), np.nan), np.zeros(len(came), dtype=np.int64)
    return HeldBack(
        first=none - 1,
        silent=none,
        due=unknown,
        came=unknown,
        together=unknown,
        quiet=unknown,
        effect=unknown,
        low=unknown,
        high=unknown,
        score=unknown,
        peers=unknown,
        held=none > 0,
        months=none,
        times=none,
        p_value=unknown,
        seen=unknown,
        came_by_month=came,
        due_by_month=due,
    )
