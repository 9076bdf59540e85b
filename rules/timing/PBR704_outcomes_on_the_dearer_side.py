"""A provider's outcomes near a change of price lie on its dearer side by more than its peers' do.

What it flags
-------------
A provider of whose outcomes in the weeks around the days on which the price changed a larger share is dated
where the price was higher, than honest providers differ by: after a rise, before a fall. No amount is at
risk: any one such claim may be right. The claims on the dearer side are listed.

Method
------
The terms say on which days the price of an outcome rose or fell, where it did so for every group whose
price changed that day. Live prime claims dated within `near_days` of such a day are counted (the days from
it on, and as many before), and of these those on the dearer side. The share is held against the other
providers': what is expected is theirs around the same day, drawn towards that of all such days where they
are few, so that a season, or a holiday next to the day, is no difference. A provider's contracts are taken
together. Shares are compared as angles (arcsine of the root); a provider's clumping from one such day to
another widens its error; the spread of honest providers is learnt from the others, robustly and on the
cautious side, and the tail is the binomial's over shares that differ as t-variables of at most five degrees
of freedom do. It becomes a query where it survives the correction over all statistical tests of the run and
the share is at least `least_effect` above the peers'. The effect is that difference, with its 95 %
interval; `smallest_seen` is the smallest one that would be found four times in five.

Of 120 simulated honest books of 60 providers with 1,000 and 3,000 outcomes each, some 50 and 150 of them
near a rise or a fall (sides alike, with heavy tails, with odds that vary by 30 %), somebody was a query in
5. It sees little: of 5 % of the providers, who moved 40 % of the cheaper outcomes to the dear day, 50 %
were found with 3,000 outcomes where honest sides are alike and 12 % with 1,000; where they vary by 30 %,
hardly any. Of 20 providers with 3,000 outcomes, one that moved 80 % was found in a quarter of 20 books.
Where three in ten honest providers hold courses, whose outcomes bear one day, somebody was a query in 13 %
of 60 books: a known limit. No flag is no clearance.

Example
-------
JOB pays £1,000.00 up to 31 March 2016 and £1,300.00 from 1 April 2016. Eleven providers have 24 outcomes
each within four weeks of that day. Ten of them date half of them from 1 April 2016 on, F1 all: a query.

Why ask
-------
A date that nobody checks can be chosen for its price: an outcome of the last weeks before a rise is written
down as of the first ones after it. Dates that are events do not know the price list.

Innocent explanations
---------------------
The provider began, or grew, around that day. A course ended just after it. Its clients are of the group
whose price rose, and it was sent more of them from then on. It put work off until the new price, which may
be within the terms and is worth knowing all the same.

Not flagged
-----------
1. Days on which the price rose for one group and fell for another, and a first or last price with none next
   to it: there is no dearer side.
2. Sustainment and cohort outcomes: their dates follow from a rule.
3. A provider with fewer than `min_outcomes` outcomes near such days: not assessable.
4. A difference of less than `least_effect`, and a smaller share than the others'.

Assumptions
-----------
All providers of a contract see the same prices: where all of them choose their dates alike, nobody stands
out, and the rule sees nothing. With fewer than ten providers that have enough outcomes the rule is not
assessable; with 10 to 39 it screens, and clears nobody.

Ask for
-------
For a sample of the listed claims, the document that dates the outcome (contract of employment, payslip,
certificate), and the day on which it was keyed in.

Source
------
The contract's price list; Courty and Marschke, Journal of Labor Economics 22(1), 2004, on the timing of
reported outcomes; Paule and Mandel (1982), with large deviates cut, for the spread.
"""

import polars as pl

from pbr_audit.rule import OUTCOME, Draws, Needs, Param, Params, Rule, View, shares_as_rows, with_funnels

