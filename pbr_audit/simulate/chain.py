"""Who delivers: contracts and their primes, subcontractors that serve several, and how each provider differs.

Providers differ honestly, in ways that no rule may take for more: success, case mix, lags, heaping, refusals.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from pbr_audit.simulate.columns import Bools, Floats, Ints
from pbr_audit.simulate.config import LEAST_SUBCONTRACTORS, MOST_SUBCONTRACTORS
from pbr_audit.simulate.days import day_number
from pbr_audit.simulate.seeds import generator

CONTRACTS = 6
PRIMES = 4
CLAIMS_A_SUBCONTRACTOR = 1_500
AREAS_A_CONTRACT = 3
MOST_ADVISORS = 12
# Referrals that a claim stands for, at the least; by it promises are kept within what will surely come.
REFERRALS_A_CLAIM = 0.2
LATE_SHARE = 0.08
TOO_FEW_TO_TELL = 13

STARTS = (date(2014, 6, 1), date(2014, 4, 1))
ENDS = (date(2019, 5, 31), date(2019, 3, 31))
# When the data were cut: what was not paid by then is still open.
CUT_DAY = day_number(date(2019, 9, 30))
SUCCESSION = date(2017, 4, 1)
RATE_CHANGE = date(2016, 10, 1)


@dataclass(frozen=True)
class Traits:
    """How providers differ, an entry a provider; logits, shares and days."""

    success_logit: Floats
    risk_shift: Floats
    lag_days: Floats
    heap_share: Floats
    refused_share: Floats
    advisors: Ints


@dataclass(frozen=True)
class Chain:
    """The supply chain. Providers are numbered: primes first, then subcontractors.

    `link_*` hold one entry for each provider in each contract (the prime too): a client is sent along a link.
    `rates` are percent, the first until RATE_CHANGE and the second from it; 0 where the terms name none.
    `promised` is the share of the contract's referrals that the terms promise, a little more or less than
    what is sent; along a `late` link everything is sent in the second half of the time.
    """

    prime_of: Ints
    starts: tuple[date, ...]
    ends: tuple[date, ...]
    providers: int
    link_contract: Ints
    link_provider: Ints
    link_share: Floats
    link_rates: Ints
    link_promised: Floats
    link_late: Bools
    successor_of: Ints
    traits: Traits

    @property
    def is_direct(self) -> Bools:
        """Whether a link is the prime's own delivery."""
        return np.asarray(self.prime_of[self.link_contract] == self.link_provider)

    def deliverer(self, provider: Ints, day: Ints) -> Ints:
        """Return who stands in for a provider on a day: itself, or its successor."""
        return np.where(day >= day_number(SUCCESSION), self.successor_of[provider], provider)


def build_chain(seed: int, claims: int, subcontractors: int | None = None) -> Chain:
    """Invent the supply chain of a world of `claims` claims; None: subcontractors as they keep busy."""
    rng = generator(seed, "chain")
    if subcontractors is None:
        busy = claims // CLAIMS_A_SUBCONTRACTOR
        subcontractors = int(np.clip(busy, LEAST_SUBCONTRACTORS, MOST_SUBCONTRACTORS))
    # The last one is the successor of the one before it, and is sent nobody of its own.
    providers = PRIMES + subcontractors + 1
    prime_of = np.arange(CONTRACTS) % PRIMES
    links: list[tuple[int, int, float, int, int]] = []
    for contract in range(CONTRACTS):
        direct = float(rng.uniform(0.2, 0.45))
        members = _members(rng, contract, subcontractors)
        weights = rng.dirichlet(np.full(len(members), 4.0)) * (1 - direct)
        links.append((contract, int(prime_of[contract]), direct, 0, 0))
        for member, weight in zip(members, weights, strict=True):
            links.append((contract, member, float(weight), *_rates(rng)))
    table = np.array(links)
    successor_of = np.arange(providers)
    successor_of[providers - 2] = providers - 1
    traits = _traits(rng, providers)
    late = rng.random(len(table)) < LATE_SHARE
    return Chain(
        prime_of=prime_of,
        starts=tuple(STARTS[contract % 2] for contract in range(CONTRACTS)),
        ends=tuple(ENDS[contract % 2] for contract in range(CONTRACTS)),
        providers=providers,
        link_contract=table[:, 0].astype(np.int64),
        link_provider=table[:, 1].astype(np.int64),
        link_share=table[:, 2] / CONTRACTS,
        link_rates=table[:, 3:].astype(np.int64),
        link_promised=_promised(rng, table[:, 2], claims),
        link_late=late & (table[:, 1] != prime_of[table[:, 0].astype(np.int64)]),
        successor_of=successor_of,
        traits=traits,
    )


def _members(rng: np.random.Generator, contract: int, subcontractors: int) -> list[int]:
    """Return the subcontractors of a contract: each serves two or three, one prime serves another's too."""
    serves = rng.random(subcontractors) < 0.4  # noqa: PLR2004 - with the sure one, 2.5 contracts each
    serves[np.arange(subcontractors) % CONTRACTS == contract] = True
    # The last serves nobody until it succeeds the one before it, whose links stand for both.
    members = [PRIMES + int(place) for place in np.flatnonzero(serves)]
    return [PRIMES - 1, *members] if contract == 0 else members


def _rates(rng: np.random.Generator) -> tuple[int, int]:
    """Return the percent of the price passed on before and after the change; one in twenty has no term."""
    if rng.random() < 0.05:  # noqa: PLR2004
        return 0, 0
    first = int(rng.integers(72, 91))
    return first, first - int(rng.integers(1, 5)) if rng.random() < 0.3 else first  # noqa: PLR2004


def _promised(rng: np.random.Generator, shares: Floats, claims: int) -> Floats:
    """Return what links are promised: honest primes send what they promise, by chance a little less.

    Where few are sent, chance alone could halve them, and no more is promised than will come all the same,
    or so little that nobody can tell.
    """
    sent = np.maximum(shares * claims * REFERRALS_A_CLAIM / CONTRACTS, 1.0)
    surely = np.maximum(2 * (1 - 5 / np.sqrt(sent)), TOO_FEW_TO_TELL / sent)
    return np.asarray(shares * np.minimum(surely, rng.uniform(0.8, 1.3, len(shares))))


def _traits(rng: np.random.Generator, providers: int) -> Traits:
    return Traits(
        success_logit=rng.normal(0, 0.25, providers),
        risk_shift=rng.normal(0, 0.05, providers),
        lag_days=rng.uniform(8, 24, providers),
        heap_share=np.clip(rng.normal(0.30, 0.05, providers), 0.1, 0.6),
        refused_share=rng.uniform(0.06, 0.25, providers),
        advisors=rng.integers(3, MOST_ADVISORS + 1, providers),
    )
