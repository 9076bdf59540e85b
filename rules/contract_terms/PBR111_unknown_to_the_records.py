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

from pbr_audit.rule import OUTCOME, Needs, Params, Rule, View

RULE = Rule(
    id="PBR111",
    version=1,
    title="Unknown to the records",
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
                "provider_id",
                "outcome",
                "amount_pence",
                "live",
                "reversal",
                "reverses_another",
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
        distinct={"clients": ("client_id",)},
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
SAID = {f"{name}_unknown": name for name in LOOKED_UP} | {"takes_back_nothing": REVERSED}


def flag(view: View, p: Params) -> pl.LazyFrame:  # noqa: ARG001 - the rule has no parameters
    """Return live prime claims and reversals (1), flagged where a record of what they name is not there.

    Few claims name what no record has: these are looked for first, and what is told is told of them alone.
    """
    live, reversals = view.claims.filter(pl.col("live")), view.claims.filter(pl.col("reversal"))
    at_hand = _at_hand(view)
    unknown = _unknown(live, at_hand, view).cache()  # read twice below
    in_vain = reversals.filter(~pl.col("reverses_another"))
    taken_back = reversals.filter(pl.col("reverses_another"))
    looked_at = at_hand.select(looked_at=pl.any_horizontal(RECORDS))
    others = live.select("claim_id").join(unknown, on="claim_id", how="anti").join(looked_at, how="cross")
    found = pl.concat(
        [
            live.join(unknown, on="claim_id", how="inner").join(at_hand, how="cross"),
            in_vain.with_columns(takes_back_nothing=pl.lit(value=True)),
        ],
        how="diagonal",
    )
    return pl.concat(
        [
            _told(found),
            others.select("claim_id", flagged=pl.when("looked_at").then(pl.lit(value=False))),
            taken_back.select("claim_id", flagged=pl.lit(value=False)),
        ],
        how="diagonal",
    ).with_columns(why_not=pl.lit(NOTHING))


def _at_hand(view: View) -> pl.LazyFrame:
    """Return one row that tells for each of the records whether it is there."""
    some = {
        "contract_terms": view.contracts.select(pl.len() > 0),
        "providers": view.providers.select(pl.len() > 0),
        "clients": view.distinct_clients.select(pl.col("client_id").len() > 0),
    }
    return pl.concat([found.select(pl.all().alias(name)) for name, found in some.items()], how="horizontal")


def _unknown(live: pl.LazyFrame, at_hand: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return the claims that name what a record at hand does not have, with a mark for each such name."""
    known = {
        "contract": view.contracts.select("contract_id"),
        "outcome": view.outcomes.select(OUTCOME),
        "provider": _providers(view),
        "subcontractor": _providers(view).rename({"provider_id": "subcontractor_id"}),
        "client": view.clients.select("client_id"),
    }
    named = {
        "outcome": live.join(known["contract"], on="contract_id", how="semi"),  # (2)
        "subcontractor": live.filter(pl.col("subcontractor_id").is_not_null()),  # (4)
        "client": live.filter(pl.col("client_id").is_not_null()),  # (4)
    }
    return (
        pl.concat(
            [
                named.get(name, live)
                .join(records, on=records.collect_schema().names(), how="anti")
                .join(at_hand.filter(LOOKED_UP[name]), how="cross")
                .select("claim_id", pl.lit(value=True).alias(f"{name}_unknown"))
                for name, records in known.items()
            ],
            how="diagonal",
        )
        .group_by("claim_id")
        .agg(pl.all().any())
    )


def _providers(view: View) -> pl.LazyFrame:
    """Return the providers that the table or the terms (3) name."""
    return pl.concat(
        [
            view.providers.select("provider_id"),
            view.contracts.select(provider_id="prime_id"),
            view.supply_chain.select(provider_id="subcontractor_id"),
        ]
    ).unique()


def _told(found: pl.LazyFrame) -> pl.LazyFrame:
    """Return flagged claims with the words for what no record knows, and for the records not at hand.

    A reversal is looked up among the claims alone.
    """
    unknown = pl.concat_list(pl.when(mark).then(pl.lit(word)) for mark, word in SAID.items())
    missing = pl.concat_list(pl.when(~pl.col(name)).then(pl.lit(name.replace("_", " "))) for name in RECORDS)
    return found.select(
        "claim_id",
        "outcome",
        "subcontractor_id",
        "reverses_claim_id",
        unknown=unknown.list.drop_nulls(),
        not_looked_at=missing.list.drop_nulls(),
        flagged=pl.lit(value=True),
        submitted_by="provider_id",
        at_risk_pence=pl.col("amount_pence").clip(lower_bound=0),
    )
