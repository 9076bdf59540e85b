"""A claim's employer is the provider or its supply chain, belongs to it, or has an owner in common with it.

What it flags
-------------
A live claim of the prime tier whose employer is one organisation with the contract's supply chain, or tied
to it by ownership. The whole amount is at risk, because such work pays only where it was declared.

Method
------
The supply chain of a claim is the provider that submits it, its deliverer, the contract's prime, and the
subcontractors that the terms name in force on the outcome's date. Rows of `employers` and `providers` with
one `org_id` are one organisation; `parent_id` names its owner: a row of the same table by its id, else a
row of the other table, else an `org_id`, else an organisation outside both. Employer and provider are tied
where they are one organisation, where one owns the other, also over others, or where both have an owner in
common that is not a provider of the sector `public`. The shortest way is told, to the deliverer before any
other, then to the submitter, to the prime, and to the others by their ids.

Example
-------
SB01 delivers for PR01. Claim F1 for £1,200.00 names employer E1, and owner X owns both E1 and SB01: a
query, with the way "E1 > owner X > SB01" and £1,200.00 at risk. Employer E2 of claim C1 has a number of its
own and no owner, and C1 is clear.

Why ask
-------
A provider that employs its own clients is paid for the job by the commissioner and decides itself how long
it lasts. Programmes therefore ask that work with the provider or its supply chain is declared.

Innocent explanations
---------------------
The work was declared, and the contract allows it, up to a share. The provider is a large employer in its
area, such as a council or a hospital, and the job was advertised for everybody. A social enterprise exists
to employ those whom nobody else takes. The common owner is an investor with many holdings, or a public body
that the records do not show as one.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims that name no employer: they are not looked at.
3. An owner in common that is a provider of the sector `public`: the state owns much.
4. An employer and a provider with equal ids and no other tie: ids are of their own tables.
5. A subcontractor whose link is not in force on the outcome's date, unless it delivers or submits itself.

Assumptions
-----------
All ids are compared as whole texts; a row that names itself as its owner has none. Without a tie, a claim
is not assessable where its employer is not in `employers`, where the employer has neither `org_id` nor an
owner there, or where its deliverer has neither in `providers`; in this order. Others of the supply chain
that are not known there are passed over.

Ask for
-------
The declaration of work within the supply chain, the client's contract of employment, and payslips from the
employer's payroll.

Source
------
The claims standard (`employers`, `providers`). The provider guidance of the Intensive Personalised
Employment Support programme (chapter 10) asks that work with the provider or its supply chain is declared.
"""

import polars as pl

from pbr_audit.rule import Needs, Params, Rule, View, in_force
from pbr_audit.rule.ownership import OWNED, Organisations, organisations

