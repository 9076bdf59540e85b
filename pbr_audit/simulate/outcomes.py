"""What each client achieves, honestly and within the terms: the outcomes that will be claimed.

By construction each lies in its window and in the contract, is priced, stands behind what it requires, and
reaches its threshold; what would not is never claimed.
"""

import numpy as np

from pbr_audit.simulate.chain import CONTRACTS
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Floats, Ints
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.protections import is_capped
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ATTACH, CHECK, KEEP, MAIN, STEP

LATE_ATTACH_SHARE = 0.2
LATE_ATTACH_DAYS = 24
MISSED_MEAN = 1.3


def build_outcomes(setting: Setting, clients: Columns, block: int) -> Columns:
    """Return client, role, day and measure of every outcome that may be claimed; and `missed`, by client."""
    rng = setting.rng("outcomes", block)
    started = clients["start_day"] != MISSING
    late = np.where(
        rng.random(clients.height) < LATE_ATTACH_SHARE, rng.integers(1, LATE_ATTACH_DAYS, clients.height), 0
    )
    # Some meet their adviser a few days after the start; a weekend may add two days.
    attach_day = working_day(clients["start_day"] + late)
    everyone = np.arange(clients.height)
    parts = [_part(ATTACH, everyone[started], attach_day[started])]
    parts += _steps(setting, rng, clients, attach_day)
    if CHECK in setting.spec.outcomes:
        parts.append(_checks(setting, clients))
    parts += _main_and_after(setting, rng, clients)
    outcomes = parts[0].followed_by(*parts[1:])
    return outcomes.taken(_payable(setting, clients, outcomes))


def _part(role: int, client: Ints, day: Ints, measured: Floats | None = None) -> Columns:
    return Columns(
        {
            "client": client,
            "role": np.full(len(client), role),
            "day": day,
            "measured": np.full(len(client), np.nan) if measured is None else measured,
        }
    )


def _steps(setting: Setting, rng: np.random.Generator, clients: Columns, attach_day: Ints) -> list[Columns]:
    """Return first and second steps; none before the attachment, after the end or out of its window."""
    fortunes = setting.spec.fortunes
    low, high = setting.spec.outcomes[STEP].window_days or (0, 0)
    count = clients.height
    start, end = clients["start_day"], clients["end_day"]
    wish = rng.random(count) < fortunes.step_share
    first = working_day(start + low + rng.integers(0, 150, count))
    second = working_day(first + 14 + rng.integers(0, 120, count))
    both = wish & (rng.random(count) < fortunes.second_step_share)
    parts = []
    for chosen, day in ((wish, first), (both, second)):
        open_then = (end == MISSING) | (day <= end)
        fits = chosen & (start != MISSING) & (day >= attach_day) & (day - start <= high) & open_then
        parts.append(_part(STEP, np.flatnonzero(fits), day[fits]))
    return parts


def missed_appointments(setting: Setting, clients: Columns, block: int) -> Ints:
    """Return how many appointments each client missed in the weeks of the check."""
    rng = setting.rng("missed", block)
    return rng.poisson(MISSED_MEAN + clients["risk"], clients.height)


def _checks(setting: Setting, clients: Columns) -> Columns:
    terms = setting.spec.outcomes[CHECK]
    low, _ = terms.window_days or (0, 0)
    fits = (clients["start_day"] != MISSING) & (clients["missed"] <= (terms.threshold or 0))
    rows = np.flatnonzero(fits)
    return _part(CHECK, rows, clients["start_day"][rows] + low, clients["missed"][rows].astype(np.float64))


def _main_and_after(setting: Setting, rng: np.random.Generator, clients: Columns) -> list[Columns]:
    """Return the main outcome and the payment points after it, as long as the work lasts."""
    main, keep = setting.spec.outcomes[MAIN], setting.spec.outcomes[KEEP]
    _, high = main.window_days or (0, 0)
    threshold, interval = int(main.threshold or 0), keep.interval_days or 0
    rows = np.flatnonzero(clients["work_days"] >= threshold)
    spare = clients["work_days"][rows] - threshold
    # Most are claimed for on the first day allowed, some when the adviser next asks.
    over = np.where(rng.random(len(rows)) < 0.3, rng.integers(0, 22, len(rows)), 0)  # noqa: PLR2004
    over = np.minimum(over, spare)
    day = clients["work_start"][rows] + threshold + over + clients["gap_days"][rows]
    in_window = day - clients["start_day"][rows] <= high
    rows, spare, over, day = rows[in_window], (spare - over)[in_window], over[in_window], day[in_window]
    parts = [_part(MAIN, rows, day, (threshold + over).astype(np.float64))]
    capped = np.array([is_capped(contract) for contract in range(CONTRACTS)])
    for points in range(keep.max_per_client or 0):
        waits = np.where(rng.random(len(rows)) < 0.15, rng.integers(1, 15, len(rows)), 0)  # noqa: PLR2004
        # Where a cap is reached, an honest provider claims no further point.
        reached = capped[clients["contract"][rows]] & (points >= setting.spec.capped_points)
        goes_on = (spare >= interval) & ~reached
        rows, spare, day = rows[goes_on], (spare - interval)[goes_on], (day + interval + waits)[goes_on]
        parts.append(_part(KEEP, rows, day, np.full(len(rows), float(interval))))
    return parts


def _payable(setting: Setting, clients: Columns, outcomes: Columns) -> Bools:
    """Whether an outcome lies in its contract and has a price on its day."""
    owner, day = outcomes["client"], outcomes["day"]
    contract = clients["contract"][owner]
    inside = day <= setting.end_days[contract]
    safe_day = np.where(inside, day, setting.end_days[contract])
    price = setting.tariff.price(contract, outcomes["role"], clients["group"][owner], safe_day)
    payable: Bools = inside & (price > 0)
    return payable
