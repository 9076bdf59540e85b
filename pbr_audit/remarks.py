"""What a reader has to know about a data set before its findings, in sentences that hold no data."""

from collections.abc import Iterator

import polars as pl

from pbr_audit.dataset import DataSet
from pbr_audit.terms import TERMS_COLUMNS, Terms
from pbr_audit.views import Tables


def remarks(dataset: DataSet, terms: Terms, tables: Tables, said: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the remarks on this data set, in a fixed order; `said` is what its readers had to say."""
    return (
        *dataset.skipped,
        *said,
        *_empty_tables(tables),
        *_unknown_to_the_terms(terms, tables),
    )


def _empty_tables(tables: Tables) -> Iterator[str]:
    for table, rows in tables.rows.items():
        if not rows and table not in TERMS_COLUMNS:
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


def _rows(count: int) -> str:
    return "1 row names" if count == 1 else f"{count:,} rows name"
