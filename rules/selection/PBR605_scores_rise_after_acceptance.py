"""Risk scores rise after acceptance, by more than with the other providers for people scored alike before.

What it flags
-------------
A provider whose clients' risk scores are higher than the scores with which they were referred, by more than
honest providers' are for people with like scores. No amount is at risk.

Method
------
Clients who have a risk score and an accepted referral with one (the last, where there are several). The
drift is the client's score less the referral's. Scores at referral are cut into ten bands of equal size
within the contract; in each, a provider's mean drift is held against that of the other providers' clients,
so that low scores, which rise for everybody who is scored twice, are compared with low ones. The figure is
the mean of these differences over the provider's clients, of all its contracts together. It is held against
the other providers' figures: their robust centre and their spread beyond chance (Paule and Mandel, deviates
cut to 2.5), one-sided, by Student's t with at most four degrees of freedom. The effect is the figure less
that centre, in the score's own unit; below `least_effect` the p-value is 1. Fewer than 10 comparable
providers: not assessable; with 10 to 39 the rule screens, and clears nobody.

Example
-------
F1's sixty clients were scored 0.20 higher than at referral. Those of its peers, C01 to C10, were scored
0.01 to 0.03 higher. F1 is a query.

Why ask
-------
A harder group has a higher price, and a harder case load a lower target. Whoever writes the score after
acceptance can make both, without having met a harder person.

Innocent explanations
---------------------
The provider's own assessment sees what the referrer could not: debts, addiction, a record. A new version of
the score came into use. Referrers in its area score low.

Not flagged
-----------
1. Clients without a score, and those whose accepted referral has none: they are not looked at.
2. A provider with fewer than `least_people` such clients: not assessable.
3. Scores that fall, or rise by less than `least_effect` beyond the peers'.
4. A data set in which no client's score is another than at referral: nobody scored again, or the one column
   was filled from the other.

Assumptions
-----------
Both scores are of one scale, 0 to 1, higher is harder. Who made which score is not in the tables.
Simulated, 20 and 60 providers of 300 clients: somebody was asked in 1 % of 500 honest books (a tenth where
ways of scoring have heavy tails), and nine in ten and more of those who scored all clients 0.15 higher were
found; 0.15 for two in five of them is hardly seen.

Ask for
-------
Both score sheets for a sample of the clients whose score rose most, with who filled them in, and when.

Source
------
The claims standard (`risk_score` of referrals and of clients); Paule and Mandel (1982). Static scores such
as the OGRS can be worked out again from what goes into them.
"""

import polars as pl

from pbr_audit.rule import Draws, Needs, NotAssessable, Param, Params, Rule, View, only_contract
from pbr_audit.rule.forests import with_forests
from pbr_audit.stats.peers import against_peers

RULE = Rule(
    id="PBR605",
    version=2,
    title="Risk scores rise after acceptance",
    family="cherry-picking",
    severity="medium",
    basis="statistical",
    subject="provider",
    key=("provider_id",),
    by="client_id",
    needs=Needs(
        required={
            "clients": ("client_id", "contract_id", "provider_id", "risk_score"),
            "referrals": ("client_id", "decision", "referral_date", "risk_score"),
        },
    ),
    params={
        "least_people": Param(
            50, unit="people", low=5, high=10_000, why="a mean drift of fewer says little about who scores"
        ),
        "least_effect": Param(
            0.02, unit="of the score", low=0.0, high=1.0, why="two points of a hundred change no price group"
        ),
    },
    message=(
        "The scores of {people} clients of {provider_id} are on the mean {mean_drift:number} above those at "
        "referral, {effect:number} more than with its peers for like scores; {rose} rose and {fell} fell."
    ),
)
KEY = ["provider_id"]
BAND = ["contract_id", "band"]
BANDS, FEWEST = 10, 10
# Ways of scoring differ with heavier tails than figures of counts do: who scores again at all differs, too.
MOST_DF = 4.0
NAN = float("nan")


