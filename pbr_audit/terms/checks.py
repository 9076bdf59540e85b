"""What the blocks of a contract file contradict: every contradiction, as a sentence with its key.

Outcome codes, subcontractor ids and dates are the contract's own and may be shown; groups may not.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise

from pbr_audit.terms.models import Contract, Dated, Outcome
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
    yield from _circles(contract.outcomes)
    yield from _in_volumes(contract, codes)
    yield from _in_the_supply_chain(contract)


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
    for required in outcome.requires:
        if required == outcome.code:
            yield f"{key}.requires names {required}, the outcome itself; leave it out"
        elif required not in codes:
            advice = did_you_mean(required, codes)
            yield f"{key}.requires names {required}, no outcome of this contract; {advice}"
    for number, price in enumerate(outcome.prices, start=1):
        yield from _backwards(f"{key}.price[{number}]", price)
        if price.per != "claim" and outcome.kind != "cohort":
            yield f'{key}.price[{number}].per has to be "claim", because {key}.kind is not cohort'
    yield from _prices_at_once(key, outcome)


def _prices_at_once(key: str, outcome: Outcome) -> Iterator[str]:
    for (one, price), (other, later) in combinations(enumerate(outcome.prices, start=1), 2):
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
