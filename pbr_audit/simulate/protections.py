"""What protects the payer beyond the price: caps, claw-backs and deductions, as lines of a contract file.

Some contracts have them and some have none, so that a rule about them has both to look at.
"""

from collections.abc import Iterator

from pbr_audit.simulate.spec import ATTACH, COHORT, KEEP, OutcomeSpec, WorldSpec

# Every other contract pays a client for no more than so many payment points after the main outcome.
CAPPED_EVERY = 2
# The first contract has a budget, which honest claims and published amounts stay well under.
BUDGET_CONTRACT = 0
BUDGET_POUNDS = 3_000_000
BUDGET_POUNDS_A_CLAIM = 100
# The first payment goes back where the client is in custody so soon after it.
CLAWBACK_DAYS = 7
CLAWBACK_EVENT = "custody"
# Such contracts pay a cohort only where it is significantly better, and deduct where significantly worse.
SIGNIFICANCE = 0.05
DEDUCTION_SHARE = 0.5


def is_capped(contract: int) -> bool:
    """Whether a contract caps what it pays for one client's payment points."""
    return contract % CAPPED_EVERY == 1


def tests_significance(contract: int) -> bool:
    """Whether a contract pays and deducts for cohorts only where the rate is significantly other."""
    return contract % CAPPED_EVERY == 1


def local_pounds(pounds: int, contract: int) -> int:
    """Return a contract's own price for what the first contract pays `pounds` for."""
    # Contracts differ by a few pounds; whole pounds, so that every percentage is whole pence.
    return pounds + contract * max(1, pounds // 100)


def deduction_pounds(outcome: OutcomeSpec, contract: int) -> int:
    """Return what a cohort's outcome too many costs, in whole pounds."""
    return int(local_pounds(outcome.prices[""], contract) * DEDUCTION_SHARE)


def budget_line(contract: int, claims: int) -> Iterator[str]:
    """Yield the cap of a whole contract, for the one that has a budget."""
    if contract == BUDGET_CONTRACT:
        yield f'cap = "{budget_pounds(claims)}.00"'


def budget_pounds(claims: int) -> int:
    """Return the budget of the contract that has one, in a world of so many claims."""
    return BUDGET_POUNDS + claims * BUDGET_POUNDS_A_CLAIM


def protection_lines(spec: WorldSpec, contract: int) -> Iterator[str]:
    """Yield the caps, claw-backs and deductions of a contract."""
    keep = spec.outcomes[KEEP]
    if is_capped(contract):
        for group in spec.groups:
            price = local_pounds(keep.prices.get(group, keep.prices[""]), contract)
            yield from _block("cap", f'amount = "{price * spec.capped_points}.00"', 'per = "client"')
            yield f'outcomes = ["{keep.code}"]'
            yield f'group = "{group}"'
    yield from _block("clawback", f'outcome = "{spec.outcomes[ATTACH].code}"')
    yield f"within_days = {CLAWBACK_DAYS}"
    yield f'event = "{CLAWBACK_EVENT}"'
    if COHORT in spec.outcomes and tests_significance(contract):
        cohort = spec.outcomes[COHORT]
        yield from _block("deduction", f'outcome = "{cohort.code}"')
        yield f'amount = "{deduction_pounds(cohort, contract)}.00"'
        yield 'per = "outcome_more"'
        yield "only_if_significant = true"


def _block(name: str, *lines: str) -> Iterator[str]:
    yield ""
    yield f"[[{name}]]"
    yield from lines
