"""What the blocks of a contract file contradict: every contradiction, as a sentence with its key.

Outcome codes, subcontractor ids and dates are the contract's own and may be shown; groups may not.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise

from pbr_audit.terms.in_force import dated_prices, versions
from pbr_audit.terms.models import Change, Contract, Dated, Outcome
from pbr_audit.toml_file import did_you_mean

# The day on which an open period begins or ends, for comparing only.
_OPEN_START = date.min
_OPEN_END = date.max


def contradictions(contract: Contract) -> Iterator[str]:
    """Yield a sentence for each contradiction, in the order of the file."""
    header = contract.header
    if header.end_date < header.start_date:
        yield (
            f"contract.end_date ({header.end_date}) is before contract.start_date ({header.start_date}); "
            "correct one of them"
        )
    codes = [outcome.code for outcome in contract.outcomes]
    yield from _repeated_codes(codes)
    for number, outcome in enumerate(contract.outcomes, start=1):
        yield from _in_an_outcome(f"outcome[{number}]", outcome, codes)
        yield from _prices_at_once(f"outcome[{number}]", contract, outcome)
        yield from _in_changes(f"outcome[{number}]", outcome, codes)
    yield from _circles(contract.outcomes)
    yield from _in_volumes(contract, codes)
    yield from _in_the_supply_chain(contract)
    yield from _in_minimum_wages(contract)
    yield from _in_what_is_taken_back(contract, codes)


def _repeated_codes(codes: Sequence[str]) -> Iterator[str]:
    for number, code in enumerate(codes, start=1):
        first = codes.index(code) + 1
        if first < number:
            yield f"outcome[{number}].code repeats {code} of outcome[{first}]; give each outcome its own code"


def _in_an_outcome(key: str, outcome: Outcome, codes: Sequence[str]) -> Iterator[str]:
    if outcome.threshold is not None and outcome.direction is None:
        yield f'{key}.threshold needs {key}.direction; write direction = "at_least" or "at_most"'
    if outcome.interval_days is not None and outcome.kind != "sustainment":
        yield f"{key}.interval_days is for outcomes of kind sustainment; leave it out or change {key}.kind"
    if outcome.threshold_hours is not None and outcome.threshold is not None:
        yield f"{key}.threshold_hours and {key}.threshold say two things; leave one of them out"
    if outcome.threshold_of_baseline and outcome.kind != "cohort":
        yield f"{key}.threshold_of_baseline is for outcomes of kind cohort; leave it out"
    after, within = outcome.claim_after_days, outcome.claim_within_days
    if after is not None and within is not None and after > within:
        yield f"{key}.claim_after_days is above {key}.claim_within_days, so that nothing could be claimed"
    for name in ("requires", "instead_of"):
        yield from _other_outcomes(f"{key}.{name}", getattr(outcome, name), outcome.code, codes)
    for number, price in enumerate(outcome.prices, start=1):
        yield from _backwards(f"{key}.price[{number}]", price)
        if price.per != "claim" and outcome.kind != "cohort":
            yield f'{key}.price[{number}].per has to be "claim", because {key}.kind is not cohort'
        if price.contract_year is not None and (price.from_date or price.to_date):
            yield f"{key}.price[{number}].contract_year stands for from and to; leave either out"


def _other_outcomes(key: str, named: Sequence[str], itself: str, codes: Sequence[str]) -> Iterator[str]:
    for code in named:
        if code == itself:
            yield f"{key} names {code}, the outcome itself; leave it out"
        elif code not in codes:
            yield f"{key} names {code}, no outcome of this contract; {did_you_mean(code, codes)}"


def _in_changes(key: str, outcome: Outcome, codes: Sequence[str]) -> Iterator[str]:
    """What a change says is held to what the outcome itself may say, on each day that it is in force."""
    for number, change in enumerate(outcome.changes, start=1):
        where = f"{key}.change[{number}]"
        yield from _backwards(where, change)
        if change.from_date is None and change.to_date is None:
            yield f"{where} has neither from nor to; a change without days belongs into {key} itself"
        if not change.changed:
            yield f"{where} changes nothing; name a term, or leave it out"
        if change.threshold is not None and outcome.direction is None:
            yield f'{where}.threshold needs {key}.direction; write direction = "at_least" or "at_most"'
        if change.interval_days is not None and outcome.kind != "sustainment":
            yield f"{where}.interval_days is for outcomes of kind sustainment; leave it out"
        for name in ("requires", "instead_of"):
            yield from _other_outcomes(f"{where}.{name}", getattr(change, name) or (), outcome.code, codes)
    for (one, change), (other, later) in combinations(enumerate(outcome.changes, start=1), 2):
        yield from _changed_at_once(f"{key}.change", (one, change), (other, later))


def _changed_at_once(key: str, one: tuple[int, Change], other: tuple[int, Change]) -> Iterator[str]:
    both = one[1].changed.keys() & other[1].changed.keys()
    if both and (shared := _overlap(one[1], other[1])):
        yield (
            f"{key}[{one[0]}] and {key}[{other[0]}] both change {', '.join(sorted(both))} {shared}; "
            "end one before the other begins"
        )


def _in_minimum_wages(contract: Contract) -> Iterator[str]:
    for number, wage in enumerate(contract.minimum_wages, start=1):
        yield from _backwards(f"minimum_wage[{number}]", wage)
    for (one, wage), (other, later) in combinations(enumerate(contract.minimum_wages, start=1), 2):
        if shared := _overlap(wage, later):
            yield (
                f"minimum_wage[{one}] and minimum_wage[{other}] are both in force {shared}; "
                "end one before the other begins"
            )
    header = contract.header
    for number, outcome in enumerate(contract.outcomes, start=1):
        for version in versions(contract, outcome):
            meets = (version.from_date or _OPEN_START) <= header.end_date and header.start_date <= (
                version.to_date or _OPEN_END
            )
            if meets and version.outcome.threshold_hours is not None and version.outcome.threshold is None:
                since = max(version.from_date or _OPEN_START, header.start_date)
                yield (
                    f"outcome[{number}].threshold_hours has no [[minimum_wage]] in force on {since}; "
                    "add the wage of that time"
                )
                break


def _in_what_is_taken_back(contract: Contract, codes: Sequence[str]) -> Iterator[str]:
    for number, cap in enumerate(contract.caps, start=1):
        yield from _backwards(f"cap[{number}]", cap)
        yield from _other_outcomes(f"cap[{number}].outcomes", cap.outcomes, "", codes)
    kinds = {outcome.code: outcome.kind for outcome in contract.outcomes}
    for number, deduction in enumerate(contract.deductions, start=1):
        key = f"deduction[{number}]"
        yield from _backwards(key, deduction)
        yield from _other_outcomes(f"{key}.outcome", (deduction.outcome,), "", codes)
        if kinds.get(deduction.outcome, "cohort") != "cohort":
            yield f"{key}.outcome names {deduction.outcome}, which is no cohort; nothing can be deducted"
    for number, clawback in enumerate(contract.clawbacks, start=1):
        key = f"clawback[{number}]"
        yield from _backwards(key, clawback)
        yield from _other_outcomes(f"{key}.outcome", (clawback.outcome,), "", codes)
        yield from _other_outcomes(f"{key}.unless", [clawback.unless or clawback.outcome], "", codes)
        if (clawback.unless is None) == (clawback.event is None):
            yield f"{key} has to say either unless or event, and not both"


def _prices_at_once(key: str, contract: Contract, outcome: Outcome) -> Iterator[str]:
    prices = dated_prices(contract, outcome)
    for (one, price), (other, later) in combinations(enumerate(prices, start=1), 2):
        if price.group == later.group and (shared := _overlap(price, later)):
            yield (
                f"{key}.price[{one}] and {key}.price[{other}] are both in force {shared} for one group of "
                f"{outcome.code}; end one before the other begins"
            )


def _circles(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Follow `requires` from each outcome; a circle is told once, by its first outcome in the file."""
    requires = {outcome.code: outcome.requires for outcome in outcomes}
    told: set[str] = set()
    for number, outcome in enumerate(outcomes, start=1):
        path = _way_back(outcome.code, requires)
        if path and told.isdisjoint(path):
            told.update(path)
            way = " > ".join((*path, outcome.code))
            yield f"outcome[{number}].requires goes round in a circle ({way}), so none could ever be paid"


