"""Amounts as a reader sees them, and the currency that each is in. Currencies are never added together."""

from collections.abc import Callable, Iterable, Mapping

from pbr_audit.money import shown
from pbr_audit.terms import NO_CURRENCY, Terms
from pbr_audit.totals import ClaimsLine, Sum, Totals


def amount(pence: int, currency: str) -> str:
    """Show one amount; `currency` is empty where no contract says which it is."""
    if currency == NO_CURRENCY:
        return f"{shown(pence).replace('£', '')} (currency not known)"
    return shown(pence, currency)


def amounts(by_currency: Mapping[str, int]) -> str:
    """Show amounts of several currencies side by side."""
    return " and ".join(amount(by_currency[currency], currency) for currency in in_order(by_currency))


def in_order(currencies: Iterable[str]) -> list[str]:
    """Sort currencies: pounds first, then by code, what is not known last."""
    return sorted(currencies, key=lambda currency: (currency == NO_CURRENCY, currency != "GBP", currency))


def claims_in_order(totals: Totals) -> list[ClaimsLine]:
    """Return the accepted claims by tier, and within it by currency."""
    order = in_order({line.currency for line in totals.claims})
    return sorted(totals.claims, key=lambda line: (line.tier, order.index(line.currency)))


def pence_of(sums: Mapping[str, Sum]) -> dict[str, int]:
    """Return the pence by currency, without the sums that put no amount on a claim."""
    return {currency: line.pence for currency, line in sums.items() if line.pence is not None}


def currency_of(terms: Terms) -> Callable[[str | None], str]:
    """Return contract id to currency as a function; of an unknown contract, the only one that there is."""
    known, only = terms.currencies(), terms.only_currency()
    return lambda contract_id: known.get(contract_id or "", only)
