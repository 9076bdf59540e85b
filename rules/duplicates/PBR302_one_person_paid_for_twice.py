"""One person stands behind several registrations, and was paid for each time.

What it flags
-------------
A registration whose person had an earlier one, where live claims of the prime tier ask for both
registrations for what the terms pay once a person. There is one query for each later registration. At risk
is the whole amount of each of its claims that asks for something a second time; the earlier claims are
listed at nothing.

Method
------
Registrations are rows of the table of clients. Two are one person's where the source gives them one person
number (`person_ref`), or where linkage joins them: what the records say of the person (names, date of
birth, postcode, identifiers) makes it at least 0.95 probable that they are of one person, rather than of
two of one household or of two strangers, and nothing contradicts it. Who is joined with one is joined with
all who are. A registration begins on its start date, else its referral date, else the first outcome date of
its live claims of the prime tier; of two the earlier is the one that began first, and on one day the one
with the lower client number.

A claim of the later registration asks a second time where a claim of the earlier one has the same contract
and outcome, and the terms pay the outcome once a client (`max_per_client` of 1); or pay it more often and
the claims of the person, the earlier registrations' first, pass that number; or both claims have the same
outcome date. It also does where the terms of either outcome exclude the other's contract (`excludes`).

The earlier registration that is told is the one most probably of the same person, then the one that began
first, then the one with the lowest client number. The evidence has the comparison field by field, in bits:
above 0 speaks for one person, below for two strangers. The severity is `high`. Where the best that can be
said is a probability of 0.5 to 0.95, or something contradicts a higher one, the query is `info`: nothing is
at risk, and a reviewer may look at the two records side by side.

Example
-------
P2 began on 2 May 2016 and is joined with P1, which began on 9 November 2015, with a probability of 0.998.
An attachment was claimed for both (C1, F1), and for P2 £400.00 is at risk. P4 may be P3 (0.7): a query of
severity info with nothing at risk.

Why ask
-------
An outcome is paid once a person. A second registration under a name with a slip in it earns it again, and
no check by client number can see that.

Innocent explanations
---------------------
They are two people: twins, father and son of one name, two residents of one hostel. The person came back
after a time and the contract pays again. The person was transferred, and the first claim will be withdrawn.
The adviser could not find the first registration, made another, and both were claimed by oversight. The
person number is a number of a household.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime.
2. Claims of one registration: an outcome claimed twice for one client is another rule's question.
3. Claims on two contracts whose terms do not exclude one another: a person may be in two programmes.
4. Outcomes that the terms pay as often as they are reached, on different dates.
5. Pairs below a probability of 0.5, and two who more likely share a home than are one person.
6. A person of more than `most_registrations` registrations: that is no person. Their claims are not
   assessable.

Assumptions
-----------
Each live claim of the prime tier is one row examined. It is not assessable where it names no client, its
client has no row, or the terms do not have its contract or outcome; and where the client has no person
number and registrations could not be linked, which the reason says. Probabilities are those of a model that
learnt from the registrations themselves, or of one given in `audit.toml`.

Ask for
-------
Both registrations with the identity documents seen, who made the second one and why, and which of the
claims stands.

Source
------
The claims standard (`person_ref`). Fellegi and Sunter (1969) on record linkage. Funding rules for learners
and the Troubled Families programme exclude paying twice for one person or result.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
    OUTCOME,
    VERSION,
    WHOLE,
    Needs,
    Param,
    Params,
    Rule,
    View,
    with_terms,
)
from pbr_audit.rule.pairs import LINKS, SAMENESS, in_words, registration_pairs, why_unknown

RULE = Rule(
    id="PBR302",
    version=1,
    title="One person registered more than once, and paid for each time",
    family="duplicate-client",
    severity="high",
    basis="linkage",
    subject="client",
    key=("client_id",),
    by=WHOLE,
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
            "clients": ("client_id", "person_id", "contract_id", "provider_id"),
            "outcomes": (*VERSION, "max_per_client", "excludes"),
        },
        optional={"clients": ("person_ref", "start_date", "referral_date"), "links": LINKS},
    ),
    params={
        "most_registrations": Param(
            50,
            unit="registrations",
            low=2,
            high=1000,
            why="nobody is registered fifty times; a number that stands so often is a word for `unknown`",
        )
    },
    message=(
        "The same person {was} registered as {earlier_client_id} on {earlier_began} and as {client_id} on "
        "{began} ({how_sure}), and what is paid once is claimed for both: {outcomes:list}."
    ),
)
ORDER = ("outcome_date", "submitted_date", "claim_id")
OF_BOTH = ("claim_id", "contract_id", "outcome", "outcome_date", "excludes")
TOLD = ("earlier_client_id", "earlier_began", "began", *SAMENESS)


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every live prime claim (1), flagged where an earlier registration asks for the same."""
    claims = with_terms(view.claims, view.outcomes).with_columns(
        own_place=pl.int_range(1, pl.len() + 1).over("client_id", *OUTCOME, order_by=ORDER)
    )
    registered = _registered(view, claims)
    pairs = registration_pairs(registered, view.links, p.most_registrations)  # (5, 6)
    again = _told(_again(claims, pairs))
    clients = registered.select(
        "client_id", "person_id", "person_ref", registered_on="contract_id", registered_with="provider_id"
    ).with_columns(registrations=pl.len().over("person_id"))
    flagged = pl.col("earlier_client_id").is_not_null()
    return (
        claims.join(clients, on="client_id", how="left")
        .join(again, on=["client_id", "claim_id"], how="left")
        .with_columns(why_not=_why_not(view, p.most_registrations))
        .select(
            "client_id",
            "claim_id",
            *TOLD,
            "outcomes",
            "asked_again_pence",
            "why_not",
            "also_claim_ids",
            contract_id="registered_on",
            provider_id="registered_with",
            was=pl.when("sure").then(pl.lit("was")).otherwise(pl.lit("may have been")),
            how_sure=in_words(),
            severity=pl.when(~pl.col("sure")).then(pl.lit("info")),
            flagged=pl.when(flagged).then(flagged).when(pl.col("why_not").is_null()).then(flagged),
            at_risk_pence=pl.when("sure").then("amount_pence").otherwise(0),
        )
    )