def _way_back(code: str, requires: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the outcomes on a shortest way from `code` back to itself; empty where there is none.

    An outcome that requires itself has its own sentence and is passed over here.
    """
    ways = [[code]]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        for following in requires.get(way[-1], ()):
            if following == code and len(way) > 1:
                return way
            if following not in seen and following != code:
                seen.add(following)
                ways.append([*way, following])
    return []


def _in_volumes(contract: Contract, codes: Sequence[str]) -> Iterator[str]:
    for number, volume in enumerate(contract.volumes, start=1):
        key = f"volume[{number}]"
        if volume.outcome not in codes:
            advice = did_you_mean(volume.outcome, codes)
            yield f"{key}.outcome names {volume.outcome}, no outcome of this contract; {advice}"
        yield from _backwards(key, volume)
        for place, (band, following) in enumerate(pairwise(volume.bands), start=1):
            if following.up_to <= band.up_to:
                yield f"{key}.bands[{place + 1}].up_to has to be above {key}.bands[{place}].up_to"


def _in_the_supply_chain(contract: Contract) -> Iterator[str]:
    for number, link in enumerate(contract.supply_chain, start=1):
        yield from _backwards(f"supply_chain[{number}]", link)
    for (one, link), (other, later) in combinations(enumerate(contract.supply_chain, start=1), 2):
        if link.subcontractor_id == later.subcontractor_id and (shared := _overlap(link, later)):
            yield (
                f"supply_chain[{one}] and supply_chain[{other}] are both in force {shared} for "
                f"{link.subcontractor_id}; end one before the other begins"
            )


def _backwards(key: str, block: Dated) -> Iterator[str]:
    if block.from_date and block.to_date and block.from_date > block.to_date:
        yield f"{key}.from ({block.from_date}) is after {key}.to ({block.to_date}); correct one of them"


def _overlap(one: Dated, other: Dated) -> str | None:
    """Return the days that two periods share, in words; None where they share none."""
    start = max(one.from_date or _OPEN_START, other.from_date or _OPEN_START)
    end = min(one.to_date or _OPEN_END, other.to_date or _OPEN_END)
    if start > end:
        return None
    since = "" if start == _OPEN_START else f"from {start}"
    until = "" if end == _OPEN_END else f"to {end}"
    return f"{since} {until}".strip() or "at all times"
