"""How many of those who were put out would have to have reached an outcome for the rate to be the others'."""

from collections.abc import Sequence

import polars as pl

from pbr_audit.rule.only_contract import only_contract

# What a sum of quotients may be above the whole number that it is.
ROUNDING = 1e-9


def by_provider(cells: pl.DataFrame, counts: Sequence[str]) -> pl.DataFrame:
    """Return a row for each provider, sorted: its counts, and how many would reach it at the others' rates.

    `cells` has `contract_id`, `provider_id` and `counts`, among them `people`, those `put_out` of them,
    and of the rest those who `reached` an outcome. In each contract the others' rate is that of the
    people whom they counted; `at_others_rates` is the sum of people times rates, and null where a
    contract has no other provider, or nobody in it reached an outcome.
    """
    by_contract = cells.group_by("contract_id", "provider_id").agg(pl.col(counts).sum())
    counted, reached = pl.col("people") - pl.col("put_out"), pl.col("reached")
    others_reached = reached.sum().over("contract_id") - reached
    others = counted.sum().over("contract_id") - counted
    known = (reached.sum().over("contract_id") > 0) & (others > 0)
    usual = pl.when(known).then(pl.col("people") * others_reached / others)
    return (
        by_contract.sort("contract_id", "provider_id")
        .with_columns(at_others_rates=usual)
        .group_by("provider_id")
        .agg(
            pl.col(counts).sum(),
            at_others_rates=pl.when(pl.col("at_others_rates").is_not_null().all()).then(
                pl.col("at_others_rates").sum()
            ),
            contract_id=only_contract(),
        )
        .sort("provider_id")
    )


def with_tipping_points(places: pl.DataFrame) -> pl.DataFrame:
    """Add to rows of `by_provider` the rate as counted, with those put out in it, and the tipping point.

    `tipping_point` is the smallest number of those put out who would have to have reached an outcome for the
    rate with all of them to be no lower than the others'; null where even all would not do. `rate_counted`,
    `rate_with_them`, `others_rate` and it are null where there is nothing to compare.
    """
    counted, reached, out = pl.col("people") - pl.col("put_out"), pl.col("reached"), pl.col("put_out")
    usual = pl.col("at_others_rates")
    known = usual.is_not_null() & (counted > 0)
    # Whole people: the smallest k with reached + k no lower than what the others' rates would give.
    needed = (usual - ROUNDING).ceil().cast(pl.Int64) - reached
    told = places.with_columns(
        counted=counted,
        put_out_share=out / pl.col("people"),
        rate_counted=pl.when(known).then(reached / counted),
        rate_with_them=pl.when(known).then(reached / pl.col("people")),
        others_rate=pl.when(known).then(usual / pl.col("people")),
        tipping_point=pl.when(known & (needed <= out)).then(needed.clip(0)),
    )
    return told.drop("at_others_rates")
