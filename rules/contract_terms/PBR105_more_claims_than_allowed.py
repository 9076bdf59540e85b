"""One client has more claims of an outcome than the contract lets a client earn.

What it flags
-------------
A live claim of the prime tier beyond the outcome's `max_per_client`, where that is above one. Each claim
beyond it is a query of its own, with its whole amount at risk; the claims up to it are listed at nothing.

Method
------
The claims of one client, contract and outcome are put in the order of their outcome dates, then submission
dates, then claim numbers, and counted. Those that come after the greatest number allowed on their own
outcome date are queries, and list the claims before them that are none. Every claim counts, whatever the
terms allowed on its day: one, several or any number.

Example
-------
A sustainment may be earned twice. Client P1 has claims for it at £215.00 dated 30 May (C1), 27 June (C2)
and 25 July 2016 (F1). F1 is the third, so it is a query with £215.00 at risk, and lists C1 and C2 at
nothing.

Why ask
-------
Contracts that pay by the month, the test or the session cap what one person can be worth, and a payer who
looks at claims one by one does not see the cap being passed.

Innocent explanations
---------------------
One of the claims is a correction that does not name the claim that it replaces, or will be withdrawn. The
client was attached anew after a break, and the contract starts counting again. A variation raised the
number. Two people share one client number.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Outcomes without a greatest number: they are not looked at.
3. Outcomes that may be earned once: a second claim is a duplicate, which another rule asks about.
4. The first claims, up to the number allowed, whatever was asked for each.
5. The same outcome code in two contracts.

Assumptions
-----------
A client number means one person. Two claims of one date both count, although one of them may be a duplicate
and a query of another rule; the amount of a claim counts once in the totals. A claim that names no client
is not assessable; nor is one whose contract or outcome the terms do not have.

Ask for
-------
The provider's ledger of payments for this client and outcome, and what was agreed where the count began
anew.

Source
------
The claims standard, "How rules read the tables" (105). The Work Programme paid up to 26 four-weekly
sustainments for one person.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
    OUTCOME,
    VERSION,
    Needs,
    Params,
    Rule,
    View,
    with_terms,
)

RULE = Rule(
    id="PBR105",
    version=2,
    title="More claims of an outcome than one client may earn",
    family="contract-terms",
    severity="high",
    basis="contract",
    subject="claim",
    key=("claim_id",),
    by="client_id",
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
            "outcomes": (*VERSION, "max_per_client"),
        },
    ),
    message=(
        "This is claim {number} for the outcome {outcome} of one client, dated {outcome_date}; "
        "the contract pays for {max_per_client}."
    ),
)
WHOSE = ("client_id", "contract_id", "outcome")
ORDER = ("outcome_date", "submitted_date", "claim_id")


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) of an outcome with a greatest number, flagged beyond that."""
    several = pl.col("max_per_client") > 1  # (2, 3)
    least = pl.when(several).then("max_per_client").min().over(OUTCOME)
    claims = with_terms(view.claims, view.outcomes.with_columns(least=least)).with_columns(several=several)
    # Claims alike have one hash, so that few need sorting; two hashes alike by chance do no harm.
    claimed = pl.len().over(pl.struct(WHOSE).hash())
    claims = claims.with_columns(many=(claimed > pl.col("least")).fill_null(value=False))
    counted, few = _counted(claims.filter("many")), claims.filter(~pl.col("many"))
    return (
        pl.concat([counted, few], how="diagonal")
        .filter(pl.col("several") | ~pl.col("in_terms"))
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "max_per_client",
            "number",
            "also_claim_ids",
            flagged=pl.when(pl.col("in_terms") & pl.col("client_id").is_not_null()).then(
                pl.col("beyond").fill_null(value=False)
            ),
            why_not=pl.when(~pl.col("in_terms"))
            .then(pl.lit(NOT_IN_TERMS))
            .when(pl.col("client_id").is_null())
            .then(pl.lit(NO_CLIENT)),
            at_risk_pence="amount_pence",
        )
    )


def _counted(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Add to each claim its place among those of its client and outcome (5), and the paid ones before it."""
    beyond = pl.col("several") & (pl.col("number") > pl.col("max_per_client"))  # (4)
    ordered = (
        claims.sort(ORDER)
        .with_columns(number=pl.int_range(1, pl.len() + 1).over(WHOSE))
        .with_columns(beyond=beyond.fill_null(value=False))
        .cache()  # read several times
    )
    paid = ordered.filter(~pl.col("beyond")).select(*WHOSE, paid_claim_id="claim_id", place="number")
    before = (
        ordered.filter("beyond")
        .select(*WHOSE, "claim_id", "number")
        .join(paid, on=WHOSE, how="inner")
        .filter(pl.col("place") < pl.col("number"))
        .group_by("claim_id")
        .agg(also_claim_ids=pl.col("paid_claim_id").sort())
    )
    return ordered.join(before, on="claim_id", how="left")
