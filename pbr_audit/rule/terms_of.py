"""The terms of the outcome that a claim asks for, put beside the claim."""

import polars as pl

OUTCOME = ("contract_id", "outcome")
# Why a claim cannot be judged, in the words that coverage shows.
NOT_IN_TERMS = "the terms at hand do not have the contract or the outcome"
NO_CLIENT = "the claim names no client"


def with_terms(claims: pl.LazyFrame, outcomes: pl.LazyFrame) -> pl.LazyFrame:
    """Add the columns of `outcomes` to each claim, and `in_terms`, which is true or false and never null.

    A claim whose contract or outcome the terms do not have keeps its row: it is no pass.
    """
    return claims.join(
        outcomes.with_columns(in_terms=pl.lit(value=True)), on=OUTCOME, how="left", validate="m:1"
    ).with_columns(pl.col("in_terms").fill_null(value=False))
