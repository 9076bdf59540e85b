"""The contract of what is asked about a provider as a whole, where there is only one."""

import polars as pl


def only_contract() -> pl.Expr:
    """Return `contract_id` of a group whose rows all have the same, null of one over several contracts."""
    same = pl.col("contract_id").n_unique() == 1
    return pl.when(same).then(pl.col("contract_id").first()).alias("contract_id")
