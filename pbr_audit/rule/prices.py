"""The price that a contract has in force for a claim: the one place where prices are looked up.

Exactly one price applies on an outcome's date; a price for the client's group beats one without a group; the
first and the last day are included (the standard, "Prices").
"""

from collections.abc import Mapping

import polars as pl

from pbr_audit.rule.terms_of import NOT_IN_TERMS, OUTCOME
from pbr_audit.rule.view import View

# What a rule declares besides its claims, which have contract, client, outcome and outcome date.
PRICE_TERMS: Mapping[str, tuple[str, ...]] = {
    "outcomes": OUTCOME,
    "prices": (*OUTCOME, "price_pence", "group", "from_date", "to_date", "per"),
}
PRICE_FACTS: Mapping[str, tuple[str, ...]] = {
    "clients": ("client_id", "group"),
    "volumes": (*OUTCOME, "from_date", "to_date", "bands"),
}
NO_GROUP = "the price goes by the client's group, which is not known"
# A run of days on which nothing in an outcome's prices and bands changes, known by its first day.
RUN = (*OUTCOME, "since")
# More days than any date has since the epoch: a number times this, and a day, do not run together.
DAYS_APART = 1 << 23
# Shares are held in millionths, so that the product with pence is exact and a half penny is a half penny.
MILLION = 1_000_000


def with_price(
    claims: pl.LazyFrame,
    view: View,
    *,
    groups: pl.LazyFrame | None = None,
    dated: pl.LazyFrame | None = None,
) -> pl.LazyFrame:
    """Add the price in force to each claim; claims of outcomes that are not paid by the claim are left out.

    `claims` are rows of `view.claims`, or of another table with contract, client, outcome and date, which is
    then `dated` too; `groups` has `client_id` and the `group` whose price is looked up, and
    is the table of clients where it is left out. Added: `price_pence`, null where there is none or it is
    open; `price_open`, why it is open, else null; `band_factors`, those of volume bands on that day in
    millionths, null where there are none (see `band_prices_pence`); and `group`.
    """
    if groups is None:
        groups = view.clients.select("client_id", "group")
    if dated is None:
        dated = view.claims
    prices = view.prices.filter(per="claim")
    bands = _bands(view.volumes)
    # Claims meet the terms by numbers, which are several times quicker to join on than texts.
    runs = _runs(view.outcomes, prices, bands)
    outcomes = runs.select(OUTCOME).unique(maintain_order=True).with_row_index("outcome_number")
    in_force = _in_force(runs, prices)
    named = in_force.filter(pl.col("group").is_not_null()).select("run", "group", named_pence="price_pence")
    by_run = (
        runs.join(_without_group(in_force), on="run", how="left")
        .join(_in_force(runs, bands).group_by("run").agg(band_factors="factor"), on="run", how="left")
        .join(_per_claim(view.prices), on=OUTCOME, how="left")
        .drop(RUN)
    )
    by_day = _days(dated.join(outcomes, on=OUTCOME, how="inner"), runs.join(outcomes, on=OUTCOME))
    return (
        claims.join(outcomes, on=OUTCOME, how="left")
        .with_columns(day=_day())
        .join(by_day.join(by_run, on="run", how="left"), on="day", how="left")
        .filter(pl.col("per_claim").is_null() | pl.col("per_claim"))
        .join(groups, on="client_id", how="left")
        .join(named, on=["run", "group"], how="left")
        .with_columns(price_pence=_price(), price_open=_open())
        .drop("outcome_number", "day", "run", "general_pence", "by_group", "only_pence")
        .drop("per_claim", "named_pence")
    )


def band_prices_pence() -> pl.Expr:
    """Return what the factors of volume bands make of a claim's price; null where there are none.

    A list for each row is dear: ask for those rows alone that do not have the price itself.
    """
    return _rounded(pl.col("price_pence") * pl.col("band_factors"))


