"""What lies behind a provider's refusals: sizes that describe them, and what the reasons given explain.

Both are of referrals with the columns `place` (a provider, numbered), `provider_id`, `stratum`,
`risk_score`, `accepted`, `reason` and `away`, the score less its stratum's mean, and with the covariates that
audit.toml names, if any. None of it is a test.
"""

import polars as pl

from pbr_audit.rule import pictures
from pbr_audit.rule.covariates import describe_covariates, design, lines_of
from pbr_audit.stats.acceptance import acceptance
from pbr_audit.stats.chosen import chosen, distance
from pbr_audit.stats.exact import normal_lower_tail
from pbr_audit.stats.root_scale import ERROR_OF_THIRDS
from pbr_audit.stats.selection import selection

# Peers' refusals for one reason that show how hard people refused for it are.
LEAST_OF_A_REASON = 20
REFUSALS = {
    "place": pl.UInt32(),
    "easier": pl.Float64(),
    "easier_low": pl.Float64(),
    "easier_high": pl.Float64(),
    "against_zero_p": pl.Float64(),
    "distance": pl.Float64(),
    "odds_ratio": pl.Float64(),
    "odds_ratio_low": pl.Float64(),
    "odds_ratio_high": pl.Float64(),
    "auc": pl.Float64(),
    "hardest_fifth_referred": pl.Int64(),
    "hardest_fifth_accepted": pl.Int64(),
    "easier_mix_outcomes": pl.Float64(),
}


def describe_refusals(rows: pl.DataFrame, seed: int) -> dict[str, object]:
    """Return the sizes of the selection at one place, under the names in REFUSALS and those of covariates.

    Differences are in standard deviations of the referred, positive where those accepted are easier;
    `against_zero_p` is of no selection at all. The successes that the easier mix gives are those of the
    accepted beyond as many drawn from all who were referred, were the score the probability to fail.
    """
    risk, accepted = rows["risk_score"], rows["accepted"]
    found = selection([0] * rows.height, rows["stratum"], risk, accepted)
    lines = lines_of(rows)
    size = chosen(rows["stratum"], design(lines), accepted, seed=seed)
    model = acceptance(size.away[:, :1], accepted)
    hardest = risk.rank("ordinal", descending=True) * 5 <= rows.height
    return {
        "place": rows["place"][0],
        "easier": -found.difference[0],
        "easier_low": -size.high[0],
        "easier_high": -size.low[0],
        "against_zero_p": normal_lower_tail(found.difference / found.variance**0.5)[0],
        "distance": distance(risk, accepted),
        "odds_ratio": model.odds_ratio[0],
        "odds_ratio_low": model.low[0],
        "odds_ratio_high": model.high[0],
        "auc": model.auc,
        "hardest_fifth_referred": hardest.sum(),
        "hardest_fifth_accepted": accepted.filter(hardest).sum(),
        "easier_mix_outcomes": -float(found.difference[0] * found.sd[0] * found.accepted[0]),
        **(describe_covariates(lines, size, accepted) if len(lines) > 1 else {}),
    }


def picture_of_gaps(judged: pl.DataFrame, place: int, people: str = "people decided on") -> str:
    """Return the gaps of all providers by how many `people` were decided on, with one of them set off.

    `judged` has a row for each place, with `accepted`, `refused`, `gap`, `peers_gap` and `peers_spread`.
    """
    shown = judged.filter(pl.col("gap").is_not_null())
    own = shown.row(by_predicate=pl.col("place") == place, named=True)
    return pictures.funnel(
        shown["accepted"] + shown["refused"],
        shown["gap"],
        shown["place"].index_of(place) or 0,
        own["peers_gap"],
        ERROR_OF_THIRDS,
        spread_sd=own["peers_spread"],
        x=people,
        y="gap between the others and the hardest (root scale)",
    )


def reasons_explain(rows: pl.DataFrame) -> pl.DataFrame:
    """Return for each place the share of its refusals' excess risk that the reasons given explain.

    A reason explains as much as people whom others refused for it were harder than those around them; one
    that others hardly give, and none at all (empty), explain what any refusal does.
    """
    n, away, given = pl.col("n"), pl.col("away"), pl.col("reason") != ""
    theirs = n.sum().over("reason") - n.sum().over("reason", "provider_id")
    of_reason = (away.sum().over("reason") - away.sum().over("reason", "provider_id")) / theirs
    usual = (away.sum() - away.sum().over("provider_id")) / (n.sum() - n.sum().over("provider_id"))
    return (
        rows.filter(~pl.col("accepted"))
        .group_by("place", "provider_id", "reason")
        .agg(n=pl.len().cast(pl.Int64), away=away.sum())
        .sort("place", "reason")
        .with_columns(
            usual=usual,
            expected=pl.when(given & (theirs >= LEAST_OF_A_REASON)).then(of_reason).otherwise(usual),
        )
        .group_by("place")
        .agg(
            excess=(away - n * pl.col("usual")).sum(),
            explained=(n * (pl.col("expected") - pl.col("usual"))).sum(),
        )
        .select(
            "place",
            reasons_explain=pl.when(pl.col("excess") > 0).then(
                (pl.col("explained") / pl.col("excess")).clip(0, 1)
            ),
        )
    )
