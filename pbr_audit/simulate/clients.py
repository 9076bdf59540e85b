"""Registrations: who is sent along which link, when they start and leave, and how their way goes on.

The columns that end up in tables are joined by hidden ones: `work_start`, `work_days` and `gap_days` say
how long the way to the main outcome lasts, which claims, measurements and events then tell alike.
"""

import numpy as np

from pbr_audit.simulate.chain import AREAS_A_CONTRACT, CUT_DAY
from pbr_audit.simulate.columns import MISSING, Columns, Floats, Ints
from pbr_audit.simulate.days import WEEK_DAYS, working_day
from pbr_audit.simulate.people import RELATION_AGAIN, add_people, relations
from pbr_audit.simulate.setting import Setting

END_REASONS = ("completed", "excluded", "withdrew", "moved", "ill_health", "died")
COMPLETED, EXCLUDED, WITHDREW, MOVED, ILL_HEALTH, DIED = range(6)

LAST_REFERRAL_DAYS = 400
# So many clients are sent out in a round.
ROUND = 64
PROGRAMME_DAYS = 730
NEVER_STARTED_SHARE = 0.06
LEAVER_SHARE = 0.16
LEAVER_SHARES = (0.15, 0.45, 0.25, 0.15)
HEAPS = 4
# People whose work would have ended so long before or after a round value end it there.
HEAP_BEFORE_DAYS, HEAP_AFTER_DAYS = 28, 14


def build_clients(setting: Setting, block: int, first: int, count: int) -> Columns:
    """Invent `count` registrations, numbered from `first`."""
    rng = setting.rng("clients", block)
    chain, traits = setting.chain, setting.chain.traits
    relation = relations(rng, count)
    limits = np.cumsum(chain.link_share)
    link = np.minimum(np.searchsorted(limits, _in_turn(rng, count), side="right"), len(limits) - 1)
    contract, provider = chain.link_contract[link], chain.link_provider[link]
    opens, closes = setting.start_days[contract], setting.end_days[contract] - LAST_REFERRAL_DAYS
    when = rng.random(count)
    when = np.where(chain.link_late[link], (1 + when) / 2, when)
    referral = working_day(opens + (when * (closes - opens)).astype(np.int64))
    # Registered again: the first registration of the two never started.
    again = np.flatnonzero(relation == RELATION_AGAIN)
    later = working_day(referral[again - 1] + 30 + rng.integers(0, 170, len(again)))
    referral[again] = np.clip(later, opens[again], closes[again])
    never = rng.random(count) < NEVER_STARTED_SHARE
    never[again] = False
    never[again - 1] = True
    start = working_day(referral + 3 + rng.integers(0, 26, count))
    groups = np.cumsum(setting.spec.fortunes.group_shares)
    group = np.minimum(np.searchsorted(groups, rng.random(count), side="right"), len(groups) - 1)
    group[1:] = np.where(relation[1:] == 0, group[1:], group[:-1])
    risk = rng.beta(3.2, 3.2, count) + traits.risk_shift[provider] + (group == len(groups) - 1) * 0.08
    advisor = (rng.random(count) * traits.advisors[provider]).astype(np.int64)
    clients = Columns(
        {
            "number": first + np.arange(count),
            "relation": relation,
            "contract": contract,
            "provider": provider,
            "registered": provider,
            "group": group,
            "area": contract * AREAS_A_CONTRACT + rng.integers(0, AREAS_A_CONTRACT, count),
            "advisor": advisor,
            "referral_day": referral,
            "start_day": np.where(never, MISSING, start),
            "recorded_lag": rng.poisson(1.5, count),
            "recorded_second": rng.integers(8 * 3600, 18 * 3600, count),
            "risk": np.round(np.clip(risk, 0.01, 0.99), 3),
        }
    )
    clients = _way_on(setting, rng, clients)
    clients = _leaving(rng, clients)
    return add_people(setting, clients, block)


def _in_turn(rng: np.random.Generator, count: int) -> Floats:
    """Return draws from 0 to 1, one from each part of a round: so primes keep to promised shares."""
    rounds = -(-count // ROUND)
    places = rng.permuted(np.tile(np.arange(ROUND), (rounds, 1)), axis=1).ravel()[:count]
    draws: Floats = (places + rng.random(count)) / ROUND
    return draws


def _way_on(setting: Setting, rng: np.random.Generator, clients: Columns) -> Columns:
    """Add whether, when and for how long each client goes on towards the main outcome."""
    fortunes, traits = setting.spec.fortunes, setting.chain.traits
    count = clients.height
    provider = clients["provider"]
    logit = fortunes.begin_logit + traits.success_logit[provider] - 2.4 * (clients["risk"] - 0.5)
    begins = (rng.random(count) < 1 / (1 + np.exp(-logit))) & (clients["start_day"] != MISSING)
    # Work may begin on the very day of the start, and never before it.
    waits = np.minimum(rng.exponential(fortunes.begin_scale_days, count), 500).astype(np.int64)
    scale = fortunes.last_scale_days * np.exp(0.8 * (0.5 - clients["risk"]))
    lasts = 1 + (rng.weibull(0.95, count) * scale).astype(np.int64)
    lasts = _heaped(rng, lasts, traits.heap_share[provider], fortunes.heap_days)
    lasts = np.minimum(lasts, fortunes.tracked_days)
    # One in five has gaps that do not count.
    gaps = np.where(rng.random(count) < 0.2, rng.integers(1, 25, count), 0)  # noqa: PLR2004
    work_start = np.where(begins, clients["start_day"] + waits, MISSING)
    seen = begins & (work_start < CUT_DAY - gaps)
    known = np.minimum(lasts, CUT_DAY - gaps - work_start)
    return clients.having(
        work_start=np.where(seen, work_start, MISSING),
        work_days=np.where(seen, known, 0),
        work_ended=seen & (known == lasts),
        gap_days=np.where(seen, gaps, 0),
    )


def _heaped(rng: np.random.Generator, lasts: Ints, heap_share: Floats, heap_days: int) -> Ints:
    """Let people stop at round values: a provider's heaps at all multiples have one share, nearly."""
    stops = rng.random(len(lasts)) < heap_share
    for multiple in range(1, HEAPS + 1):
        heap = multiple * heap_days
        near = (lasts >= heap - HEAP_BEFORE_DAYS) & (lasts <= heap + HEAP_AFTER_DAYS)
        lasts = np.where(near & stops, heap, lasts)
    return lasts


def _leaving(rng: np.random.Generator, clients: Columns) -> Columns:
    count = clients.height
    early = rng.random(count) < LEAVER_SHARE
    reason = EXCLUDED + np.searchsorted(np.cumsum(LEAVER_SHARES)[:-1], rng.random(count), side="right")
    stay = np.where(early, 3 * WEEK_DAYS + rng.integers(0, 580, count), PROGRAMME_DAYS)
    end = clients["start_day"] + stay
    known = (clients["start_day"] != MISSING) & (end <= CUT_DAY)
    return clients.having(
        end_day=np.where(known, end, MISSING),
        end_reason=np.where(known, np.where(early, reason, COMPLETED), -1),
    )
