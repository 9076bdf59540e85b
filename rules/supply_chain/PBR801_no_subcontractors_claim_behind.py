"""A prime names a subcontractor as who delivered, and no claim of a subcontractor stands behind its own.

What it flags
-------------
A live claim of a prime on the commissioner that names a subcontractor (`subcontractor_id`), where no live
claim of the subcontractor tier names it as its parent (`parent_claim_id`). The whole amount is at risk: the
only account of the outcome is that of somebody who did not see it.

Method
------
The claims of subcontractors are looked through for one that stands behind the prime's. That is asked only
where the data holds the subcontractor's side: at least one claim, live or not, by which this subcontractor in
this contract names a claim of its prime. Claims behind the prime's that are not live are listed with the
query, at nothing.

Example
-------
The prime's claim F1 asks £1,200.00 for an outcome that SB01 delivered; SB01 has a claim behind C1, and none
behind F1. F1 is a query with £1,200.00 at risk. C1 is clear.

Why ask
-------
A subcontractor that is paid by result claims each result from its prime. One that the prime claims and the
subcontractor does not was perhaps never reported, was withdrawn, or was refused by the prime itself, which
then had no ground to pass it on.

Innocent explanations
---------------------
The subcontractor is paid by the month or by the start, not by this outcome. Its return comes later than the
prime's, or ends earlier. It claims several outcomes in one line, which names one of the prime's claims only.
The prime finished the work itself, and names the subcontractor who began it. The subcontractor has gone out
of business.

Not flagged
-----------
1. A prime's claim that is not live.
2. A prime's claim that names no subcontractor: the prime delivered, and is not looked at.
3. A claim behind which a live claim of another subcontractor stands.
4. What the claim behind says, and asks: other rules compare that.

Assumptions
-----------
Where the data holds no claims of the subcontractor tier, nothing is assessable. Nor is a claim that names a
subcontractor who in this contract has not one claim that names its prime's: its returns are not at hand, or
do not say what they stand behind.

Ask for
-------
The subcontractor's report of the outcome with its date, the prime's payment to the subcontractor for it, and
the clause by which the subcontractor is paid.

Source
------
The claims standard, "How rules read the tables" (801 to 804). The rest is the auditor's ordinary
reconciliation of two ledgers, as in the substantive tests of claims that the accounts committee was told of
in the matter of one welfare-to-work provider (HC 103, written evidence 06).
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View

RULE = Rule(
    id="PBR801",
    version=1,
    title="No subcontractor's claim behind",
    family="supply-chain",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="chain_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "chain_id",
                "parent_claim_id",
                "names_parent",
                "contract_id",
                "provider_id",
                "subcontractor_id",
                "tier",
                "live",
                "outcome",
                "outcome_date",
                "amount_pence",
            ),
        },
        holds={"claims": {"tier": "subcontractor"}},
        distinct={"claims": ("tier", "contract_id", "provider_id", "names_parent")},
        claims="both",
        live_only=False,
    ),
    message=(
        "The outcome {outcome} of {outcome_date} is claimed as delivered by {subcontractor_id}, "
        "and no live claim of a subcontractor stands behind it."
    ),
)
NOT_AT_HAND = "the subcontractor has no claim in this contract that names a claim of its prime"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return each live claim of a prime (1) for a subcontractor (2), flagged where nothing is behind it."""
    with_returns = view.distinct_claims.filter(pl.col("names_parent"), tier="subcontractor").select(
        "contract_id", subcontractor_id="provider_id", at_hand=pl.lit(value=True)
    )
    claims = view.claims.filter(pl.col("live"), pl.col("subcontractor_id").is_not_null(), tier="prime")
    naming = view.claims.filter(pl.col("names_parent"), tier="subcontractor")  # (4)
    live_behind = naming.filter(pl.col("live")).select(claim_id="parent_claim_id")  # (3)
    # Few claims stand alone: these are looked for first.
    alone = claims.join(live_behind, on="claim_id", how="anti").cache()  # read several times below
    told = (
        alone.join(_not_live_behind(naming, alone), on="claim_id", how="left")
        .join(with_returns, on=["contract_id", "subcontractor_id"], how="left")
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "subcontractor_id",
            "also_claim_ids",
            submitted_by="provider_id",
            flagged="at_hand",
            why_not=pl.lit(NOT_AT_HAND),
            not_live_behind=pl.col("also_claim_ids").list.len().fill_null(0),
            at_risk_pence="amount_pence",
        )
    )
    rest = claims.select("claim_id").join(alone.select("claim_id"), on="claim_id", how="anti")
    return pl.concat([told, rest.with_columns(flagged=pl.lit(value=False))], how="diagonal")


def _not_live_behind(naming: pl.LazyFrame, alone: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each claim of `alone` the subcontractors' claims that name it; none of them is live."""
    return (
        naming.select("claim_id", "parent_claim_id")
        .join(alone.select(parent_claim_id="claim_id"), on="parent_claim_id", how="semi")
        .group_by(claim_id="parent_claim_id")
        .agg(also_claim_ids=pl.col("claim_id").sort())
    )
