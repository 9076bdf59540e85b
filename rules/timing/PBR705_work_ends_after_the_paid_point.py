"""A provider's clients leave work just after the last paid point, by more than its peers' do.

What it flags
-------------
A provider of whose clients who left work in the months after their last paid outcome a larger share left
within days of it than honest providers differ by. No amount is at risk: the outcome was reached, or the
records do not say otherwise. The claims behind those ends are listed, for a sample.

Method
------
Of each client the last live prime claim of a milestone or a sustainment is taken, and the spell of
employment in the commissioner's own records that covers its outcome date (the longest where several do).
Counted are spells that ended within `near_days` of that date, and of these those that ended within
`just_after_days`. The share is held against the other providers': what is expected is theirs in the same
contract, outcome and quarter, drawn towards the outcome's in all quarters where they are few, so that
contracts of a fixed length, which end at the paid point for all, are no difference. A provider's contracts
are taken together. Shares are compared as angles (arcsine of the root); a provider's clumping from quarter
to quarter widens its error; the spread of honest providers is learnt from the others, robustly and on the
cautious side, and the tail is the binomial's over shares that differ as t-variables of at most five degrees
of freedom do. It becomes a query where it survives the correction over all statistical tests of the run and
the share is at least `least_effect` above the peers'. The effect is that difference, with its 95 %
interval; `smallest_seen` is the smallest one that would be found four times in five.

Of 5 % of 60 providers, 40 % of whose clients left just after the paid point in place of later, 98 % were
found with 1,000 clients where honest shares are alike, 87 % with 300; of one in twenty providers with heavy
tails 78 %. Of simulated honest books somebody was a query in none of 80 of 60 providers alike and of 40 of
20 with heavy tails; of 20 books of 200 providers with heavy tails and 300 clients in 6: among so many, one
is honestly far out, and the version before, which asked from a tenth above on, did no better. A provider
whose employers offer fixed contracts of just that length looks the same: no figure can tell the two apart.

Example
-------
Eleven providers have 24 clients each whose work ended within 16 weeks of the outcome of 2 May 2016. Of ten
of them three ended within two weeks, of F1 fifteen: 63 % against an eighth, a query.

Why ask
-------
Work that is found, subsidised or reported for as long as it is paid for ends when it no longer is. Training
programmes in the United States were shown to end people's enrolment to suit the day of measurement.

Innocent explanations
---------------------
The provider works with employers who offer fixed contracts of just that length. Its support, which kept
people in work, ends at the paid point, as the contract has it. The area's largest employer closed.

Not flagged
-----------
1. Attachment and cohort outcomes, and claims that are not the client's last: work goes on to the next
   point.
2. Spells that do not cover the outcome's date (PBR207 asks about those), that are still open, or that ended
   more than `near_days` later: how long people stay is not the question.
3. A provider with fewer than `min_ends` such ends: not assessable.
4. A difference of less than `least_effect`, and a smaller share than the others'.

Assumptions
-----------
Records of employment are as complete for one provider's clients as for another's. With fewer than ten
providers that have enough ends the rule is not assessable; with 10 to 39 it screens, and clears nobody.

Ask for
-------
For a sample of the listed claims, the contract of employment with its end, who paid the wage, and whether
any subsidy or payment to the employer ended then.

Source
------
Courty and Marschke, Journal of Labor Economics 22(1), 2004; Paule and Mandel (1982), with large deviates
cut, for the spread.
"""

import polars as pl

from pbr_audit.rule import OUTCOME, Draws, Needs, Param, Params, Rule, View, shares_as_rows, with_funnels

