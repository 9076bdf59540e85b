"""A claim comes without evidence, or with evidence of a kind that the contract does not accept.

What it flags
-------------
A live claim of the prime tier, for an outcome whose terms list the `evidence` that they accept, that names
no type of evidence, names one that is not on the list, gives no reference to the piece of evidence, or
gives evidence dated later than the terms allow. The whole amount of the claim is at risk; the severity is
low, because a gap in a return is most often only that.

Method
------
The claim's `evidence_type` is compared with the list in force on the outcome's date, without regard to
capitals and to blanks around it. An empty `evidence_type` or `evidence_ref` is missing evidence. Where the
source has no column of references at all, nobody is asked for one. Where the terms have
`evidence_within_days`, the evidence's date is at most so many calendar days after the outcome's; exactly so
many are allowed. The finding names the first of four that applies: no type, a type that is not accepted, no
reference, dated later.

Example
-------
A job outcome takes a payslip or an employer's letter. Claim F1 names no evidence, claim F2 a text message,
and claim F3 a payslip without its reference: three queries with £1,200.00 at risk each. Claim C1 names
"Payslip" with the reference PS-104 and is clear.

Why ask
-------
What cannot be shown cannot be checked, and a payer who does not look is told so before long. Guidance for
providers leaves the risk of incomplete records wholly with the provider; it also says how and when evidence
was obtained has to be on record.

Innocent explanations
---------------------
The evidence is on file and only the return is incomplete. The provider's system has other words for the
same document ("wage slip"), which the data set's mapping can translate. The payer confirms the outcome from
its own records, so that nothing needs to be sent. A new kind of document was agreed after the terms at
hand.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes for which the terms list no evidence: they are not looked at, whatever its date.
3. Capitals, and blanks around the words.
4. References, where the source has no column for them.
5. Evidence without a date, and evidence dated before the outcome.
6. Evidence that stands behind another claim too: another rule asks about that.

Assumptions
-----------
An empty cell means that there is no evidence, not that nobody typed it in. Where the claims have no column
of evidence types the rule is not assessable; nor is a claim whose contract or outcome the terms do not
have.

Ask for
-------
The piece of evidence itself, and the provider's own reference to it.

Source
------
The claims standard, "Contract terms" (`evidence`, `evidence_within_days`). The Work and Health Programme's
guidance for providers (chapter 14), on records and on who bears the risk of gaps in them.
"""

import polars as pl

from pbr_audit.rule import (
    NOT_IN_TERMS,
    OUTCOME,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    in_force,
)

RULE = Rule(
    id="PBR110",
    version=2,
    title="Evidence missing, or of a type that the contract does not accept",
    family="contract-terms",
    severity="low",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="claim_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "outcome",
                "outcome_date",
                "evidence_type",
                "amount_pence",
            ),
            "outcomes": (*VERSION, "evidence", "evidence_within_days"),
        },
        optional={"claims": ("evidence_ref", "evidence_date")},
    ),
    message="The claim for the outcome {outcome} of {outcome_date} {what}; the contract accepts {accepted}.",
)
# What evidence is judged by (6).
KIND = (*OUTCOME, "evidence_type")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) of an outcome that lists evidence, flagged where that is missing."""
    lists_any = pl.col("lists_any") | ~pl.col("in_terms")  # (2)
    no_reference = pl.lit(value=False)
    if view.has("claims", "evidence_ref"):  # (4)
        no_reference = pl.col("evidence_ref").is_null()
    last_day = pl.col("outcome_date") + pl.duration(days="evidence_within_days")
    dated_later = pl.col("evidence_date") > last_day  # (5)
    what = (
        pl.when(pl.col("evidence_type").is_null())
        .then(pl.lit("names no type of evidence"))
        .when(~pl.col("is_accepted"))
        .then(pl.lit("names a type of evidence that is not accepted"))
        .when(no_reference)
        .then(pl.lit("gives no reference to its evidence"))
        .when(dated_later)
        .then(pl.lit("gives evidence dated later than the contract allows"))
    )
    return (
        view.claims.join(_judged_types(view), on=KIND, how="left", nulls_equal=True)
        .filter(in_force())
        .filter(lists_any)
        .with_columns(what=what)
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "evidence_type",
            "evidence_ref",
            "accepted",
            "evidence_date",
            "evidence_within_days",
            "what",
            flagged=pl.when("in_terms").then(pl.col("what").is_not_null()),
            why_not=pl.when(~pl.col("in_terms")).then(pl.lit(NOT_IN_TERMS)),
            at_risk_pence="amount_pence",
        )
    )


def _judged_types(view: View) -> pl.LazyFrame:
    """Return each type of evidence that is claimed with, by outcome, and whether the terms accept it.

    A few types stand behind many claims, so each of them is judged once.
    """
    evidence = pl.col("evidence")
    outcomes = view.outcomes.select(
        *VERSION,
        "evidence_within_days",
        in_terms=pl.lit(value=True),
        lists_any=evidence.list.len() > 0,
        accepted=evidence.list.join(", "),
        alike=evidence.list.eval(_alike(pl.element())),
    )
    is_accepted = pl.col("alike").list.contains(_alike(pl.col("evidence_type")))
    kinds = view.claims.select(KIND).unique().join(outcomes, on=OUTCOME, how="left")
    return kinds.select(
        *KIND,
        "from_date",
        "to_date",
        "evidence_within_days",
        "lists_any",
        "accepted",
        in_terms=pl.col("in_terms").fill_null(value=False),
        is_accepted=is_accepted,
    )


def _alike(words: pl.Expr) -> pl.Expr:
    """Return text as it is compared (3)."""
    return words.str.strip_chars().str.to_lowercase()
