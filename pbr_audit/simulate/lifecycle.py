"""What becomes of honest claims: rejected and submitted again, withdrawn, corrected, reversed, recovered.

What was rejected or corrected had something wrong (evidence missing, an amount mistyped), as in life: a rule
that reads claims that are not live will flag them. A claim that others stand on is never lost for good.
"""

import numpy as np

from pbr_audit.simulate.chain import CUT_DAY
from pbr_audit.simulate.claims import LINKS, PAID, RECOVERED, REJECTED, SUBMITTED, WITHDRAWN, required_roles
from pbr_audit.simulate.columns import MISSING, Bools, Columns, Ints, grouped_sum
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import KEEP, ROLES

# Numbers of claims leave gaps, so that a claim that is planted later may stand beside any other.
NUMBERS_A_CLAIM = 4
MOST_CLAIMS_A_CLIENT = 24

AGAIN, WITHDRAWN_AGAIN, CORRECTED, LOST, GIVEN_UP, REVERSED, TAKEN_BACK = range(7)
SHARES = (0.030, 0.005, 0.010, 0.010, 0.005, 0.006, 0.004)
SHARED_EVIDENCE_SHARE = 0.05
REVERSAL_SPARE_DAYS = 110


def build_lifecycle(setting: Setting, claims: Columns, block: int, first_number: int) -> Columns:
    """Return the claims with what became of them, in order of client, day and submission, and numbered."""
    rng = setting.rng("lifecycle", block)
    fate = np.searchsorted(np.cumsum(SHARES), rng.random(claims.height), side="right")
    leaned_on = _leaned_on(setting, claims)
    within = np.zeros(ROLES, dtype=np.int64)
    for role, terms in setting.spec.outcomes.items():
        within[role] = terms.claim_within_days
    again = working_day(claims["submitted"] + 7 + rng.integers(0, 21, claims.height))
    in_time = (again <= claims["day"] + within[claims["role"]]) & (again <= CUT_DAY)
    added: list[Columns] = []
    for kind, status in ((AGAIN, REJECTED), (WITHDRAWN_AGAIN, WITHDRAWN), (CORRECTED, SUBMITTED)):
        rows = np.flatnonzero((fate == kind) & in_time)
        added.append(
            _repeated(rng, claims, rows, again[rows], "supersedes" if kind == CORRECTED else "resubmits")
        )
        claims = _set_aside(rng, claims, rows, status)
    for kind, status in ((LOST, REJECTED), (GIVEN_UP, WITHDRAWN)):
        claims = _set_aside(rng, claims, np.flatnonzero((fate == kind) & ~leaned_on), status)
    settled = (claims["status"] == PAID) & (claims["paid_day"] + REVERSAL_SPARE_DAYS <= CUT_DAY) & ~leaned_on
    for kind, status in ((REVERSED, PAID), (TAKEN_BACK, RECOVERED)):
        rows = np.flatnonzero((fate == kind) & settled)
        added.append(_reversal(rng, claims, rows))
        claims = claims.changed(rows, {"status": status})
    return _evidenced(rng, _numbered(rng, claims.followed_by(*added), first_number))


def _leaned_on(setting: Setting, claims: Columns) -> Bools:
    """Whether the client has a claim for an outcome that requires this one."""
    clients = int(claims["client"].max(initial=0)) + 1
    held = grouped_sum(claims["client"] * ROLES + claims["role"], clients * ROLES, np.ones(claims.height))
    leaned = np.zeros(claims.height, dtype=np.bool_)
    for role, followers in required_roles(setting).items():
        for follower in followers:
            leaned |= (claims["role"] == role) & (held[claims["client"] * ROLES + follower] > 0)
    return leaned


def _repeated(rng: np.random.Generator, claims: Columns, rows: Ints, again: Ints, link: str) -> Columns:
    """Return the claims that repeat or replace those in `rows`, right this time."""
    chosen = claims.taken(rows)
    paid = working_day(again + 14 + rng.integers(0, 21, len(rows)))
    return chosen.having(
        submitted=again,
        paid_day=np.where(paid > CUT_DAY, MISSING, paid),
        status=np.where(paid > CUT_DAY, SUBMITTED, PAID),
        sub_submitted=np.minimum(working_day(again - rng.integers(0, 5, len(rows))), again),
        **{link: rows},
    )


def _set_aside(rng: np.random.Generator, claims: Columns, rows: Ints, status: int) -> Columns:
    """Give claims a status without payment, and something that was wrong with them."""
    chosen = claims.taken(rows)
    mistyped = (rng.random(len(rows)) < 0.4) | (status == SUBMITTED)  # noqa: PLR2004
    return claims.changed(
        rows,
        {
            "status": status,
            "paid_day": MISSING,
            "amount": np.where(mistyped, chosen["amount"] * 11 // 10, chosen["amount"]),
            "evidence_type": np.where(mistyped, chosen["evidence_type"], -1),
        },
    )


def _reversal(rng: np.random.Generator, claims: Columns, rows: Ints) -> Columns:
    chosen = claims.taken(rows)
    taken = working_day(chosen["paid_day"] + 20 + rng.integers(0, 40, len(rows)))
    return chosen.having(
        submitted=taken,
        sub_submitted=taken,
        paid_day=working_day(taken + 14),
        status=np.full(len(rows), PAID),
        amount=-chosen["amount"],
        paid_extra=-chosen["paid_extra"],
        sub_amount=-chosen["sub_amount"],
        reverses=rows,
    )


def _numbered(rng: np.random.Generator, claims: Columns, first_number: int) -> Columns:
    """Sort, let links name the new places, and give each claim a number."""
    order = np.lexsort((claims["submitted"], claims["day"], claims["client"]))
    place = np.empty(claims.height, dtype=np.int64)
    place[order] = np.arange(claims.height)
    links = {
        link: np.where(claims[link] == MISSING, MISSING, place[np.maximum(claims[link], 0)]) for link in LINKS
    }
    claims = claims.having(**links).taken(order)
    number = NUMBERS_A_CLAIM * (first_number + np.arange(claims.height))
    return claims.having(number=number + rng.integers(0, NUMBERS_A_CLAIM, claims.height))


def _evidenced(rng: np.random.Generator, claims: Columns) -> Columns:
    """Give each claim its own document; one document may stand behind several claims of one client."""
    document = claims["number"].copy()
    rows = np.flatnonzero((claims["role"][1:] == KEEP) & (claims["client"][1:] == claims["client"][:-1])) + 1
    rows = rows[rng.random(len(rows)) < SHARED_EVIDENCE_SHARE]
    document[rows] = claims["number"][rows - 1]
    # A reversal, and half of what is submitted again, names the document of the first claim.
    for link, share in (("reverses", 1.0), ("resubmits", 0.5), ("supersedes", 1.0)):
        named = np.flatnonzero(claims[link] != MISSING)
        named = named[rng.random(len(named)) < share]
        document[named] = document[claims[link][named]]
    return claims.having(document=document)
