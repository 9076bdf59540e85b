"""Which terms are in force when: an outcome with its changes as versions, a price by contract year as days.

Versions of one outcome follow each other without a gap, from the beginning of time to its end, so that
exactly one is in force on any day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pbr_audit.money import PENCE_PER_POUND
from pbr_audit.terms.models import Contract, Dated, MinimumWage, Outcome, Price

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Version:
    """An outcome's terms from `from_date` to `to_date`, both included; None is open."""

    outcome: Outcome
    from_date: date | None
    to_date: date | None


def versions(contract: Contract, outcome: Outcome) -> Iterator[Version]:
    """Yield the outcome's versions in the order of time; one, open at both ends, where nothing changes."""
    wages = contract.minimum_wages if _by_the_hour(outcome) else ()
    starts: list[date | None] = [None, *_boundaries((*outcome.changes, *wages))]
    for place, start in enumerate(starts):
        following = starts[place + 1] if place + 1 < len(starts) else None
        yield Version(
            _on(outcome, start or date.min, wages), start, None if following is None else following - DAY
        )


def dated_prices(contract: Contract, outcome: Outcome) -> tuple[Price, ...]:
    """Return the outcome's prices with first and last day, those by contract year too."""
    return tuple(
        price if price.contract_year is None else _of_the_year(contract, price, price.contract_year)
        for price in outcome.prices
    )


def contract_year_start(start: date, year: int) -> date:
    """Return the first day of a contract's `year`, counted from 1; 29 February is kept on 1 March."""
    try:
        return start.replace(year=start.year + year - 1)
    except ValueError:
        return date(start.year + year - 1, 3, 1)


def in_force(block: Dated, day: date) -> bool:
    """Tell whether a block is in force on `day`, its first and last day included."""
    return (block.from_date or date.min) <= day <= (block.to_date or date.max)


def _by_the_hour(outcome: Outcome) -> bool:
    return outcome.threshold_hours is not None or any(change.threshold_hours for change in outcome.changes)


def _boundaries(blocks: tuple[Dated, ...]) -> list[date]:
    """Return the days on which something begins or no longer holds."""
    begins = {block.from_date for block in blocks if block.from_date is not None}
    ends = {block.to_date + DAY for block in blocks if block.to_date not in {None, date.max}}
    return sorted(begins | ends)


def _on(outcome: Outcome, day: date, wages: tuple[MinimumWage, ...]) -> Outcome:
    """Return the outcome's terms on one day."""
    changed: dict[str, object] = {}
    for change in outcome.changes:
        if in_force(change, day):
            changed |= change.changed
    now = outcome.model_copy(update=changed) if changed else outcome
    if now.threshold_hours is None:
        return now
    wage = next((wage for wage in wages if in_force(wage, day)), None)
    threshold = None if wage is None else now.threshold_hours * wage.amount_pence / PENCE_PER_POUND
    return now.model_copy(update={"threshold": threshold})


def _of_the_year(contract: Contract, price: Price, year: int) -> Price:
    start = contract.header.start_date
    days = {
        "from_date": contract_year_start(start, year),
        "to_date": contract_year_start(start, year + 1) - DAY,
    }
    return price.model_copy(update=days)
