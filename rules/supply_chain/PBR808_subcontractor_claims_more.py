"""Subcontractors ask the prime for more than the prime asks the commissioner for the same outcome.

What it flags
-------------
A live claim of a prime on the commissioner whose amount is less than the live claims of subcontractors
behind it (`parent_claim_id`) ask for together. The query is about the prime's claim. At risk is what they
ask for above the prime's amount, on the subcontractors' claims.

Method
------
The amounts of the live claims behind one of the prime's are added. A sum above the prime's amount is a
query; the same amount is not. What lies above it is put on the subcontractors' claims in the order of
outcome date, submission date and claim number, from the point where the sum passes the prime's amount
(those before it are listed at nothing), and is printed apart as subcontractors' pounds. The prime's claim
is listed at nothing, because the commissioner is asked for the lower amount: the question is which of the
two is wrong.

Example
-------
The prime's claim F1 asks £1,200.00. Behind it stand S1 at £800.00 and S2 at £600.00, £1,400.00 together: F1
is a query, with £200.00 at risk on S2. Behind C1 at £1,200.00 stands S3 at £1,200.00: clear.

Why ask
-------
A prime passes on what it is paid, less its own share. If more goes out than comes in, then the prime's
claim is for another outcome than it says, or the subcontractor is paid for something that the commissioner
does not buy, or two claims were hung on the wrong parent.

Innocent explanations
---------------------
The prime pays its supply chain a bonus out of its own pocket. It claimed a part only, and the rest follows.
A penny was keyed as a pound. One subcontractor's claim replaces another's without naming it. A price fell
between the two claims.

Not flagged
-----------
1. A prime's claim that is not live, and subcontractors' claims that are not.
2. A sum that is as high as the prime's amount, or lower: whether it is the right rate of the price, another
   rule asks.
3. A prime's claim with nothing behind it, which another rule asks about.

Assumptions
-----------
Both sides are in the contract's currency. A subcontractor's claim that names no claim of its prime, or one
that is not in the data, is not assessable. Rows are counted by the subcontractor's claim.

Ask for
-------
The prime's remittances to its subcontractors for the outcome, and the subcontract's prices.

Source
------
The claims standard, "How rules read the tables" (808); the rest is the auditor's ordinary reconciliation of
two ledgers.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View

RULE = Rule(
    id="PBR808",
    version=1,
    title="Subcontractors claim more than the prime",
    family="supply-chain",
    severity="high",
    basis="record",
    subject="claim",
    key=("prime_claim_id",),
    by="chain_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "chain_id",
                "parent_claim_id",
                "tier",
                "live",
                "contract_id",
                "deliverer_id",
                "outcome_date",
                "submitted_date",
                "period",
                "amount_pence",
            ),
        },
        holds={"claims": {"tier": "subcontractor"}},
        claims="both",
        live_only=False,
    ),
    message="The claim asks {prime_pence:money}, and the claims behind it ask {behind_pence:money}.",
)
ORDER = ("outcome_date", "submitted_date", "claim_id")
NO_PARENT = "the subcontractor's claim names no claim of its prime"
NOT_FOUND = "the prime's claim is not in the data"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return each live subcontractor's claim (1, 3), flagged where its prime's asks for less than they do."""
    behind = view.claims.filter(pl.col("live"), tier="subcontractor").select(
        "claim_id", "parent_claim_id", "outcome_date", "submitted_date", "amount_pence"
    )
    primes = view.claims.filter(tier="prime").select(
        parent_claim_id="claim_id",
        prime_live="live",
        prime_pence="amount_pence",
        contract_id="contract_id",
        provider_id="deliverer_id",
        period="period",
    )
    sums = behind.group_by("parent_claim_id").agg(behind_pence=pl.col("amount_pence").sum())
    in_order = pl.col("prime_live") & (pl.col("behind_pence") <= pl.col("prime_pence"))  # (2)
    # Few primes ask for less, are not live or are not there: these are looked for first.
    others = (
        sums.join(primes, on="parent_claim_id", how="left")
        .filter(in_order.is_null() | ~in_order)
        .cache()  # read twice below
    )
    judged = (
        behind.join(others, on="parent_claim_id", how="inner", nulls_equal=True)
        .filter(pl.col("prime_live").is_null() | pl.col("prime_live"))
        .with_columns(flagged=pl.col("behind_pence") > pl.col("prime_pence"), why_not=_why_not())
        .cache()  # read twice below
    )
    rest = behind.join(others, on="parent_claim_id", how="anti", nulls_equal=True)
    return pl.concat(
        [
            _told(judged.filter("flagged")),
            judged.filter(pl.col("flagged").is_null()),
            rest.select("claim_id", flagged=pl.lit(value=False)),
        ],
        how="diagonal",
    ).select(
        "claim_id",
        "flagged",
        "why_not",
        "at_risk_pence",
        "contract_id",
        "provider_id",
        "period",
        "prime_pence",
        "behind_pence",
        "subcontractor_claims",
        prime_claim_id="parent_claim_id",
        also_claim_ids=pl.concat_list("parent_claim_id"),
    )


def _why_not() -> pl.Expr:
    return pl.when(pl.col("parent_claim_id").is_null()).then(pl.lit(NO_PARENT)).otherwise(pl.lit(NOT_FOUND))


def _told(flagged: pl.LazyFrame) -> pl.LazyFrame:
    """Add to each claim its share of what lies above the prime's amount, and the list of all behind it."""
    so_far = pl.col("amount_pence").cum_sum().over("parent_claim_id")
    above = (so_far - pl.col("prime_pence")).clip(lower_bound=0)
    lists = flagged.group_by("parent_claim_id").agg(
        subcontractor_claims=pl.struct("claim_id", "amount_pence").sort_by(*ORDER)
    )
    return (
        flagged.sort(ORDER)
        .with_columns(at_risk_pence=pl.min_horizontal(above, "amount_pence"))
        .join(lists, on="parent_claim_id", how="left")
    )