RULE = Rule(
    id="PBR705",
    version=3,
    title="Work ends just after the paid point",
    family="timing",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "deliverer_id", "outcome", "outcome_date"),
            "events": ("client_id", "event", "start_date", "end_date"),
        },
        optional={"outcomes": (*OUTCOME, "kind")},
        holds={"events": {"event": "employment"}},
    ),
    params={
        "just_after_days": Param(
            14,
            unit="days",
            low=0,
            high=60,
            why="a fortnight's notice is the shortest that is usual",
        ),
        "near_days": Param(
            112,
            unit="days",
            low=1,
            high=730,
            why="sixteen weeks are long enough to say how often work ends at any time",
        ),
        "min_ends": Param(
            20,
            unit="ends",
            low=4,
            high=10_000,
            why="below this only an extreme share could be told from chance",
        ),
        "least_effect": Param(
            0.2,
            unit="of the ends",
            low=0.0,
            high=1.0,
            why="among honest providers a few in a hundred lie a tenth and more above the others",
        ),
    },
    message=(
        "{reached} of {size} clients whose work ended in the months after the last paid point "
        "({share:percent}) left within days of it, where the peers have {peers_share:percent}."
    ),
)
KEY = ("provider_id",)
NOT_WORK = ("attachment", "cohort")


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return for each contract, provider, outcome and quarter the spells that ended soon, and just after."""
    just_after: int = p.just_after_days
    return (
        _ended(view, p)
        .group_by("contract_id", *KEY, "outcome", quarter=pl.col("outcome_date").dt.truncate("1q"))
        .agg(size=pl.len().cast(pl.Int64), reached=(pl.col("days_after") <= just_after).sum().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider with its share against the peers' spread."""
    rows = shares_as_rows(
        measures,
        cell=(*OUTCOME, "quarter"),
        wide=OUTCOME,
        least=p.min_ends,
        what="ends of work",
        most_df=5,
    )  # (3)
    large = pl.col("effect") >= p.least_effect  # (4)
    rows = rows.with_columns(flagged=pl.when(pl.col("p_value").is_not_null()).then(large))
    return with_funnels(rows, x="ends of work", y="share just after the paid point")


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims whose clients left just after, for each provider found."""
    just_after: int = p.just_after_days
    return (
        _ended(view, p)
        .filter(pl.col("days_after") <= just_after)
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the events had a share of the work of `who`'s clients that ended soon ended just after."""
    events = view.events.collect()
    drawn = pl.Series("drawn", rng.random(events.height))
    ended = _ended(view, p).filter(pl.col("provider_id").is_in(who)).collect()
    rows = events.with_columns(drawn).join(
        ended.select("client_id", paid="outcome_date").unique("client_id"),
        on="client_id",
        how="left",
        maintain_order="left",
    )
    after = pl.col("paid") + pl.duration(days=(pl.col("drawn") / share * p.just_after_days).floor())
    moves = (pl.col("drawn") < share) & (after < pl.col("end_date")) & (pl.col("event") == "employment")
    return {
        "events": rows.with_columns(end_date=pl.when(moves).then(after).otherwise("end_date")).drop(
            "drawn", "paid"
        )
    }


def _ended(view: View, p: Params) -> pl.LazyFrame:
    """Return each client's last claim (1) with the days to the end of the work that it was paid for (2)."""
    not_work = view.outcomes.filter(pl.col("kind").is_in(NOT_WORK))
    last = (
        view.claims.drop_nulls("client_id")
        .join(not_work, on=OUTCOME, how="anti")
        .sort("outcome_date", "claim_id")
        .unique(["contract_id", "client_id"], keep="last", maintain_order=True)
    )
    work = view.events.filter(event="employment").select("client_id", begun="start_date", ended="end_date")
    covers = (pl.col("begun") <= pl.col("outcome_date")) & (pl.col("outcome_date") <= pl.col("ended"))
    longest = (
        last.join(work, on="client_id", how="inner")
        .with_columns(pl.col("ended").fill_null(pl.date(9999, 12, 31)))
        .filter(covers)
        .group_by("claim_id")
        .agg(pl.col("ended").max())
    )
    near: int = p.near_days
    return (
        last.join(longest, on="claim_id", how="inner")
        .with_columns(days_after=(pl.col("ended") - pl.col("outcome_date")).dt.total_days())
        .filter(pl.col("days_after") <= near)
        .rename({"deliverer_id": "provider_id"})
    )
