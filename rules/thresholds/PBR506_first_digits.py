"""A provider's measured values begin with other digits than honest values of their kind do, and others' do.

What it flags
-------------
A provider whose measured values for an outcome of a contract, where they are of a kind that the law of
first digits describes, depart from it beyond chance and further than other providers' values do. No amount
is at risk, and no claim is named: a departure says that the values came about in another way, and never
which of them or why. It is a reason to look at other findings again, and none alone.

Method
------
The law (Benford's) says that of values that spread over several powers of ten a share of log10(1 + 1/d)
begins with the two digits d, 10 to 99. It does not describe prices, days, hours, shares, or anything with a
cap, and no rule of this pack holds a tariff amount against it: `measurements` alone are read, in whole
hundredths of their unit (earnings in pence), and only where a provider has at least `min_values` values
above nothing for an outcome, `min_distinct` different ones, `min_magnitudes` powers of ten between the 1st
and the 99th of a hundred, and at most `most_at_an_end` of all at the largest or the smallest, where a cap
or a floor would be.

The figure is the mean absolute difference of the 90 shares from the law's, less what as many values give by
chance. It has to be beyond chance (normal, from the closed form of its mean and variance) *and* above the
other providers' figures for the outcome, never the provider's own, with their robust centre and spread
(winsorised Paule and Mandel, on the cautious side; t-test with at most ten degrees of freedom): the p-value
is the larger of the two. The effect is the figure less the others' centre, with the 95 % interval that
chance gives; the p-value is 1 where it is under `least_effect`. The same for the second digit is told. The
false discovery rate is held over the whole run. With 10 to 39 providers the rule screens, and clears
nobody.

In simulated honest books of 60 providers, whose clients' earnings differ about middles of their own,
somebody was asked about in 8 % where each provider has about 2,000 values, and in none of 50 with 6,000; of
providers that made 40 % of their values up with even digits, 5 % of all, 96 and 100 % were found, and 98 %
in books of 20 providers. The smallest departure that would have been seen stands in each finding's
evidence.

Example
-------
With the conditions lowered to a hundred values of which twenty differ, ten providers have 720 values each
over three powers of ten. All of F1's begin with a 9, the others' as the law has them: F1's shares of the
first two digits are 0.0186 off the law's beyond chance, the others' (of just 24 different values) 0.0135.
F1 is a query.

Why ask
-------
People who make figures up spread the first digits far too evenly. Auditors have used the law since the
1990s to choose which accounts to read first.

Innocent explanations
---------------------
The provider's clients earn within narrower bounds than others'. A minimum wage for common hours, or a
benefit that stops at a sum, gathers values. Many values are rounded. One large employer pays one wage. Some
values are a week's and some a year's.

Not flagged
-----------
1. Values of nothing and below, empty ones, and those that are not final (`final` is false).
2. Outcomes and providers where a condition of the law is not met: not assessable, with the condition.
3. A provider where fewer than ten providers meet the conditions for the outcome: not assessable.
4. A figure less than `least_effect` above the others' centre, however sure it is.
5. A figure nearer to the law than others': the question is asked on one side.

Assumptions
-----------
Values are of different people and come about one by one. A column cannot show for certain that it has a
cap, a floor or a price list behind it: whoever knows of one leaves the rule out. Two decimals are what is
recorded.

Ask for
-------
Where the values come from, the payslips or the tax office's record for a sample, and who keyed them.

Source
------
Nigrini, Benford's Law (2012), for the test and its bounds (a mean absolute difference above 0.0022 is
called no conformity); Barney and Schulzke, Journal of Forensic Accounting Research 1 (2016), for the excess
over chance; Paule and Mandel (1982).
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, Param, Params, Rule, View, pictures
from pbr_audit.stats.digits import benford_first_two, benford_second, deviation_by_chance
from pbr_audit.stats.exact import normal_lower_tail
from pbr_audit.stats.peers import FEWEST_PEERS, against_peers

RULE = Rule(
    id="PBR506",
    version=1,
    title="First-digit law, only where its conditions hold",
    family="digits",
    severity="low",
    basis="statistical",
    subject="provider",
    key=("contract_id", "provider_id", "outcome"),
    by="outcome",
    needs=Needs(
        required={"measurements": ("contract_id", "provider_id", "outcome", "measured_value")},
        optional={"measurements": ("final",)},
    ),
    params={
        "min_values": Param(
            1_000, unit="values", low=50, high=10_000_000, why="chance alone moves 90 shares of fewer"
        ),
        "min_distinct": Param(
            100, unit="different values", low=20, high=1_000_000, why="a price list has fewer"
        ),
        "min_magnitudes": Param(
            3.0, unit="powers of ten", low=1.0, high=10.0, why="the law holds of values that spread so far"
        ),
        "most_at_an_end": Param(
            0.02, unit="of the values", low=0.0, high=1.0, why="more at one end are a cap or a floor"
        ),
        "least_effect": Param(
            0.0006,
            unit="mean absolute difference",
            low=0.0,
            high=0.1,
            why="half of the bound up to which Nigrini calls conformity close",
        ),
    },
    message=(
        "The first digits of {values} measured values depart from the law of first digits by {excess:number} "
        "a share beyond chance; other providers' by {peers_excess:number}."
    ),
)
KEY = ["contract_id", "provider_id", "outcome"]
WHERE = ["contract_id", "outcome"]
HUNDREDTHS, TEN, FIRST, LAST = 100, 10, 10, 99
DRAWN_UP_TO, NORMAL = 0.05, 1.96
# Beyond this a float holds no hundredths.
EXACT = 2.0**46


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule's parameters are for decide
    """Return for each provider and outcome how its values lie, and how many begin with each two digits."""
    value = pl.col("measured_value")
    kept = value.is_finite() & (value < EXACT) & pl.col("final").ne_missing("false")
    whole = (value * HUNDREDTHS).round().cast(pl.Int64)
    rows = view.measurements.filter(kept).select(*KEY, value=whole).filter(pl.col("value") > 0)  # (1)
    number = pl.col("value")
    spread = rows.group_by(KEY).agg(
        values=pl.len().cast(pl.Int64),
        distinct=number.n_unique().cast(pl.Int64),
        low=number.quantile(0.01, interpolation="nearest"),
        high=number.quantile(0.99, interpolation="nearest"),
        at_an_end=pl.max_horizontal((number == number.min()).sum(), (number == number.max()).sum()),
    )
    # Whole numbers as text begin with their digits; of one digit there are no two.
    digits = rows.filter(number >= FIRST).select(
        *KEY, first_two=number.cast(pl.String).str.slice(0, 2).cast(pl.Int64)
    )
    counted = digits.group_by(*KEY, "first_two").agg(count=pl.len().cast(pl.Int64))
    listed = counted.sort("first_two").group_by(KEY, maintain_order=True).agg("first_two", "count")
    return spread.join(listed, on=KEY, how="left")


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider and outcome, flagged where its digits depart further than others' do."""
    rows = measures.sort(KEY)
    magnitudes = (pl.col("high") / pl.col("low")).log10()
    rows = rows.with_columns(magnitudes=magnitudes).with_columns(
        why_not=pl.when(pl.col("values") < p.min_values)  # (2)
        .then(pl.lit(f"fewer than {p.min_values} values above nothing"))
        .when(pl.col("distinct") < p.min_distinct)
        .then(pl.lit(f"fewer than {p.min_distinct} different values"))
        .when(pl.col("magnitudes") < p.min_magnitudes)
        .then(pl.lit(f"the values spread over less than {p.min_magnitudes:g} powers of ten"))
        .when(pl.col("at_an_end") > p.most_at_an_end * pl.col("values"))
        .then(pl.lit("many values are the largest or the smallest of all: a cap or a floor"))
    )
    comparable = pl.col("why_not").is_null().sum().over(WHERE)
    rows = rows.with_columns(providers_compared=comparable.cast(pl.Int64)).with_columns(
        why_not=pl.when(pl.col("why_not").is_null() & (pl.col("providers_compared") < FEWEST_PEERS))  # (3)
        .then(pl.lit(f"fewer than {FEWEST_PEERS} providers meet the conditions for the outcome"))
        .otherwise("why_not")
    )
    asked = rows.filter(pl.col("why_not").is_null())
    judged = [_judged(group, p) for group in asked.partition_by(WHERE, maintain_order=True)]
    told = pl.concat(judged) if judged else _judged(asked, p)
    result = rows.drop("first_two", "count", "low", "high", "at_an_end")
    return result.join(told, on=KEY, how="left", maintain_order="left")


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the measurements as they would be had `who` made a share of their values up, digits even."""
    rows = view.measurements.collect()
    drawn = pl.Series("drawn", rng.random(rows.height)) < share
    digits = 1 + 9 * pl.Series("digits", rng.random(rows.height))
    rows = rows.with_columns(drawn, digits)
    made_up = (10 ** pl.col("measured_value").log10().floor() * pl.col("digits")).round(2)
    moved = pl.col("provider_id").is_in(who) & pl.col("drawn") & (pl.col("measured_value") > 0)
    value = pl.when(moved).then(made_up).otherwise("measured_value")
    return {"measurements": rows.with_columns(measured_value=value).drop("drawn", "digits")}


def _judged(group: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return what is told of the providers of one outcome that meet the conditions."""
    law, second = pl.Series(benford_first_two()), pl.Series(benford_second())
    counts = [_by_digits(*row) for row in group.select("first_two", "count").iter_rows()]
    seconds = [[sum(row[digit::TEN]) for digit in range(TEN)] for row in counts]
    total = pl.Series([sum(row) for row in counts], dtype=pl.Int64)
    by_chance, sd = deviation_by_chance(total, law)
    second_by_chance, _ = deviation_by_chance(total, second)
    excess = _differences(counts, law) - pl.Series(by_chance, dtype=pl.Float64)
    error = pl.Series(sd, dtype=pl.Float64)
    against = against_peers(excess, error**2, above=True)  # (5)
    effect = excess - pl.Series(against.centre, dtype=pl.Float64)
    chance = pl.Series(normal_lower_tail(-(excess / error)), dtype=pl.Float64)
    large = effect >= p.least_effect  # (4)
    rows = group.select(KEY).with_columns(
        excess=excess,
        second_digit_excess=_differences(seconds, second) - pl.Series(second_by_chance, dtype=pl.Float64),
        peers_excess=pl.Series(against.centre, dtype=pl.Float64),
        peers_spread=pl.Series(against.variance, dtype=pl.Float64) ** 0.5,
        effect=effect,
        effect_low=effect - NORMAL * error,
        effect_high=effect + NORMAL * error,
        p_value=pl.max_horizontal(pl.Series(against.p_value, dtype=pl.Float64), chance),
        smallest_seen=pl.Series(against.smallest_seen, dtype=pl.Float64).clip(p.least_effect),
        flagged=large,
    )
    rows = rows.with_columns(p_value=pl.when("flagged").then("p_value").otherwise(1.0))
    drawn = rows.select(pl.col("flagged") & (pl.col("p_value") <= DRAWN_UP_TO)).to_series()
    return rows.with_columns(
        picture=pl.Series(
            [
                pictures.histogram(
                    range(FIRST, LAST + 1), row, law * sum(row), unit="first two digits", y="values"
                )
                if draw
                else None
                for row, draw in zip(counts, drawn, strict=True)
            ],
            dtype=pl.String,
        )
    )


def _by_digits(first_two: list[int], count: list[int]) -> list[int]:
    counted = dict(zip(first_two, count, strict=True))
    return [counted.get(digits, 0) for digits in range(FIRST, LAST + 1)]


def _differences(counts: list[list[int]], law: pl.Series) -> pl.Series:
    """Return the mean absolute difference of each row's shares from the law's."""
    return pl.Series([(pl.Series(row) / sum(row) - law).abs().mean() for row in counts], dtype=pl.Float64)
