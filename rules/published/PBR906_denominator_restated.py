"""The cohort behind a published rate became smaller from one release to the next.

What it flags
-------------
Figures for one provider, contract, outcome and period that were published more than once, where a later
release gives a cohort that is smaller than an earlier release's by more than `least_share` of it. No amount
is at risk: the rule asks why people left the denominator, not what is owed.

Method
------
Each release of a series is held against every earlier one of it by release date. The two between which the
cohort fell by the greatest share of the earlier one are told; of equal falls the earliest later release,
then the earliest earlier one. A series is examined once, whatever its number of releases. Its severity is
`medium`: statistics are revised, and mostly say so.

Example
-------
For 2016-Q1, PR01's cohort was 400 in the release of 1 June 2016, with 90 achieved, and 360 in the release
of 1 September 2016, with 90 achieved: a query. The cohort fell by 10 %, and the rate rose from 22.5 % to 25
% without one more outcome.

Why ask
-------
A rate has two ends. Where it is paid or ranked, taking people out of the cohort afterwards is worth as much
as reaching outcomes for them, and is seen only by those who kept the earlier release.

Innocent explanations
---------------------
Duplicates were removed, or people who turned out not to be eligible. A boundary or a definition changed for
everybody, which shows where other providers' cohorts fell by the same share. The first release was marked
as provisional.

Not flagged
-----------
1. A cohort that grew, or fell by no more than `least_share`.
2. Figures that were published once: they are not looked at.
3. Another number achieved, with the cohort as it was.
4. An earlier cohort of nobody, or of fewer than nobody, which nothing can be held against.
5. Periods that no calendar has: they are not looked at, and another rule asks about them.

Assumptions
-----------
Rows with one contract, provider, outcome and period are releases of one figure. A series in which a row has
no release date, or two rows of one date differ in the cohort or the number achieved, cannot be put in order
and is not assessable; rows of one date with one cohort and one number achieved are one release. Periods are
taken as they are written: `2016` and `2016-Q1` are two figures.

Ask for
-------
The note on revisions of the later release, and how many people left the cohort under which heading.

Source
------
The claims standard, the table of published performance (`release_date`). Payment on a denominator net of
exceptions is how the Quality and Outcomes Framework paid general practices; whether exceptions were used to
reach thresholds is contested (Gravelle, Sutton and Ma; British Journal of General Practice 2009).
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View, period_end

RULE = Rule(
    id="PBR906",
    version=1,
    title="Published denominator restated downwards",
    family="exclusion",
    severity="medium",
    basis="record",
    subject="provider",
    key=("provider_id", "contract_id", "outcome"),
    about_a_period=True,
    by="provider_id",
    needs=Needs(
        required={
            "performance": (
                "contract_id",
                "provider_id",
                "period",
                "outcome",
                "cohort_size",
                "achieved",
                "release_date",
            ),
        },
    ),
    params={
        "least_share": Param(
            0.02,
            unit="of the earlier cohort",
            low=0.0,
            high=1.0,
            why="published counts are revised by a per cent or so as late records come in",
        ),
    },
    message=(
        "The cohort for {outcome} in {period} fell by {fall:percent}, from {earlier_cohort_size} in the "
        "release of {earlier_release_date} to {later_cohort_size} in that of {later_release_date}."
    ),
)
SERIES = ("contract_id", "provider_id", "outcome", "period")


# Shares are compared in millionths, so that exactly the share is exactly that.
MILLION = 1_000_000
RELEASE = ("release_date", "cohort_size", "achieved")
TOLD = (*(f"earlier_{name}" for name in RELEASE), *(f"later_{name}" for name in RELEASE), "fall")


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every series that was published more than once (2), flagged where its cohort fell (1, 3)."""
    releases = view.performance.filter(period_end(pl.col("period")).is_not_null()).unique()  # (5)
    unclear = pl.col("release_date").is_null().any() | pl.col("release_date").is_duplicated().any()
    series = releases.group_by(SERIES).agg(pl.len(), unclear=unclear).filter(pl.col("len") > 1)
    lost = (pl.col("earlier_cohort_size") - pl.col("later_cohort_size")) * MILLION
    fell = lost > pl.col("earlier_cohort_size") * round(p.least_share * MILLION)
    return series.join(_falls(releases.join(series, on=SERIES, how="semi")), on=SERIES, how="left").select(
        *SERIES,
        *TOLD,
        flagged=pl.when(~pl.col("unclear")).then(fell.fill_null(value=False)),
        why_not=pl.when("unclear").then(pl.lit("the releases cannot be put in order by their dates")),
    )


def _falls(releases: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each series the two releases between which its cohort fell most, if it ever fell."""
    earlier = releases.select(*SERIES, pl.col(RELEASE).name.prefix("earlier_"))
    later = releases.select(*SERIES, pl.col(RELEASE).name.prefix("later_"))
    return (
        earlier.join(later, on=SERIES, how="inner")
        .filter(pl.col("earlier_release_date") < pl.col("later_release_date"))
        .filter(pl.col("earlier_cohort_size") > 0)  # (4)
        .with_columns(fall=1 - pl.col("later_cohort_size") / pl.col("earlier_cohort_size"))
        .filter(pl.col("fall") > 0)
        .sort("fall", "later_release_date", "earlier_release_date", descending=[True, False, False])
        .group_by(SERIES, maintain_order=True)
        .agg(pl.col(TOLD).first())
    )
