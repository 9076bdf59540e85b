"""PBR807: primes and subcontractors of one house or of each other, and circles of owners."""

from dataclasses import dataclass, field, replace
from typing import Any

from pbr_audit.simulate.families.arranging import ArrangedScene, Arrangement
from pbr_audit.simulate.surroundings import ORGANISATION_NUMBERS, Organisation, SmallContract, Surroundings

SAME, OWNED, OWNED_OVER_OTHERS, ONE_OWNER, EACH_OTHERS, CIRCLE = range(6)
KINDS = (
    "prime and subcontractor are one organisation",
    "the prime owns its subcontractor",
    "the prime owns its subcontractor over others",
    "prime and subcontractor have one owner",
    "each other's subcontractors",
    "owners in a circle",
)
OUTSIDE_NUMBERS = ORGANISATION_NUMBERS + 95_000


@dataclass
class _Draft:
    """Surroundings being changed, and whose relations are still untouched."""

    organisations: dict[str, Organisation]
    contracts: list[SmallContract]
    free: set[str]
    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def told(self, name: str, kind: int) -> None:
        self.names.append(name)
        self.kinds.append(KINDS[kind])

    def change(self, name: str, **values: Any) -> None:
        self.organisations[name] = replace(self.organisations[name], **values)


def one_house(scene: ArrangedScene) -> Arrangement:
    """Tie subcontractors of small contracts to their prime, and lay circles among owners."""
    draft = _untouched(scene.around)
    pairs = [(contract, name) for contract in draft.contracts for name in contract.subcontractors]
    order = [pairs[place] for place in scene.rng.permutation(len(pairs))]
    placed = 0
    for contract, name in order:
        if len(draft.names) >= scene.acts:
            break
        # Whoever serves this prime in several contracts would be asked about in each.
        serves = [
            each for each in draft.contracts if each.prime == contract.prime and name in each.subcontractors
        ]
        if name not in draft.free or len(serves) > 1:
            continue
        kind = placed % len(KINDS)
        if kind == SAME and sum(name in each.subcontractors for each in draft.contracts) > 1:
            # The one organisation would stand wherever this subcontractor serves, and with others be mutual.
            kind = OWNED
        _act(draft, contract, name, kind)
        placed += 1
    around = Surroundings(draft.organisations, tuple(draft.contracts), scene.around.promises)
    return Arrangement(around, "provider", tuple(draft.names), tuple(draft.kinds))


def _untouched(around: Surroundings) -> _Draft:
    """Return a draft in which those are free who have no owner and own nobody."""
    owners = {each.parent for each in around.organisations.values()}
    free = {
        name
        for name, each in around.organisations.items()
        if each.role == "subcontractor" and each.parent is None and name not in owners
    }
    return _Draft(dict(around.organisations), list(around.contracts), free)


def _act(draft: _Draft, contract: SmallContract, name: str, kind: int) -> None:
    """Let one act be done by a subcontractor of a contract."""
    draft.free.remove(name)
    prime = draft.organisations[contract.prime]
    tie = f"{name}/its own prime in {contract.contract_id}"
    others = sorted(draft.free)
    if kind == SAME:
        draft.change(name, org_id=prime.org_id)
        draft.told(tie, kind)
    elif kind == OWNED:
        draft.change(name, parent=contract.prime)
        draft.told(tie, kind)
    elif kind == OWNED_OVER_OTHERS:
        holding = f"FH{len(draft.organisations):03d}"
        number = f"XI-MADEUP-{OUTSIDE_NUMBERS + len(draft.organisations):06d}"
        draft.organisations[holding] = Organisation(holding, "both", number, prime.provider_id)
        draft.change(name, parent=number)
        draft.told(tie, kind)
    elif kind == ONE_OWNER:
        owner = prime.parent or f"XI-MADEUP-{OUTSIDE_NUMBERS - 5_000 + len(draft.organisations):06d}"
        draft.change(contract.prime, parent=owner)
        draft.change(name, parent=owner)
        draft.told(tie, kind)
    elif kind == EACH_OTHERS:
        # A contract in which the two stand the other way round.
        other = f"{contract.contract_id[:2]}R{len(draft.contracts) + 1:03d}"
        draft.contracts.append(SmallContract(other, name, (contract.prime,)))
        draft.change(name, role="both")
        draft.change(contract.prime, role="both")
        first, second = sorted((name, contract.prime))
        draft.told(f"{first}/each other's with {second}", kind)
    elif others:
        draft.free.remove(others[0])
        draft.change(name, parent=others[0])
        draft.change(others[0], parent=name)
        draft.told(f"{min(name, others[0])}/its own owner", kind)
