"""A subcontractor's claim asks for another amount than its contracted rate of the price in force.

What it flags
-------------
A live claim of a subcontractor that stands behind a live claim of its prime and whose amount is not the
rate that the terms give this subcontractor, times the contract's price in force. The query is about the
prime's claim. At risk is what the subcontractor asks for above its rate, nothing where it asks for less.

Method
------
The price is the contract's for the subcontractor's claim: its contract, outcome, outcome date and client's
group, looked up as it is for a prime's. The rate is that of the terms' supply chain on the same date, the
first and the last day included. Price times rate is rounded to the nearest penny, a half upwards, and the
amount may be apart from it by the parameter `tolerance_pence`. The excess is put on the subcontractor's
claim and the prime's is listed at nothing: the commissioner pays the prime its price whatever is passed on,
and a subcontractor's pounds are printed apart. Several claims behind one of the prime's are held to the
rate each, and make one query.

Example
-------
A job outcome pays £1,200.00 and SB01 is owed 0.80 of it, £960.00. Behind the prime's claim F1 its claim S1
asks £1,200.00: F1 is a query, with £240.00 at risk on S1. Behind F2 its claim S2 asks £600.00: a query too,
with nothing at risk. Behind C1 its claim S3 asks £960.00 and is clear.

Why ask
-------
The rate is what the prime promised when it won the contract, and what the subcontractor's staff are paid
from. In one survey of charities in a programme's supply chains 39 of 72 said that their primes did not
shield them from risk at all; a rate that shrinks on the way down is how that looks in the figures, and one
that grows needs a reason.

Innocent explanations
---------------------
The subcontract was varied and the new rate is not yet among the terms. Two subcontractors shared the work
and the rate. The prime keeps a management fee back from some outcomes, or pays a bonus. The price changed
and one side took it up some days late. The subcontractor's claim is net of something that it owed.

Not flagged
-----------
1. Claims of subcontractors that are not live, and those behind a claim of the prime for the same client
   that is not: they are not looked at.
2. An amount apart from the rate of the price by no more than the tolerance.
3. The rate of the price in a volume band, where the terms have such a band for the outcome on the date.
4. Claims of outcomes that the terms pay for each outcome avoided or for a whole cohort only, whatever the
   date: they are not looked at, even where the prime's claim is not found.
5. A wrong price in the prime's own claim, and two claims of different outcomes or dates: other rules ask.

Assumptions
-----------
Every other live claim of a subcontractor is looked at. It is not assessable where it names no claim of the
prime tier, or one that is not in the data or is of another client (two claims that name no client are not
of the same); where the terms do not have its contract or outcome; where the price goes by the client's
group, which is not known; where no price is in force on the date; or where the terms give this
subcontractor no rate on the date. It is then counted by itself, even where another claim behind the same
one of the prime's is a query.

Ask for
-------
The subcontract with its rates and their dates, the prime's remittance to the subcontractor, and its
explanation of the difference.

Source
------
The claims standard, "How rules read the tables" (804) and "Prices". Survey of charities in the Work
Programme's supply chains by the National Council for Voluntary Organisations, January 2012.
"""

import polars as pl

from pbr_audit.rule import Needs, Param, Params, Rule, View
from pbr_audit.rule.prices import (
    DAYS_APART,
    PRICE_FACTS,
    PRICE_TERMS,
    band_prices_pence,
    share_of,
    with_price,
)

