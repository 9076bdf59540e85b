"""One piece of evidence stands behind the claims of several clients.

What it flags
-------------
A live claim of the prime tier whose evidence number (`evidence_ref`) also stands behind a live claim for
another client. The whole amount of each such claim is at risk, the earliest one's too: the number itself does
not say whose evidence it is.

Method
------
Live claims are grouped by their evidence number, whoever delivered and in whatever contract. Where a group
holds more than one client, each of its claims is a query of its own, which keeps its identity when one more
claim joins. Each query also lists one claim of another client, at nothing: the earliest in the group by
outcome date, submission date and claim number. So a group of queries hangs together without every one of them
listing all the others, and each claim's amount is counted once.

Example
-------
The payslip E77 stands behind claim F1 of client P1 and claim F2 of client P2, both at £1,200.00. Both are
queries, with £1,200.00 at risk on each. Claims C1 and C2 are both of client P3 and share the payslip E78:
they are clear.

Why ask
-------
A payslip shows the work of one person. In one trial of advisers of an employment programme, papers had been
made up and signed in the name of clients and employers, and a document that serves twice is where such a
practice first shows in the figures. It is also how a slip of the file shows.

Innocent explanations
---------------------
One employer's letter lists several people. The number is a placeholder (a date, a dash, "see file") or that
of a folder. Two providers number their own documents, and both have a number 1001; the evidence tells how
many providers stand behind the number. One person holds two client numbers. The evidence of one client was
keyed in on the next one's screen.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime.
2. Several claims of one client: one document may prove an attachment and a job, or two sustainments.

Assumptions
-----------
Numbers are compared letter by letter, after blanks at their ends were taken off; `e77` is another number
than `E77`, as in systems whose numbers differ by nothing else. A client number means one person. A claim
without an evidence number is not assessable, nor is one that names no client.

Ask for
-------
The document itself, for each of the claims, and the provider's register of evidence with who entered the
number and when.

Source
------
The claims standard, "How rules read the tables" (401). Court reports of 2015 on one welfare-to-work
provider, where staff had signed as candidates and as employers.
"""

import polars as pl

from pbr_audit.rule import NO_CLIENT, Needs, Params, Rule, View

RULE = Rule(
    id="PBR401",
    version=1,
    title="One piece of evidence behind several clients",
    family="evidence-reuse",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="evidence_ref",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "client_id",
                "deliverer_id",
                "outcome_date",
                "submitted_date",
                "amount_pence",
                "evidence_ref",
            ),
        },
    ),
    message=(
        "The evidence {evidence_ref} stands behind claims of {clients} clients, "
        "one of them claim {other_claim_id}."
    ),
)
ORDER = ("outcome_date", "submitted_date", "claim_id")
NO_EVIDENCE = "the claim names no evidence"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1), flagged where its evidence stands behind another client's too."""
    known = pl.col("evidence_ref").is_not_null() & pl.col("client_id").is_not_null()
    claims = view.claims.with_columns(
        why_not=pl.when(pl.col("evidence_ref").is_null())
        .then(pl.lit(NO_EVIDENCE))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT)),
        # Most numbers stand once; a hash that two numbers share by chance does no harm.
        stands_again=known & pl.col("evidence_ref").hash().is_duplicated(),
    ).cache()  # read several times below
    again = claims.filter("stands_again")
    reused = pl.col("other_claim_id").is_not_null()
    return pl.concat(
        [
            again.join(_shared(again), on="evidence_ref", how="left")
            .with_columns(other_claim_id=_of_another_client())
            .with_columns(flagged=reused),
            claims.filter(~pl.col("stands_again")).with_columns(
                flagged=pl.when(pl.col("why_not").is_null()).then(pl.lit(value=False))
            ),
        ],
        how="diagonal",
    ).select(
        "claim_id",
        "evidence_ref",
        "outcome_date",
        "submitted_date",
        "clients",
        "claims",
        "deliverers",
        "other_claim_id",
        "flagged",
        "why_not",
        at_risk_pence="amount_pence",
        also_claim_ids=pl.concat_list("other_claim_id"),
    )


def _shared(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each number behind several clients (2) its first claim, and the first of another client."""
    clients = claims.group_by("evidence_ref").agg(clients=pl.col("client_id").n_unique())
    first = pl.col("client_id").first()
    return (
        claims.join(clients.filter(pl.col("clients") > 1), on="evidence_ref", how="inner")
        .sort(ORDER)
        .group_by("evidence_ref", maintain_order=True)
        .agg(
            first_claim_id=pl.col("claim_id").first(),
            first_client_id=first,
            next_claim_id=pl.col("claim_id").filter(pl.col("client_id") != first).first(),
            clients=pl.col("clients").first(),
            deliverers=pl.col("deliverer_id").n_unique(),
            claims=pl.len(),
        )
    )


def _of_another_client() -> pl.Expr:
    return (
        pl.when(pl.col("client_id") == pl.col("first_client_id"))
        .then("next_claim_id")
        .otherwise("first_claim_id")
    )
