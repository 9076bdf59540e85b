"""A provider dates more of its outcomes on the first day that pays than the spread of its peers explains.

What it flags
-------------
A provider of whose outcomes in the first weeks of their window a larger share is dated on the window's
first day than honest providers differ by, and of whose outcomes fewer lie in the weeks after it and more
further on: as they would if outcomes of those weeks were dated back. No amount is at risk: any one such
claim may be right to the day. The claims dated so are listed, for a sample.

Method
------
Live prime claims of milestones with a window are put beside the client's start, by the terms in force on
the outcome's date. Two shares are held against the other providers'. The pile: of the outcomes from the
first allowed day (`window_days`, the lower one, after the start) to `near_days` after it those on that day.
The gap: of the outcomes after that day, up to twice `near_days`, those in the second half. What is expected
is the others' share in the same contract, outcome and quarter of the start, drawn towards the outcome's in
all quarters where they are few. A provider's contracts are taken together. Its clumping from quarter to
quarter widens its error. How far honest shares lie apart, and how heavy their tails are, is learnt from the
other providers in the middle and below (one far above is known only to be above), so that a few who do this
neither widen what they are held against nor hide each other; the p-value is averaged over all spreads and
tails that fit the others. The two p-values become one: the sum of their deviates, taken to be correlated by
a half (a provider whose clients succeed late has a little of both). It is 1 where either lies less than one
and a half standard deviations out. It becomes a query where it survives the correction over all statistical
tests of the run and the share on the first day is at least `least_effect` above the peers'. The effect is
that difference, with its 95 % interval; `smallest_seen` is the smallest one that the pile alone would show
four times in five.

The first version held the pile alone against a spread that those who did this had widened themselves, found
none of them where honest shares vary by a third, and asked about a provider in most books where one honest
provider in ten has four times as many outcomes that stood before the window opened. Of 150 simulated honest
books of 60 providers with 1,000 people each (shares alike, that varied by a third, with heavy tails),
somebody was a query in 1, of 80 of 20 providers with 300 in 1, and where one in ten had so many that stood
in 14 %. Of 5 % of 60 providers, who dated 40 % of what came in the first weeks on the first day, 87 % were
found where honest shares are alike and 58 % where they vary; of one in twenty with 300 people 30 to 47 %.

Example
-------
JOB pays from 30 days after the start. Eleven providers have 24 outcomes each within four weeks of that day.
Ten of them date three on the first allowed day, F1 fourteen: 58 % against an eighth. In the four weeks
after those the ten have three outcomes each, F1 eight: 44 % of what came after the first day against an
eighth. A query.

Why ask
-------
A date that nobody checks is chosen as the contract would have it: an outcome that came later is paid sooner
if it is dated on the first day that pays. Dates that are events lie where life put them.

Innocent explanations
---------------------
A review is held on the first day for everybody, and few succeed in the weeks after. Many outcomes came
before the window, could not be claimed, and stood when it opened: the contract then means its first day.
That leaves a pile and no gap, but by chance may seem to leave both. The provider reads the terms so that
the date to give is the day on which the claim becomes payable.

Not flagged
-----------
1. Sustainment, attachment and cohort outcomes, and milestones measured in days or weeks: their dates follow
   from a rule, and an honest one is always on the first allowed day.
2. Outcomes without a window, or whose window opens on the day of the start.
3. Claims whose client has no start date in the same contract, or that the terms do not have: not counted.
4. Outcomes before the window (PBR102 asks about them), and more than twice `near_days` after it opened.
5. A provider with fewer than `min_outcomes` of these: not assessable.
6. A pile without a gap after it (an outcome that came too early and was dated on the first day leaves none,
   as an honest one that stood), and a gap without a pile; a smaller share than the others'.
7. A difference of less than `least_effect`, however sure it is.

Assumptions
-----------
Providers of one contract have clients who reach the outcome at much the same pace near the window's
opening, or differ in it as the others do among themselves. With fewer than ten providers that have enough
outcomes the rule is not assessable; with 10 to 39 it screens, and clears nobody.

Ask for
-------
For a sample of the listed claims, the document that dates the outcome (contract of employment, payslip,
certificate), and the note of the contact in which the provider learnt of it.

Source
------
Courty and Marschke, Journal of Labor Economics 22(1), 2004, on the timing of reported outcomes; Efron
(2004) for a spread learnt from the data's middle; Stouffer (1949) for the sum of deviates.
"""

import polars as pl

from pbr_audit.rule import (
    VERSION,
    Draws,
    Needs,
    Param,
    Params,
    Rule,
    View,
    days_from,
    shares_as_rows,
    with_funnels,
    with_terms,
)
from pbr_audit.stats.two_signs import two_signs

