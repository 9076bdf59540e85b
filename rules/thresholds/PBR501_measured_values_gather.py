"""Measured values just short of the threshold are missing, and about as many too many lie at it.

What it flags
-------------
A provider (who delivers) whose final measurements of an outcome show a hole just short of the threshold
that pays, and a pile at it, both beyond what the other providers' measurements and its own values further
off give. The claims behind it are its live claims for clients whose measurement lies at the threshold; some
of them, and nobody can say which, are more than the comparison gives.

Method
------
Final measurements are counted by provider and outcome, in all contracts with the same terms together, under
the threshold in force on the measured date; results under another threshold are judged for themselves.
Peers are all providers with the same outcome, measure, threshold and direction, of any contract; none of a
provider's own rows is in its own comparison. What ends at the threshold because it is a round number is no
query, so it is compared with heaps at other multiples of the same number, for which nobody is paid: every
13 weeks, or 91, 30 or 28 days, or 3 months, where the measure's name says weeks, days or months and the
threshold is a multiple (without a name, 91 and 13 are tried); of other measures, the largest of 1, 2 or 5
times a power of ten that goes into the threshold twice to twenty times. `unit` sets another. Values are
counted in bins that begin at the threshold (a week, seven days, a month, a tenth of the unit; of 30 days
five), up to one and a half units from it, and above nothing. Near-misses lie up to some three tenths of the
unit short of it (4 weeks of 13, 28 days of 91); `reach` sets another. Where the terms say `at_most`, all
this is seen in a mirror.

For each provider a Poisson regression (the others' counts, its own level, slope and bend, its own heaping
at the placebo multiples, shrunk to the peers'), fitted without the near-misses and the threshold, predicts
both. Hole and pile are combined with their covariance, centred on the peers and held against how much peers
differ (winsorised Paule-Mandel, an empirical null). The p-value is one-sided, by Student's t; it is 1
unless the hole stands out by one standard error and the pile by a quarter of one, and 1 where the hole is
larger than the pile by two: those gone from short of the threshold have to be found at it. The effect is
the excess as a share of the near-misses predicted. Severity is `info` where placebo heaps differ by more
than `most_heap_spread` each for itself, or where there is only one, so that it is not known.

In simulated honest books of 60 providers with 1,000 people each (weeks, days, waits, pounds; 40 to 100
books a kind) somebody was a query in 0 to 6 %; so with 20 and 200 providers and 300 to 3,000 people. Of
providers that moved 40 % of their near-misses (one in twenty did) 93 to 99 % were found, 78 % where each
heap differs by 15 % for itself and 86 % where providers differ much in size; with 3,000 people 94 % and
more, with 300 some 20 %. Where heaps differ by 30 % for themselves half were found, all for information.
Where one honest provider in ten keeps a third of those who would leave just before the threshold for
longer, one was asked in 20 % of books. `smallest_seen` says for each provider what would have been seen.

Example
-------
CPA01 pays JOB at 26 weeks in work. Of twelve providers' results, ten at each of several weeks and forty at
13, 26 and 39 weeks are usual, as with C02. In those of F01 the weeks 22 to 25 hold 16 and not 40, and week
26 holds 64: a query, about 25 people, three fifths of those who would be just short; over its 64 claims of
£1,200.00 at the threshold the estimate is £30,243.57, with limits from £16,019.42 to £44,467.72.

Why ask
-------
Where being a few days short pays nothing, a date moved by a few days pays in full. A pile alone may be a
round number; that those just short of it are missing at the same place is what moving them looks like.

Innocent explanations
---------------------
Advisers support people hardest just before the threshold, as the contract wants, so that fewer leave then.
Contracts of employment or courses of that very length are usual with one provider's employers. Measurements
are taken, or calls made, at the threshold and not before, so that the last known date is the threshold.

Not flagged
-----------
1. Measurements that are not final: where the table says which are, only `true` counts. Where it does not,
   all are taken as final, and the finding says so.
2. A provider of whose results from the threshold on more than `most_stopped` are `stopped_at_threshold`:
   tracking that ends there shows a pile at honest providers too. Not assessable, and no peer.
3. An outcome without a threshold or direction in the terms, or with one against a baseline: not assessable.
4. A threshold that is no multiple of a round number, or with no other multiple nearby: without a placebo
   nobody can tell heaping from moving. Not assessable.
5. A provider of whom fewer than 20 near-misses or 10 at the threshold are predicted, and any where fewer
   than 10 providers can be compared: not assessable.
6. A pile without a hole, a hole without a pile, and a hole much larger than the pile.

Assumptions
-----------
Each client has one final measurement for an outcome, and measuring went on beyond the threshold. What all
providers do cannot be seen. An honest support that ends just short of the threshold looks like a hole.
Outcomes that the terms do not have are not looked at. Moving in one of a provider's contracts alone is seen
among its results in all. It shows response to a threshold, not its cause.

Ask for
-------
For a sample of those at the threshold: payslips or the employer's dates for the last weeks before it and
the weeks after. How the end of work was learnt, and on which day of follow-up; independent records of
earnings.

Source
------
Own method, on Kleven (2016), Annual Review of Economics 8, on bunching and missing mass; Paule and Mandel
(1982); Frandsen (2017) for the largest bend of an honest shape that a pile would need.
"""

import polars as pl

from pbr_audit.rule import OUTCOME, Draws, Needs, Param, Params, Rule, View, in_force, only_contract
from pbr_audit.rule.around_threshold import (
    SERIES,
    THRESHOLD_TERMS,
    bin_from_threshold,
    counted_bin,
    is_near_miss,
    thresholds_of,
)
from pbr_audit.rule.gathered import gathered, unjudged