def share_of(pence: pl.Expr, share: pl.Expr) -> pl.Expr:
    """Return a share of an amount to the nearest penny, a half upwards; `share` counts to six decimals."""
    return _rounded(pence * _millionths(share))


def _millionths(share: pl.Expr) -> pl.Expr:
    return (share * MILLION).round().cast(pl.Int64)


def _rounded(pence_in_millionths: pl.Expr) -> pl.Expr:
    return (pence_in_millionths + MILLION // 2) // MILLION


def _bands(volumes: pl.LazyFrame) -> pl.LazyFrame:
    """Return the factors of the volume bands that are not 1, in millionths, one row each."""
    return (
        volumes.explode("bands")
        .select(
            *OUTCOME,
            "from_date",
            "to_date",
            factor=_millionths(pl.col("bands").struct.field("price_factor")),
        )
        .filter(pl.col("factor") != MILLION)
    )


def _runs(outcomes: pl.LazyFrame, *dated: pl.LazyFrame) -> pl.LazyFrame:
    """Return the first day of each run, for every outcome of the terms; the first run has no beginning.

    `run` numbers them in order, so that of an outcome's runs the later one has the greater number.
    """
    starts = [outcomes.select(*OUTCOME, since=pl.date(1, 1, 1))]
    for terms in dated:
        starts.append(terms.select(*OUTCOME, since="from_date"))
        starts.append(terms.select(*OUTCOME, since=pl.col("to_date") + pl.duration(days=1)))
    return pl.concat(starts).drop_nulls("since").unique().sort(RUN).with_row_index("run")


def _in_force(runs: pl.LazyFrame, terms: pl.LazyFrame) -> pl.LazyFrame:
    """Return each run with every row of `terms` in force on it, both ends included."""
    begun = pl.col("from_date").is_null() | (pl.col("from_date") <= pl.col("since"))
    not_ended = pl.col("to_date").is_null() | (pl.col("since") <= pl.col("to_date"))
    return runs.join(terms, on=OUTCOME, how="inner").filter(begun & not_ended)


def _day() -> pl.Expr:
    """Return an outcome and a day as one number; null where the terms lack the outcome."""
    return pl.col("outcome_number").cast(pl.Int64) * DAYS_APART + pl.col("outcome_date").to_physical()


def _days(claims: pl.LazyFrame, runs: pl.LazyFrame) -> pl.LazyFrame:
    """Return the run that each day on which an outcome is claimed lies in."""
    return (
        claims.select("outcome_number", "outcome_date", day=_day())
        .unique("day")
        .join(runs, on="outcome_number", how="inner")
        .filter(pl.col("since") <= pl.col("outcome_date"))
        .group_by("day")
        .agg(pl.col("run").max())
    )


def _without_group(prices: pl.LazyFrame) -> pl.LazyFrame:
    """Return by run the price without a group, whether groups matter, and the price if there is only one."""
    grouped = pl.col("group").is_not_null()
    return prices.group_by("run").agg(
        general_pence=pl.col("price_pence").filter(~grouped).first(),
        by_group=grouped.any(),
        only_pence=pl.when(pl.col("price_pence").n_unique() == 1).then(pl.col("price_pence").first()),
    )


def _per_claim(prices: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each outcome with prices whether any of them is paid by the claim."""
    return prices.group_by(OUTCOME).agg(per_claim=(pl.col("per") == "claim").any())


def _needs_group() -> pl.Expr:
    return pl.col("group").is_null() & pl.col("by_group")


def _price() -> pl.Expr:
    """Return the price in force, null where there is none or it is open; of unknown group, the only one."""
    return pl.when(_needs_group()).then("only_pence").otherwise(pl.coalesce("named_pence", "general_pence"))


def _open() -> pl.Expr:
    """Say why the terms, or the client's group, leave the price open."""
    return (
        pl.when(pl.col("run").is_null())
        .then(pl.lit(NOT_IN_TERMS))
        .when(_needs_group() & pl.col("only_pence").is_null())
        .then(pl.lit(NO_GROUP))
    )
