"""An outcome is claimed for a day before the contract began or after it ended.

What it flags
-------------
A live claim of the prime tier whose outcome is dated before the contract's `start_date` or after its
`end_date`. The whole amount of the claim is at risk.

Method
------
The outcome's date is compared with the two dates of the contract that the claim names; both days belong to
the contract. Only the outcome's date counts, not the day of submission or of payment.

Example
-------
A contract runs from 1 June 2014 to 31 May 2019. Claim F1 asks £1,200.00 for a job outcome dated 1 June 2019,
a day after its end: a query with £1,200.00 at risk. Claim C1, dated 31 May 2019 and submitted in August, is
clear.

Why ask
-------
Outside its dates a contract pays for nothing unless it says so. An outcome from before it began was reached
without it, and may have been paid for by the contract that came before; one from after its end may belong to
the one that follows. Auditors of the tagging contracts found charges that ran on for months and years after
there was nothing left to charge for.

Innocent explanations
---------------------
The contract lets its run-off be paid: clients who were attached before its end may reach outcomes after it,
and many contracts honour their claims for a year or more. The contract was extended, or began early in one
area, and the terms at hand do not say so. The claim names the old contract where its successor is meant.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. The first and the last day of the contract.
3. A claim that was submitted or paid after the contract's end, for an outcome from before it.

Assumptions
-----------
The dates in the terms are those between which an outcome has to lie. Where the contract pays for its
run-off, its `end_date` has to be the last day of that, or the rule has to be left out. A claim whose
contract is not among the terms is not assessable.

Ask for
-------
The clause, or the variation, under which an outcome of this date is paid, and the date on which the client
was attached.

Source
------
The claims standard, "Contract terms". National Audit Office, The Ministry of Justice's electronic
monitoring contracts (2013), on charges after monitoring had ended. The Work Programme attached clients for
up to two years, so that outcomes came in long after the last of them.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View

RULE = Rule(
    id="PBR108",
    version=1,
    title="Outcome outside the contract's own dates",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="claim_id",
    needs=Needs(
        required={
            "claims": ("claim_id", "contract_id", "outcome", "outcome_date", "amount_pence"),
            "contracts": ("contract_id", "start_date", "end_date"),
        },
    ),
    message=(
        "The outcome {outcome} is dated {outcome_date}; the contract runs from {contract_start_date} "
        "to {contract_end_date}."
    ),
)


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1), flagged where its outcome (3) is dated outside the contract."""
    dates = view.contracts.select(
        "contract_id", contract_start_date="start_date", contract_end_date="end_date"
    )
    within = pl.col("outcome_date").is_between("contract_start_date", "contract_end_date")  # (2)
    in_terms = pl.col("contract_start_date").is_not_null()
    return view.claims.join(dates, on="contract_id", how="left").select(
        "claim_id",
        "outcome",
        "outcome_date",
        "contract_start_date",
        "contract_end_date",
        flagged=~within,
        why_not=pl.when(~in_terms).then(pl.lit("the terms at hand do not have the contract")),
        at_risk_pence="amount_pence",
    )
