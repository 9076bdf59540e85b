"""What hole and pile say of each provider, as a table: for rules on measures that pay from a threshold on."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pbr_audit.rule import pictures
from pbr_audit.rule.around_threshold import people_by_bin
from pbr_audit.stats.frandsen import largest_bend
from pbr_audit.stats.hole_and_pile import Moved, moved_to_threshold, placebo_multiples
from pbr_audit.stats.peers import FEWEST_PEERS

NO_PLACEBO = "near the threshold there is no other multiple of a round number to compare it with"
FEW_PEOPLE = "too few people are expected just short of the threshold, or at it"
# A picture for rows whose p-value is no larger; confidence of the intervals.
PICTURED, CONFIDENCE = 0.05, 0.95
TOLD: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("near", "short", "at"), pl.Int64()),
    **dict.fromkeys(("share_at", "others_share_at"), pl.Float64()),
    **dict.fromkeys(("expected_short", "expected_at", "excess_claims", "excess_error"), pl.Float64()),
    **dict.fromkeys(("excess_df", "effect", "effect_low", "effect_high"), pl.Float64()),
    **dict.fromkeys(("over_expected_at", "hole_in_errors", "pile_in_errors"), pl.Float64()),
    **dict.fromkeys(("largest_honest_bend", "smallest_seen", "p_value"), pl.Float64()),
    **dict.fromkeys(("peers_spread_short", "peers_spread_at", "heap_spread"), pl.Float64()),
    "providers_compared": pl.Int64(),
    "picture": pl.String(),
    "why_not": pl.String(),
}


def gathered(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Return a row for each `key` of one series, sorted: counts, what was expected, and the test.

    `rows` have SERIES, `bin` and `people`; `provider_id` is of the key. `near` counts the people within one
    and a half units of the threshold, `short` those just short of it, `at` those in the first bin that is
    paid; `share_at` is `at` over `near`, and `others_share_at` that of other providers together. `effect` and
    `smallest_seen` are shares of the people expected just short. `p_value` is null where the row cannot be
    judged, and `why_not` says why. The columns are those of TOLD.
    """
    counts = people_by_bin(rows, key)
    bins = [int(name) for name in counts.columns[len(key) :]]
    unit, width, reach = (rows[name][0] for name in ("unit", "width", "reach"))
    if unit is None:
        return unjudged(counts.select(key), NO_PLACEBO)
    unit_bins, reach_bins = round(unit / width), round(reach / width)
    if not placebo_multiples(bins, threshold=0, unit=unit_bins, reach=reach_bins).size:
        return unjudged(counts.select(key), NO_PLACEBO)
    found = moved_to_threshold(
        counts.select(map(str, bins)).to_numpy(),
        bins,
        threshold=0,
        unit=unit_bins,
        reach=reach_bins,
        owner=counts["provider_id"].to_numpy(),
    )
    if found is None:
        providers = counts["provider_id"].n_unique()
        few = f"fewer than {FEWEST_PEERS} of {providers} providers have people enough around the threshold"
        return unjudged(counts.select(key), few)
    near = [one for one in bins if -reach_bins <= one < 0]
    told = _table(counts, key, bins, near, found)
    told = told.with_columns(picture=pl.Series(_pictures(counts, bins, rows, found), dtype=pl.String))
    return told.select(*key, *(pl.col(name).cast(dtype) for name, dtype in TOLD.items()))


def unjudged(rows: pl.DataFrame, why: str) -> pl.DataFrame:
    """Return rows with the columns of TOLD, of which `why_not` alone says anything."""
    told = {name: pl.lit(None, dtype=dtype) for name, dtype in TOLD.items()}
    return rows.with_columns(**told).with_columns(why_not=pl.lit(why))


def _table(
    counts: pl.DataFrame, key: Sequence[str], bins: Sequence[int], near: Sequence[int], found: Moved
) -> pl.DataFrame:
    low, high = found.interval(CONFIDENCE)
    at, below, above = (counts[str(one)].to_numpy() if one in bins else 0 for one in (0, -1, 1))
    figures = {
        "expected_short": found.predicted_short.round(1),
        "expected_at": found.predicted_at.round(1),
        "excess_claims": found.claims,
        "excess_error": found.error,
        "excess_df": found.df,
        "effect": found.claims / found.predicted_short,
        "effect_low": low / found.predicted_short,
        "effect_high": high / found.predicted_short,
        "over_expected_at": (found.claims / found.predicted_at).round(3),
        "hole_in_errors": found.hole.round(2),
        "pile_in_errors": found.pile.round(2),
        "largest_honest_bend": largest_bend(at, below, above).round(2),
        "smallest_seen": found.smallest_seen / found.predicted_short,
        "p_value": found.p_value,
    }
    spreads = {
        "peers_spread_short": found.spread_short,
        "peers_spread_at": found.spread_at,
        "heap_spread": found.spread_placebo,
    }
    told = counts.select(
        *key,
        near=pl.sum_horizontal(map(str, bins)),
        short=pl.sum_horizontal(map(str, near)),
        at=pl.col("0"),
    ).with_columns(
        *(pl.Series(name, values) for name, values in figures.items()),
        *(pl.lit(value).round(3).alias(name) for name, value in spreads.items()),
    )
    at_others, near_others = (
        pl.col(name).sum() - pl.col(name).sum().over("provider_id") for name in ("at", "near")
    )
    told = told.with_columns(
        share_at=(pl.col("at") / pl.col("near")).round(4), others_share_at=(at_others / near_others).round(4)
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
    judged = pl.col("p_value").is_not_null()
    return told.with_columns(
        why_not=pl.when(~judged).then(pl.lit(FEW_PEOPLE)),
        providers_compared=pl.lit(told.filter(judged)["provider_id"].n_unique()),
    )


def _pictures(
    counts: pl.DataFrame, bins: Sequence[int], rows: pl.DataFrame, found: Moved
) -> list[str | None]:
    """Return a histogram with what was expected for each row whose p-value is small."""
    series: dict[str, Any] = rows.row(0, named=True)
    sign = -1 if series["direction"] == "at_most" else 1
    # From low values to high ones; a bin in which nobody is has its place all the same.
    places = range(bins[0], bins[-1] + 1)[::sign]
    values = [series["threshold"] + sign * place * series["width"] for place in places]
    drawn: list[str | None] = []
    for row, p_value in enumerate(found.p_value):
        if not p_value <= PICTURED:
            drawn.append(None)
            continue
        people = dict(zip(bins, counts.row(row)[-len(bins) :], strict=True))
        expected = dict(zip(bins, found.counterfactual[row].round(2).tolist(), strict=True))
        drawn.append(
            pictures.histogram(
                values,
                [people.get(place, 0) for place in places],
                [expected.get(place, 0.0) for place in places],
                threshold=series["threshold"],
                unit=(series["measure"] or "measured value").replace("_", " "),
                paid=series["direction"],
            )
        )
    return drawn
