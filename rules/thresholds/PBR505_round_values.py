"""A provider reports far more round values than the other providers do for the same outcomes.

What it flags
-------------
A provider of whose measured values a larger share is a multiple of five (`multiple`) than of the other
providers' values for the same outcomes, by more than honest providers differ. No amount is at risk: a round
value may be a true one. The claims with round values are listed, so that a sample can be drawn.

Method
------
Final `measurements` are counted by provider, in all of its contracts together, and outcome: all whose value
is known, and those that are a whole multiple of `multiple`. A value that is no whole number is not round.
Amounts of claims are never read: prices are round by design. In each outcome of a contract the other
providers' values say what share is usual, drawn towards theirs in all where they have few; those of a
provider that stands out itself are left out there. How far honest shares lie apart, and how heavy their
tails are, is learnt from the other providers in the middle and below (one far above is known only to be
above), so that a few who round neither widen what they are held against nor hide each other; the p-value is
averaged over all spreads and tails that fit the others. The effect is the difference of the shares, with
its 95 % interval; the p-value is 1 where it is under `least_effect`. The false discovery rate is held over
the whole run. With 10 to 39 providers the rule screens, and clears nobody.

In 160 simulated honest books (60 providers of 300 and of 1,000 values, where each rounds a tenth of its
values and where habits differ with heavy tails) nobody was asked about. Of providers that rounded 40 % of
their values up, 5 % of all, 74 and 90 % were found where honest ones round a tenth and differ much, 91 and
98 % with heavy tails, and of 10 % that did so nearly as many; the version before, whose spread those
widened, found 2 to 7 % of these where honest ones round a tenth. Under 100 values nothing below a share 30
points above the others' is seen. Each finding's evidence has its own smallest one.

Example
-------
With `min_values` lowered to 15, ten providers have twenty values each. Of the others' one in five is a
multiple of five, of F1's sixteen: a query, 58 points above the 22.3 % that are usual. F1-1 and fifteen more
of its claims have a round value.

Why ask
-------
Somebody who writes a value down from a document writes 17 or 23; somebody who makes one up, or asks "about
how many?", writes 20. Round values in returns that ought to come from records say that there may be none.

Innocent explanations
---------------------
A provider asks clients and writes down what they say. Its software offers steps of five. It counts in whole
weeks of five working days, or in months of thirty days. Its employers all give contracts of 20 or 30 hours.

Not flagged
-----------
1. Values that are not final (`final` is false), and empty ones; a table without `final` is taken as final.
2. Outcomes whose values have fewer than `min_endings` different endings (the last two figures before the
   point) among all providers: a list of fixed values, as prices are, has no endings of its own.
3. In each outcome the values with the ending that most of all providers' values have: that is the
   threshold's, at which people stop or are followed no further, be it round or not.
4. A provider with fewer than `min_values` values that are left: not assessable, and no peer.
5. A share that is less than `least_effect` above the others', however sure it is.
6. A smaller share than the others': the question is asked on one side.

Assumptions
-----------
Providers measure the same thing in the same way: a threshold at a round number makes round values of
everybody's. Values are recorded one by one. Fewer than ten providers with enough values: not assessable.

Ask for
-------
How values are taken down and from which document, and these documents for a sample of the claims listed.

Source
------
Simonsohn, Psychological Science 24 (2013), and Preece, The Statistician 30 (1981), on endings of values
that people write down; Efron (2004) for a spread learnt from the data's middle.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View, pictures, shares_given_mix

RULE = Rule(
    id="PBR505",
    version=3,
    title="Last digits and round values in self-reported measures",
    family="digits",
    severity="low",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="client_id",
    needs=Needs(
        required={"measurements": ("contract_id", "provider_id", "client_id", "outcome", "measured_value")},
        optional={
            "measurements": ("final",),
            "claims": ("claim_id", "deliverer_id", "client_id", "measured_value"),
        },
    ),
    params={
        "multiple": Param(
            5, unit="in the outcome's unit", low=2, high=100, why="people round to fives and tens"
        ),
        "min_values": Param(
            60, unit="values", low=10, high=1_000_000, why="below this a share is known to a tenth at best"
        ),
        "min_endings": Param(
            15, unit="different endings", low=2, high=100, why="people write down more than a dozen"
        ),
        "least_effect": Param(
            0.25,
            unit="of the values",
            low=0.0,
            high=1.0,
            why="among honest providers one in a thousand rounds a quarter more than is usual",
        ),
    },
    message=(
        "{round_values} of {values} measured values ({share:percent}) are multiples of {multiple}; of the "
        "other providers', {peers_share:percent} are usual."
    ),
)
KEY = ("provider_id",)
CELL = ("contract_id", "outcome")
HUNDRED, TEN = 100, 10
DRAWN_UP_TO = 0.05
# Beyond this a float holds no whole number exactly.
EXACT = 2**53


def measure(view: View, p: Params) -> pl.LazyFrame:
    """Return how many final values each provider has by outcome, ending and whether they are round."""
    value = pl.col("measured_value")
    known = value.is_finite() & (value.abs() < EXACT) & pl.col("final").ne_missing("false")  # (1)
    return (
        view.measurements.filter(known)
        .group_by(
            "contract_id",
            *KEY,
            "outcome",
            # What stands behind the point has no ending here: such a value is not round.
            ending=pl.when(value == value.floor()).then(value.abs().cast(pl.Int64) % HUNDRED),
            round=_is_round(p),
        )
        .agg(values=pl.len().cast(pl.Int64))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, flagged where its share is far above the others'."""
    counted = measures.group_by(*CELL, *KEY, "ending", "round").agg(pl.col("values").sum())
    endings = pl.col("ending").n_unique().over(CELL)
    many = counted.filter(endings >= p.min_endings)  # (2)
    if counted.height and many.is_empty():
        raise NotAssessable(f"no outcome's values have {p.min_endings} different endings or more")
    commonest = many.drop_nulls("ending").group_by(*CELL, "ending").agg(pl.col("values").sum())
    commonest = commonest.sort("values", "ending", descending=[True, False]).unique(CELL, keep="first")
    many = many.join(commonest, on=[*CELL, "ending"], how="anti")  # (3)
    by_outcome = many.group_by(*CELL, *KEY).agg(
        reached=pl.col("values").filter("round").sum(), size=pl.col("values").sum()
    )
    rows = shares_given_mix(by_outcome, ["outcome"], least=p.min_values, what="values", below=True)  # (4, 6)
    tested = pl.col("p_value").is_not_null()
    large = pl.col("effect") >= p.least_effect  # (5)
    rows = rows.rename({"reached": "round_values", "size": "values"}).with_columns(
        multiple=pl.lit(p.multiple),
        flagged=pl.when(tested).then(large),
        p_value=pl.when(tested & ~large).then(1.0).otherwise("p_value"),
        smallest_seen=pl.col("smallest_seen").clip(p.least_effect, 1.0),
    )
    return rows.join(_last_digits(many, rows), on=KEY, how="left", maintain_order="left")


