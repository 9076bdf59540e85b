"""Claims as pairs: the prime's claim, and the subcontractor's claim that stands behind it.

A pair without a subcontractor is the prime's own delivery (`has_sub` false). Columns that begin with `sub_`
are the subcontractor's claim where it may differ from the prime's.
"""

from collections.abc import Mapping

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.columns import MISSING, Array, Bools, Columns, Ints
from pbr_audit.simulate.days import DAY_SECONDS, after, working_day
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import KEEP, MAIN, ROLES

STATUSES = (None, "submitted", "paid", "rejected", "withdrawn", "recovered")
UNSAID, SUBMITTED, PAID, REJECTED, WITHDRAWN, RECOVERED = range(6)
EMPLOYMENT_TYPES = ("employed", "self_employed", "other")
# A code that no table knows, in place of one of these.
KNOWN, UNKNOWN_CLIENT, UNKNOWN_OUTCOME, UNKNOWN_CONTRACT, UNKNOWN_PROVIDER = range(5)

UNPAID_SHARE = 0.03
# Submissions keep so far from the deadline that a resubmission or correction may still follow.
DEADLINE_SPARE_DAYS = 4
WITH_PERIOD_SHARE = 0.4
# Now and then a little less is paid than was asked for.
PAID_LESS_SHARE, PAID_LESS_PENCE = 0.01, 1_000
LINKS = ("resubmits", "reverses", "supersedes")


def build_claims(setting: Setting, clients: Columns, outcomes: Columns, block: int) -> Columns:
    """Claim every outcome once, in order of client and day."""
    order = np.lexsort((outcomes["role"], outcomes["day"], outcomes["client"]))
    outcomes = outcomes.taken(order)
    rng = setting.rng("claims", block)
    count = outcomes.height
    owner, role, day = outcomes["client"], outcomes["role"], outcomes["day"]
    within = np.zeros(ROLES, dtype=np.int64)
    for each, terms in setting.spec.outcomes.items():
        within[each] = terms.claim_within_days
    usual = setting.chain.traits.lag_days[clients["provider"][owner]]
    lag = np.clip(rng.lognormal(np.log(usual), 0.6), 1, within[role] - DEADLINE_SPARE_DAYS).astype(np.int64)
    submitted = working_day(day + lag)
    passed = np.minimum(working_day(day + (lag * rng.uniform(0.2, 0.9, count)).astype(np.int64)), submitted)
    paid = working_day(submitted + 14 + rng.integers(0, 21, count))
    unpaid = (paid > CUT_DAY) | (rng.random(count) < UNPAID_SHARE)
    status = np.where(unpaid, np.where(rng.random(count) < 0.5, UNSAID, SUBMITTED), PAID)  # noqa: PLR2004
    claims = outcomes.having(
        submitted=submitted,
        recorded_day=day + np.minimum(rng.poisson(2.5, count), lag),
        recorded_second=rng.integers(8 * 3600, 18 * 3600, count),
        paid_day=np.where(unpaid, MISSING, paid),
        # Pence paid above what was asked for; below nothing where less was paid.
        paid_extra=np.where(rng.random(count) < PAID_LESS_SHARE, -PAID_LESS_PENCE, 0),
        status=status,
        evidence_type=_evidence_types(setting, rng, role),
        evidence_day=day + (lag * rng.random(count)).astype(np.int64),
        unknown=np.full(count, KNOWN),
        prime_present=np.ones(count, dtype=np.bool_),
        sub_present=np.ones(count, dtype=np.bool_),
        sub_client=owner,
        sub_role=role,
        sub_day=day,
        sub_submitted=passed,
        sub_measured=outcomes["measured"],
        **{link: np.full(count, MISSING) for link in LINKS},
        **_work(setting, rng, clients, outcomes),
        **_periods(setting, rng, role, day),
    )
    return claims.having(**priced(setting, clients, owner, role, day))


