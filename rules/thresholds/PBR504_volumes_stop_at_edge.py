"""Claims stop when a volume reaches its allocation or a band's edge, while those of other contracts go on.

What it flags
-------------
A volume of an outcome in a contract whose live claims reach its allocation, or the edge of a band after
which less is paid, and then all but stop while days of the volume remain on which other contracts' claims
of the same outcome go on. The query is to the contract's prime. No amount is at risk: the claims that did
not come are not known.

Method
------
Claims are counted by outcome date, in the order of outcome date. The edges of a volume are its allocation
and the end of each band that is followed by one with a lower factor; the end of the last band is none, for
nothing is paid beyond it. The last edge reached is looked at. Up to the day on which it was reached, and
from the next day to the volume's last day (or the day up to which the data goes), the claims are counted,
here and in every contract of another prime that has at least `least_claims` of the outcome in the first of
the two. The log of the second over the first is how the others went on: its centre times the count up to
the edge is what was to be expected, its spread between contracts beyond chance (winsorised Paule-Mandel,
taken on the cautious side) the error of that. As few or fewer is tested on the root scale by Student's t;
no test is made of a volume that reached no edge, and one of which more than `most_after` of what was
expected came cannot be a query. The effect is the share of the expected claims that did not come. The
severity is `low`, because stopping at an allocation is often what was agreed.

In 520 simulated honest books of 20 and 60 contracts nobody was a query. Of contracts that held back 95 % of
what came after the edge (one in ten of those that could) all were found where contracts differ by chance
and a little, or have allocations near what they do; 60 to 83 % where they also have trends; hardly any
where months and trends have heavy tails.

Example
-------
CPA01 has an allocation of 60 for JOB in the year from 1 April 2016, and has reached it on 30 September
2016. In the half year that remains none comes, where twelve other contracts' claims go on at ten a month: a
query. CPA02 reached 60 on the same day and went on.

Why ask
-------
Where less is paid beyond an edge, results may be held until the next volume begins, dated later than they
were achieved, or not worked for: the people whom they are about wait.

Innocent explanations
---------------------
The contract says that nobody beyond the allocation is referred, or the prime was told to stop. Staff were
planned for the allocation. Results beyond the edge are counted, and were not put in as claims.

Not flagged
-----------
1. Claims that are not live, or not of the prime tier.
2. A volume without an edge, or one without a claim: it is not looked at.
3. A volume whose edge was reached fewer than `least_days` before its end, or before the data ends: not
   assessable.
4. A volume with fewer than 10 other primes' contracts to compare it with: not assessable.
5. A volume that reached no edge; one that reached an edge and went on.

Assumptions
-----------
Outcome dates are as achieved. Contracts of one outcome code go through the same seasons. Other contracts
that stopped at edges of their own widen the spread, which hides rather than accuses.

Ask for
-------
Results achieved after the edge was reached, claimed or not; the dates of those claimed in the first weeks
of the next volume; what was agreed for results beyond the allocation.

Source
------
Own method; Courty and Marschke, Journal of Labor Economics 22(1), 2004, on outcomes held back once a quota
is reached; Paule and Mandel (1982).
"""

from datetime import date

import polars as pl

from pbr_audit.rule import OUTCOME, Draws, Needs, Param, Params, Rule, View, pictures
from pbr_audit.stats.peers import FEWEST_PEERS
from pbr_audit.stats.stopping import stopped_after

RULE = Rule(
    id="PBR504",
    version=1,
    title="Volumes stop at a band's edge or at exactly 100 % of the allocation",
    family="threshold-clustering",
    severity="low",
    basis="statistical",
    subject="contract",
    key=("contract_id", "outcome", "volume"),
    by="contract_id",
    needs=Needs(
        required={
            "claims": (*OUTCOME, "outcome_date"),
            "volumes": (*OUTCOME, "from_date", "to_date", "allocation", "bands"),
            "contracts": ("contract_id", "prime_id", "start_date", "end_date"),
        },
    ),
    params={
        "least_days": Param(
            56, unit="days", low=7, high=3_660, why="in less than two months a pause is no stop"
        ),
        "least_claims": Param(
            20, unit="claims", low=1, high=100_000, why="fewer do not show how a contract goes on"
        ),
        "most_after": Param(
            0.25,
            unit="of the claims expected",
            low=0,
            high=1,
            why="more than a quarter is slower, and no stop",
        ),
    },
    message=(
        "Claims for {outcome} reached {edge} on {reached}, and {after} came in the {days_left} days after; "
        "going by other contracts it would be {expected:number}."
    ),
)
KEY = ["contract_id", "outcome", "volume"]
VOLUME = (*OUTCOME, "provider_id", "first_day", "last_day", "as_of", "edges")
PICTURED = 0.05
SCHEMA = {
    **dict.fromkeys(("edge", "claims", "before", "after", "days_left", "providers_compared"), pl.Int64()),
    **dict.fromkeys(("expected", "effect", "effect_low", "effect_high", "p_value"), pl.Float64()),
    **dict.fromkeys(("peers_spread", "smallest_seen"), pl.Float64()),
    "reached": pl.Date(),
    "flagged": pl.Boolean(),
    "picture": pl.String(),
    "why_not": pl.String(),
}


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameters decide later
    """Return a row for each contract, outcome and day with claims (1), and one for each volume (2)."""
    primes = view.contracts.select("contract_id", "prime_id", "start_date", "end_date")
    daily = view.claims.group_by(*OUTCOME, "outcome_date").agg(claims_then=pl.len().cast(pl.Int64))
    days = daily.join(primes.select("contract_id", provider_id="prime_id"), on="contract_id", how="inner")
    since = pl.col("from_date").cast(pl.String)
    volumes = (
        view.volumes.join(daily.select(OUTCOME).unique(), on=OUTCOME, how="semi")
        .join(primes, on="contract_id", how="inner")
        .with_columns(edges=_edges())
        .filter(pl.col("edges").list.len() > 0)
        .select(
            *OUTCOME,
            "edges",
            provider_id="prime_id",
            volume=pl.concat_str(pl.lit("from "), since).fill_null("from the beginning"),
            first_day=pl.coalesce("from_date", "start_date"),
            last_day=pl.coalesce("to_date", "end_date"),
            as_of=pl.lit(view.as_of, dtype=pl.Date),
        )
    )
    return pl.concat([days, volumes], how="diagonal")


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each volume, with the p-value of what came after its edge."""
    days = measures.filter(pl.col("claims_then").is_not_null()).sort(*OUTCOME, "outcome_date")
    volumes = measures.filter(pl.col("volume").is_not_null()).sort(KEY)
    told = [_told(volumes[place], days, p) for place in range(volumes.height)]
    return pl.concat(
        [volumes.select(*KEY, "provider_id", "edges"), pl.DataFrame(told, schema=SCHEMA)], how="horizontal"
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the claims had contracts `who` held back a share of those dated after an edge was reached."""
    claims = view.claims.collect()
    measures = measure(view, p).collect()
    told = decide(measures, p).filter(pl.col("contract_id").is_in(who))
    ends = measures.select(*KEY, "last_day").drop_nulls()
    after = told.join(ends, on=KEY).select(*OUTCOME, "reached", "last_day").drop_nulls()
    held = claims.with_row_index("row").join(after, on=OUTCOME)
    held = held.filter(
        pl.col("outcome_date") > pl.col("reached"), pl.col("outcome_date") <= pl.col("last_day")
    )
    drawn = pl.Series(rng.random(held.height))
    rows = held.filter(drawn < share)["row"]
    return {"claims": claims.filter(~pl.int_range(pl.len()).is_in(rows.cast(pl.Int64).implode()))}


