"""A claim names an outcome, a contract, a provider, a client or a reversed claim that no record knows.

What it flags
-------------
A live claim of the prime tier of which the records at hand do not know the contract, the outcome, who
submitted or delivered it, or the client; and a negative amount that takes back no claim. The whole amount of
the claim is at risk, nothing of a negative one.

Method
------
The contract and the outcome are looked up in the contract terms, the provider and the subcontractor among
the providers and in the terms, the client among the clients. A negative amount has to name, in
`reverses_claim_id`, another claim on the commissioner that is in the data. A table that the data set does not
have is not looked at, and the evidence of a query says so. One claim is one query, whatever it names in vain.

Example
-------
Claim F1 asks £1,200.00 for the outcome JOBS of contract CPA01, whose terms have ATT, JOB and SUS: a query
with £1,200.00 at risk. Claim F2 asks -£400.00 and names no claim: a query too, with nothing at risk. Claim
C1, for the outcome JOB, is clear.

Why ask
-------
A claim that no record knows cannot be checked by any other rule: an outcome without terms has no price, a
client without a registration has no start. In an Afghan scheme that paid by results, a third of the patients
on the books could not be found at first, and far fewer once somebody went to look.

Innocent explanations
---------------------
A contract variation added the outcome and its terms are not yet at hand. The code is written in another way
("JOB OUTCOME"). The client's registration is in the next extract, or was moved under a new number. The table
of providers is older than the provider. A credit was given for several claims at once and names none.

Not flagged
-----------
1. Claims that are rejected, withdrawn, recovered, reversed or superseded, and subcontractors' claims on
   their prime. Of a reversal only the claim that it takes back is looked up.
2. The outcome of a contract that is unknown itself: the contract is told, once.
3. A provider whom the terms name, as a contract's prime or in its supply chain, and the providers do not.
4. A claim without a client, as for a cohort, or without a subcontractor: it names nobody.

Assumptions
-----------
A table that is there is whole: every provider and every registration that was claimed for. A table without a
row counts as absent. Where no terms, no providers and no clients are at hand, a claim is not assessable,
unless its amount is negative and takes back nothing. Where the claims have no `reverses_claim_id` at all, no
negative amount says what it takes back, and each is a query.

Ask for
-------
The provider's own record of what the claim names, the contract variation or the registration that is
missing here, and for a negative amount the claims that it takes back.

Source
------
The claims standard, "How rules read the tables" (live claims) and the tables' own references. The World
Bank's brief on results-based financing in Afghanistan, on patients who could not be traced (33 % at first,
7 % later).
"""

import polars as pl

from pbr_audit.rule import OUTCOME, WHOLE, Needs, Params, Rule, View

