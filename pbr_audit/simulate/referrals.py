"""Who was offered to whom: everybody who was registered, and those turned away for honest reasons."""

import numpy as np

from pbr_audit.simulate.columns import MISSING, Columns, Floats, Ints
from pbr_audit.simulate.days import working_day
from pbr_audit.simulate.setting import Setting
from pbr_audit.simulate.spec import ATTACH

DECISIONS = ("accepted", "rejected", "withdrawn", "pending")
ACCEPTED, REJECTED, WITHDRAWN, PENDING = range(4)
REASONS = (
    "no capacity",
    "lives out of area",
    "already with another provider",
    "did not attend",
    "found work",
)
REFERRERS_AN_AREA = 5
# So many were referred in a dearer group, and turned out to belong to a cheaper one.
CHEAPER_LATER_SHARE = 0.04


def build_referrals(setting: Setting, clients: Columns, block: int) -> Columns:
    """Return a referral for each client, then those that led to no registration."""
    rng = setting.rng("referrals", block)
    refused_share = setting.chain.traits.refused_share[clients["provider"]]
    # Beside an accepted client stands, now and then, somebody of the same day, area and provider who was not.
    beside = np.flatnonzero(rng.random(clients.height) < refused_share / (1 - refused_share))
    clients = clients.having(group=_as_referred(setting, rng, clients))
    shared = ("contract", "provider", "area", "group", "referral_day", "risk")
    offered = clients.taken(np.concatenate([np.arange(clients.height), beside]))
    count, known = offered.height, clients.height
    # Honest refusals do not look at the risk: it is drawn from those who were taken on.
    risk = np.concatenate([clients["risk"], _risk_of_a_peer(rng, clients, beside)])
    turned = np.where(rng.random(len(beside)) < 0.75, REJECTED, WITHDRAWN)  # noqa: PLR2004
    reason = np.where(turned == REJECTED, rng.integers(0, 3, len(beside)), rng.integers(3, 5, len(beside)))
    decided = working_day(offered["referral_day"] + rng.integers(0, 3, count))
    referrals = Columns({name: offered[name] for name in shared}).having(
        client=np.concatenate([np.arange(known), np.full(len(beside), MISSING)]),
        beside=np.concatenate([np.arange(known), beside]),
        number=np.concatenate([2 * clients["number"], 2 * clients["number"][beside] + 1]),
        risk=risk,
        score_day=offered["referral_day"] - rng.integers(0, 30, count),
        decision_day=np.minimum(
            decided, np.where(offered["start_day"] == MISSING, decided, offered["start_day"])
        ),
        decision=np.concatenate([np.full(known, ACCEPTED), turned]),
        reason=np.concatenate([np.full(known, -1), reason]),
        referrer=offered["area"] * REFERRERS_AN_AREA + rng.integers(0, REFERRERS_AN_AREA, count),
    )
    return referrals.taken(np.argsort(referrals["number"], kind="stable"))


def _as_referred(setting: Setting, rng: np.random.Generator, clients: Columns) -> Ints:
    """Return the payment group given at referral: the client's own, or honestly a dearer one."""
    order = groups_by_price(setting)
    rank = np.argsort(order)
    changed = rng.random(clients.height) < CHEAPER_LATER_SHARE
    dearer = np.minimum(rank[clients["group"]] + 1, len(order) - 1)
    return np.where(changed, order[dearer], clients["group"])


def groups_by_price(setting: Setting) -> Ints:
    """Return the payment groups, the cheapest first, by the price of the attachment."""
    prices = setting.spec.outcomes[ATTACH].prices
    return np.argsort([prices.get(group, prices.get("", 0)) for group in setting.spec.groups], kind="stable")


def _risk_of_a_peer(rng: np.random.Generator, clients: Columns, beside: Ints) -> Floats:
    """Draw the risk of those turned away from the accepted of the same provider."""
    provider = clients["provider"]
    pool = np.argsort(provider, kind="stable")
    starts = np.searchsorted(provider[pool], provider[beside], side="left")
    ends = np.searchsorted(provider[pool], provider[beside], side="right")
    draw = starts + (rng.random(len(beside)) * (ends - starts)).astype(np.int64)
    drawn: Floats = clients["risk"][pool[draw]]
    return drawn
