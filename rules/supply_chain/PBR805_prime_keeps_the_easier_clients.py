"""A prime keeps fewer of its contract's hardest clients, beside the others, than other primes do.

What it flags
-------------
A prime that delivers itself, in one contract, and kept a far smaller share of the hardest third of its
clients than of the others; where there are fewer than 10 primes to compare, smaller than a specialist
leaves. No amount is at risk.

Method
------
Clients with a start date and a risk score. Own are those whose provider is the contract's `prime_id`, given
all others of the contract. From each score the mean of the contract's area and group is taken, then that of
the starting quarter. The third furthest above is the hardest. The gap is asin√ of the share kept of the
others less asin√ of the share kept of the hardest, with Anscombe's correction. With 10 primes or more it is
held against their gaps: the robust centre and the spread beyond chance (Paule and Mandel, deviates cut to
1.5), one-sided, by Student's t with few degrees of freedom. The effect is what the prime lacks, as a share,
of the hardest whom those gaps would have left it; below `least_effect` the p-value is 1. With fewer primes
the effect is what it lacks of a share equal to that of the others. The gap is then worked out for each
quarter, and their mean is held against the gap of a prime that lacks `least_effect`, with the error that
quarters themselves show (overdispersed, t with as many degrees of freedom as quarters less one). That is
weaker, since nothing shows what is usual among primes, and the severity is then `info`.

Example
-------
In CPA01 the prime F1 kept clients with scores of 0.30 to 0.60 and gave those of 0.62 to 0.92 away, in each
of four quarters: none of the hardest third, and three in four of the others. There is no other prime to
compare: a query for information.

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
4. A prime that lacks less of the hardest than `least_effect`.

Assumptions
-----------
The score was made before it was decided who goes where. A client has one provider. Simulated, 20 and 60
primes of 300 clients: somebody was asked in less than 1 % of 500 honest books, and in 3 to 7 % of 300 where
three primes in ten have a specialist for the hardest; of those who gave their hardest third away three in
four were found, and beside such specialists three in ten. With six primes nobody was asked, and a quarter
to a third were found.

Ask for
-------
The rule by which clients are allotted, and who applied it to a sample of the easiest and of the hardest.

Source
------
The claims standard (`clients`, `risk_score`; `prime_id`); Anscombe (1948); Paule and Mandel (1982);
Wedderburn (1974).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, Param, Params, Rule, View
from pbr_audit.rule.refusals import picture_of_gaps
from pbr_audit.stats.over_periods import over_periods
from pbr_audit.stats.root_scale import gap_against_peers, root_gap, share_below

RULE = Rule(
    id="PBR805",
    version=2,
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
            0.65,
            unit="of the hardest third expected",
            low=0.0,
            high=1.0,
            why="a specialist for the hardest in five, who are three in five of them, makes nearly so much",
        ),
    },
    message=(
        "{provider_id} kept {hard_share:percent} of the hardest third of its contract's clients and "
        "{others_share:percent} of the others, in the same quarter, area and group: {effect:percent} fewer "
        "of the hardest than {held_against} would have left it."
    ),
)
KEY = ["contract_id", "provider_id"]
AREA, QUARTER = ["contract_id", "area", "group"], ["contract_id", "quarter"]
FEWEST, LEAST_QUARTERS = 10, 4
PICTURED = 0.05
NONE_EXPECTED = "so few of the others were kept that none of the hardest would be"
COUNTS = ("others_own", "others", "hard_own", "hard")
NAN = float("nan")


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
    shared = measures.filter(pl.col("own").any().over(KEY), ~pl.col("own").all().over(KEY))
    places = shared.select(KEY).unique().sort(KEY).with_row_index("place")
    rows = _in_thirds(shared.join(places, on=KEY, how="left"))
    table = places.join(_counts(rows, "place"), on="place", how="left", maintain_order="left")
    table = table.with_columns(pl.col("own", "given", *COUNTS).fill_null(0))
    enough = (table["own"] >= p.least_people) & (table["given"] >= p.least_people)  # (3)
    primes = table.filter(enough)["provider_id"].n_unique()
    told = _beside_primes(table, enough) if primes >= FEWEST else _over_quarters(table, rows, enough, p)
    few = (
        f"fewer than {p.least_people} own or given people can be compared, or fewer than {LEAST_QUARTERS} "
        "quarters"
    )
    judged = told.with_columns(
        providers_compared=pl.lit(primes if primes >= FEWEST else None, dtype=pl.Int64),
        severity=pl.lit(None if primes >= FEWEST else "info", dtype=pl.String),
        flagged=pl.when(pl.col("p_value").is_not_null()).then(pl.col("effect") >= p.least_effect),
        why_not=pl.when(pl.col("gap").is_null()).then(pl.lit(few)).otherwise(pl.lit(NONE_EXPECTED)),
    ).with_columns(p_value=pl.when("flagged").then("p_value").when(~pl.col("flagged")).then(1.0))
    return judged.with_columns(picture=_pictures(judged)).drop("place", *COUNTS)


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


def _in_thirds(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the clients of places and quarters with own and given ones (1), the hardest third set off.

    Cells of a quarter, area and group would be a few people, whose mean is mostly themselves: the mean of the
    area and group is taken off each score, then that of the quarter.
    """
    shared = rows
    for cell in (AREA, QUARTER):
        shared = shared.filter(pl.col("own").any().over(cell), ~pl.col("own").all().over(cell))
    away = pl.col("risk_score")
    for cell in (AREA, QUARTER):
        shared = shared.with_columns(away=away - away.mean().over(cell))
        away = pl.col("away")
    rank = away.round(9).rank().over("place")
    return shared.with_columns(hard=rank > pl.len().over("place") * 2 / 3)


