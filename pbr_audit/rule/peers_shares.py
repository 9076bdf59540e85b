"""Shares of special claims (a period's last days, Sundays) held against the peers' spread, as a rule's rows.

What several rules on dates have in common: counts by provider and cell go in, a row for each provider comes
out, with the columns of a statistical rule.
"""

import polars as pl

from pbr_audit.rule import pictures
from pbr_audit.rule.header import NotAssessable
from pbr_audit.rule.only_contract import only_contract
from pbr_audit.stats.peers import FEWEST_PEERS
from pbr_audit.stats.shares_against_honest import shares_against_honest_ones
from pbr_audit.stats.shares_against_peers import shares_against_peers

Names = tuple[str, ...]
KEY = ("provider_id",)
# A picture is drawn of what may become a finding, and of nothing else.
TOLD = 0.05


def shares_as_rows(
    counts: pl.DataFrame,
    *,
    cell: Names,
    wide: Names,
    least: int,
    what: str,
    most_df: float = 10.0,
    below: bool = False,
) -> pl.DataFrame:
    """Return a row for each provider, sorted, with its share against the other providers'.

    `counts` has a row, or several, for each provider and cell: `contract_id`, `provider_id`, the columns of
    `cell` and `wide` (the wider cell), `reached` and `size`. A provider with a `size` below `least` in all is
    null, and `why_not` says so of `what` (`outcomes`). Columns: `contract_id` where there is only one,
    `reached`, `size`, `share`, `peers_share`, `peers_spread` (a standard deviation of shares), `clumping`,
    `effect` (a difference of shares) with its limits, `excess_claims`, `excess_error`, `excess_df`,
    `p_value`, `smallest_seen`, `providers_compared`. `most_df` are the degrees of freedom that the tails of
    honest shares are taken to have; with `below` these and the spread are learnt in the middle and on the
    unpaid side. NotAssessable where fewer than 10 providers have enough.
    """
    by_cell = counts.group_by(sorted({*KEY, *cell, *wide})).agg(pl.col("reached", "size").sum())
    rows = by_cell.group_by(KEY).agg(pl.col("reached", "size").sum()).sort(KEY)
    contracts = counts.group_by(KEY).agg(only_contract())
    rows = rows.join(contracts, on=KEY, how="left", maintain_order="left")
    enough = pl.col("size") >= least
    providers = rows.filter(enough)["provider_id"].n_unique()
    if providers < FEWEST_PEERS:
        raise NotAssessable(
            f"{providers} providers have {least} {what} or more; at least {FEWEST_PEERS} are needed to tell "
            "what is usual"
        )
    numbered = by_cell.join(rows.select(KEY).with_row_index("subject"), on=KEY, how="left").sort(
        "subject", *cell
    )
    counted = (
        numbered["subject"],
        numbered["provider_id"].rank("dense"),
        (_number(numbered, cell), _number(numbered, wide)),
        numbered["reached"],
        numbered["size"],
    )
    found = (
        shares_against_honest_ones(*counted, least=least)
        if below
        else shares_against_peers(*counted, least=least, most_df=most_df)
    )
    told = {
        "peers_share": found.share,
        "peers_spread": found.spread,
        "clumping": found.clumping,
        "effect": found.effect,
        "effect_low": found.low,
        "effect_high": found.high,
        "excess_claims": found.excess,
        "excess_error": found.excess_error,
        "excess_df": found.df,
        "p_value": found.p_value,
        "smallest_seen": found.seen,
    }
    return rows.with_columns(
        *(pl.Series(name, values).fill_nan(None) for name, values in told.items()),
        share=pl.col("reached") / pl.col("size"),
        providers_compared=pl.lit(providers),
        why_not=pl.when(~enough).then(pl.lit(f"the provider has fewer than {least} {what}")),
    )


def with_funnels(rows: pl.DataFrame, *, x: str, y: str) -> pl.DataFrame:
    """Add `picture` to rows of `shares_as_rows` with `flagged`: a funnel where it may become a finding.

    `x` and `y` say what the sizes and the shares are of. Providers with too few rows are not drawn.
    """
    drawn = rows.filter(pl.col("p_value").is_not_null())
    told = drawn.with_row_index("place").filter(pl.col("flagged"), pl.col("p_value") <= TOLD)
    sizes, shares = (pictures.shown([] if told.is_empty() else drawn[name]) for name in ("size", "share"))
    funnels = [
        pictures.funnel(
            sizes,
            shares,
            row["place"],
            row["peers_share"],
            (row["peers_share"] * (1 - row["peers_share"]) * row["clumping"]) ** 0.5,
            spread_sd=row["peers_spread"],
            x=x,
            y=y,
        )
        for row in told.iter_rows(named=True)
    ]
    return rows.join(
        told.select(KEY).with_columns(picture=pl.Series(funnels, dtype=pl.String)),
        on=KEY,
        how="left",
        maintain_order="left",
    )


def _number(frame: pl.DataFrame, names: Names) -> pl.Series:
    return frame.select(pl.struct(names).rank("dense")).to_series()