RULE = Rule(
    id="PBR804",
    version=1,
    title="Wrong rate passed on",
    family="supply-chain",
    severity="high",
    basis="contract",
    subject="claim",
    key=("prime_claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "parent_claim_id",
                "tier",
                "live",
                "contract_id",
                "provider_id",
                "deliverer_id",
                "client_id",
                "outcome",
                "outcome_date",
                "period",
                "amount_pence",
            ),
            **PRICE_TERMS,
            "supply_chain": ("contract_id", "subcontractor_id", "rate", "from_date", "to_date"),
        },
        optional=PRICE_FACTS,
        claims="both",
        live_only=False,
    ),
    params={
        "tolerance_pence": Param(
            1, unit="pence", low=0, why="rates leave fractions of a penny, which some round down"
        ),
    },
    message=(
        "Behind this claim {claimed_pence:money} is asked for, "
        "and the subcontractor's rate of the price in force is {owed_pence:money}."
    ),
)
NO_PARENT = "the subcontractor's claim names no claim of its prime"
NOT_FOUND = "the prime's claim is not in the data, or is of another client"
NO_PRICE = "no price is in force on the outcome's date"
NO_RATE = "the terms give the subcontractor no rate on the outcome's date"
LINK = ("contract_id", "provider_id")


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return live claims of subcontractors (1), flagged where the amount is not their rate of the price."""
    apart = pl.col("amount_pence") - pl.col("owed_pence")
    priced = (
        with_price(_with_rate(_behind(view), view), view)  # (4)
        .with_columns(owed_pence=share_of(pl.col("price_pence"), pl.col("rate")))
        .with_columns(why_not=_why_not())
        .with_columns(far=pl.col("why_not").is_null() & (apart.abs() > p.tolerance_pence))  # (2)
        .cache()  # read several times below
    )
    far = priced.filter("far").with_columns(
        flagged=(_nearest_band_pence() > p.tolerance_pence).fill_null(value=True), at_risk_pence=apart.clip(0)
    )
    near = priced.filter(~pl.col("far")).select(
        "prime_claim_id",
        "claim_id",
        "why_not",
        flagged=pl.when(pl.col("why_not").is_null()).then(pl.lit(value=False)),
    )
    return pl.concat(
        [_told(far.filter("flagged")), far.filter(~pl.col("flagged")), near], how="diagonal"
    ).select(
        "prime_claim_id",
        "claim_id",
        "flagged",
        "why_not",
        "at_risk_pence",
        "claimed_pence",
        "owed_pence",
        "subcontractor_claims",
        contract_id="prime_contract_id",
        provider_id="prime_deliverer_id",
        period="prime_period",
        also_claim_ids=pl.concat_list("prime_claim_id"),
    )


def _behind(view: View) -> pl.LazyFrame:
    """Return each live subcontractor's claim with the prime's behind which it stands, if that is live too."""
    primes = view.claims.filter(tier="prime").select(
        "client_id",
        parent_claim_id="claim_id",
        prime_live="live",
        prime_contract_id="contract_id",
        prime_deliverer_id="deliverer_id",
        prime_period="period",
    )
    return (
        view.claims.filter(pl.col("live"), tier="subcontractor")
        .select(
            "claim_id",
            "parent_claim_id",
            "contract_id",
            "provider_id",
            "client_id",
            "outcome",
            "outcome_date",
            "amount_pence",
        )
        .join(primes, on=["parent_claim_id", "client_id"], how="left")
        .filter(pl.col("prime_live").is_null() | pl.col("prime_live"))
        .with_columns(prime_claim_id="parent_claim_id")
    )


def _with_rate(claims: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Add to each claim its subcontractor's rate on its date, null where the terms give none.

    Subcontractor and day are one number, which is quicker to join on than two texts and a date.
    """
    begun = pl.col("from_date").is_null() | (pl.col("from_date") <= pl.col("outcome_date"))
    not_ended = pl.col("to_date").is_null() | (pl.col("outcome_date") <= pl.col("to_date"))
    terms = view.supply_chain.rename({"subcontractor_id": "provider_id"})
    links = terms.select(LINK).unique(maintain_order=True).with_row_index("link")
    day = pl.col("link").cast(pl.Int64) * DAYS_APART + pl.col("outcome_date").to_physical()
    rates = (
        view.claims.filter(tier="subcontractor")
        .join(links, on=LINK, how="inner")
        .select("link", "outcome_date", link_day=day)
        .unique("link_day")
        .join(terms.join(links, on=LINK), on="link", how="inner")
        .filter(begun & not_ended)
        .select("link_day", "rate")
    )
    return (
        claims.join(links, on=LINK, how="left")
        .with_columns(link_day=day)
        .join(rates, on="link_day", how="left")
        .drop("link", "link_day")
    )


def _nearest_band_pence() -> pl.Expr:
    """Return how far the amount is from the nearest rate of a price in a band (3); null where no band is."""
    owed = share_of(band_prices_pence(), pl.col("rate"))
    return (owed - pl.col("amount_pence")).list.eval(pl.element().abs()).list.min()


def _why_not() -> pl.Expr:
    return (
        pl.when(pl.col("parent_claim_id").is_null())
        .then(pl.lit(NO_PARENT))
        .when(pl.col("prime_live").is_null())
        .then(pl.lit(NOT_FOUND))
        .when(pl.col("price_open").is_not_null())
        .then("price_open")
        .when(pl.col("price_pence").is_null())
        .then(pl.lit(NO_PRICE))
        .when(pl.col("rate").is_null())
        .then(pl.lit(NO_RATE))
    )


def _told(flagged: pl.LazyFrame) -> pl.LazyFrame:
    """Add what is told once for each of the prime's claims (5): the sums, and each claim behind it."""
    each = pl.struct(
        "claim_id", "amount_pence", "owed_pence", "price_pence", "rate", subcontractor_id="provider_id"
    )
    of_prime = flagged.group_by("prime_claim_id").agg(
        claimed_pence=pl.col("amount_pence").sum(),
        owed_pence=pl.col("owed_pence").sum(),
        subcontractor_claims=each.sort_by("claim_id"),
    )
    return flagged.drop("owed_pence").join(of_prime, on="prime_claim_id", how="left")
