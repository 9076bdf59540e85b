"""A contract file as frozen values: each model is a block of the file, each alias its key there.

What one block alone can say wrongly is refused here; what two of them contradict, in `checks`.
Periods are inclusive at both ends, and open where an end is left out. Money is whole pence.
"""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from pbr_audit.money import parse_amount

# Far beyond any contract, and small enough to stay whole numbers everywhere.
CENTURY_DAYS = 36_525
MOST_CLAIMS = 1_000_000_000

Kind = Literal["attachment", "milestone", "sustainment", "cohort"]
Direction = Literal["at_least", "at_most"]
Per = Literal["claim", "outcome_avoided", "cohort"]
# The closed vocabulary of events.event; a misspelt one here would let every such event pass.
Event = Literal["death", "custody", "abroad", "benefit", "employment", "reoffence", "other"]


def _on_one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has to be text on one line")
    return text


def _capitals(currency: str) -> str:
    if re.fullmatch("[A-Z]{3}", currency) is None:
        raise ValueError("has to be three capitals, such as GBP")
    return currency


def _pence(amount: Any) -> int:
    if not isinstance(amount, str):
        # ValueError, because that is what pydantic turns into a sentence for its key.
        raise ValueError('has to be text in quotes, such as "1200.00", so that it stays exact')  # noqa: TRY004
    pence = parse_amount(amount)
    if pence < 0:
        raise ValueError("has to be at least 0.00")
    return pence


def _one_window(window: Any) -> Any:
    if not (isinstance(window, tuple) and len(window) == 2):  # noqa: PLR2004  # from and to
        raise ValueError("has to be two whole numbers, such as [182, 730]")
    return window


def _rising_window(window: tuple[int, int]) -> tuple[int, int]:
    if window[0] > window[1]:
        raise ValueError("has to begin with the lower of its two numbers")
    return window


# A code or id is trimmed, because the tables that it is looked up in are.
Code = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_on_one_line)
]
Pence = Annotated[int, BeforeValidator(_pence)]
Days = Annotated[int, Field(ge=0, le=CENTURY_DAYS)]
WindowEnd = Annotated[int, Field(ge=-CENTURY_DAYS, le=CENTURY_DAYS)]
Window = Annotated[tuple[WindowEnd, WindowEnd], BeforeValidator(_one_window), AfterValidator(_rising_window)]
Count = Annotated[int, Field(ge=0, le=MOST_CLAIMS)]
Limit = Annotated[int, Field(ge=1, le=MOST_CLAIMS)]
Interval = Annotated[int, Field(ge=1, le=CENTURY_DAYS)]
Hours = Annotated[float, Field(gt=0, le=100_000)]
Significance = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class Block(BaseModel):
    """What all blocks share: no change, no unknown key, no guessing at types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Dated(Block):
    """A block that is in force from one day to another."""

    from_date: date | None = Field(default=None, alias="from")
    to_date: date | None = Field(default=None, alias="to")


class Header(Block):
    """`[contract]`: who, when, and in what currency."""

    id: Code
    title: Code
    commissioner: Code | None = None
    prime_id: Code
    start_date: date
    end_date: date
    currency: Annotated[str, AfterValidator(_capitals)] = "GBP"
    cap_pence: Pence | None = Field(default=None, alias="cap")


class Price(Dated):
    """`[[outcome.price]]`: what is paid on the outcome date, for one group or for any.

    `contract_year` stands for the days of that year of the contract, counted from its first day.
    """

    amount_pence: Pence = Field(alias="amount")
    group: Code | None = None
    per: Per = "claim"
    contract_year: Annotated[int, Field(ge=1, le=100)] | None = None


class Change(Dated):
    """`[[outcome.change]]`: terms of the outcome that are different for a time; what it leaves out stays."""

    threshold: float | None = None
    threshold_hours: Hours | None = None
    window_days: Window | None = None
    business_days: bool | None = None
    claim_after_days: Days | None = None
    claim_within_days: Days | None = None
    requires: tuple[Code, ...] | None = None
    max_per_client: Limit | None = None
    interval_days: Interval | None = None
    evidence: tuple[Code, ...] | None = None
    evidence_within_days: Days | None = None
    ineligible_during: tuple[Event, ...] | None = None
    claimable_after_end: bool | None = None
    minimum_contacts: Count | None = None
    excludes: tuple[Code, ...] | None = None
    instead_of: tuple[Code, ...] | None = None
    baseline: Annotated[float, Field(ge=0)] | None = None
    significance: Significance | None = None

    @property
    def changed(self) -> dict[str, Any]:
        """The terms that it changes, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"from_date", "to_date"}}


