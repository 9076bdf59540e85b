"""What is paid on a day: prices and rates as arrays over every day, filled from the contract files."""

from dataclasses import dataclass

import numpy as np

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.simulate.chain import CONTRACTS, Chain
from pbr_audit.simulate.columns import Array, Bools, Ints
from pbr_audit.simulate.contracts import contract_id
from pbr_audit.simulate.days import FIRST_DAY, LAST_DAY, day_number
from pbr_audit.simulate.naming import provider_number
from pbr_audit.simulate.spec import ROLES, WorldSpec
from pbr_audit.terms.models import Dated
from pbr_audit.terms.terms import Terms

# Passed on where the terms name no rate.
CUSTOMARY_PERCENT = 75


@dataclass(frozen=True)
class Tariff:
    """Pence by contract, role, group and day (0: no price), and percent by contract, provider and day."""

    pence: Array
    percent: Array
    contracted: Bools

    def price(self, contract: Ints, role: Ints, group: Ints, day: Ints) -> Ints:
        """Return the price in force, in pence; 0 where none is."""
        found: Ints = self.pence[contract, role, group, day - FIRST_DAY].astype(np.int64)
        return found

    def passed_on(self, contract: Ints, provider: Ints, day: Ints, price_pence: Ints) -> Ints:
        """Return what a provider is passed of a price, in pence."""
        # Prices are whole pounds, so a percentage of one is whole pence.
        return price_pence * self.percent[contract, provider, day - FIRST_DAY] // PENCE_PER_POUND

    def has_rate(self, contract: Ints, provider: Ints, day: Ints) -> Bools:
        """Whether the terms name the rate of a provider on a day."""
        found: Bools = self.contracted[contract, provider, day - FIRST_DAY]
        return found


def build_tariff(spec: WorldSpec, chain: Chain, terms: Terms) -> Tariff:
    """Fill the arrays; a named group's price goes over the one for any group."""
    days = LAST_DAY - FIRST_DAY + 1
    pence = np.zeros((CONTRACTS, ROLES, len(spec.groups), days), dtype=np.int32)
    percent = np.full((CONTRACTS, chain.providers, days), CUSTOMARY_PERCENT, dtype=np.int8)
    contracted = np.zeros((CONTRACTS, chain.providers, days), dtype=np.bool_)
    roles = {outcome.code: role for role, outcome in spec.outcomes.items()}
    contracts = {contract_id(spec, number): number for number in range(CONTRACTS)}
    for contract in terms.contracts:
        number = contracts[contract.id]
        for outcome in contract.outcomes:
            for price in sorted(outcome.prices, key=lambda price: price.group is not None):
                groups = slice(None) if price.group is None else spec.groups.index(price.group)
                pence[number, roles[outcome.code], groups, _span(price)] = price.amount_pence
        for link in contract.supply_chain:
            if link.rate is not None:
                place = (number, provider_number(link.subcontractor_id), _span(link))
                percent[place] = round(link.rate * 100)
                contracted[place] = True
    return Tariff(pence, percent, contracted)


def _span(block: Dated) -> slice:
    start = FIRST_DAY if block.from_date is None else day_number(block.from_date)
    end = LAST_DAY if block.to_date is None else day_number(block.to_date)
    return slice(start - FIRST_DAY, end - FIRST_DAY + 1)