def _registered(view: View, claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return the registrations that have live claims of the prime tier, with the day on which each began."""
    first = claims.group_by("client_id").agg(first_outcome=pl.col("outcome_date").min())
    return view.clients.join(first, on="client_id").with_columns(
        began=pl.coalesce("start_date", "referral_date", "first_outcome")
    )


def _again(claims: pl.LazyFrame, pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Return the claims that ask a second time (3, 4), beside each claim (2) that asked before."""
    before = claims.select("client_id", *OF_BOTH).rename(
        {name: f"earlier_{name}" for name in ("client_id", *OF_BOTH)}
    )
    beside = (
        claims.filter("in_terms")
        .join(pairs, on="client_id")
        .join(before, on="earlier_client_id")
        .with_columns(
            alike=(pl.col("contract_id") == pl.col("earlier_contract_id"))
            & (pl.col("outcome") == pl.col("earlier_outcome"))
        )
    )
    # Of pairs that may be one person's, each stands for itself.
    person = pl.when(~pl.col("sure")).then("earlier_client_id")
    asked = pl.col("alike").sum().over("claim_id", person) + pl.col("own_place")
    one_day = pl.col("outcome_date") == pl.col("earlier_outcome_date")
    excluded = pl.col("excludes").list.contains(pl.col("earlier_contract_id")) | pl.col(
        "earlier_excludes"
    ).list.contains(pl.col("contract_id"))
    twice = pl.col("alike") & ((asked > pl.col("max_per_client")).fill_null(value=False) | one_day)
    return beside.filter(twice | excluded.fill_null(value=False))


def _told(again: pl.LazyFrame) -> pl.LazyFrame:
    """Return each claim once, with the earlier registration that its registration's query tells."""
    best = (
        again.sort(
            ["client_id", "sure", "p_same", "earlier_began", "earlier_client_id"],
            descending=[False, True, True, False, False],
            nulls_last=True,
        )
        .group_by("client_id", maintain_order=True)
        .agg(pl.col(*TOLD, "sure").first())
    )
    kept = again.join(
        best.select("client_id", told="earlier_client_id", told_sure="sure"), on="client_id"
    ).filter(
        pl.col("sure") & pl.col("told_sure")
        | (~pl.col("told_sure") & (pl.col("told") == pl.col("earlier_client_id")))
    )
    by_claim = kept.group_by("client_id", "claim_id").agg(
        pl.col("outcome", "amount_pence").first(), also_claim_ids=pl.col("earlier_claim_id").unique().sort()
    )
    by_client = by_claim.group_by("client_id").agg(
        outcomes=pl.col("outcome").unique().sort(), asked_again_pence=pl.col("amount_pence").sum()
    )
    return (
        by_claim.select("client_id", "claim_id", "also_claim_ids")
        .join(by_client, on="client_id")
        .join(best, on="client_id")
    )


def _why_not(view: View, most: int) -> pl.Expr:
    """Say why a claim cannot be judged; null where it can."""
    return (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .otherwise(why_unknown(view, most))
    )
