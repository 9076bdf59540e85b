"""A provider accepts fewer of the hardest people referred to it than its peers' choices would have left.

What it flags
-------------
A provider that took on a far smaller share of the hardest third of those referred to it than of the others,
by more than honest providers differ in this. No amount is at risk.

Method
------
Referrals accepted or rejected whose risk score was made by the day of the decision. Each score is set
against the mean of the same provider's referrals of the same contract, calendar quarter, area and group, so
that neither a season nor a referrer's own mix counts. The third furthest above, in all of its contracts
together, is the hardest. The gap is asin√ of the share accepted of the others less asin√ of the share
accepted of the hardest, with Anscombe's correction; it is held against the gaps of the other providers,
their robust centre and their spread beyond chance (Paule and Mandel, deviates cut to 1.5), one-sided, by
Student's t with at most five degrees of freedom for what peers teach. The effect is the share of the
hardest third that peers' gaps would have left accepted, less the share accepted; below `least_effect` the
p-value is 1. Fewer than 10 comparable providers: not assessable; with 10 to 39 the rule screens, and clears
nobody.

Beside it stand, as description: the standardised mean difference of accepted and referred (`easier`) with a
bootstrap interval, its p-value against no selection at all, Wasserstein's distance, the odds for a standard
deviation of risk with the cross-fitted area under the curve, the hardest fifth, and the successes and
pounds (at what a client with a claim comes to) of the easier mix if the score is the probability to fail:
no estimate. `high`, with 40 providers and more, only where both halves of the time (cut at the contract's
median referral date) show it at 5 % and the reasons given for refusal explain less than `most_explained` of
it: as much as those whom others refused for the same reasons were harder. No reason explains nothing.

Of each covariate that `audit.toml` names for `referrals` (`covariates`), a number or the levels of a
category: the accepted less all referred in standard deviations within the same strata, with a bootstrap
interval, and its odds in one model with the risk score, with its cross-fitted area under the curve. No odds
with fewer than ten accepted or refused for each column, or where they tell the two apart without error;
levels of fewer than ten people are taken together. The test is of the risk score alone.

Example
-------
Of the 80 people referred to F1 it refused the hardest 20, and so accepted 7 of the hardest 27 and all 53
others. C01 to C10 refused one in four of any. Their gaps would have left F1 all 27: a query.

Why ask
-------
Where the outcome is paid and not the work, the cheapest way to it is to take those who would have got there
alone.

Innocent explanations
---------------------
The contract lets the provider refuse people whom it cannot serve safely. Its peers are specialists.

Not flagged
-----------
1. Referrals withdrawn or pending: nobody decided.
2. Scores made after the decision: they may follow from it. They are counted (`scored_late`).
3. Referrals without a score: counted in `without_score`.
4. People alone in their quarter, area and group, and providers with fewer than `least_accepted` accepted or
   `least_refused` refused: not assessable.
5. A smaller effect than `least_effect`, or none.

Assumptions
-----------
A score without a date was made before; without a date of decision the referral's counts. Whether a
covariate was recorded before the decision cannot be known. Simulated, 20 and 60 providers of 300 referrals:
3 to 5 % of 200 honest books ask about somebody, a quarter where tastes have heavy tails that last (in 15 %
it is `high`; where they pass, 8 and 2 %), and 86 to 98 % of those who refuse their hardest third are found.

Ask for
-------
For a sample of the hardest third refused, the referral form and the note of the decision; the list of all
referrals from the referrer's side.

Source
------
Paule and Mandel (1982); Anscombe (1948); Public Accounts Committee on the Work Programme (2014).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View, only_contract
from pbr_audit.rule.covariates import COVARIATE, named_covariates, told_of_covariates
from pbr_audit.rule.refusals import REFUSALS, describe_refusals, picture_of_gaps, reasons_explain
from pbr_audit.stats.root_scale import gap_against_peers

RULE = Rule(
    id="PBR601",
    version=4,
    title="Accepted clients easier than those referred",
    family="cherry-picking",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="contract_id",
    needs=Needs(
        required={
            "referrals": ("contract_id", "provider_id", "referral_date", "decision", "risk_score"),
        },
        optional={
            "referrals": ("area", "group", "reason", "score_date", "decision_date"),
            "claims": ("contract_id", "client_id", "amount_pence"),
        },
        covariates=("referrals",),
    ),
    params={
        "least_accepted": Param(
            60,
            unit="people accepted",
            low=2,
            high=10_000,
            why="the smallest group that official comparisons use",
        ),
        "least_refused": Param(
            20,
            unit="people refused",
            low=2,
            high=10_000,
            why="two covariates' worth of events; fewer show nothing",
        ),
        "least_effect": Param(
            0.1,
            unit="of the hardest third",
            low=0.0,
            high=1.0,
            why="fewer than one in ten of them is within what a waiting list or one referrer makes",
        ),
        "most_explained": Param(
            0.5,
            unit="of the excess",
            low=0.0,
            high=1.0,
            why="where the reasons given explain half of it or more, they come first",
        ),
    },
    message=(
        "{provider_id} accepted {hard_share:percent} of the hardest third of those referred to it and "
        "{others_share:percent} of the others, where its peers' choices would have left "
        "{expected_share:percent} of the hardest third."
    ),
)
KEY = ["provider_id"]
STRATUM = [*KEY, "contract_id", "quarter", "area", "group"]
DECIDED = ("accepted", "rejected")
MOST_DF = 5.0  # tastes have heavier tails than counts, and who refuses a third lies far beyond
# A window of its own that shows the same, and what is described at length.
REPEATED = LOOKED_INTO = 0.05
DESCRIBED = REFUSALS | {"picture": pl.String()}
COUNTS = ("accepted", "refused", "hard", "hard_accepted")


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - all numbers are judged together
    """Return a row for each referral that was decided (1), with what is known of it."""
    decided_on = pl.coalesce("decision_date", "referral_date")
    paid = view.claims.group_by("contract_id").agg(
        pence_a_client=pl.col("amount_pence").sum() / pl.col("client_id").n_unique()
    )
    return (
        view.referrals.filter(pl.col("decision").is_in(DECIDED))
        .select(
            *KEY,
            "contract_id",
            "referral_date",
            "area",
            "group",
            "risk_score",
            quarter=pl.col("referral_date").dt.truncate("1q"),
            accepted=pl.col("decision") == "accepted",
            reason=pl.col("reason").str.strip_chars().str.to_lowercase().fill_null(""),
            late=(pl.col("score_date") > decided_on).fill_null(value=False),
            seed=pl.lit(view.seed, dtype=pl.Int64),
            **{f"{COVARIATE}{name}": name for name in view.covariates("referrals")},
        )
        .join(paid, on="contract_id", how="left")
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, to be flagged where it took easier people (5)."""
    places = (
        measures.group_by(KEY)
        .agg(
            referred=pl.len().cast(pl.Int64),
            scored_late=pl.col("late").sum().cast(pl.Int64),
            without_score=pl.col("risk_score").is_null().sum().cast(pl.Int64),
            pence_a_client=pl.col("pence_a_client").mean(),
            contract_id=only_contract(),
        )
        .sort(KEY)
        .with_row_index("place")
    )
    rows = _counted(measures, places.select(*KEY, "place"))
    tested = _tested(places, rows, p)
    compared = tested.filter(pl.col("gap").is_not_null())["provider_id"].n_unique()
    if not tested["p_value"].count():
        raise NotAssessable(
            f"{compared} providers accepted {p.least_accepted} people or more and refused {p.least_refused} "
            "or more whose risk was scored before; at least 10 are needed to tell what is usual"
        )
    first, second = (_tested(places, rows.filter(later=half), p)["p_value"] for half in (False, True))
    judged = tested.with_columns(
        providers_compared=pl.lit(compared, dtype=pl.Int64),
        repeated=(first.fill_null(1) <= REPEATED) & (second.fill_null(1) <= REPEATED),
    )
    return _told(judged.join(reasons_explain(rows), on="place", how="left", maintain_order="left"), rows, p)


