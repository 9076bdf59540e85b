"""Clients who started long enough ago to have reached an outcome, and whether they did.

Everybody who started counts, whatever became of them: a provider that excludes its failures has the same rate
as one that does not.
"""

import polars as pl

from pbr_audit.rule.draws import Draws
from pbr_audit.rule.view import View

# Outcomes that some clients reach and others do not; everybody is attached, and a cohort is no client.
REACHED_BY_SOME = ("milestone", "sustainment")
# What a client brings along: of these a rate is expected. Null is a level of its own.
MIX = ("group", "area", "risk_tenth", "start_year")
# What a rule needs of each table; `submitted_date` says how far the data go.
CLIENTS = ("client_id", "contract_id", "provider_id", "start_date")
CLIENTS_MIX = ("group", "area", "risk_score")
CLAIMS = ("client_id", "contract_id", "outcome", "outcome_date", "submitted_date")
OUTCOMES = ("contract_id", "outcome", "kind", "window_high_days", "business_days", "claim_within_days")
BY_SUBMISSION = {"claims": ("submitted_date",)}


def starters(view: View, *, follow_up_days: int, late_days: int) -> pl.LazyFrame:
    """Return a row for each client and outcome of its contract whose time to be reached and claimed is over.

    All columns of the rule's clients, `outcome`, `risk_tenth` (0 to 9), `start_year`, and `reached`: a live
    claim dated by the end of the outcome's window, after the start by the longest that its terms ever had, or
    of `follow_up_days` where they have none. Claims may come in as late as the terms allow, `late_days`
    where they do not say. Clients without a start are left out; the audit's day is the last on which
    anything was submitted, where the run has none.
    """
    first = view.claims.group_by("client_id", "contract_id", "outcome").agg(
        reached_on=pl.col("outcome_date").min()
    )
    due = _due(view, follow_up_days, late_days)
    day = (pl.col("start_date") + pl.duration(days="window_days")).cast(pl.Date)
    score = (pl.col("risk_score") * 10).floor().clip(0, 9).cast(pl.Int8)
    return (
        view.clients.filter(pl.col("start_date").is_not_null())
        .join(due, on="contract_id", how="inner")
        .filter(pl.col("start_date") <= pl.col("started_by"))
        .join(first, on=["client_id", "contract_id", "outcome"], how="left")
        .with_columns(
            reached=(pl.col("reached_on") <= day).fill_null(value=False),
            risk_tenth=score,
            start_year=pl.col("start_date").dt.year(),
        )
        .drop("reached_on", "window_days", "started_by", "risk_score", "start_date")
    )


def _due(view: View, follow_up_days: int, late_days: int) -> pl.LazyFrame:
    """Return for each outcome its window in days, and the last start whose window and claims are over."""
    as_of = pl.LazyFrame({"as_of": [view.as_of]}, schema={"as_of": pl.Date})
    if view.as_of is None:
        as_of = view.distinct_claims.select(as_of=pl.col("submitted_date").max())
    # A week of business days is a week; holidays make it no longer than a fortnight more.
    business = pl.col("business_days").fill_null(value=False)
    window, late = (
        pl.when(business).then(pl.col(name) * 7 // 5 + 14).otherwise(name)
        for name in ("window_high_days", "claim_within_days")
    )
    return (
        view.outcomes.filter(pl.col("kind").is_in(REACHED_BY_SOME))
        .group_by("contract_id", "outcome")
        .agg(
            window_days=window.fill_null(follow_up_days).max(),
            late_days=late.fill_null(late_days).max(),
        )
        .join(as_of, how="cross")
        .select(
            "contract_id",
            "outcome",
            "window_days",
            started_by=(pl.col("as_of") - pl.duration(days=pl.col("window_days") + pl.col("late_days"))).cast(
                pl.Date
            ),
        )
    )


def claimed_besides(view: View, rows: pl.LazyFrame, share: float, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims and, besides, one for each drawn client of `rows` without the outcome.

    `rows` as `starters` gives them. On the day of the start, so that it falls into every window.
    """
    failed = rows.filter(~pl.col("reached")).sort("client_id", "contract_id", "outcome").collect()
    drawn = failed.filter(pl.Series(rng.random(failed.height)) < share)
    starts = view.clients.select("client_id", "contract_id", outcome_date="start_date").collect()
    besides = drawn.join(starts, on=["client_id", "contract_id"], how="left").select(
        "client_id",
        "contract_id",
        "outcome",
        "outcome_date",
        claim_id=pl.concat_str(pl.lit("besides-"), "client_id", pl.lit("-"), "outcome"),
        submitted_date="outcome_date",
    )
    return {"claims": pl.concat([view.claims.collect(), besides], how="diagonal")}