RULE = Rule(
    id="PBR501",
    version=2,
    title="Measured values gather on the paid side of the threshold",
    family="threshold-clustering",
    severity="medium",
    basis="statistical",
    estimates=True,
    subject="provider",
    key=("provider_id", "series"),
    by="contract_id",
    needs=Needs(
        required={
            "measurements": (*OUTCOME, "client_id", "provider_id", "measured_date", "measured_value"),
            "outcomes": THRESHOLD_TERMS,
        },
        optional={
            "measurements": ("final",),
            "claims": (*OUTCOME, "claim_id", "deliverer_id", "client_id"),
        },
    ),
    params={
        "unit": Param(
            0.0,
            unit="of the measure",
            low=0,
            high=1e9,
            why="0: the round number follows from the threshold, as the page says",
        ),
        "reach": Param(
            0.0,
            unit="of the measure",
            low=0,
            high=1e9,
            why="0: three tenths of the round number, as four weeks are of a quarter",
        ),
        "most_stopped": Param(
            0.05,
            unit="of the results at or beyond the threshold",
            low=0,
            high=1,
            why="a slip or two in how a row is marked do not hide how people were followed",
        ),
        "most_heap_spread": Param(
            0.15,
            unit="standard deviation, of a heap",
            low=0,
            high=10,
            why="beyond it too little was found in simulated books, and in some honest providers were asked",
        ),
    },
    message=(
        "Of {results} final results for {outcome}, {short} lie just short of the threshold of "
        "{threshold:number} and {at} at it; going by the other providers it would be {expected_short:number} "
        "and {expected_at:number}, so that about {excess:number} more than expected are at it."
    ),
)
KEY = ["provider_id", "series"]
STOPPED = "stopped_at_threshold"
NO_THRESHOLD = "the terms have no threshold in the measure's own unit, or no direction"
TRACKING_STOPPED = "tracking stopped at the threshold, which makes a pile by itself"


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return how many final results (1) each provider has in each bin from the threshold, in each series.

    Contracts are kept apart, so that a provider with a single one is told with it.
    """
    return (
        _results(view, p)
        .group_by(*KEY, "contract_id", *SERIES, bin=counted_bin())
        .agg(
            people=pl.col("is_final").sum().cast(pl.Int64),
            stopped=(~pl.col("is_final")).sum().cast(pl.Int64),
        )
        .with_columns(all_taken_as_final=pl.lit(not view.has("measurements", "final")))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider and series, with the p-value of its hole and pile together (6)."""
    series = measures.sort(*SERIES, *KEY, "bin").partition_by(SERIES, maintain_order=True)
    judged = pl.concat([_judged(one, p) for one in series] or [_judged(measures, p)]).sort(KEY)
    most: float = p.most_heap_spread
    heaps_alike = (pl.col("heap_spread") <= most).fill_null(value=False)
    return judged.with_columns(
        flagged=pl.col("p_value") < 1,
        severity=pl.when(~heaps_alike).then(pl.lit("info")),
        excess=pl.col("excess_claims").round(0),
    )


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the live claims for clients whose final result lies at the threshold, of each provider found."""
    at = _results(view, p).filter("is_final", bin_from_threshold() == 0).join(found, on=KEY, how="semi")
    claims = view.claims.rename({"deliverer_id": "provider_id"})
    return (
        claims.join(at, on=[*OUTCOME, "provider_id", "client_id"], how="inner")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
        .unique()
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the measurements had `who` moved a share of their near-misses to the threshold."""
    rows = view.measurements.with_row_index("row")
    near = _results(view, p, rows).filter(is_near_miss(), pl.col("provider_id").is_in(who))
    moved = near.select("row", "threshold").sort("row").collect()
    drawn = pl.Series(rng.random(moved.height))
    moved = moved.filter(drawn < share)
    told = rows.join(moved.lazy(), on="row", how="left", maintain_order="left")
    told = told.with_columns(measured_value=pl.coalesce("threshold", "measured_value"))
    return {"measurements": told.drop("row", "threshold").collect()}


def _results(view: View, p: Params, rows: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """Return the results that are final (1), or stopped at the threshold (2), with their series' terms."""
    measured = view.measurements if rows is None else rows
    if view.has("measurements", "final"):
        measured = measured.filter(pl.col("final").is_in(["true", STOPPED]))
    final = (pl.col("final") == "true").fill_null(value=True)
    terms = thresholds_of(view.outcomes, unit=p.unit, reach=p.reach)
    return (
        measured.with_columns(is_final=final)
        .join(terms, on=OUTCOME, how="inner")
        .filter(in_force("measured_date"))
    )


def _judged(rows: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Judge the providers of one series."""
    reached = pl.col("people").filter(pl.col("bin") >= 0).sum() + pl.col("stopped").sum()
    who = rows.group_by(KEY, maintain_order=True).agg(
        pl.col(*SERIES, "all_taken_as_final").first(),
        contract_id=only_contract(),
        results=pl.col("people").sum(),
        stopped_share=(pl.col("stopped").sum() / reached).fill_nan(0.0),
    )
    followed = pl.col("stopped_share") <= p.most_stopped  # (2)
    peers = rows.join(who.filter(followed), on=KEY, how="semi")
    if peers.is_empty():
        return unjudged(who, TRACKING_STOPPED)
    if peers["threshold"][0] is None:
        return unjudged(who, NO_THRESHOLD)  # (3)
    told = gathered(peers, KEY)  # (4, 5)
    why = pl.when(followed).then("why_not").otherwise(pl.lit(TRACKING_STOPPED))
    return who.join(told, on=KEY, how="left", maintain_order="left").with_columns(why_not=why)
