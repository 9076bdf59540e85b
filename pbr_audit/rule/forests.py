"""Intervals of the largest effects, as a picture for each row that may become a query."""

import polars as pl

from pbr_audit.rule import pictures

PICTURED, MOST_SHOWN = 0.05, 30


def with_forests(table: pl.DataFrame, *, x: str) -> pl.DataFrame:
    """Add `picture`: the largest effects of `table` with their limits, the row's own set off.

    `table` has a row for each provider, with `effect`, its limits, `p_value` and `flagged`; `x` says what the
    effect is. Null where the row cannot become a query.
    """
    shown = table.filter(pl.col("p_value").is_not_null()).sort("effect", descending=True).head(MOST_SHOWN)
    wanted = table.select((pl.col("flagged") & (pl.col("p_value") <= PICTURED)).fill_null(value=False))
    drawn = [
        pictures.forest(
            shown["provider_id"].to_list(),
            shown["effect"],
            shown["effect_low"],
            shown["effect_high"],
            x=x,
            marked=shown["provider_id"] == provider,
        )
        if want
        else None
        for want, provider in zip(wanted.to_series(), table["provider_id"], strict=True)
    ]
    return table.with_columns(picture=pl.Series(drawn, dtype=pl.String))
