"""What a reader has to know about a data set before its findings, in sentences that hold no data."""

from collections.abc import Iterator

import polars as pl

from pbr_audit.dataset import DataSet
from pbr_audit.stats.rounded import looks_rounded, looks_rounded_pence
from pbr_audit.tables import TABLES
from pbr_audit.terms import Terms
from pbr_audit.validate import AUDITED
from pbr_audit.views import Tables

# Where an office publishes figures; what a provider asks for is a price's multiple by itself.
PUBLISHED = ("performance", "score_counts")


def remarks(dataset: DataSet, terms: Terms, tables: Tables, said: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the remarks on this data set, in a fixed order; `said` is what its readers had to say."""
    return (
        *dataset.skipped,
        *said,
        *_nothing_claimed(tables),
        *_empty_tables(tables),
        *_unknown_to_the_terms(terms, tables),
        *_rounded(tables),
    )


def _nothing_claimed(tables: Tables) -> Iterator[str]:
    """A data set of organisations and contracts alone may be meant so, or lack what was to be audited."""
    if tables.rows.get("supply_chain") and not any(table in tables.frames for table in AUDITED):
        yield (
            "there is no table of claims, results or published figures, so only the contracts' supply chains "
            "could be looked at; add the tables that were to be audited, if there are any"
        )


def _empty_tables(tables: Tables) -> Iterator[str]:
    for table, rows in tables.rows.items():
        if not rows and table in TABLES:
            yield f"{table}: holds no accepted rows; rules that need it are not assessable"


def _unknown_to_the_terms(terms: Terms, tables: Tables) -> Iterator[str]:
    """Claims on contracts and outcomes that no contract file defines: accepted, and not judged by them."""
    if "claims" not in tables.frames:
        return
    claims = tables.frames["claims"].select("contract_id", "outcome")
    if not terms.contracts:
        yield (
            "claims: there are no contract terms (contracts/*.toml), so no rule can hold a claim against its "
            "contract"
        )
        return
    names = {"contract_id": pl.String, "outcome": pl.String}
    known = pl.LazyFrame(sorted(terms.outcome_codes()), schema=names, orient="row")
    contracts = pl.LazyFrame({"contract_id": sorted(terms.currencies())}, schema={"contract_id": pl.String})
    strangers = claims.join(contracts, on="contract_id", how="anti")
    unknown = claims.join(known, on=["contract_id", "outcome"], how="anti")
    no_contract, no_outcome = (
        frame.item() for frame in pl.collect_all([strangers.select(pl.len()), unknown.select(pl.len())])
    )
    if no_contract:
        yield (
            f"claims: {_rows(no_contract)} a contract that no file in contracts/ describes; "
            "add its terms, or correct contract_id"
        )
    if no_outcome > no_contract:
        yield (
            f"claims: {_rows(no_outcome - no_contract)} an outcome that the contract's terms do not "
            "define; add the outcome to the contract's file, or correct the column outcome"
        )


def _rounded(tables: Tables) -> Iterator[str]:
    """Published figures that look rounded; a test would take the rounding's heaps for the providers'."""
    for table in PUBLISHED:
        if table not in tables.frames:
            continue
        given = tables.columns[table]
        columns = {
            column.typed_name: column
            for column in TABLES[table].columns.values()
            if column.typed_name in given and column.kind in {"integer", "money"}
        }
        frame = tables.frames[table].select(*columns).collect()
        for name, column in columns.items():
            is_money = column.kind == "money"
            unit = looks_rounded_pence(frame[name]) if is_money else looks_rounded(frame[name])
            if unit is not None:
                price = " (or are multiples of a price)" if is_money else ""
                yield (
                    f"{table}: all figures in {column.name} are multiples of {unit:,}, so they look "
                    f"rounded{price}; a test that takes them as exact may mislead"
                )


def _rows(count: int) -> str:
    return "1 row names" if count == 1 else f"{count:,} rows name"