class Outcome(Block):
    """`[[outcome]]`: a result that is paid for. Shares and thresholds are in the outcome's own unit."""

    code: Code
    label: Code | None = None
    kind: Kind
    measure: Code | None = None
    threshold: float | None = None
    threshold_hours: Hours | None = None
    threshold_of_baseline: bool = False
    direction: Direction | None = None
    window_days: Window | None = None
    business_days: bool = False
    claim_after_days: Days | None = None
    claim_within_days: Days | None = None
    requires: tuple[Code, ...] = ()
    max_per_client: Limit | None = None
    interval_days: Interval | None = None
    evidence: tuple[Code, ...] = ()
    evidence_within_days: Days | None = None
    ineligible_during: tuple[Event, ...] = ()
    claimable_after_end: bool = True
    minimum_contacts: Count = 0
    excludes: tuple[Code, ...] = ()
    instead_of: tuple[Code, ...] = ()
    baseline: Annotated[float, Field(ge=0)] | None = None
    significance: Significance | None = None
    prices: tuple[Price, ...] = Field(default=(), alias="price")
    changes: tuple[Change, ...] = Field(default=(), alias="change")

    @property
    def effective_max_per_client(self) -> int | None:
        """How often one client may earn it; None is no limit."""
        if self.max_per_client is None and self.kind in ("attachment", "milestone"):
            return 1
        return self.max_per_client


class Band(Block):
    """A band of a volume: the share of the price that is paid up to a count of claims."""

    up_to: Count
    price_factor: Annotated[float, Field(ge=0)]


class Volume(Dated):
    """`[[volume]]`: how many claims of an outcome were allotted, and what is paid for them by band."""

    outcome: Code
    allocation: Count | None = None
    bands: tuple[Band, ...] = ()


class SupplyChainLink(Dated):
    """`[[supply_chain]]`: what the prime promised a subcontractor; `rate` is a share of its own price."""

    subcontractor_id: Code
    promised_share: Share | None = None
    rate: Share | None = None


class MinimumWage(Dated):
    """`[[minimum_wage]]`: pounds an hour, which a threshold in hours is multiplied by."""

    amount_pence: Pence = Field(alias="amount")


class Cap(Dated):
    """`[[cap]]`: the most that is paid for a client, in a contract year or for the contract."""

    amount_pence: Pence = Field(alias="amount")
    per: Literal["client", "contract_year", "contract"]
    outcomes: tuple[Code, ...] = ()
    group: Code | None = None


class Deduction(Dated):
    """`[[deduction]]`: what a cohort costs the provider where its rate is worse than the baseline."""

    outcome: Code
    amount_pence: Pence = Field(alias="amount")
    per: Literal["outcome_more", "cohort"] = "outcome_more"
    only_if_significant: bool = True


class Clawback(Dated):
    """`[[clawback]]`: a payment that goes back unless another outcome follows, or if an event does."""

    outcome: Code
    within_days: Days
    unless: Code | None = None
    event: Event | None = None


class Contract(Block):
    """One contract file."""

    standard: str
    header: Header = Field(alias="contract")
    outcomes: tuple[Outcome, ...] = Field(default=(), alias="outcome")
    volumes: tuple[Volume, ...] = Field(default=(), alias="volume")
    supply_chain: tuple[SupplyChainLink, ...] = ()
    minimum_wages: tuple[MinimumWage, ...] = Field(default=(), alias="minimum_wage")
    caps: tuple[Cap, ...] = Field(default=(), alias="cap")
    deductions: tuple[Deduction, ...] = Field(default=(), alias="deduction")
    clawbacks: tuple[Clawback, ...] = Field(default=(), alias="clawback")

    @property
    def id(self) -> str:
        """The contract's id, as claims name it."""
        return self.header.id
