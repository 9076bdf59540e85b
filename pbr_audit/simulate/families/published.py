"""PBR902: published figures that cannot be."""

import numpy as np
import polars as pl

# At most this share of the published rows is touched, however many claims there are.
MOST_SHARE = 0.1
ABOVE, NO_MONTH, NEGATIVE = range(3)
NAMES = ("achieved above the cohort", "a month that does not exist", "negative count")


def performance_key(name: str = "subject_id") -> pl.Expr:
    """Return the key by which the truth names a published row."""
    return pl.concat_str("contract_id", "provider_id", "period", "outcome", separator="|").alias(name)


def impossible_figures(
    rng: np.random.Generator, performance: pl.DataFrame, acts: int, strength: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make some published rows impossible; return them all, and key and kind of those touched."""
    rows = performance.height
    chosen = np.sort(rng.permutation(rows)[: min(acts, int(rows * MOST_SHARE))])
    kind = np.full(rows, -1)
    kind[chosen] = rng.integers(0, len(NAMES), len(chosen))
    excess = 1 + (rng.exponential(5.0, rows) * strength).astype(np.int64)
    month = 13 + rng.integers(0, 3, rows)
    changed = performance.with_columns(kind=pl.Series(kind), excess=pl.Series(excess), month=pl.Series(month))
    changed = changed.with_columns(
        achieved=pl.when(pl.col("kind") == ABOVE)
        .then(pl.col("cohort_size") + pl.col("excess"))
        .when(pl.col("kind") == NEGATIVE)
        .then(-pl.col("excess"))
        .otherwise("achieved"),
        period=pl.when(pl.col("kind") == NO_MONTH)
        .then(pl.concat_str(pl.col("period").str.slice(0, 4), pl.lit("-"), pl.col("month").cast(pl.String)))
        .otherwise("period"),
    )
    touched = changed.filter(pl.col("kind") >= 0).select(
        performance_key(), pl.col("kind").replace_strict(dict(enumerate(NAMES)), return_dtype=pl.String)
    )
    return changed.select(performance.columns), touched