RULE = Rule(
    id="PBR704",
    version=2,
    title="Outcomes gather on the dearer side of a price step",
    family="timing",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="deliverer_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "deliverer_id", "outcome", "outcome_date"),
            "prices": (*OUTCOME, "price_pence", "group", "from_date", "to_date", "per"),
        },
        optional={"outcomes": (*OUTCOME, "kind")},
    ),
    params={
        "near_days": Param(
            28,
            unit="days",
            low=1,
            high=183,
            why="a date moved by more than four weeks would be seen in the client's other dates",
        ),
        "min_outcomes": Param(
            20,
            unit="outcomes",
            low=4,
            high=10_000,
            why="below this only an extreme share could be told from chance",
        ),
        "least_effect": Param(
            0.1,
            unit="of the outcomes",
            low=0.0,
            high=1.0,
            why="one outcome in ten near the day is the least that is worth a question, however sure it is",
        ),
    },
    message=(
        "{reached} of {size} outcomes near a change of price ({share:percent}) are dated on its dearer side, "
        "where the peers have {peers_share:percent}."
    ),
)
KEY = ("provider_id",)
DATED_BY_RULE = ("sustainment", "cohort")


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each provider, outcome and change of its price the outcomes near it, and the dearer ones."""
    return (
        _near(view, p)
        .group_by("contract_id", *KEY, "outcome", "changed", "rose")
        .agg(size=pl.len().cast(pl.Int64), reached=pl.col("dearer").sum().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider with its share against the peers' spread."""
    rows = shares_as_rows(
        measures,
        cell=(*OUTCOME, "changed"),
        wide=("rose",),
        least=p.min_outcomes,
        what="outcomes near a change of price",
        most_df=5,
    )  # (3)
    large = pl.col("effect") >= p.least_effect  # (4)
    rows = rows.with_columns(flagged=pl.when(pl.col("p_value").is_not_null()).then(large))
    return with_funnels(rows, x="outcomes near a change of price", y="share on its dearer side")


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims on the dearer side, for each provider found."""
    return (
        _near(view, p)
        .filter("dearer")
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
        .unique()
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims had `who` dated a share of those on the cheaper side on the day that pays more."""
    claims = view.claims.collect()
    drawn = pl.Series("drawn", rng.random(claims.height))
    day_before = pl.col("changed") - pl.duration(days=1)
    dearer = pl.when("rose").then("changed").otherwise(day_before)
    cheap = _near(view, p).filter(~pl.col("dearer")).select("claim_id", moved=dearer).unique("claim_id")
    moves = pl.col("deliverer_id").is_in(who) & (pl.col("drawn") < share) & pl.col("moved").is_not_null()
    rows = claims.with_columns(drawn).join(cheap.collect(), on="claim_id", how="left", maintain_order="left")
    dated = pl.when(moves).then("moved").otherwise("outcome_date")
    return {"claims": rows.with_columns(outcome_date=dated).drop("drawn", "moved")}


def _near(view: View, p: Params) -> pl.LazyFrame:
    """Return the claims near a change of price, dated by an event (2), and whether on its dearer side."""
    by_rule = view.outcomes.filter(pl.col("kind").is_in(DATED_BY_RULE))
    days_after = (pl.col("outcome_date") - pl.col("changed")).dt.total_days()
    near: int = p.near_days
    return (
        view.claims.join(by_rule, on=OUTCOME, how="anti")
        .join(_changes(view), on=OUTCOME, how="inner")
        .filter(days_after >= -near, days_after < near)
        .with_columns(dearer=(days_after >= 0) == pl.col("rose"))
        .rename({"deliverer_id": "provider_id"})
    )


def _changes(view: View) -> pl.LazyFrame:
    """Return the days on which an outcome's price changed, and whether it rose (1)."""
    prices = view.prices.filter(per="claim").select(*OUTCOME, "group", "price_pence", "from_date", "to_date")
    before = prices.select(
        *OUTCOME, "group", old_pence="price_pence", from_date=pl.col("to_date") + pl.duration(days=1)
    )
    more = pl.col("price_pence") - pl.col("old_pence")
    return (
        prices.join(before, on=[*OUTCOME, "group", "from_date"], how="inner", nulls_equal=True)
        .drop_nulls("from_date")
        .filter(more != 0)
        .group_by(*OUTCOME, changed="from_date")
        .agg(rose=(more > 0).all(), fell=(more < 0).all())
        .filter(pl.col("rose") | pl.col("fell"))
        .drop("fell")
    )