def members(view: View, found: pl.LazyFrame, p: Params) -> pl.LazyFrame:
    """Return the claims with a round value, for each provider found."""
    return (
        view.claims.rename({"deliverer_id": "provider_id"})
        .filter(_is_round(p))
        .join(found, on=KEY, how="semi")
        .select(*KEY, "claim_id", at_risk_pence=pl.lit(None, dtype=pl.Int64))
    )


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:
    """Return the measurements as they would be had `who` rounded a share of their values up."""
    rows = view.measurements.collect()
    drawn = pl.Series(rng.random(rows.height)) < share
    up = (pl.col("measured_value") / p.multiple).ceil() * p.multiple
    rounded = pl.when(pl.col("provider_id").is_in(who) & drawn).then(up).otherwise("measured_value")
    return {"measurements": rows.with_columns(measured_value=rounded)}


def _is_round(p: Params) -> pl.Expr:
    multiple: int = p.multiple
    return pl.col("measured_value") % multiple == 0


def _last_digits(counted: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return a picture of the last digits for each row that may become a finding, beside others'."""
    found = rows.filter(pl.col("flagged") & (pl.col("p_value") <= DRAWN_UP_TO)).select(KEY)
    digits = (
        counted.drop_nulls("ending")
        .group_by("contract_id", *KEY, digit=pl.col("ending") % TEN)
        .agg(pl.col("values").sum())
    )
    told = []
    for provider in found["provider_id"]:
        own = digits.filter(provider_id=provider)
        others = digits.filter(pl.col("provider_id") != provider).join(own, on="contract_id", how="semi")
        counts, usual = _by_digit(own), _by_digit(others)
        scale = sum(counts) / max(sum(usual), 1)
        told.append(
            pictures.histogram(
                range(TEN), counts, [count * scale for count in usual], unit="last digit", y="values"
            )
        )
    return found.with_columns(picture=pl.Series(told, dtype=pl.String))


def _by_digit(counted: pl.DataFrame) -> list[int]:
    summed = dict(counted.group_by("digit").agg(pl.col("values").sum()).iter_rows())
    return [summed.get(digit, 0) for digit in range(TEN)]
