"""The contracts of an invented world as files: what is written here is read back as the world's own terms."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pbr_audit.simulate.chain import CONTRACTS, RATE_CHANGE, SUCCESSION, Chain
from pbr_audit.simulate.naming import provider_id
from pbr_audit.simulate.protections import (
    SIGNIFICANCE,
    budget_line,
    local_pounds,
    protection_lines,
    tests_significance,
)
from pbr_audit.simulate.spec import STEP, OutcomeSpec, WorldSpec
from pbr_audit.simulate.surroundings import Promise
from pbr_audit.terms.terms import Terms, parse_terms

# Prices fall to this share on a day that differs by contract; the step is paid for until another day.
LATER_SHARE = 0.9
PRICE_CHANGES = (date(2016, 4, 1), date(2016, 10, 1), date(2017, 4, 1))
STEP_ENDS = date(2018, 3, 31)
ONE_DAY = timedelta(days=1)


def contract_id(spec: WorldSpec, contract: int) -> str:
    """Return the id of a contract by its number."""
    return f"{spec.prefix}{contract + 1:02d}"


def contract_files(spec: WorldSpec, chain: Chain, claims: int) -> dict[str, str]:
    """Return the text of each contract's file by its name, for a world of so many claims."""
    return {
        f"{contract_id(spec, contract)}.toml": "\n".join(_lines(spec, chain, contract, claims)) + "\n"
        for contract in range(CONTRACTS)
    }


def read_back(files: Mapping[str, str]) -> Terms:
    """Read the files as an audit would."""
    return parse_terms((name, tomllib.loads(text)) for name, text in files.items())


def _lines(spec: WorldSpec, chain: Chain, contract: int, claims: int) -> Iterator[str]:
    yield 'standard = "0.1"'
    yield ""
    yield "[contract]"
    yield f'id = "{contract_id(spec, contract)}"'
    yield f'title = "{spec.title}, area {contract + 1} (invented)"'
    yield f'commissioner = "{spec.commissioner}"'
    yield f'prime_id = "{provider_id(int(chain.prime_of[contract]))}"'
    yield f"start_date = {chain.starts[contract]}"
    yield f"end_date = {chain.ends[contract]}"
    yield 'currency = "GBP"'
    yield from budget_line(contract, claims)
    for role, outcome in spec.outcomes.items():
        yield from _outcome(outcome)
        if outcome.kind == "cohort" and tests_significance(contract):
            yield f"significance = {SIGNIFICANCE}"
        yield from _prices(outcome, chain, contract, ends=role == STEP)
    yield from protection_lines(spec, contract)
    yield from _supply_chain(chain, contract)


def _outcome(outcome: OutcomeSpec) -> Iterator[str]:
    yield ""
    yield "[[outcome]]"
    yield f'code = "{outcome.code}"'
    yield f'label = "{outcome.label}"'
    yield f'kind = "{outcome.kind}"'
    if outcome.measure:
        yield f'measure = "{outcome.measure}"'
    if outcome.threshold is not None:
        yield f"threshold = {outcome.threshold}"
        yield f'direction = "{outcome.direction}"'
    if outcome.window_days:
        yield f"window_days = [{outcome.window_days[0]}, {outcome.window_days[1]}]"
    yield f"claim_within_days = {outcome.claim_within_days}"
    if outcome.max_per_client is not None:
        yield f"max_per_client = {outcome.max_per_client}"
    if outcome.interval_days:
        yield f"interval_days = {outcome.interval_days}"
    for key, texts in (
        ("requires", outcome.requires),
        ("evidence", outcome.evidence),
        ("ineligible_during", outcome.ineligible_during),
    ):
        if texts:
            quoted = (f'"{text}"' for text in texts)
            yield f"{key} = [{', '.join(quoted)}]"
    yield from _conditions(outcome)


def _conditions(outcome: OutcomeSpec) -> Iterator[str]:
    if outcome.minimum_contacts:
        yield f"minimum_contacts = {outcome.minimum_contacts}"
    if not outcome.claimable_after_end:
        yield "claimable_after_end = false"
    if outcome.baseline is not None:
        yield f"baseline = {outcome.baseline}"


def _prices(outcome: OutcomeSpec, chain: Chain, contract: int, *, ends: bool) -> Iterator[str]:
    change = PRICE_CHANGES[contract % len(PRICE_CHANGES)]
    for group, pounds in outcome.prices.items():
        first = local_pounds(pounds, contract)
        if ends:
            yield from _price(first, group, chain.starts[contract], STEP_ENDS)
        elif outcome.kind == "cohort":
            yield from _price(first, group, None, None)
            yield 'per = "outcome_avoided"'
        else:
            yield from _price(first, group, chain.starts[contract], change - ONE_DAY)
            yield from _price(round(first * LATER_SHARE), group, change, None)


def _price(pounds: int, group: str, start: date | None, end: date | None) -> Iterator[str]:
    yield ""
    yield "[[outcome.price]]"
    yield f'amount = "{pounds}.00"'
    if group:
        yield f'group = "{group}"'
    yield from _dates(start, end)


def _supply_chain(chain: Chain, contract: int) -> Iterator[str]:
    for place, provider in enumerate(chain.link_provider):
        if chain.link_contract[place] != contract or provider == chain.prime_of[contract]:
            continue
        first, second = (int(rate) for rate in chain.link_rates[place])
        promised = float(chain.link_promised[place])
        successor = int(chain.successor_of[provider])
        start, end = chain.starts[contract], None
        if successor != provider:
            yield from _link(int(provider), promised, first, start, SUCCESSION - ONE_DAY)
            yield from _link(successor, promised, first, SUCCESSION, end)
        elif first == second:
            yield from _link(int(provider), promised, first, start, end)
        else:
            yield from _link(int(provider), promised, first, start, RATE_CHANGE - ONE_DAY)
            yield from _link(int(provider), promised, second, RATE_CHANGE, end)


def _link(provider: int, promised: float, percent: int, start: date, end: date | None) -> Iterator[str]:
    yield ""
    yield "[[supply_chain]]"
    yield f'subcontractor_id = "{provider_id(provider)}"'
    yield f"promised_share = {promised:.3f}"
    if percent:
        yield f"rate = {percent / 100:.2f}"
    yield from _dates(start, end)


def promise_lines(promise: Promise) -> Iterator[str]:
    """Yield the block of a promise that stands beside those of the chain."""
    yield ""
    yield "[[supply_chain]]"
    yield f'subcontractor_id = "{provider_id(promise.provider)}"'
    yield f"promised_share = {promise.share:.3f}"


def _dates(start: date | None, end: date | None) -> Iterator[str]:
    if start is not None:
        yield f"from = {start}"
    if end is not None:
        yield f"to = {end}"
