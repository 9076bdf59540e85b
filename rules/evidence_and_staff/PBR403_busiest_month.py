"""An adviser's clients have their first outcomes in one month more often than its caseload explains.

What it flags
-------------
An adviser with a month in which many more clients than usual have their first outcome dated: more than the
size and age of its caseload, its other months, the provider's other advisers in that month and the busiest
months of other advisers explain. No amount is at risk. The claims for the month's first outcomes are
listed, so that a sample can be drawn.

Method
------
Each client of a contract counts once, for the adviser of its registration, in the calendar month of the
`outcome_date` of its first live claim for an outcome with a day of its own; when a claim was sent does not
count, since uploads come in bulk. A caseload's expectation is a hazard: of all other advisers' clients
without an outcome after so many months, the share that has one in the next, times the season (the others'
outcomes in the calendar month over those expected). It is multiplied by the adviser's outcomes over those
expected in its other months, the busiest left out, and, where the provider's other advisers had more than
that in the month, by how many times more; both with five outcomes, as many as expected, put beside.

A single day is not asked about, and the clients of a month's busiest day count as one. An employer who
takes fifteen people, a course that ends and forms that were all signed on one day look the same, and
nothing here tells them apart: a test that saw the one would ask about the others.

For each month the tail of the count is negative binomial. Its dispersion is learnt by moments from months
other than everybody's busiest, as the larger of the other advisers' and the adviser's own drawn to theirs.
The surprise is minus the logarithm of the smallest tail times the adviser's months. Honest advisers
surprise, too: how much is learnt from the upper half of all other advisers' surprises, without the largest
hundredth of all, as a generalised Pareto tail averaged over shapes and scales by how well they fit. Heavy
tails are believed only where surprises show them, and no tail falls off faster than the model says. It
becomes a query where that p-value survives the correction for all tests of the run, in which advisers are
the provider's family, and the month has at least `least_ratio` times the outcomes to be expected and
`least_more` above them. The effect is that ratio, its 95 % interval from count and dispersion;
`smallest_seen` the smallest ratio, in a month that is usual with the adviser, found four times in five.

In 2,917 simulated books of 20 and 60 honest providers, 300 or 1,000 clients each and 100 advisers or more,
13 held a query: with months that differ, seasons, one month in 20, 200 or 2,000 three times as good, an
employer's intakes on one day, outcomes dated at a quarter's end, and a leaver's clients handed over. Eight
of the 13 were in the 100 books of 60 providers with 1,000 clients and one such month in 200. Where months
have very heavy tails (to twenty times as good) 23 of 321 did, with hardly more than 100 advisers 5 of 21:
such a month is not told from an act. Where one adviser at one provider in twenty dated first outcomes for
two in five of its open clients in one month, four to twenty times as many as usual, 31 to 64 % were found
among 20 providers and 54 to 78 % among 60; where outcomes are dated at a quarter's end 3 to 25 %, where
good months are common 7 to 22 %, where tails are heavy one in twenty or none. With a busiest day's clients
counted in full, an employer's intake in one adviser's month of a thousand made a query in 40 of 80 honest
books of 60 providers.

Example
-------
Of a hundred advisers of ten providers, whose clients started in May 2016, ninety-nine have thirteen
clients, and JOB in some seven cases within six months, at most four in one. F1 has forty, one JOB in each
of five months and twenty-eight in August 2016: a query.

Why ask
-------
In the case of A4e it was single people at one office whose forms were signed for candidates and employers.
Nobody helps five times as many people in one month as in others, with the same clients, for no reason that
can be named.

Innocent explanations
---------------------
A course ends or an employer opens, and one adviser had all its people, on more than one day. The adviser
was away, and its outcomes were dated when it came back. All outcomes of a spring are dated in the month in
which somebody checked. A caseload was registered under a team leader.

Not flagged
-----------
1. Attachments, cohort outcomes and sustainments are not counted: their dates follow from others.
2. Clients without a start or an adviser, and those whose first outcome lies in a month before their start:
   they are not counted.
3. An adviser with fewer than `least_expected` outcomes to be expected in all, or in fewer than
   `least_months` months: not assessable.
4. An adviser with fewer than two comparable colleagues at the provider: not assessable.
5. A month with less than `least_ratio` times the outcomes to be expected, or fewer than `least_more` above
   them.

Assumptions
-----------
The adviser of the registration did the work, all the time. A client who left is still in the caseload;
where one adviser's leave sooner than others', its level says so. A client registered with two advisers of a
contract counts with both. All but one adviser in a hundred are honest, or act in ways that can be told
apart no more than honest ones: what so few have for good reasons is not told from what so few did, and is
asked about. Fewer than `min_advisers` comparable advisers in all: the rule is not assessable; with fewer
than 100, honest months of heavy tails are asked about too often. With 10 to 39 providers it screens, and
clears nobody; conduct that is the same in every month is not seen (the adviser's rate is another rule's
question), nor what all advisers of a provider do in the same month, or one on a single day.

Ask for
-------
For a sample of the listed claims the document that dates the outcome, and the day on which it was filed;
what the adviser did in that month; and who else worked with these clients.

Source
------
Lawless (1987) on negative binomial counts; Farrington et al. (1996) on counts out of control beside their
own past; Pickands (1975) on tails above a high bound; House of Commons, Public Accounts Committee, HC 103,
on A4e.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View
from pbr_audit.rule.busy_months import FEWEST_COLLEAGUES, busiest_months

RULE = Rule(
    id="PBR403",
    version=1,
    title="Adviser's claims in a month above what the caseload explains",
    family="staff-outlier",
    severity="medium",
    basis="statistical",
    subject="advisor",
    key=("contract_id", "provider_id", "advisor_id", "period"),
    by="client_id",
    needs=Needs(
        required={
            "clients": ("client_id", "contract_id", "provider_id", "advisor_id", "start_date"),
            "claims": ("claim_id", "client_id", "contract_id", "outcome", "outcome_date"),
        },
        optional={"outcomes": ("contract_id", "outcome", "kind")},
    ),
    params={
        "least_expected": Param(
            5.0,
            unit="outcomes",
            low=1.0,
            high=1_000.0,
            why="with fewer in all, an adviser's months are mostly empty and every outcome is a busy month",
        ),
        "least_months": Param(
            6, unit="months", low=3, high=120, why="fewer do not show what is usual with the adviser"
        ),
        "least_ratio": Param(
            3.0,
            unit="times the expected",
            low=1.0,
            high=100.0,
            why="less than three times as many is a good month, however sure it is",
        ),
        "least_more": Param(
            10.0,
            unit="outcomes",
            low=0.0,
            high=10_000.0,
            why="fewer above the expected than these are not worth the question",
        ),
        "min_advisers": Param(
            100, unit="advisers", low=10, high=1_000, why="fewer do not show how busy honest months become"
        ),
    },
    message=(
        "{outcomes} of the adviser's clients have their first outcome dated in {period}, {counted} if those "
        "of the busiest day count as one; of a caseload like this, and by the adviser's other months and the "
        "provider's {colleagues} other advisers, {expected} were to be expected."
    ),
)
ADVISER = ["contract_id", "provider_id", "advisor_id"]
KEY = [*ADVISER, "period"]
# What is planted is dated on every day that each month has.
DAYS_OF_EVERY_MONTH = 28
# Attachments are everybody's, cohort outcomes no client's, and a sustainment follows from the day before it.
NOT_COUNTED = ("attachment", "sustainment", "cohort")


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each adviser how many clients began in a month and had their first outcome in another."""
    del p
    began = pl.col("start_date").dt.truncate("1mo")
    month = pl.col("outcome_date").dt.truncate("1mo")
    return (
        view.clients.drop_nulls(["start_date", "advisor_id"])  # (2)
        .join(_first_outcomes(view), on=["client_id", "contract_id"], how="left")
        .filter(pl.col("outcome_date").is_null() | (month >= began))  # (2)
        .group_by(*ADVISER, began=began, reached="outcome_date")
        .agg(clients=pl.len().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each adviser: the busiest month, beside what is to be expected of it."""
    if measures.is_empty():
        raise NotAssessable("no client has a start and an adviser, so that nobody's caseload is known")
    rows = busiest_months(measures, p.least_expected, p.least_months)
    compared = pl.col("comparable") & (pl.col("colleagues") >= FEWEST_COLLEAGUES)
    advisers = int(rows.select(compared.sum()).item())
    if advisers < p.min_advisers:
        raise NotAssessable(
            f"{advisers} advisers with two comparable colleagues have {p.least_expected:g} outcomes to be "
            f"expected in {p.least_months} months or more; at least {p.min_advisers} are needed to tell how "
            "busy honest months become"
        )
    few = pl.lit(
        f"fewer than {p.least_expected:g} outcomes are to be expected, or fewer than {p.least_months} months "
        "have any"
    )
    enough = (pl.col("effect") >= p.least_ratio) & (pl.col("excess_claims") >= p.least_more)  # (5)
    smallest = pl.max_horizontal(
        "smallest_seen", pl.lit(p.least_ratio), 1 + p.least_more / pl.col("usual_month")
    )
    return rows.with_columns(
        flagged=pl.when(compared).then(enough),
        p_value=pl.when(compared).then(pl.when(enough).then("p_value").otherwise(1.0)),
        smallest_seen=pl.when(compared).then(smallest),
        picture=pl.when(enough).then("picture"),
        advisers_compared=pl.lit(advisers),
        why_not=pl.when(~pl.col("comparable"))
        .then(few)  # (3)
        .otherwise(pl.lit("the adviser has fewer than two comparable colleagues")),  # (4)
    ).drop("comparable")


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the first outcomes dated in the month of each adviser found; no amount is at risk."""
    del p
    whose = view.clients.select("client_id", *ADVISER)
    return (
        _counted(view)
        .join(_first_outcomes(view), on=["client_id", "contract_id", "outcome_date"], how="semi")
        .join(whose, on=["client_id", "contract_id"], how="inner")
        .with_columns(period=pl.col("outcome_date").dt.strftime("%Y-%m"))
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def _counted(view: View) -> pl.LazyFrame:
    """Return the claims for outcomes that a client reaches on a day of its own (1)."""
    others = view.outcomes.filter(pl.col("kind").is_in(NOT_COUNTED))
    return view.claims.join(others, on=["contract_id", "outcome"], how="anti")


def _first_outcomes(view: View) -> pl.LazyFrame:
    return (
        _counted(view)
        .group_by("client_id", "contract_id")
        .agg(pl.col("outcome_date").min())
        .drop_nulls("outcome_date")
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims had one adviser of each of `who` dated first outcomes of others in one month."""
    del p
    claims = view.claims.collect()
    own = pl.col("provider_id").is_in(who) & (
        pl.col("advisor_id") == pl.col("advisor_id").mode().min().over("contract_id", "provider_id")
    )
    clients = view.clients.collect().filter(own).sort("client_id", "contract_id")
    # The middle of all months: of those who began before it and have no outcome by then.
    month = pl.lit(claims["outcome_date"].median()).cast(pl.Date).dt.truncate("1mo")
    open_ = clients.filter(pl.col("start_date") < month).join(
        claims.filter(pl.col("outcome_date") < month), on=["client_id", "contract_id"], how="anti"
    )
    besides = open_.filter(pl.Series(rng.random(open_.height)) < share).select(
        "client_id",
        "contract_id",
        claim_id=pl.concat_str(pl.lit("besides-"), "client_id"),
        outcome=pl.lit(claims["outcome"].mode().min()),
        outcome_date=month + pl.duration(days=pl.int_range(pl.len()) % DAYS_OF_EVERY_MONTH),
    )
    return {"claims": pl.concat([claims, besides], how="diagonal")}
