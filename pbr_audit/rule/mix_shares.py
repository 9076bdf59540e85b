"""Shares of special rows held against other providers' in the same cells, as a statistical rule's rows."""

from collections.abc import Sequence

import polars as pl

from pbr_audit.rule.header import NotAssessable
from pbr_audit.rule.only_contract import only_contract
from pbr_audit.stats import clopper_pearson
from pbr_audit.stats.given_mix import share_given_mix
from pbr_audit.stats.peers import FEWEST_PEERS

KEY = ("provider_id",)


def shares_given_mix(
    counts: pl.DataFrame, cell: Sequence[str], *, least: int, what: str, below: bool = False
) -> pl.DataFrame:
    """Return a row for each provider, sorted, with its share against what its cells give.

    `counts` has `provider_id`, the columns of `cell`, `contract_id` (cells lie within a contract),
    `reached` and `size`. A provider with a `size` below `least` in all is null, and `why_not` says so of
    `what` (`clients in work`). Columns: `contract_id` where there is only one, `reached`, `size`,
    `share`, `peers_share` (usual for its cells), `peers_spread` (a standard deviation of honest
    providers' shares), `effect`, the difference of shares, with the exact limits of the share less
    `peers_share`, `excess_claims` with its error, `p_value`, `smallest_seen`, `providers_compared`.
    With `below` the spread of honest shares is learnt in the middle and on the unpaid side.
    NotAssessable where fewer than 10 providers have enough.
    """
    within = [*KEY, "contract_id", *cell]
    counted = counts.group_by(within).agg(pl.col("reached", "size").sum()).sort(within)
    rows = counted.group_by(KEY).agg(pl.col("reached", "size").sum(), only_contract()).sort(KEY)
    enough = pl.col("size") >= least
    comparable = rows.filter(enough)["provider_id"].n_unique()
    if comparable < FEWEST_PEERS:
        raise NotAssessable(
            f"{comparable} providers have {least} {what} or more; at least {FEWEST_PEERS} are needed to tell "
            "what is usual"
        )
    numbers = counted.select(
        provider=pl.struct(KEY).rank("dense") - 1, cell=pl.struct("contract_id", *cell).rank("dense") - 1
    )
    found = share_given_mix(
        numbers["provider"], numbers["cell"], counted["reached"], counted["size"], least=least, below=below
    )
    low, high = clopper_pearson(rows["reached"], rows["size"])
    told = {
        "peers_share": found.share,
        "peers_spread": found.spread,
        "effect_low": low - found.share,
        "effect_high": high - found.share,
        "p_value": found.p_value,
        "smallest_seen": found.smallest_seen,
        "excess_error": rows["size"].to_numpy() * found.error,
        "excess_df": found.df,
    }
    rows = rows.with_columns(
        *(pl.Series(name, values).fill_nan(None) for name, values in told.items()),
        share=pl.col("reached") / pl.col("size"),
        providers_compared=pl.lit(comparable),
        why_not=pl.when(~enough).then(pl.lit(f"the provider has fewer than {least} {what}")),
    )
    effect = pl.col("share") - pl.col("peers_share")
    return rows.with_columns(effect=effect, excess_claims=effect * pl.col("size"))
