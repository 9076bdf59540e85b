"""A claim is for a client whose payment group is dearer now than the one in which the client was referred.

What it flags
-------------
A live claim of the prime tier where the price in force for the client's group is above the price in force,
on the same date, for the group that the referral gives. At risk is what the claim asks for above the
referral's price, at most the difference of the two prices.

Method
------
The referral is the latest accepted one of the claim's client and contract that is dated on the outcome's
date or before. Both prices are those of the contract in force on the outcome's date, one for the group in
`clients`, one for the group in the referral; a price for a group beats one for all. They are compared
before any volume band's factor.

Example
-------
Client P1 was referred in the group 25+, whose job outcome is worth £1,200.00, and is registered in the
group ex-IB, whose is worth £3,700.00. F1 asks for £3,700.00: a query with £2,500.00 at risk.

Why ask
-------
Groups are priced by how hard their members are to help. Who decides on the group after the referral, and is
paid by it, can raise the price of everybody by a form.

Innocent explanations
---------------------
The group was wrong at referral and was corrected by the referrer. The client's benefit or age changed, and
the contract follows that. The referral's group is written in other words.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. The same group in both records, and another group of the same price or a cheaper one.
3. A claim that asks for no more than the price of the referral's group.
4. Outcomes whose price goes by no group on any day: they are not looked at.

Assumptions
-----------
A client without an accepted referral by the outcome's date, without a group in either record, or with two
such referrals of the latest date in two groups, is not assessable; nor is a claim without a client, without
terms, or where either group has no price. `clients` has one row a client.

Ask for
-------
Who changed the group, when, on what evidence, and the referrer's confirmation.

Source
------
The claims standard (`group`, and "Prices"). The Work Programme had nine payment groups by benefit, from
£3,810 in all for a young jobseeker to over £13,000 for some former claimants of incapacity benefit (Work
and Pensions Committee, HC 162, 2013-14).
"""

import polars as pl

from pbr_audit.rule import NO_CLIENT, NOT_IN_TERMS, OUTCOME, Needs, Params, Rule, View
from pbr_audit.rule.prices import PRICE_FACTS, PRICE_TERMS, with_price

RULE = Rule(
    id="PBR112",
    version=1,
    title="Payment group dearer than at referral",
    family="contract-terms",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "client_id", "outcome", "outcome_date", "amount_pence"),
            "clients": PRICE_FACTS["clients"],
            "referrals": ("client_id", "contract_id", "referral_date", "decision", "group"),
            **PRICE_TERMS,
        },
        optional={"volumes": PRICE_FACTS["volumes"]},
    ),
    message=(
        "The claim is priced for the group {group}, {price_pence:money}; the referral of {referral_date} "
        "gives {referral_group}, {referral_price_pence:money}."
    ),
)
WHOSE = ("client_id", "contract_id")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) whose price goes by group (4), flagged where it is dearer (2, 3)."""
    by_group = view.prices.group_by(OUTCOME).agg(goes_by_group=pl.col("group").is_not_null().any())
    claims = view.claims.join(by_group, on=OUTCOME, how="left").filter(
        pl.col("goes_by_group").is_null() | pl.col("goes_by_group")
    )
    asked = _referred(with_price(claims, view), view).cache()
    same = pl.col("group") == pl.col("referral_group")
    # Of the same group is the same price: it is looked up again for those alone that have another (2).
    priced = asked.join(_of_another_group(asked.filter(~same), view), on="claim_id", how="left")
    dearer = pl.col("price_pence") - pl.col("referral_price_pence")
    above = pl.col("amount_pence") - pl.col("referral_price_pence")
    why_not = _why_not()
    return (
        priced.with_columns(
            referral_price_pence=pl.when(same).then("price_pence").otherwise("referral_price_pence")
        )
        .with_columns(why_not=why_not)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "group",
            "price_pence",
            "referral_date",
            "referral_group",
            "referral_price_pence",
            "why_not",
            flagged=pl.when(pl.col("why_not").is_null()).then((dearer > 0) & (above > 0)),
            at_risk_pence=pl.min_horizontal(dearer, above).clip(0),
        )
    )


def _referred(claims: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Add to each claim the latest referral's date and group, null where there is none or it is unclear."""
    accepted = view.referrals.filter(decision="accepted").select(
        *WHOSE, "referral_date", referral_group="group"
    )
    # Most clients have one referral, which needs no looking for the latest.
    one = accepted.group_by(WHOSE).agg(pl.col("referral_date", "referral_group").first(), referrals=pl.len())
    by_then = pl.col("referral_date") <= pl.col("outcome_date")
    joined = claims.join(one, on=WHOSE, how="left").cache()
    several = (pl.col("referrals") > 1).fill_null(value=False)
    latest = _latest(joined.filter(several).select("claim_id", *WHOSE, "outcome_date"), accepted)
    of_one = joined.filter(~several).with_columns(
        pl.when(by_then).then(pl.col("referral_date", "referral_group"))
    )
    of_several = joined.filter(several).drop("referral_date", "referral_group")
    return pl.concat([of_one, of_several.join(latest, on="claim_id", how="left")], how="diagonal")


def _latest(claims: pl.LazyFrame, accepted: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim the latest referral's date and group; of two groups, none."""
    return (
        claims.join(accepted, on=WHOSE, how="inner")
        .filter(pl.col("referral_date") <= pl.col("outcome_date"))
        .filter(pl.col("referral_date") == pl.col("referral_date").max().over("claim_id"))
        .group_by("claim_id", "referral_date")
        .agg(
            referral_group=pl.when(pl.col("referral_group").n_unique() == 1).then(
                pl.col("referral_group").first()
            )
        )
    )


def _of_another_group(claims: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return for each claim the price of the referral's group."""
    # A claim stands for its client here, because each claim may have another referral's group.
    itself = claims.select(*OUTCOME, "claim_id", "outcome_date", "referral_group", client_id="claim_id")
    priced = with_price(itself, view, groups=itself.select("client_id", group="referral_group"), dated=itself)
    return priced.select("claim_id", referral_price_pence="price_pence")


def _why_not() -> pl.Expr:
    return (
        pl.when(pl.col("goes_by_group").is_null())
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("group").is_null())
        .then(pl.lit("the client's group is not known"))
        .when(pl.col("referral_date").is_null())
        .then(pl.lit("the client has no accepted referral by the outcome's date"))
        .when(pl.col("referral_group").is_null())
        .then(pl.lit("the group at referral is not known"))
        .when(pl.col("price_pence").is_null() | pl.col("referral_price_pence").is_null())
        .then(pl.lit("no price is in force for one of the groups"))
    )