def _counted(measures: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return those whose risk was known before the decision (2, 3), in an order of their own.

    `away` is the risk less the mean of the person's stratum with the provider; who is alone there is compared
    with nobody (4).
    """
    rows = measures.filter(pl.col("risk_score").is_not_null() & ~pl.col("late"))
    covariates = named_covariates(rows.columns)
    strata = rows.group_by(STRATUM).agg(mean=pl.col("risk_score").mean(), people=pl.len()).sort(STRATUM)
    return (
        rows.join(strata.with_row_index("stratum"), on=STRATUM, how="left", nulls_equal=True)
        .filter(pl.col("people") > 1)
        .join(places, on=KEY, how="left")
        .select(
            "place",
            *KEY,
            "stratum",
            "risk_score",
            "accepted",
            "reason",
            "seed",
            *covariates,
            away=(pl.col("risk_score") - pl.col("mean")).round(9),
            later=pl.col("referral_date") > pl.col("referral_date").median().over("contract_id"),
        )
        .with_columns(hard=pl.col("away").rank().over("place") > pl.len().over("place") * 2 / 3)
        .sort("stratum", "risk_score", "accepted", "reason", "later", *covariates)
    )


def _tested(places: pl.DataFrame, rows: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return each place with the gap between its hardest third and the others, against its peers' gaps."""
    took = pl.col("accepted")
    counts = rows.group_by("place").agg(
        accepted=took.sum().cast(pl.Int64),
        refused=(~took).sum().cast(pl.Int64),
        hard=pl.col("hard").sum().cast(pl.Int64),
        hard_accepted=(took & pl.col("hard")).sum().cast(pl.Int64),
    )
    table = places.join(counts, on="place", how="left", maintain_order="left")
    accepted, refused, hard, hard_accepted = (table[name].fill_null(0) for name in COUNTS)
    found = gap_against_peers(
        accepted - hard_accepted,
        accepted + refused - hard,
        hard_accepted,
        hard,
        enough=(accepted >= p.least_accepted) & (refused >= p.least_refused),  # (4)
        whose=table["provider_id"],
        most_df=MOST_DF,
    )
    told = pl.DataFrame(found.columns(), nan_to_null=True).with_columns(
        hard_share=hard_accepted / hard,
        others_share=(accepted - hard_accepted) / (accepted + refused - hard),
        # (5): a small gap is tested, and cannot become a query.
        flagged=pl.when(pl.col("p_value").is_not_null()).then(pl.col("effect") >= p.least_effect),
    )
    tested = pl.when("flagged").then("p_value").when(~pl.col("flagged")).then(1.0)
    return pl.concat([table, told], how="horizontal").with_columns(p_value=tested)


def _told(judged: pl.DataFrame, rows: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Add severity, and the description of those that may become a query."""
    into = judged.filter(pl.col("flagged") & (pl.col("p_value") <= LOOKED_INTO))
    described = [
        describe_refusals(rows.filter(place=place), rows["seed"][0])
        | {"picture": picture_of_gaps(judged, place)}
        for place in into["place"]
    ]
    schema = DESCRIBED | told_of_covariates(rows.columns)
    serious = pl.col("repeated") & (pl.col("reasons_explain") < p.most_explained)
    few = f"fewer than {p.least_accepted} people accepted or {p.least_refused} refused can be compared"
    return (
        judged.join(pl.DataFrame(described, schema=schema), on="place", how="left", maintain_order="left")
        .with_columns(
            severity=pl.when(serious).then(pl.lit("high")),
            easier_mix_pence=(pl.col("easier_mix_outcomes") * pl.col("pence_a_client"))
            .round()
            .cast(pl.Int64),
            why_not=pl.when(pl.col("scored_late") * 2 > pl.col("referred"))
            .then(pl.lit("most risk scores were made after the decision"))
            .otherwise(pl.lit(few)),
        )
        .drop("place", "pence_a_client")
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the referrals as they would be had `who` refused `share` of their hardest third."""
    rows = view.referrals.collect()
    hardest = (pl.col("risk_score").rank() > pl.len() * 2 / 3).over(KEY)
    drawn = pl.Series(rng.random(rows.height)) < share
    refused = pl.col("provider_id").is_in(who) & (pl.col("decision") == "accepted") & hardest & drawn
    return {
        "referrals": rows.with_columns(
            decision=pl.when(refused).then(pl.lit("rejected")).otherwise("decision")
        )
    }
