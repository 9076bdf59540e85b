"""What stands around the contracts that are claimed on: other organisations, small contracts, mere promises.

Small contracts are those of a framework, in which nobody claims yet: a prime, a few subcontractors, and who
owns whom. Honestly there are sister companies on one side, chains of owners, owners outside the table, an
organisation that names itself as its owner, and organisations that are prime here and subcontractor there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pbr_audit.simulate.seeds import generator
from pbr_audit.simulate.spec import WorldSpec

CLAIMS_A_SMALL_CONTRACT = 250
MOST_SMALL_CONTRACTS = 80
LEAST_SUBCONTRACTORS, MOST_SUBCONTRACTORS = 2, 4
CONTRACTS_A_PRIME = 3
# So many subcontractors are named for each small contract, of which some are named in several.
SUBCONTRACTORS_A_CONTRACT = 2
ORGANISATION_NUMBERS = 700_000


@dataclass(frozen=True)
class Organisation:
    """A row of the table of providers; `parent` is another's id, or an organisation's number, or nothing."""

    provider_id: str
    role: str
    org_id: str
    parent: str | None = None


@dataclass(frozen=True)
class SmallContract:
    """A contract of the framework: who is its prime, and who its subcontractors."""

    contract_id: str
    prime: str
    subcontractors: tuple[str, ...]


@dataclass(frozen=True)
class Promise:
    """A share of a contract's referrals promised to an organisation; `came` of that share is sent to it."""

    contract: int
    provider: int
    share: float
    came: float


@dataclass(frozen=True)
class Surroundings:
    """Organisations by id, small contracts, and promises beside those of the chain."""

    organisations: dict[str, Organisation]
    contracts: tuple[SmallContract, ...] = ()
    promises: tuple[Promise, ...] = ()

    def owning(self, owners: dict[str, str]) -> "Surroundings":
        """Return the surroundings with the owner of some organisations."""
        changed = {name: replace(self.organisations[name], parent=owner) for name, owner in owners.items()}
        return replace(self, organisations={**self.organisations, **changed})


def build_surroundings(spec: WorldSpec, seed: int, claims: int) -> Surroundings:
    """Invent the framework of a world of so many claims."""
    rng = generator(seed, "surroundings")
    count = min(claims // CLAIMS_A_SMALL_CONTRACT, MOST_SMALL_CONTRACTS)
    primes = [f"FP{place + 1:03d}" for place in range(-(-count // CONTRACTS_A_PRIME))]
    subcontractors = [f"FS{place + 1:03d}" for place in range(count * SUBCONTRACTORS_A_CONTRACT)]
    names = [*primes, *subcontractors]
    organisations = {
        name: Organisation(
            name,
            "prime" if name in primes else "subcontractor",
            f"XI-MADEUP-{ORGANISATION_NUMBERS + place:06d}",
        )
        for place, name in enumerate(names)
    }
    contracts = []
    for place in range(count):
        size = int(rng.integers(LEAST_SUBCONTRACTORS, MOST_SUBCONTRACTORS + 1))
        own = SUBCONTRACTORS_A_CONTRACT * place
        # Two are named here first; others come from anywhere, so that some serve several primes.
        chosen = {own, own + 1, *(int(each) for each in rng.integers(0, len(subcontractors), size - 2))}
        contracts.append(
            SmallContract(
                contract_id=f"{spec.prefix[:1]}F{place + 1:03d}",
                prime=primes[place // CONTRACTS_A_PRIME],
                subcontractors=tuple(subcontractors[each] for each in sorted(chosen)),
            )
        )
    return _owned(rng, Surroundings(organisations, tuple(contracts)))


def _owned(rng: np.random.Generator, around: Surroundings) -> Surroundings:
    """Give some subcontractors an owner, where no prime is of the same house."""
    rows = [name for name, each in around.organisations.items() if each.role == "subcontractor"]
    chosen = [rows[place] for place in rng.permutation(len(rows))[: len(rows) // 3]]
    owners: dict[str, str] = {}
    for place in range(0, len(chosen) - 3, 4):
        one, other, third, fourth = chosen[place : place + 4]
        # Sisters have one owner outside the table; a chain of owners has an end; one names itself.
        house = f"XI-MADEUP-{ORGANISATION_NUMBERS + 90_000 + place:06d}"
        owners |= {one: house, other: house, third: other, fourth: fourth}
    return around.owning(owners)


def small_contract_files(spec: WorldSpec, around: Surroundings) -> dict[str, str]:
    """Return the text of each small contract's file by its name."""
    return {
        f"{contract.contract_id}.toml": "\n".join(_lines(spec, contract)) + "\n"
        for contract in around.contracts
    }


def _lines(spec: WorldSpec, contract: SmallContract) -> Iterator[str]:
    yield 'standard = "0.1"'
    yield ""
    yield "[contract]"
    yield f'id = "{contract.contract_id}"'
    yield f'title = "{spec.title}, framework (invented; nothing claimed yet)"'
    yield f'commissioner = "{spec.commissioner}"'
    yield f'prime_id = "{contract.prime}"'
    yield "start_date = 2018-04-01"
    yield "end_date = 2021-03-31"
    yield 'currency = "GBP"'
    for subcontractor in contract.subcontractors:
        yield ""
        yield "[[supply_chain]]"
        yield f'subcontractor_id = "{subcontractor}"'