RULE = Rule(
    id="PBR406",
    version=1,
    title="Employer owned by, or the same as, the provider or its supply chain",
    family="employer",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    by="claim_id",
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "provider_id",
                "deliverer_id",
                "employer_id",
                "outcome",
                "outcome_date",
                "amount_pence",
            ),
            "employers": ("employer_id",),
            "providers": ("provider_id",),
        },
        optional={
            "employers": OWNED,
            "providers": (*OWNED, "sector"),
            "contracts": ("contract_id", "prime_id"),
            "supply_chain": ("contract_id", "subcontractor_id", "from_date", "to_date"),
        },
    ),
    message="The employer behind the {outcome} of {outcome_date} is tied to the supply chain: {path}.",
)
TIE = {"employer_id": pl.String, "tied_id": pl.String, "path": pl.String}
IDS = {"employer_id": pl.String}
# Whom a way is told to, the first that has one.
DELIVERER, SUBMITTER, PRIME, OTHER = range(4)
NO_ROW = "the employer is not in the table of employers"
NOT_KNOWN = "neither a number nor an owner of the employer is in the records"
PROVIDER_NOT_KNOWN = "neither a number nor an owner of the provider is in the records"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return every live prime claim (1) with an employer (2), flagged where tied to the supply chain.

    Employers and providers are small tables and are collected; the claims are not.
    """
    houses = organisations({"provider": view.providers, "employer": view.employers})
    claims = view.claims.filter(pl.col("employer_id").is_not_null())
    tied = _tied(claims, pl.LazyFrame(_ties(view, houses), schema=TIE, orient="row"), view)
    employers = view.employers.select("employer_id", has_row=pl.lit(value=True))
    known = [
        pl.LazyFrame(
            {
                name: [identifier for table, identifier in sorted(houses.known) if table == of],
                f"{of}_known": True,
            },
            schema={name: pl.String, f"{of}_known": pl.Boolean},
        )
        for of, name in (("employer", "employer_id"), ("provider", "deliverer_id"))
    ]
    why_not = (
        pl.when(pl.col("has_row").is_null())
        .then(pl.lit(NO_ROW))
        .when(pl.col("employer_known").is_null())
        .then(pl.lit(NOT_KNOWN))
        .when(pl.col("provider_known").is_null())
        .then(pl.lit(PROVIDER_NOT_KNOWN))
    )
    found = pl.col("path").is_not_null()
    return (
        claims.join(tied, on="claim_id", how="left")
        .join(employers, on="employer_id", how="left")
        .join(known[0], on="employer_id", how="left")
        .join(known[1], on="deliverer_id", how="left")
        .with_columns(why_not=pl.when(~found).then(why_not))
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "employer_id",
            "tied_id",
            "path",
            "why_not",
            flagged=pl.when(pl.col("why_not").is_null()).then(found),
            at_risk_pence="amount_pence",
        )
    )


def _ties(view: View, houses: Organisations) -> list[tuple[str, str, str]]:
    """Return each employer and provider that are tied, with the way; the state as owner ties none (3)."""
    providers = view.providers.select("provider_id", "sector").collect(engine="in-memory").sort("provider_id")
    employers = view.employers.select("employer_id").collect(engine="in-memory").sort("employer_id")
    public = {houses.of("provider", named) for named, sector in providers.rows() if sector == "public"}
    below: dict[str, list[str]] = {}
    for named in providers["provider_id"]:
        for owner in houses.owners(houses.of("provider", named)):
            below.setdefault(owner, []).append(named)
    ties = []
    for employer in employers["employer_id"]:
        own = houses.of("employer", employer)
        near = {named for owner in houses.owners(own) for named in below.get(owner, ())}
        for named in sorted(near):
            other = houses.of("provider", named)
            way = houses.way(own, other, not_over=public - {own, other})
            if way:
                ties.append((employer, named, houses.told(employer, way, named)))
    return ties


def _tied(claims: pl.LazyFrame, ties: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return the claims whose employer is tied to their supply chain (4, 5), each with one way."""
    few = claims.join(ties.select("employer_id").unique(), on="employer_id", how="semi").select(
        "claim_id", "contract_id", "provider_id", "deliverer_id", "employer_id", "outcome_date"
    )
    of_terms = few.join(view.contracts, on="contract_id", how="inner")
    links = few.join(view.supply_chain, on="contract_id", how="inner").filter(in_force())
    chain = pl.concat(
        [
            few.select("claim_id", "employer_id", tied_id="deliverer_id", order=pl.lit(DELIVERER)),
            few.select("claim_id", "employer_id", tied_id="provider_id", order=pl.lit(SUBMITTER)),
            of_terms.select("claim_id", "employer_id", tied_id="prime_id", order=pl.lit(PRIME)),
            links.select("claim_id", "employer_id", tied_id="subcontractor_id", order=pl.lit(OTHER)),
        ]
    )
    return (
        chain.join(ties, on=["employer_id", "tied_id"], how="inner")
        .group_by("claim_id")
        .agg(pl.col("tied_id", "path").sort_by("order", "tied_id").first())
    )
