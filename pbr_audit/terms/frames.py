"""The terms as tables, for rules: names, types and what each contract gives.

Rows are sorted by contract, then in the order of its file. Money is Int64 pence, days are whole days,
an open end of a period is null. An outcome has a row for each version of its terms, of which exactly one is
in force on any day.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import polars as pl

from pbr_audit.terms.in_force import dated_prices, versions
from pbr_audit.terms.models import Contract

Row = tuple[Any, ...]

_TEXTS = pl.List(pl.String)
_BANDS = pl.List(pl.Struct({"up_to": pl.Int64, "price_factor": pl.Float64}))

TERMS_COLUMNS: dict[str, dict[str, pl.DataType]] = {
    "contracts": {
        "contract_id": pl.String(),
        "title": pl.String(),
        "prime_id": pl.String(),
        "start_date": pl.Date(),
        "end_date": pl.Date(),
        "currency": pl.String(),
        "cap_pence": pl.Int64(),
    },
    "outcomes": {
        "contract_id": pl.String(),
        "outcome": pl.String(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
        "label": pl.String(),
        "kind": pl.String(),
        "measure": pl.String(),
        "threshold": pl.Float64(),
        "threshold_of_baseline": pl.Boolean(),
        "direction": pl.String(),
        "window_low_days": pl.Int64(),
        "window_high_days": pl.Int64(),
        "business_days": pl.Boolean(),
        "claim_after_days": pl.Int64(),
        "claim_within_days": pl.Int64(),
        "requires": _TEXTS,
        "max_per_client": pl.Int64(),
        "interval_days": pl.Int64(),
        "evidence": _TEXTS,
        "evidence_within_days": pl.Int64(),
        "ineligible_during": _TEXTS,
        "claimable_after_end": pl.Boolean(),
        "minimum_contacts": pl.Int64(),
        "excludes": _TEXTS,
        "instead_of": _TEXTS,
        "baseline": pl.Float64(),
        "significance": pl.Float64(),
    },
    "prices": {
        "contract_id": pl.String(),
        "outcome": pl.String(),
        "price_pence": pl.Int64(),
        "group": pl.String(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
        "per": pl.String(),
    },
    "volumes": {
        "contract_id": pl.String(),
        "outcome": pl.String(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
        "allocation": pl.Int64(),
        "bands": _BANDS,
    },
    "supply_chain": {
        "contract_id": pl.String(),
        "subcontractor_id": pl.String(),
        "promised_share": pl.Float64(),
        "rate": pl.Float64(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
    },
    "caps": {
        "contract_id": pl.String(),
        "per": pl.String(),
        "cap_pence": pl.Int64(),
        "outcomes": _TEXTS,
        "group": pl.String(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
    },
    "deductions": {
        "contract_id": pl.String(),
        "outcome": pl.String(),
        "deduction_pence": pl.Int64(),
        "per": pl.String(),
        "only_if_significant": pl.Boolean(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
    },
    "clawbacks": {
        "contract_id": pl.String(),
        "outcome": pl.String(),
        "within_days": pl.Int64(),
        "unless": pl.String(),
        "event": pl.String(),
        "from_date": pl.Date(),
        "to_date": pl.Date(),
    },
}


def terms_frames(contracts: Iterable[Contract]) -> dict[str, pl.LazyFrame]:
    """Return all tables of the terms; those that nothing fills are empty, and typed all the same."""
    ordered = sorted(contracts, key=lambda contract: contract.id)
    return {
        table: _frame(table, [row for contract in ordered for row in rows(contract)])
        for table, rows in _ROWS.items()
    }


def _frame(table: str, rows: list[Row]) -> pl.LazyFrame:
    return pl.DataFrame(rows, schema=TERMS_COLUMNS[table], orient="row").lazy() if rows else _empty(table)


@cache
def _empty(table: str) -> pl.LazyFrame:
    return pl.LazyFrame(schema=TERMS_COLUMNS[table])


def _contract_rows(contract: Contract) -> Iterator[Row]:
    header = contract.header
    yield (
        header.id,
        header.title,
        header.prime_id,
        header.start_date,
        header.end_date,
        header.currency,
        header.cap_pence,
    )


def _outcome_rows(contract: Contract) -> Iterator[Row]:
    for version in (version for outcome in contract.outcomes for version in versions(contract, outcome)):
        outcome = version.outcome
        low_days, high_days = outcome.window_days or (None, None)
        yield (
            contract.id,
            outcome.code,
            version.from_date,
            version.to_date,
            outcome.label,
            outcome.kind,
            outcome.measure,
            outcome.threshold,
            outcome.threshold_of_baseline,
            outcome.direction,
            low_days,
            high_days,
            outcome.business_days,
            outcome.claim_after_days,
            outcome.claim_within_days,
            list(outcome.requires),
            outcome.effective_max_per_client,
            outcome.interval_days,
            list(outcome.evidence),
            outcome.evidence_within_days,
            list(outcome.ineligible_during),
            outcome.claimable_after_end,
            outcome.minimum_contacts,
            list(outcome.excludes),
            list(outcome.instead_of),
            outcome.baseline,
            outcome.significance,
        )


def _price_rows(contract: Contract) -> Iterator[Row]:
    for outcome in contract.outcomes:
        for price in dated_prices(contract, outcome):
            yield (
                contract.id,
                outcome.code,
                price.amount_pence,
                price.group,
                price.from_date,
                price.to_date,
                price.per,
            )


def _volume_rows(contract: Contract) -> Iterator[Row]:
    for volume in contract.volumes:
        bands = [band.model_dump() for band in volume.bands]
        yield contract.id, volume.outcome, volume.from_date, volume.to_date, volume.allocation, bands


def _supply_chain_rows(contract: Contract) -> Iterator[Row]:
    for link in contract.supply_chain:
        yield (
            contract.id,
            link.subcontractor_id,
            link.promised_share,
            link.rate,
            link.from_date,
            link.to_date,
        )


def _cap_rows(contract: Contract) -> Iterator[Row]:
    if contract.header.cap_pence is not None:
        yield contract.id, "contract", contract.header.cap_pence, [], None, None, None
    for cap in contract.caps:
        yield (
            contract.id,
            cap.per,
            cap.amount_pence,
            list(cap.outcomes),
            cap.group,
            cap.from_date,
            cap.to_date,
        )


def _deduction_rows(contract: Contract) -> Iterator[Row]:
    for deduction in contract.deductions:
        yield (
            contract.id,
            deduction.outcome,
            deduction.amount_pence,
            deduction.per,
            deduction.only_if_significant,
            deduction.from_date,
            deduction.to_date,
        )


def _clawback_rows(contract: Contract) -> Iterator[Row]:
    for clawback in contract.clawbacks:
        yield (
            contract.id,
            clawback.outcome,
            clawback.within_days,
            clawback.unless,
            clawback.event,
            clawback.from_date,
            clawback.to_date,
        )


_ROWS: Mapping[str, Callable[[Contract], Iterator[Row]]] = {
    "contracts": _contract_rows,
    "outcomes": _outcome_rows,
    "prices": _price_rows,
    "volumes": _volume_rows,
    "supply_chain": _supply_chain_rows,
    "caps": _cap_rows,
    "deductions": _deduction_rows,
    "clawbacks": _clawback_rows,
}