def priced(setting: Setting, clients: Columns, owner: Ints, role: Ints, day: Ints) -> Mapping[str, Array]:
    """Return who delivers on a day, and what is due then to the prime and to the subcontractor."""
    contract = clients["contract"][owner]
    provider = setting.chain.deliverer(clients["provider"][owner], day)
    price = setting.tariff.price(contract, role, clients["group"][owner], day)
    return {
        "provider": provider,
        "has_sub": provider != setting.chain.prime_of[contract],
        "amount": price,
        "sub_amount": setting.tariff.passed_on(contract, provider, day, price),
    }


def _evidence_types(setting: Setting, rng: np.random.Generator, role: Ints) -> Ints:
    """Return a place in the outcome's list of evidence; the first is the commonest."""
    kinds = np.ones(ROLES, dtype=np.int64)
    for each, terms in setting.spec.outcomes.items():
        kinds[each] = max(1, len(terms.evidence))
    return np.where(rng.random(len(role)) < 0.6, 0, rng.integers(0, kinds[role]))  # noqa: PLR2004


def _work(
    setting: Setting, rng: np.random.Generator, clients: Columns, outcomes: Columns
) -> Mapping[str, Array]:
    """Return employer and beginning of the work behind main outcomes and what follows them."""
    owner = outcomes["client"]
    works = (outcomes["role"] == MAIN) | (outcomes["role"] == KEEP)
    # One employer a client; in each area a few employ many.
    rank = (setting.employers_an_area * rng.random(clients.height) ** 2.5).astype(np.int64)
    employer = clients["area"] * setting.employers_an_area + rank
    kind = np.searchsorted((0.86, 0.97), rng.random(clients.height), side="right")
    employed = works if setting.spec.employers else np.zeros(len(owner), dtype=np.bool_)
    return {
        "employer": np.where(employed & (kind[owner] == 0), employer[owner], -1),
        "employment_type": np.where(employed, kind[owner], -1),
        "job_start": np.where(works, clients["work_start"][owner], MISSING),
    }


def _periods(setting: Setting, rng: np.random.Generator, role: Ints, day: Ints) -> Mapping[str, Array]:
    """Some sources say what a payment after the main outcome covers: just its interval."""
    interval = setting.spec.outcomes[KEEP].interval_days or 0
    said: Bools = (role == KEEP) & (rng.random(len(role)) < WITH_PERIOD_SHARE)
    return {
        "period_start": np.where(said, day - interval + 1, MISSING),
        "period_end": np.where(said, day, MISSING),
    }


def moved(setting: Setting, clients: Columns, claims: Columns, rows: Ints, days: Ints) -> dict[str, Array]:
    """Return the columns of some claims as they would be with the outcome on other `days`.

    Every other date moves by as many days; deliverer, price and rate are those of the new day.
    """
    chosen = claims.taken(rows)
    lag = days - chosen["day"]
    dates = ("day", "submitted", "recorded_day", "paid_day", "evidence_day", "sub_day", "sub_submitted")
    return {
        **{name: after(chosen[name], lag) for name in (*dates, "period_start", "period_end")},
        **priced(setting, clients, chosen["client"], chosen["role"], days),
    }


def recorded_at(claims: Columns) -> Ints:
    """Return the moment of recording, in seconds since 1970-01-01."""
    return np.asarray(claims["recorded_day"] * DAY_SECONDS + claims["recorded_second"])


def is_live(claims: Columns) -> Bools:
    """Whether each prime's claim is live: submitted or paid, neither half of a reversal, not superseded."""
    live = claims["status"] <= PAID
    live &= claims["reverses"] == MISSING
    for link in ("reverses", "supersedes"):
        named = claims[link][claims[link] != MISSING]
        live[named] = False
    return np.asarray(live)


def required_roles(setting: Setting) -> Mapping[int, tuple[int, ...]]:
    """Return the roles that require each role."""
    codes = {terms.code: role for role, terms in setting.spec.outcomes.items()}
    return {
        role: tuple(
            codes[other.code] for other in setting.spec.outcomes.values() if terms.code in other.requires
        )
        for role, terms in setting.spec.outcomes.items()
    }