RULE = Rule(
    id="PBR111",
    version=1,
    title="Unknown to the records",
    family="validity",
    severity="high",
    basis="record",
    subject="claim",
    key=("claim_id",),
    # A claim may name any client and any other claim, and the clients go by one key, the claims by another.
    by=WHOLE,
    needs=Needs(
        required={
            "claims": (
                "claim_id",
                "contract_id",
                "provider_id",
                "outcome",
                "amount_pence",
                "live",
                "reversal",
            ),
        },
        optional={
            "claims": ("client_id", "subcontractor_id", "reverses_claim_id"),
            "contracts": ("contract_id", "prime_id"),
            "outcomes": OUTCOME,
            "supply_chain": ("subcontractor_id",),
            "providers": ("provider_id",),
            "clients": ("client_id",),
        },
        live_only=False,
    ),
    message="The records do not know this claim's {unknown:list}.",
)
NOTHING = "there are no contract terms, providers or clients to look the claim up in"
# What a claim names, and the records in which it is looked up.
LOOKED_UP = {
    "contract": "contract_terms",
    "outcome": "contract_terms",
    "provider": "providers",
    "subcontractor": "providers",
    "client": "clients",
}
RECORDS = tuple(dict.fromkeys(LOOKED_UP.values()))
REVERSED = "reversed claim"


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return live prime claims and reversals (1), flagged where a record of what they name is not there."""
    live = _with_records(view).with_columns(
        found=pl.any_horizontal(f"{name}_unknown" for name in LOOKED_UP),
        looked_at=pl.any_horizontal(RECORDS),
    )
    reversals = _reversals(view).with_columns(
        found=pl.col("takes_back_nothing"), looked_at=pl.lit(value=True)
    )
    claims = pl.concat([live, reversals], how="diagonal").cache()  # read twice below
    flagged = pl.when(pl.col("found") | pl.col("looked_at")).then("found")
    return pl.concat(
        [
            claims.filter("found").with_columns(unknown=_unknown(), not_looked_at=_not_looked_at()),
            claims.filter(~pl.col("found")),
        ],
        how="diagonal",
    ).select(
        "claim_id",
        "outcome",
        "subcontractor_id",
        "reverses_claim_id",
        "unknown",
        "not_looked_at",
        flagged=flagged,
        why_not=pl.lit(NOTHING),
        submitted_by="provider_id",
        at_risk_pence=pl.col("amount_pence").clip(lower_bound=0),
    )


def _with_records(view: View) -> pl.LazyFrame:
    """Add to each live claim which records are at hand, and what of its names they do not have."""
    known = {
        "contract": view.contracts.select("contract_id"),
        "outcome": view.outcomes.select(OUTCOME),
        "provider": _providers(view),
        "subcontractor": _providers(view).rename({"provider_id": "subcontractor_id"}),
        "client": view.clients.select("client_id"),
    }
    at_hand = pl.concat(
        [
            table.select(pl.len() > 0).rename({"len": name})
            for name, table in zip(RECORDS, (view.contracts, view.providers, view.clients), strict=True)
        ],
        how="horizontal",
    )
    claims = view.claims.filter(pl.col("live")).join(at_hand, how="cross")
    for name, records in known.items():
        marked = records.unique().with_columns(pl.lit(value=True).alias(f"{name}_known"))
        claims = claims.join(marked, on=records.collect_schema().names(), how="left")
    return claims.with_columns(_names_nobody_knows(name).alias(f"{name}_unknown") for name in LOOKED_UP)


def _names_nobody_knows(name: str) -> pl.Expr:
    named = {
        "outcome": pl.col("contract_known").is_not_null(),  # (2)
        "subcontractor": pl.col("subcontractor_id").is_not_null(),  # (4)
        "client": pl.col("client_id").is_not_null(),  # (4)
    }.get(name, pl.lit(value=True))
    return pl.col(LOOKED_UP[name]) & named & pl.col(f"{name}_known").is_null()


def _providers(view: View) -> pl.LazyFrame:
    """Return the providers that the table or the terms (3) name."""
    return pl.concat(
        [
            view.providers.select("provider_id"),
            view.contracts.select(provider_id="prime_id"),
            view.supply_chain.select(provider_id="subcontractor_id"),
        ]
    ).unique()


def _reversals(view: View) -> pl.LazyFrame:
    """Return the negative amounts that stand, and whether what each takes back is another claim at hand."""
    another = view.claims.select(reverses_claim_id="claim_id", is_there=pl.lit(value=True))
    there = pl.col("is_there").is_not_null() & (pl.col("reverses_claim_id") != pl.col("claim_id"))
    return (
        view.claims.filter(pl.col("reversal"))
        .join(another, on="reverses_claim_id", how="left")
        .with_columns(takes_back_nothing=~there)
    )


def _unknown() -> pl.Expr:
    """Return the words for what no record knows."""
    said = {f"{name}_unknown": name for name in LOOKED_UP} | {"takes_back_nothing": REVERSED}
    return pl.concat_list(pl.when(part).then(pl.lit(word)) for part, word in said.items()).list.drop_nulls()


def _not_looked_at() -> pl.Expr:
    """Return the records that are not at hand; a reversal is looked up among the claims alone."""
    missing = (pl.when(~pl.col(name)).then(pl.lit(name.replace("_", " "))) for name in RECORDS)
    return pl.concat_list(missing).list.drop_nulls()
