"""A claim asks for another amount than the contract's price for its outcome, client group and date.

What it flags
-------------
A live claim of the prime tier whose amount is not the price in force. At risk is what is asked for above
the price, nothing where it is below; where no price is in force on the date, the whole amount.

Method
------
The price is looked up by contract, outcome and outcome date, the first and the last day of a price
included. A price for the client's group beats one without a group. The amount has to be that price, to the
penny.

Example
-------
A job outcome pays £1,200.00 until 30 June 2016 and £1,100.00 from 1 July. Claim F1 asks £1,200.00 for an
outcome of 1 July 2016: the price in force is £1,100.00, so £100.00 is at risk. Claim F2 asks £1,000.00 for
the same day: a query too, with nothing at risk. Claim C1 asks £1,200.00 for 30 June and is clear.

Why ask
-------
The price list is the contract. An old price that runs on after a change, or the price of a dearer group,
costs a little on every claim and a great deal over a year. In the Work Programme's first year the most that
sustained work could earn was £2,210 for one group and £5,000 for another.

Innocent explanations
---------------------
The provider's system took up a new price some days late. The client moved between payment groups and the
two records moved on different days. A contract variation changed the price and is not among the terms at
hand. An amount below the price is often a part payment, or an adjustment that both sides agreed.

Not flagged
-----------
1. Subcontractors' claims: they are owed a rate of the price, which another rule looks at.
2. Outcomes all of whose prices, on whatever days, are for each outcome avoided or for a whole cohort: a
   claim's amount is not their price, and they are not looked at.
3. The price times the factor of a volume band, rounded to the nearest penny (a half upwards), where the
   terms have such a band for the outcome on the date. Whether the band was reached is asked by another
   rule.
4. A client of unknown group, where every price that could apply is the same.

Assumptions
-----------
The group in the table of clients is the one that counts on the outcome date. Where prices go by group and
the client's is unknown, the claim is not assessable; nor is one whose contract or outcome the terms do not
have.

Ask for
-------
The price schedule that the claim was made on, with its date, and the record of the client's payment group
on the outcome date.

Source
------
The claims standard, "Prices" and "How rules read the tables" (101). The Work Programme's maximum prices by
group: Work and Pensions Committee, HC 162 (2013-14), chapter 5.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View
from pbr_audit.rule.prices import PRICE_FACTS, PRICE_TERMS, band_prices_pence, with_price

RULE = Rule(
    id="PBR101",
    version=1,
    title="Amount is not the price in force",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            **PRICE_TERMS,
        },
        optional=PRICE_FACTS,
    ),
    message=(
        "The claim asks {amount_pence:money} for the outcome {outcome} of {outcome_date}; "
        "the price in force is {price_pence:money|none}."
    ),
)


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) that pays by the claim (2), flagged where its amount is no price.

    A client of unknown group is priced where every price that could apply is the same (4).
    """
    at_price = (pl.col("amount_pence") == pl.col("price_pence")).fill_null(value=False)
    excess = pl.col("amount_pence") - pl.col("price_pence")
    priced = with_price(view.claims, view).with_columns(at_price=at_price).cache()  # read twice below
    return pl.concat(
        [
            priced.filter(~pl.col("at_price")).with_columns(
                flagged=pl.when(pl.col("price_open").is_null()).then(~_is_a_bands_price())
            ),
            priced.filter("at_price").select("claim_id", flagged=pl.lit(value=False)),
        ],
        how="diagonal",
    ).select(
        "claim_id",
        "outcome",
        "outcome_date",
        "amount_pence",
        "price_pence",
        "group",
        "flagged",
        why_not="price_open",
        at_risk_pence=pl.coalesce(excess.clip(lower_bound=0), "amount_pence"),
    )


def _is_a_bands_price() -> pl.Expr:
    """Tell whether the amount is the price in a volume band (3); false where no price is in force."""
    return band_prices_pence().list.contains(pl.col("amount_pence")).fill_null(value=False)