def _counts(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return by `keys` how many there are and how many are the prime's own, of the hardest and the others."""
    own, hard = pl.col("own"), pl.col("hard")
    return (
        rows.group_by(keys)
        .agg(
            own=own.sum().cast(pl.Int64),
            given=(~own).sum().cast(pl.Int64),
            others_own=(own & ~hard).sum().cast(pl.Int64),
            others=(~hard).sum().cast(pl.Int64),
            hard_own=(own & hard).sum().cast(pl.Int64),
            hard=hard.sum().cast(pl.Int64),
        )
        .sort(keys)
    )


def _beside_primes(table: pl.DataFrame, enough: pl.Series) -> pl.DataFrame:
    """Add what the gaps of the other primes say of each one's."""
    counts = (table[name] for name in COUNTS)
    found = gap_against_peers(*counts, enough=enough, whose=table["provider_id"])
    told = pl.DataFrame(
        {
            "gap": found.gap,
            "peers_gap": found.centre,
            "peers_spread": found.spread,
            "p_value": found.p_value,
            "low": found.gap - found.width,
            "high": found.gap + found.width,
            "seen": found.centre + found.gap_seen,
        },
        nan_to_null=True,
    )
    return _lacking(pl.concat([table, told], how="horizontal"), "other primes' choices")


def _over_quarters(table: pl.DataFrame, rows: pl.DataFrame, enough: pl.Series, p: Params) -> pl.DataFrame:
    """Add what each prime's quarters say of its gap, against that of one who lacks `least_effect`."""
    quarters = _counts(rows, "place", "quarter")
    figure, variance = root_gap(*(quarters[name] for name in COUNTS))
    others = pl.col("others_own") / pl.col("others")
    gap = others.sqrt().arcsin() - (others * (1 - p.least_effect)).sqrt().arcsin()
    usual = table.select(gap.fill_nan(None).fill_null(NAN)).to_series()
    found = over_periods(
        quarters["place"],
        figure,
        variance,
        subjects=table.height,
        usual=usual,
        least=LEAST_QUARTERS,
    )
    told = pl.DataFrame(
        {
            "gap": found.mean,
            "p_value": found.p_value,
            "low": found.low,
            "high": found.high,
            "seen": usual + pl.Series(found.smallest_seen),
        },
        nan_to_null=True,
    ).with_columns(pl.when(enough).then(pl.all()))
    nobody = {"peers_gap": pl.lit(0.0), "peers_spread": pl.lit(None, dtype=pl.Float64)}
    made = pl.concat([table, told], how="horizontal").with_columns(**nobody)
    return _lacking(made, "an equal choice")


def _lacking(table: pl.DataFrame, held_against: str) -> pl.DataFrame:
    """Add the shares kept, and what is lacking of the hardest; null where peers' gap leaves none of them."""
    others = (table["others_own"] / table["others"]).fill_nan(None)
    hard = (table["hard_own"] / table["hard"]).fill_nan(None)
    gaps = (table[name].fill_null(NAN) for name in ("peers_gap", "low", "high", "seen"))
    usual, low, high, seen = (pl.Series(share_below(others.fill_null(NAN), gap)) for gap in gaps)
    some = usual.is_not_nan() & (usual > 0) & table["gap"].is_not_null()
    lacking = {"effect": hard, "effect_low": low, "effect_high": high, "smallest_seen": seen}
    return table.drop("low", "high", "seen").with_columns(
        others_share=others,
        hard_share=hard,
        expected_share=usual.fill_nan(None),
        held_against=pl.lit(held_against),
        p_value=pl.when(some).then("p_value"),
        **{name: pl.when(some).then(1 - share / usual) for name, share in lacking.items()},
    )


def _pictures(judged: pl.DataFrame) -> pl.Series:
    """Return the gaps of all primes for each row that may become a query beside them, it set off."""
    wanted = judged["flagged"] & (judged["p_value"] <= PICTURED) & judged["peers_spread"].is_not_null()
    shown = judged.with_columns(accepted="own", refused="given")
    asked = zip(wanted, judged["place"], strict=True)
    made = [
        picture_of_gaps(shown, place, "clients, own and given") if want else None for want, place in asked
    ]
    return pl.Series(made, dtype=pl.String)
