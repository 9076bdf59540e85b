"""Facts from independent sources that contradict no honest claim: benefit, work, custody, abroad, death.

Deaths come on or after the last outcome; custody and travel before the referral, or from the day after the
last outcome; a journey may cover a step, which the terms do not forbid.
"""

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.clients import DIED
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints
from pbr_audit.simulate.protections import CLAWBACK_DAYS
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ATTACH, CHECK, KEEP, MAIN, STEP

EVENTS = ("death", "custody", "abroad", "benefit", "employment", "reoffence", "other")
DEATH, CUSTODY, ABROAD, BENEFIT, EMPLOYMENT, REOFFENCE, OTHER = range(7)
SOURCES = (
    "register of deaths",
    "prison register",
    "border records",
    "benefit system",
    "tax records",
    "court register",
    "case notes",
)
DEATH_SHARE = 0.010
BEFORE_SHARE, AFTER_SHARE, JOURNEY_SHARE = 0.02, 0.02, 0.02
# Of first payments that were taken back, so many because of a custody that the terms name.
TAKEN_BACK_SHARE = 0.5
SHORTEST_JOURNEY_LEAD_DAYS = 12


def build_events(setting: Setting, clients: Columns, claims: Columns, block: int) -> tuple[Columns, Columns]:
    """Return the events, and the clients with the end that a death brings."""
    rng = setting.rng("events", block)
    last = _last_days(clients, claims)
    count = clients.height
    dies = (rng.random(count) < DEATH_SHARE) & (last < CUT_DAY - 3)
    # One in ten dies on the very day of the last outcome, which is no contradiction.
    wait = np.where(rng.random(count) < 0.1, 0, rng.integers(0, 400, count))  # noqa: PLR2004
    death = np.where(dies, np.minimum(last + wait, CUT_DAY), MISSING)
    parts = [_part(DEATH, np.flatnonzero(dies), death[dies], np.full(int(dies.sum()), MISSING))]
    parts += _away(rng, clients, last, death, _attached(clients, claims))
    parts.append(_taken_back(rng, claims, death))
    parts.append(_journeys(rng, clients, claims))
    parts += _work_and_benefit(setting, rng, clients, death, last)
    events = parts[0].followed_by(*parts[1:])
    events = events.taken(np.lexsort((events["event"], events["start_day"], events["client"])))
    cut_short = dies & ((clients["end_day"] == MISSING) | (clients["end_day"] > death))
    cut_short &= clients["start_day"] != MISSING
    clients = clients.having(
        end_day=np.where(cut_short, death, clients["end_day"]),
        end_reason=np.where(cut_short, DIED, clients["end_reason"]),
        death_day=death,
    )
    return events, clients


def _last_days(clients: Columns, claims: Columns) -> Ints:
    """Return each client's last outcome, or else the start or the referral."""
    last = np.maximum(clients["referral_day"], clients["start_day"])
    np.maximum.at(last, claims["client"], claims["day"])
    return np.asarray(last)


def _part(event: int, client: Ints, start: Ints, end: Ints) -> Columns:
    return Columns(
        {"client": client, "event": np.full(len(client), event), "start_day": start, "end_day": end}
    )


def _attached(clients: Columns, claims: Columns) -> Ints:
    """Return the day of each client's last claim for an attachment; far back where there is none."""
    days = np.full(clients.height, MISSING)
    mine = claims["role"] == ATTACH
    np.maximum.at(days, claims["client"][mine], claims["day"][mine])
    return days


def _taken_back(rng: np.random.Generator, claims: Columns, death: Ints) -> Columns:
    """Return custody soon after an attachment whose payment went back, and was credited."""
    rows = claims["reverses"][(claims["reverses"] != MISSING) & (claims["role"] == ATTACH)]
    rows = rows[(rng.random(len(rows)) < TAKEN_BACK_SHARE) & (death[claims["client"][rows]] == MISSING)]
    day = claims["day"][rows] + 1 + rng.integers(0, CLAWBACK_DAYS, len(rows))
    return _part(CUSTODY, claims["client"][rows], day, day + rng.integers(5, 90, len(rows)))


