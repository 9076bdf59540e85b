"""The terms of the outcome that a claim asks for, put beside the claim."""

import polars as pl

OUTCOME = ("contract_id", "outcome")
# What a rule that reads an outcome's terms declares of `outcomes` besides those terms.
VERSION = (*OUTCOME, "from_date", "to_date")
# Why a claim cannot be judged, in the words that coverage shows.
NOT_IN_TERMS = "the terms at hand do not have the contract or the outcome"
NO_CLIENT = "the claim names no client"


def in_force(on: str = "outcome_date", first: str = "from_date", last: str = "to_date") -> pl.Expr:
    """Tell of joined terms whether the date `on` lies from `first` to `last`, where null is open."""
    begun = pl.col(first).is_null() | (pl.col(first) <= pl.col(on))
    return begun & (pl.col(last).is_null() | (pl.col(on) <= pl.col(last)))


def with_terms(claims: pl.LazyFrame, outcomes: pl.LazyFrame, *, on: str = "outcome_date") -> pl.LazyFrame:
    """Add the terms of `outcomes` in force on the date `on` to each claim, and `in_terms`, never null.

    A claim whose contract or outcome the terms do not have keeps its row: it is no pass. Versions of one
    outcome follow each other without a gap, so that every other claim meets exactly one.
    """
    return (
        claims.join(outcomes.with_columns(in_terms=pl.lit(value=True)), on=OUTCOME, how="left")
        .filter(in_force(on))
        .drop("from_date", "to_date")
        .with_columns(pl.col("in_terms").fill_null(value=False))
    )
