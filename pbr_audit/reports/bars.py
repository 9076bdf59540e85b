"""Amounts at risk by rule as bars: only lengths and words; the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pbr_audit.finding import UNDER_CLAIM
from pbr_audit.reports.amounts import amount, in_order
from pbr_audit.reports.answers import Found

LONGEST = 540
SHORTEST = 2


@dataclass(frozen=True)
class Bar:
    """One rule's bar; `length` in the picture's own units."""

    rule_id: str
    title: str
    amount: str
    length: int


@dataclass(frozen=True)
class Picture:
    """The bars of one currency, the longest first."""

    currency: str
    bars: tuple[Bar, ...]


def pictures(found: Sequence[Found]) -> tuple[Picture, ...]:
    """Return a picture for each currency in which a rule puts an amount at risk."""
    over = [rule for rule in found if rule.loaded.rule.family != UNDER_CLAIM]
    currencies = in_order(
        {currency for rule in over for currency, pence in rule.at_risk_pence.items() if pence}
    )
    return tuple(Picture(currency, _bars(over, currency)) for currency in currencies)


def _bars(found: Sequence[Found], currency: str) -> tuple[Bar, ...]:
    rules = [(rule.at_risk_pence.get(currency, 0), rule.loaded.rule) for rule in found]
    rules = sorted(((pence, rule) for pence, rule in rules if pence), key=lambda bar: (-bar[0], bar[1].id))
    longest = rules[0][0]
    return tuple(
        Bar(rule.id, rule.title, amount(pence, currency), max(SHORTEST, pence * LONGEST // longest))
        for pence, rule in rules
    )
