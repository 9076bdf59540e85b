"""Rows and pence at the first seam: what was read was accepted or rejected, or the run stops."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import polars as pl

from pbr_audit.errors import Exit, PbrAuditError

AMOUNT = "amount_pence"
CONTRACT = "contract_id"
# Where no contract says in which currency an amount is.
NO_CURRENCY = ""
Pence = Mapping[str, int]


class IncompleteError(PbrAuditError):
    """Rows or pence went missing inside the program: a fault of the program, never of the data."""

    exit_code = Exit.NOT_FULLY_AUDITABLE


@dataclass(frozen=True)
class Tally:
    """Rows, and pence by currency where the table has an amount."""

    rows: int = 0
    pence: Pence | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Add rows to rows and each currency to its own."""
        return Tally(self.rows + other.rows, _added(self.pence, other.pence))


@dataclass(frozen=True)
class Counts:
    """What became of a table's rows and of the pence in its `amount`, by currency; None without that column.

    An amount that is missing or cannot be read counts as a row and as no pence; `unreadable_amounts` says how
    many hold something that is no amount. What was read is counted before the rows are split, the rest from
    the rows as they are kept.

    Of the rejected, `beside` are notes and totals that stand beside the table, and `replaced` are rows for
    which a corrected row was read: neither leaves a gap, so neither counts in the share.
    """

    table: str
    read: int
    accepted: int
    rejected: int
    read_pence: Pence | None
    accepted_pence: Pence | None
    rejected_pence: Pence | None
    unreadable_amounts: int
    beside: int = 0
    replaced: int = 0

    @property
    def left(self) -> int:
        """Rejected rows of the table for which no corrected row was read."""
        return self.rejected - self.beside - self.replaced

    @property
    def rejected_share(self) -> float:
        """Rejected rows that are left as a share of the table's, each counted once; 0 for an empty one."""
        rows = self.accepted + self.left
        return self.left / rows if rows else 0.0

    def assert_complete(self) -> None:
        """Raise IncompleteError unless read = accepted + rejected, in rows and in each currency's pence."""
        if self.read != self.accepted + self.rejected:
            raise IncompleteError(
                f"{self.table}: {self.accepted} rows accepted and {self.rejected} rejected are not the "
                f"{self.read} that were read; this is a fault of the program, please report it"
            )
        kept = _added(self.accepted_pence, self.rejected_pence)
        if _without_zeros(self.read_pence) != _without_zeros(kept):
            raise IncompleteError(
                f"{self.table}: the pence accepted and rejected do not add up to the pence read; "
                "this is a fault of the program, please report it"
            )


@dataclass(frozen=True)
class Currencies:
    """The currency of each contract. Amounts of different currencies are never added together."""

    by_contract: Mapping[str, str]

    def tally(self, typed: pl.DataFrame) -> Tally:
        """Count the rows and add up the amounts of typed rows."""
        if AMOUNT not in typed.columns:
            return Tally(typed.height)
        currencies = set(self.by_contract.values())
        if len(currencies) <= 1 or CONTRACT not in typed.columns:
            only = next(iter(currencies)) if len(currencies) == 1 else NO_CURRENCY
            return Tally(typed.height, {only: exact_sum(typed[AMOUNT])})
        sums = typed.group_by(CONTRACT).agg(pl.col(AMOUNT).cast(pl.Int128).sum())
        pence: dict[str, int] = {}
        for contract, amount in sums.iter_rows():
            currency = self.by_contract.get(contract, NO_CURRENCY)
            pence[currency] = pence.get(currency, 0) + amount
        return Tally(typed.height, pence)


def exact_sum(pence: pl.Series) -> int:
    """Add up in 128 bits: a column of the largest amounts would wrap round in 64."""
    return int(pence.cast(pl.Int128).sum())


def total(tallies: list[Tally]) -> Tally:
    """Add tallies up; no tallies are no rows."""
    return reduce(Tally.__add__, tallies, Tally())


def _added(one: Pence | None, other: Pence | None) -> Pence | None:
    if one is None or other is None:
        return one if other is None else other
    return {currency: one.get(currency, 0) + other.get(currency, 0) for currency in sorted({*one, *other})}


def _without_zeros(pence: Pence | None) -> Pence:
    return {currency: amount for currency, amount in (pence or {}).items() if amount}