def _edges() -> pl.Expr:
    """Return the allocation and the ends of bands after which less is paid; not the end of the last (2)."""
    factor, end = (pl.element().struct.field(name) for name in ("price_factor", "up_to"))
    dearer = pl.col("bands").list.eval(pl.when(factor > factor.shift(-1)).then(end).drop_nulls())
    last = pl.col("bands").list.last().struct.field("up_to")
    allocation = pl.when(last.is_null() | (pl.col("allocation") < last)).then("allocation")
    return pl.concat_list(allocation, dearer).list.drop_nulls().list.unique().list.sort()


def _told(volume: pl.DataFrame, days: pl.DataFrame, p: Params) -> dict[str, object]:
    """Return what is said of one volume."""
    contract, outcome, prime, first_day, last_day, as_of, marks = volume.select(VOLUME).row(0)
    of_outcome = days.filter(pl.col("outcome") == outcome)
    ends = min(last_day, as_of or of_outcome["outcome_date"].max())
    within = of_outcome.filter(pl.col("outcome_date").is_between(first_day, ends))
    own = within.filter(pl.col("contract_id") == contract)
    counted = own["claims_then"].cum_sum()
    claims = int(own["claims_then"].sum())
    edges = [edge for edge in marks if edge <= claims]
    if not edges:
        return {"claims": claims, "flagged": False, "why_not": "the volume reached no edge"}  # (5)
    reached = own["outcome_date"].filter(counted >= edges[-1])[0]
    left = (ends - reached).days
    told = {"claims": claims, "edge": edges[-1], "reached": reached, "days_left": left}
    if left < p.least_days:
        return told | {
            "why_not": f"fewer than {p.least_days} days were left when the edge was reached"
        }  # (3)
    earlier = pl.col("outcome_date") <= reached
    counts = within.group_by("contract_id", "provider_id").agg(
        before=pl.col("claims_then").filter(earlier).sum(), after=pl.col("claims_then").filter(~earlier).sum()
    )
    others = counts.filter(pl.col("provider_id") != prime, pl.col("before") >= p.least_claims)
    others = others.sort("contract_id")
    before, after = counts.filter(pl.col("contract_id") == contract).select("before", "after").row(0)
    found = stopped_after(before, after, others["before"].to_numpy(), others["after"].to_numpy())
    if found is None:
        few = f"{others.height} contracts of other primes can be compared; at least {FEWEST_PEERS} are needed"
        return told | {"why_not": few}  # (4)
    stops = after <= p.most_after * found.expected
    return told | {
        "before": before,
        "after": after,
        "expected": round(found.expected, 1),
        "effect": found.missing,
        "effect_low": found.low,
        "effect_high": found.high,
        "p_value": found.p_value,
        "peers_spread": round(found.spread, 3),
        "smallest_seen": found.smallest_seen,
        "providers_compared": others["provider_id"].n_unique(),
        "flagged": stops,
        "picture": _picture(own, first_day, ends) if stops and found.p_value <= PICTURED else None,
    }


def _picture(own: pl.DataFrame, first_day: date, last_day: date) -> str:
    """Return the claims month by month."""
    month = pl.col("outcome_date").dt.truncate("1mo")
    months = pl.select(outcome_date=pl.date_range(first_day, last_day).dt.truncate("1mo")).unique()
    counts = own.group_by(month).agg(pl.col("claims_then").sum())
    drawn = months.sort("outcome_date").join(counts, on="outcome_date", how="left", maintain_order="left")
    return pictures.calendar(drawn["outcome_date"][0], drawn["claims_then"].fill_null(0), step="month")
