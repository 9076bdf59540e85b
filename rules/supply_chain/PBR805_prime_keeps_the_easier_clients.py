"""A prime's own clients are easier than those that it gives to its subcontractors.

What it flags
-------------
A prime that delivers itself, in one contract, whose own clients have lower risk scores than those who are
with others there, by more than with other primes; where there are fewer than 10 primes to compare, by more
than specialists make. No amount is at risk.

Method
------
Clients with a start date and a risk score. Own are those whose provider is the contract's `prime_id`, given
all others of the contract. Within each starting quarter, area and group the mean score of the given less
that of the prime's own is taken, in standard deviations of all; its error is that of own and given drawn at
random from the same people (the exact permutation variance). With 10 primes or more it is held against the
others: their robust centre and their spread beyond chance (Paule and Mandel, deviates cut to 1.5),
one-sided, by Student's t with few degrees of freedom; an effect below `least_effect` counts as p = 1. With
fewer it is worked out for each quarter; their mean is held against `usual_difference`, with the error that
quarters themselves show (overdispersed, t with as many degrees of freedom as quarters less one). That is
weaker, since nothing shows what is usual among primes, and the severity is then `info`. The effect is the
difference beyond the peers' or beyond the usual.

Example
-------
In CPA01 the prime F1 kept clients with scores of 0.30 to 0.60 and gave those of 0.62 to 0.92 away, in each
of four quarters: 1.7 standard deviations, where 0.5 is usual. There is no other prime to compare: a query
for information.

Why ask
-------
A prime decides who goes where. With the easier clients it earns the same price for less work, and its
subcontractors, paid by result too, carry the harder ones and are blamed for their rates.

Innocent explanations
---------------------
Subcontractors were chosen because they are specialists for harder people. Clients choose. The prime works
in the places where nobody else does, and those are better off.

Not flagged
-----------
1. Clients without a start date or a risk score, and quarters, areas and groups in which all are the prime's
   own, or none.
2. Contracts in which the prime has no client of its own or none is with anybody else: not looked at.
3. Fewer than `least_people` own or given in such cells; without 10 primes, fewer than four quarters: not
   assessable.
4. A prime whose own clients are harder, or easier by no more than its peers' or than is usual.

Assumptions
-----------
The score was made before it was decided who goes where. A client has one provider. Simulated, 20 and 60
primes of 300 clients: somebody was asked in 5 % of honest books, and half to two thirds of those who gave
their hardest third away were found; with six primes nobody was asked in 80, and two in five found.

Ask for
-------
The rule by which clients are allotted, and who applied it to a sample of the easiest and of the hardest.

Source
------
The claims standard (`clients`, `risk_score`; `prime_id`); Cochran (1977), section 2.5; Wedderburn (1974).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, Param, Params, Rule, View
from pbr_audit.stats.over_periods import over_periods
from pbr_audit.stats.peers import against_peers
from pbr_audit.stats.selection import selection

RULE = Rule(
    id="PBR805",
    version=1,
    title="Prime keeps the easier clients",
    family="supply-chain",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("contract_id", "provider_id"),
    by="contract_id",
    needs=Needs(
        required={
            "clients": ("contract_id", "provider_id", "start_date", "risk_score"),
            "contracts": ("contract_id", "prime_id"),
        },
        optional={"clients": ("area", "group")},
    ),
    params={
        "least_people": Param(
            60,
            unit="people",
            low=2,
            high=10_000,
            why="the smallest group of official comparisons",
        ),
        "least_effect": Param(
            0.1, unit="standard deviations", low=0.0, high=3.0, why="below a tenth groups count as balanced"
        ),
        "usual_difference": Param(
            0.5,
            unit="standard deviations",
            low=0.0,
            high=3.0,
            why="a specialist for the hardest in five of a contract makes about so much",
        ),
    },
    message=(
        "Those whom {provider_id} gave to others are {difference:number} standard deviations harder than the "
        "{own} whom it kept, in the same quarter, area and group, {effect:number} more than is usual."
    ),
)
KEY = ["contract_id", "provider_id"]
CELL = ["contract_id", "quarter", "area", "group"]
FEWEST, LEAST_QUARTERS, ROBUST = 10, 4, 1.5
TOLD = ["difference", "effect", "effect_low", "effect_high", "smallest_seen", "p_value"]


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - all numbers are judged together
    """Return a row for each client (1), with the contract's prime and whether the client is its own."""
    return (
        view.clients.filter(pl.col("start_date").is_not_null(), pl.col("risk_score").is_not_null())
        .join(view.contracts, on="contract_id", how="inner")
        .select(
            "contract_id",
            "area",
            "group",
            "risk_score",
            provider_id="prime_id",
            quarter=pl.col("start_date").dt.truncate("1q"),
            own=pl.col("provider_id") == pl.col("prime_id"),
        )
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each prime that delivers itself (2), to be flagged where it keeps the easier (4)."""
    rows = measures.filter(pl.col("own").any().over(KEY), ~pl.col("own").all().over(KEY))
    places = rows.select(KEY).unique().sort(KEY).with_row_index("place")
    rows = (
        rows.join(places, on=KEY, how="left")
        .with_columns(stratum=pl.struct(CELL).rank("dense"), span=pl.struct("place", "quarter").rank("dense"))
        .sort("stratum", "risk_score", "own")
    )
    whole = _difference(rows, "place", p.least_people)
    table = places.join(whole, left_on="place", right_on="subject", how="left", maintain_order="left")
    primes = table.filter(pl.col("variance").is_not_null())["provider_id"].n_unique()
    told = _beside_primes(table) if primes >= FEWEST else _over_quarters(table, rows, p)
    floor = p.least_effect if primes >= FEWEST else 0.0
    return (
        told.with_columns(pl.col(TOLD).fill_nan(None))
        .with_columns(
            providers_compared=pl.lit(primes if primes >= FEWEST else None, dtype=pl.Int64),
            severity=pl.lit(None if primes >= FEWEST else "info", dtype=pl.String),
            flagged=pl.when(pl.col("p_value").is_not_null()).then(pl.col("effect") >= floor),
            why_not=pl.lit(  # (3)
                f"fewer than {p.least_people} own or given people can be compared, or fewer than "
                f"{LEAST_QUARTERS} quarters"
            ),
        )
        .with_columns(p_value=pl.when("flagged").then("p_value").when(~pl.col("flagged")).then(1.0))
        .drop("place", "figure", "variance")
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the clients as they would be had the primes `who` given `share` of their hardest third away."""
    primes = view.contracts.collect()
    clients = view.clients.collect().join(primes, on="contract_id", how="left", maintain_order="left")
    own = pl.col("provider_id") == pl.col("prime_id")
    hardest = (pl.col("risk_score").rank() > pl.len() * 2 / 3).over("contract_id", "provider_id")
    drawn = pl.Series(rng.random(clients.height)) < share
    other = pl.col("provider_id").filter(~own).first().over("contract_id")
    given = own & pl.col("prime_id").is_in(who) & hardest & drawn
    return {
        "clients": clients.with_columns(provider_id=pl.when(given).then(other).otherwise("provider_id")).drop(
            "prime_id"
        )
    }


def _difference(rows: pl.DataFrame, subject: str, least: int) -> pl.DataFrame:
    """Return by `subject` how much harder the given are than the own, in standard deviations."""
    columns = (rows[name] for name in (subject, "stratum", "risk_score", "own"))
    found = selection(*columns, least_accepted=least, least_refused=least)
    return pl.DataFrame(
        {
            "subject": pl.Series(found.provider).cast(pl.UInt32),
            "own": pl.Series(found.accepted).cast(pl.Int64),
            "given": pl.Series(found.refused).cast(pl.Int64),
            # The own less all, over the share given: the own less the given.
            "figure": -found.per_refusal,
            "variance": found.per_refusal_variance,
        },
        nan_to_null=True,
    ).with_columns(pl.col("figure", "variance").fill_nan(None))


def _beside_primes(table: pl.DataFrame) -> pl.DataFrame:
    """Add what the spread of the other primes says of each difference."""
    nan = float("nan")
    figure, variance = table["figure"].fill_null(nan), table["variance"].fill_null(nan)
    peers = against_peers(figure, variance, above=True, k=ROBUST, whose=table["provider_id"])
    effect, width = figure - pl.Series(peers.centre), pl.Series(peers.width())
    return table.with_columns(
        difference=figure,
        effect=effect,
        effect_low=effect - width,
        effect_high=effect + width,
        smallest_seen=pl.Series(peers.smallest_seen),
        p_value=pl.Series(peers.p_value).fill_nan(None),
        held_against=pl.lit("other primes"),
    )


def _over_quarters(table: pl.DataFrame, rows: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Add what each prime's quarters say of its difference, against what is usual."""
    spans = rows.select("span", "place").unique()
    quarters = _difference(rows, "span", 1).join(spans, left_on="subject", right_on="span").sort("subject")
    nan = float("nan")
    found = over_periods(
        quarters["place"],
        quarters["figure"].fill_null(nan),
        quarters["variance"].fill_null(nan),
        subjects=table.height,
        usual=p.usual_difference,
        least=LEAST_QUARTERS,
    )
    mean = pl.when(pl.col("variance").is_not_null()).then(pl.Series(found.mean))
    known = mean.is_not_null()
    return table.with_columns(
        difference=mean,
        effect=mean - p.usual_difference,
        effect_low=pl.when(known).then(pl.Series(found.low)) - p.usual_difference,
        effect_high=pl.when(known).then(pl.Series(found.high)) - p.usual_difference,
        smallest_seen=pl.when(known).then(pl.Series(found.smallest_seen)),
        p_value=pl.when(known).then(pl.Series(found.p_value)),
        held_against=pl.lit("what is usual"),
    )