def measure(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - all numbers are judged together
    """Return a row for each client with a score before and after acceptance (1)."""
    before = (
        view.referrals.filter(pl.col("decision") == "accepted", pl.col("risk_score").is_not_null())
        .filter(pl.col("client_id").is_not_null())
        .group_by("client_id")
        .agg(before=pl.col("risk_score").sort_by("referral_date", "risk_score").last())
    )
    return (
        view.clients.filter(pl.col("risk_score").is_not_null())
        .join(before, on="client_id", how="inner")
        .select(*KEY, "contract_id", "before", drift=(pl.col("risk_score") - pl.col("before")).round(9))
    )


def decide(measures: pl.DataFrame, p: Params) -> pl.DataFrame:
    """Return a row for each provider, to be flagged where scores rise more (3)."""
    if not (measures["drift"] != 0).any():
        raise NotAssessable("no client's risk score is another than at referral")  # (4)
    places = _by_place(measures)
    enough = pl.col("people") >= p.least_people  # (2)
    places = places.with_columns(pl.when(enough).then("beyond"), pl.when(enough).then("variance"))
    figure, variance = places["beyond"].fill_null(NAN), places["variance"].fill_null(NAN)
    peers = against_peers(figure, variance, above=True, most_df=MOST_DF, whose=places["provider_id"])
    compared = places.filter(pl.col("variance").is_not_null())["provider_id"].n_unique()
    if compared < FEWEST:
        raise NotAssessable(
            f"{compared} providers have {p.least_people} clients with a score before and after acceptance; "
            f"at least {FEWEST} are needed to tell what is usual"
        )
    effect, width = figure - pl.Series(peers.centre), pl.Series(peers.width())
    told = pl.DataFrame(
        {
            "effect": effect,
            "effect_low": effect - width,
            "effect_high": effect + width,
            "smallest_seen": peers.smallest_seen,
            "peers_spread": peers.variance**0.5,
            "p_value": peers.p_value,
        },
        nan_to_null=True,
    ).with_columns(pl.all().fill_nan(None))
    table = pl.concat([places.drop("beyond", "variance"), told], how="horizontal").with_columns(
        providers_compared=pl.lit(compared, dtype=pl.Int64),
        flagged=pl.when(pl.col("p_value").is_not_null()).then(pl.col("effect") >= p.least_effect),
        why_not=pl.lit(f"fewer than {p.least_people} clients have a score before and after acceptance"),
    )
    table = table.with_columns(p_value=pl.when("flagged").then("p_value").when(~pl.col("flagged")).then(1.0))
    return with_forests(table, x="drift of the score beyond the peers'")


def shift(view: View, who: list[str], share: float, p: Params, rng: Draws) -> dict[str, pl.DataFrame]:  # noqa: ARG001
    """Return the clients as they would be had `who` scored `share` of theirs 0.15 higher."""
    clients = view.clients.collect()
    drawn = pl.Series(rng.random(clients.height)) < share
    raised = (pl.col("risk_score") + 0.15).clip(0, 1)
    changed = pl.col("provider_id").is_in(who) & drawn
    return {"clients": clients.with_columns(risk_score=pl.when(changed).then(raised).otherwise("risk_score"))}


def _by_place(measures: pl.DataFrame) -> pl.DataFrame:
    """Return each provider with its mean drift beyond the others' in the same bands.

    The variance is that of the provider's own people within bands, and of the others' means.
    """
    rank, people = pl.col("before").rank().over("contract_id"), pl.len().over("contract_id")
    cells = (
        measures.with_columns(band=((rank - 0.5) * BANDS / people).floor())
        .group_by(*KEY, *BAND)
        .agg(
            n=pl.len().cast(pl.Int64),
            total=pl.col("drift").sort().sum(),
            squares=(pl.col("drift") ** 2).sort().sum(),
            rose=(pl.col("drift") > 0).sum().cast(pl.Int64),
            fell=(pl.col("drift") < 0).sum().cast(pl.Int64),
        )
        .sort(*KEY, *BAND)
    )
    n, total = pl.col("n"), pl.col("total")
    others_n = n.sum().over(BAND) - n
    others = (total.sum().over(BAND) - total) / others_n
    spread = (pl.col("squares") - total**2 / n).clip(0)
    there = others_n > 0
    return (
        cells.with_columns(
            beyond=pl.when(there).then(total - n * others).otherwise(0.0),
            counted=pl.when(there).then(n).otherwise(0),
            within=spread,
            unsure=pl.when(there).then(n**2 * spread.sum().over(BAND) / others_n**2).otherwise(0.0),
        )
        .group_by(KEY, maintain_order=True)
        .agg(
            people=n.sum(),
            contract_id=only_contract(),
            rose=pl.col("rose").sum(),
            fell=pl.col("fell").sum(),
            mean_drift=total.sum() / n.sum(),
            beyond=pl.col("beyond").sum() / pl.col("counted").sum(),
            variance=(
                pl.col("within").sum() * n.sum() / (n.sum() - pl.len()).clip(1) + pl.col("unsure").sum()
            )
            / pl.col("counted").sum() ** 2,
        )
        .with_columns(pl.col("beyond", "variance").fill_nan(None))
    )
