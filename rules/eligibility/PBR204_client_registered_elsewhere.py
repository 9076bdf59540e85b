"""A claim is made by a provider with which the client is not registered.

What it flags
-------------
A live claim of the prime tier whose client is registered with a provider that neither submitted the claim
nor delivered it, nor was succeeded by one that did. The whole amount of the claim is at risk.

Method
------
The claim's providers are the one that submitted it and the one that is said to have delivered. The client's
provider is that of the registration in `clients`. Where it is neither, its successors are followed:
`succeeded_by` where `succeeded_on` is on the outcome's date or before, or is not given, over as many steps
as there are, up to ten.

Example
-------
Client P1 is registered with SB02, and F1 is the prime's claim for a job outcome of 2 May 2016, delivered by
SB01: a query with £1,200.00 at risk. Client P2 is registered with SB03, whose contracts SB01 took over on 1
April 2016, and C1 is clear.

Why ask
-------
A provider that claims for somebody else's client either worked with them unrecorded, or took a name from a
list. The client's own provider may claim too, and both are paid.

Innocent explanations
---------------------
The client was transferred and the registration was not. Two organisations of one group use one another's
numbers. The register shows where the client is now, and the claim is older.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. A claim that the registered provider submitted, whoever delivered; and one that it delivered, whoever
   submitted.
3. A claim by a successor of the registered provider, from the day of the succession on.
4. A prime's claim that names no subcontractor, for a client of one that the terms have in the contract's
   supply chain on the outcome's date: who delivered was left out.

Assumptions
-----------
`clients` has one row a client number, and its provider is the one at the time of the outcome. A claim that
names no client, or whose client is not in `clients`, is not assessable; that nobody knows the client is
asked by another rule. Where the source has no table of providers, nobody is succeeded. Where its claims
have no column of subcontractors (`subcontractor_id`), a claim that would be a query is not assessable:
nothing says who delivered.

Ask for
-------
The client's registration history, and who met the client in the weeks before the outcome.

Source
------
The claims standard, "How rules read the tables" (whose claim; `succeeded_by`). People who never attended
the provider that claimed for them were part of the charges against staff of A4e (Crown Prosecution Service,
2013).
"""

import polars as pl

from pbr_audit.rule import NO_CLIENT, Needs, Params, Rule, View, in_force

RULE = Rule(
    id="PBR204",
    version=2,
    title="Client registered with another provider",
    family="validity",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="client_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "client_id",
                "provider_id",
                "deliverer_id",
                "outcome",
                "outcome_date",
                "amount_pence",
            ),
            "clients": ("client_id", "provider_id"),
        },
        optional={
            "claims": ("subcontractor_id",),
            "providers": ("provider_id", "succeeded_by", "succeeded_on"),
            "supply_chain": ("contract_id", "subcontractor_id", "from_date", "to_date"),
        },
    ),
    message=(
        "The claim for the outcome {outcome} of {outcome_date} is delivered by {deliverer_id}; the client is "
        "registered with {registered_with}."
    ),
)
NO_ROW = "clients has no row for the claim's client"
WHOSE = ("contract_id", "registered_with")
STEPS = 10


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1), flagged where none of its providers is the client's (2, 3)."""
    registered = view.clients.select("client_id", registered_with="provider_id")
    own = (pl.col("registered_with") == pl.col("provider_id")) | (
        pl.col("registered_with") == pl.col("deliverer_id")
    )
    claims = view.claims.join(registered, on="client_id", how="left").with_columns(own=own).cache()
    theirs = pl.col("own").fill_null(value=False)
    # Most claims are by the client's own provider, and need neither its successors nor the chain.
    others = _with_exceptions(claims.filter(~theirs), view)
    left_out = pl.col("subcontractor_id").is_null() & pl.col("in_the_chain")
    nobody_says = pl.lit(not view.has("claims", "subcontractor_id"))
    not_theirs = ~pl.col("own") & pl.col("succeeded").is_null() & ~left_out.fill_null(value=False)  # (4)
    return pl.concat([claims.filter(theirs), others], how="diagonal").select(
        "claim_id",
        "outcome",
        "outcome_date",
        "deliverer_id",
        "registered_with",
        submitted_by="provider_id",
        flagged=pl.when(~(not_theirs & nobody_says)).then(not_theirs),
        why_not=pl.when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("registered_with").is_null())
        .then(pl.lit(NO_ROW))
        .otherwise(pl.lit("the claims do not say who delivered")),
        at_risk_pence="amount_pence",
    )


def _with_exceptions(claims: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Add to each claim whether a provider of it `succeeded` the registered one, which is `in_the_chain`."""
    successors = _successors(claims.filter(~pl.col("own")), view.providers)
    chain = (
        claims.filter(~pl.col("own"))
        .join(view.supply_chain.rename({"subcontractor_id": "registered_with"}), on=WHOSE, how="inner")
        .filter(in_force())
        .select("claim_id", in_the_chain=pl.lit(value=True))
        .unique()
    )
    return claims.join(successors, on="claim_id", how="left").join(chain, on="claim_id", how="left")


def _successors(elsewhere: pl.LazyFrame, providers: pl.LazyFrame) -> pl.LazyFrame:
    """Return the claims of which a provider succeeded the registered one by the outcome's date."""
    steps = providers.filter(pl.col("succeeded_by").is_not_null()).select(
        holder="provider_id", successor="succeeded_by", since="succeeded_on"
    )
    at = elsewhere.select("claim_id", "provider_id", "deliverer_id", "outcome_date", holder="registered_with")
    found = []
    for _ in range(STEPS):
        at = (
            at.join(steps, on="holder", how="inner")
            .filter(pl.col("since").is_null() | (pl.col("since") <= pl.col("outcome_date")))
            .drop("holder", "since")
            .rename({"successor": "holder"})
        )
        found.append(
            at.filter(
                (pl.col("holder") == pl.col("provider_id")) | (pl.col("holder") == pl.col("deliverer_id"))
            ).select("claim_id")
        )
    return pl.concat(found).unique().with_columns(succeeded=pl.lit(value=True))
