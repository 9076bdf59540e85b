"""Estimates in pounds: what the claims of a provider that are too many may have cost. Never on any claim.

An estimate is the excess of claims times the mean amount of the claims that it is among, less what other
rules put at risk on those claims already: what is counted once is not counted again.
"""

import polars as pl

from pbr_audit.rule import Rule

COUNTED = pl.col("counted_pence")
ROOM = pl.col("population_pence") - COUNTED


def with_estimates(
    rule: Rule, found: pl.DataFrame, amounts: pl.DataFrame, at_risk: pl.DataFrame, confidence: float
) -> pl.DataFrame:
    """Return the rows of an estimating rule, the claims of their population named, with their estimates.

    `amounts` (claim_id, amount_pence, currency) are of all claims named; `at_risk` (claim_id, amount_pence)
    what the rules that are not statistical put on claims, a claim perhaps several times. The limits are
    Student's t at `confidence`, which allows for the selection; estimate and limits lie between nothing and
    the population's amount less what is counted already. A population without claims, or in several
    currencies, has no estimate.
    """
    keys = list(rule.key)
    counted = at_risk.group_by("claim_id").agg(counted_pence=pl.col("amount_pence").max())
    population = (
        found.select(*keys, "claim_id")
        .drop_nulls("claim_id")
        .unique()
        .join(
            amounts.select("claim_id", pl.col("amount_pence").clip(lower_bound=0), "currency"), on="claim_id"
        )
        .join(counted, on="claim_id", how="left")
        .group_by(keys)
        .agg(
            population_claims=pl.len().cast(pl.Int64),
            population_pence=pl.col("amount_pence").sum(),
            counted_pence=pl.col("counted_pence").sum(),
            currencies=pl.col("currency").n_unique(),
        )
        .filter(pl.col("currencies") == 1)
        .drop("currencies")
    )
    mean = pl.col("population_pence") / pl.col("population_claims")
    margin = _widths(found["excess_df"], confidence) * pl.col("excess_error")
    return (
        found.drop("population_claims", "population_pence")
        .with_columns(margin=margin)
        .join(population, on=keys, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            estimate_pence=_less_counted(pl.col("excess_claims") * mean),
            low_pence=_less_counted((pl.col("excess_claims") - pl.col("margin")) * mean),
            high_pence=_less_counted((pl.col("excess_claims") + pl.col("margin")) * mean),
        )
        .drop("margin", "counted_pence")
    )


def _less_counted(pence: pl.Expr) -> pl.Expr:
    finite = pl.when(pence.is_finite()).then(pence)
    return (finite - COUNTED).clip(lower_bound=0, upper_bound=ROOM).round(0).cast(pl.Int64)


def _widths(degrees_of_freedom: pl.Series, confidence: float) -> pl.Series:
    """Return how many standard errors lie on either side, for each row's degrees of freedom."""
    from scipy.special import stdtrit  # noqa: PLC0415 - for statistical rules alone

    df = degrees_of_freedom.cast(pl.Float64).to_numpy()
    return pl.Series(stdtrit(df, (1 + confidence) / 2), dtype=pl.Float64).fill_nan(None)