def _away(
    rng: np.random.Generator, clients: Columns, last: Ints, death: Ints, attached: Ints
) -> list[Columns]:
    """Return custody and travel before the referral and after the last outcome.

    Custody does not follow an attachment so soon that its payment would go back.
    """
    parts = []
    count = clients.height
    for event in (CUSTODY, ABROAD):
        before = rng.random(count) < BEFORE_SHARE
        end = clients["referral_day"] - np.where(rng.random(count) < 0.2, 1, rng.integers(1, 90, count))  # noqa: PLR2004
        start = end - rng.integers(0, 300, count)
        parts.append(_part(event, np.flatnonzero(before), start[before], end[before]))
        # The day after the last outcome is the first that the terms do not ask about.
        begin = last + np.where(rng.random(count) < 0.2, 1, rng.integers(1, 200, count))  # noqa: PLR2004
        begin = np.where(event == CUSTODY, np.maximum(begin, attached + CLAWBACK_DAYS + 1), begin)
        over = begin + rng.integers(0, 200, count)
        open_end = (over > CUT_DAY) | (rng.random(count) < 0.2)  # noqa: PLR2004
        later = (rng.random(count) < AFTER_SHARE) & (begin <= CUT_DAY) & (death == MISSING)
        parts.append(
            _part(event, np.flatnonzero(later), begin[later], np.where(open_end, MISSING, over)[later])
        )
    return parts


def _journeys(rng: np.random.Generator, clients: Columns, claims: Columns) -> Columns:
    """Return short journeys over the day of a step, for clients with no outcome that a journey suspends."""
    strict = np.zeros(clients.height, dtype=np.bool_)
    strict[claims["client"][np.isin(claims["role"], (CHECK, MAIN, KEEP))]] = True
    rows = np.flatnonzero((claims["role"] == STEP) & ~strict[claims["client"]])
    rows = rows[rng.random(len(rows)) < JOURNEY_SHARE]
    rows = rows[np.unique(claims["client"][rows], return_index=True)[1]]
    day = claims["day"][rows]
    return _part(
        ABROAD,
        claims["client"][rows],
        day - rng.integers(0, SHORTEST_JOURNEY_LEAD_DAYS, len(rows)),
        day + rng.integers(0, 20, len(rows)),
    )


def _work_and_benefit(
    setting: Setting, rng: np.random.Generator, clients: Columns, death: Ints, last: Ints
) -> list[Columns]:
    works: Bools = clients["work_start"] != MISSING
    work_end = np.maximum(clients["work_start"] + clients["work_days"] + clients["gap_days"], last)
    work_end = np.where(works, work_end, MISSING)
    work_end = np.where((death != MISSING) & (work_end > death), death, work_end)
    if not setting.spec.employers:
        back = np.flatnonzero(clients["work_ended"] & (work_end < CUT_DAY) & (death == MISSING))
        back = back[clients["work_days"][back] < setting.spec.fortunes.tracked_days]
        return [_part(REOFFENCE, back, work_end[back] + 1, work_end[back] + 1)]
    known = np.flatnonzero(works & (rng.random(clients.height) < 0.6))  # noqa: PLR2004
    still = ~clients["work_ended"][known] | (work_end[known] >= CUT_DAY)
    parts = [
        _part(EMPLOYMENT, known, clients["work_start"][known], np.where(still, MISSING, work_end[known]))
    ]
    claimant = np.flatnonzero(rng.random(clients.height) < 0.7)  # noqa: PLR2004
    begin = clients["referral_day"][claimant] - rng.integers(20, 900, len(claimant))
    stop = clients["work_start"][claimant] - rng.integers(1, 5, len(claimant))
    stop = np.where(works[claimant], stop, death[claimant])
    return [*parts, _part(BENEFIT, claimant, begin, stop)]
