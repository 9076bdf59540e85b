"""A claim takes what is asked for beyond a cap of the contract, or beyond the last band of a volume.

What it flags
-------------
A live claim of the prime tier with which the amounts counted under a cap pass it, or which is beyond the
last band of its outcome's volume. At risk is the part of the claim that lies beyond the cap, at most the
whole; of a claim beyond the last band the whole. Where several apply, the largest.

Method
------
Claims are counted in the order of their outcome dates, then submission dates, then claim numbers. Under a
cap stand the claims of its contract whose outcome it names (all, where it names none), whose client is in
its group (all, where it names none) and whose outcome date lies in its days. A cap per client counts each
client apart, a cap per contract year each year from the contract's first day, on its anniversaries (29
February is kept on 1 March where a year has none). A volume counts the claims of its outcome dated in its
days, and the last `up_to` of its bands is the most that it pays for. Of equal excesses the cap is told
before the volume.

Example
-------
A client may be worth £4,000.00. Claims for P1 ask for £2,500.00 (C1) and £1,200.00 (C2), and F1 for another
£500.00, which takes them to 4,200 pounds: F1 is a query with £200.00 at risk.

Why ask
-------
Caps are what protects a budget from prices that turn out to be too high. A payer who checks claims one by
one does not see them being passed.

Innocent explanations
---------------------
The cap was raised, or earlier claims are to be withdrawn. The contract counts what was paid, and less was
paid than was asked for. Results beyond the last band are claimed so that they are on record.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims under no cap and no volume with bands: they are not looked at.
3. Claims with which a cap is reached exactly, and the claim that is the last of the last band.
4. An allocation without bands: to pass it is no breach by itself.

Assumptions
-----------
Amounts count as they were asked for, whatever was paid. A claim that names no client is not assessable
under a cap per client; nor is one whose client's group is not known under a cap for a group. Such claims
are not counted there. Whether what lies within a band is priced right is asked by the rule on prices.

Ask for
-------
The account of the contract, or the client, against its cap, and any variation of it.

Source
------
The claims standard (`cap`, `volume`). The Troubled Families programme paid at most £4,000 for a family; the
price of the Work and Health Programme changes where a volume is passed.
"""

import polars as pl

from pbr_audit.rule import OUTCOME, Needs, Params, Rule, View, in_force

RULE = Rule(
    id="PBR109",
    version=2,
    title="The contract's cap or a volume band is passed",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="contract_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "client_id",
                "outcome",
                "outcome_date",
                "submitted_date",
                "amount_pence",
            ),
            "contracts": ("contract_id", "start_date"),
        },
        optional={
            "clients": ("client_id", "contract_id", "group"),
            "caps": ("contract_id", "per", "cap_pence", "outcomes", "group", "from_date", "to_date"),
            "volumes": (*OUTCOME, "from_date", "to_date", "bands"),
        },
    ),
    message="With this claim {what} is passed, and {beyond_pence:money} of it lie beyond.",
)
ORDER = ["outcome_date", "submitted_date", "claim_id"]
CAPS = {
    "client": "the cap for one client",
    "contract_year": "the cap for one year of the contract",
    "contract": "the contract's cap",
}
BAND = "the last band of the volume"
NO_CLIENT_NO_GROUP = "a cap goes by the client or its group, which is not known"
TOLD = ("passes", "beyond_pence", "what", "cap_pence", "total_pence", "last_band_ends_at", "number")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) under a cap or a banded volume (2), flagged where that is passed."""
    under = pl.concat([_under_caps(view), _in_volumes(view)], how="diagonal")
    told = (
        under.sort(
            "claim_id",
            "passes",
            "beyond_pence",
            "rank",
            descending=[False, True, True, False],
            nulls_last=True,
        )
        .group_by("claim_id", maintain_order=True)
        .agg(pl.col(TOLD).first(), open=pl.col("passes").is_null().any())
    )
    passes = pl.col("passes").fill_null(value=False)
    return (
        view.claims.select("claim_id", "outcome", "outcome_date", "amount_pence")
        .join(told, on="claim_id", how="inner")
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            *TOLD[1:],
            flagged=pl.when(passes).then(pl.lit(value=True)).when(~pl.col("open")).then(pl.lit(value=False)),
            why_not=pl.lit(NO_CLIENT_NO_GROUP),
            at_risk_pence="beyond_pence",
        )
    )


def _under_caps(view: View) -> pl.LazyFrame:
    """Return each claim under each cap that it stands under, and what of it lies beyond (3)."""
    caps = view.caps.with_row_index("cap").rename({"group": "cap_group"})
    by_client, by_year = (pl.col("per") == per for per in ("client", "contract_year"))
    open_ = (by_client & pl.col("client_id").is_null()) | (
        pl.col("cap_group").is_not_null() & pl.col("group").is_null()
    )
    of_the_group = pl.col("cap_group").is_null() | (pl.col("cap_group") == pl.col("group"))
    named = (pl.col("outcomes").list.len() == 0) | pl.col("outcomes").list.contains(pl.col("outcome"))
    claims = (
        view.claims.join(caps, on="contract_id", how="inner")
        .filter(named & in_force())
        .join(view.contracts, on="contract_id", how="left")
        .join(view.clients.select("client_id", "group"), on="client_id", how="left")
        .with_columns(open=open_)
        .filter(of_the_group | pl.col("open"))
    )
    within = pl.struct(
        "cap",
        pl.when(by_client).then("client_id"),
        pl.when(by_year).then(_contract_year()).alias("year"),
        "open",
    )
    total = pl.col("amount_pence").cum_sum().over(within, order_by=ORDER)
    beyond = pl.min_horizontal("amount_pence", (pl.col("total_pence") - pl.col("cap_pence")).clip(0))
    return (
        claims.with_columns(total_pence=total)
        .with_columns(beyond_pence=beyond)
        .select(
            "claim_id",
            "cap_pence",
            "total_pence",
            pl.when(~pl.col("open")).then("beyond_pence").alias("beyond_pence"),
            rank=pl.lit(0),
            what=pl.col("per").replace_strict(CAPS, return_dtype=pl.String),
            passes=pl.when(~pl.col("open")).then(pl.col("beyond_pence") > 0),
        )
    )


def _contract_year() -> pl.Expr:
    """Return how many anniversaries of the contract's first day have passed on the outcome's date."""
    day, start = pl.col("outcome_date").dt, pl.col("start_date").dt
    # As Int32, for months are Int8 and the product would wrap round.
    not_yet = day.month().cast(pl.Int32) * 100 + day.day() < start.month().cast(pl.Int32) * 100 + start.day()
    return day.year() - start.year() - not_yet.cast(pl.Int32)


def _in_volumes(view: View) -> pl.LazyFrame:
    """Return each claim in each volume with bands (4), and whether it is beyond the last of them."""
    last = pl.col("bands").list.last().struct.field("up_to")
    volumes = view.volumes.with_row_index("volume").with_columns(last_band_ends_at=last)
    number = pl.int_range(1, pl.len() + 1).over("volume", order_by=ORDER)
    beyond = pl.col("number") > pl.col("last_band_ends_at")
    return (
        view.claims.join(volumes.filter(last.is_not_null()), on=OUTCOME, how="inner")
        .filter(in_force())
        .with_columns(number=number)
        .select(
            "claim_id",
            "last_band_ends_at",
            "number",
            beyond_pence=pl.when(beyond).then("amount_pence").otherwise(0),
            rank=pl.lit(1),
            what=pl.lit(BAND),
            passes=beyond,
        )
    )