RULE = Rule(
    id="PBR703",
    version=3,
    title="Outcomes dated on the first allowed day",
    family="timing",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "deliverer_id", "outcome", "outcome_date"),
            "clients": ("client_id", "contract_id", "start_date"),
            "outcomes": (*VERSION, "kind", "measure", "window_low_days", "business_days"),
        },
    ),
    params={
        "near_days": Param(
            28,
            unit="days",
            low=1,
            high=365,
            why="near the window's opening a day is like the next but for the rule that it pays",
        ),
        "min_outcomes": Param(
            20,
            unit="outcomes",
            low=4,
            high=10_000,
            why="below this only an extreme share could be told from chance",
        ),
        "least_effect": Param(
            0.05,
            unit="of the outcomes",
            low=0.0,
            high=1.0,
            why="one outcome in twenty is the least that is worth a question, however sure it is",
        ),
    },
    message=(
        "{reached} of {size} outcomes near the opening of their window ({share:percent}) are dated on the "
        "first day that pays, where the peers have {peers_share:percent}, and {later_share:percent} of the "
        "others come weeks later, where they have {peers_later_share:percent}."
    ),
)
KEY = ("provider_id",)
# Clients who succeed late leave fewer outcomes near the opening, and so a larger share on its first day.
TOGETHER = 0.5
MEASURED = r"^(days|weeks)"


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each contract, provider, outcome and quarter of the start the outcomes near the opening."""
    return (
        _near(view, p)
        .group_by("contract_id", *KEY, "outcome", quarter=pl.col("start_date").dt.truncate("1q"))
        .agg(
            size=_count(pl.col("days_open") <= p.near_days),
            reached=_count(pl.col("days_open") == 0),
            later=_count(pl.col("days_open") > p.near_days),
        )
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider with its share against the peers' spread."""
    pile = _against_peers(measures, p.min_outcomes)  # (5)
    after = measures.with_columns(size=pl.col("size") - pl.col("reached") + pl.col("later"), reached="later")
    gap = _against_peers(after, 1)
    rows = pile.join(
        gap.select(
            *KEY, gap_p="p_value", later_share="share", peers_later_share="peers_share", no_gap="why_not"
        ),
        on=KEY,
        how="left",
        maintain_order="left",
    )
    nan = float("nan")
    # One-sided both, and 1 where either is missing (6).
    both = two_signs(rows["p_value"].fill_null(nan), rows["gap_p"].fill_null(nan), TOGETHER)
    rows = rows.with_columns(
        p_value=pl.Series(both).fill_nan(None), why_not=pl.coalesce("why_not", "no_gap")
    ).drop("gap_p", "no_gap")
    large = pl.col("effect") >= p.least_effect  # (7)
    rows = rows.with_columns(flagged=pl.when(pl.col("p_value").is_not_null()).then(large))
    return with_funnels(rows, x="outcomes near the window's opening", y="share on its first day")


def _against_peers(counts: pl.DataFrame, least: int) -> pl.DataFrame:
    wide = ("contract_id", "outcome")
    return shares_as_rows(
        counts, cell=(*wide, "quarter"), wide=wide, least=least, what="outcomes", below=True
    )


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims that are dated on the first allowed day, for each provider found."""
    return (
        _near(view, p)
        .filter(pl.col("days_open") == 0)
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims had `who` dated a share of what came near the opening on the first day instead."""
    claims = view.claims.collect()
    drawn = pl.Series("drawn", rng.random(claims.height))
    opened = _near(view, p).select("claim_id", "days_open").collect()
    moved = pl.col("deliverer_id").is_in(who) & (pl.col("drawn") < share)
    moved &= pl.col("days_open") <= p.near_days
    back = pl.duration(days=pl.when(moved).then("days_open").otherwise(0).fill_null(0))
    dated = claims.with_columns(drawn).join(opened, on="claim_id", how="left", maintain_order="left")
    return {"claims": dated.with_columns(pl.col("outcome_date") - back).drop("drawn", "days_open")}


def _count(rows: pl.Expr) -> pl.Expr:
    return rows.sum().cast(pl.Int64)


def _near(view: View, p: Params) -> pl.LazyFrame:
    """Return the claims in the first days of their window, with how many days it had been open."""
    dated_by_rule = (pl.col("kind") != "milestone") | pl.col("measure").str.contains(MEASURED).fill_null(
        value=False
    )  # (1)
    starts = view.clients.select("client_id", "contract_id", "start_date")
    business = pl.col("business_days")
    since_start = days_from(pl.col("start_date"), pl.col("outcome_date"), business=business)
    return (
        with_terms(view.claims, view.outcomes)
        .filter("in_terms", ~dated_by_rule, pl.col("window_low_days") > 0)  # (2)
        .join(starts, on=["client_id", "contract_id"], how="inner")  # (3)
        .with_columns(days_open=since_start - pl.col("window_low_days"))
        .filter(pl.col("days_open").is_between(0, 2 * p.near_days))  # (4)
        .rename({"deliverer_id": "provider_id"})
    )
