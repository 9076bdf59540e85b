"""One person is registered with two deliverers at the same time, and claims are made for both.

What it flags
-------------
A registration whose person had an earlier one, with another prime or another deliverer, that had not ended
when this one began, where live claims of the prime tier were made for both. There is one query for each
later registration. At risk is the whole amount of its claims for outcomes of the days that both cover,
where both are on one contract or the terms of either claim's outcome exclude the other contract; else
nothing.

Method
------
Registrations are rows of the table of clients that have live claims of the prime tier. Whose they are is
told as for PBR302: by the source's person number, or by linkage at a probability of 0.95 or more (from 0.5
the query is `info`, and nothing is at risk). A registration begins on its start date, else its referral
date. It ends on its end date. Where it has none it is still open, and lasts to the day as of which the data
are audited, or to the last outcome that one of these claims dates for it, whichever is later; where the
source gives no end dates at all, to that outcome.

Two registrations are with two where the deliverer of their rows (`provider_id`) is another, or no prime of
the claims for the one is a prime of the claims for the other. The days that both cover are counted with the
first and the last: from the later's beginning to the sooner of the two ends. From `least_days` days on, the
later registration is asked about. Of several earlier ones the one told is the most probable, then the one
with most days in common, then the one with the lowest client number.

The severity is `high` where an amount is at risk, and else `low`: two contracts may serve one person, as
long as their terms do not say otherwise, and somebody ought to know that they do.

Example
-------
P1 is with SB01 from 9 November 2015 to 30 June 2016. The same person (0.998) is registered as P2 with SB02
from 2 May 2016 to 30 September 2016. Both cover 60 days, and the job outcome of 2 June 2016 that is claimed
for P2 (F1, £1,200.00) is at risk.

Why ask
-------
Two deliverers cannot both have brought about what happened to one person in the same weeks, and the payer
who sees two client numbers pays both.

Innocent explanations
---------------------
They are two people: twins, father and son of one name, two residents of one hostel. The person moved on and
the first deliverer closed the file late. Both served the person together, under two contracts that allow
it, or the one for the other. The end date is the day on which the file was closed, not that of the last
contact.

Not flagged
-----------
1. Registrations without live claims of the prime tier.
2. Registrations that follow each other, or have fewer than `least_days` days in common: a handover.
3. Two registrations with one deliverer under one prime: PBR302 asks whether something was paid twice.
4. Pairs below a probability of 0.5, and two who more likely share a home than are one person.
5. A person of more than `most_registrations` registrations: that is no person. These are not assessable.

Assumptions
-----------
Each live claim of the prime tier is one row examined. It is not assessable where it names no client, its
client has no row, or neither start nor referral date, and where the client has no person number and
registrations could not be linked. Where the source gives end dates, an empty one is taken to say that the
registration is open. Exclusions are those in force on the outcome's day; where the terms do not have the
contract, nothing is excluded.

Ask for
-------
Each deliverer's contacts with the person in the days that both cover, who was told of the other, and which
of the two brought the outcome about.

Source
------
The claims standard (`person_ref`, `provider_id`). The Troubled Families programme paid for five results of
six, partly to allow for results that another programme had paid for.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    VERSION,
    WHOLE,
    Needs,
    Param,
    Params,
    Rule,
    View,
    days_in_words,
    with_terms,
)
from pbr_audit.rule.pairs import LINKS, SAMENESS, in_words, registration_pairs, why_unknown

RULE = Rule(
    id="PBR303",
    version=1,
    title="One person claimed by two primes or subcontractors in overlapping time",
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
                "provider_id",
                "client_id",
                "outcome",
                "outcome_date",
                "amount_pence",
            ),
            "clients": ("client_id", "person_id", "contract_id", "provider_id"),
        },
        optional={
            "clients": ("person_ref", "start_date", "referral_date", "end_date"),
            "outcomes": (*VERSION, "excludes"),
            "links": LINKS,
        },
    ),
    params={
        "least_days": Param(
            2, unit="days", low=1, high=366, why="handing over on one day is how a transfer is made"
        ),
        "most_registrations": Param(
            50,
            unit="registrations",
            low=2,
            high=1000,
            why="nobody is registered fifty times; a number that stands so often is a word for `unknown`",
        ),
    },
    message=(
        "The same person {was} with {earlier_provider_id} on {earlier_contract_id} as {earlier_client_id} "
        "and with {provider_id} on {contract_id} as {client_id} ({how_sure}), with both for {days} from "
        "{began} to {until}, and claims are made for both."
    ),
)
NO_BEGINNING = "the client has neither a start nor a referral date"
PERIOD = ("contract_id", "provider_id", "primes", "end")
TOLD = (
    "earlier_client_id",
    "earlier_contract_id",
    "earlier_provider_id",
    "until",
    "days_in_common",
    *SAMENESS,
)


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every live prime claim (1), flagged where its registration runs beside another of the person."""
    claims = with_terms(view.claims, view.outcomes)
    registered = _registered(view, claims).with_columns(registrations=pl.len().over("person_id"))
    pairs = registration_pairs(registered, view.links, p.most_registrations)  # (4, 5)
    told = _told(_beside(registered, pairs, p.least_days)).join(_of_earlier(claims), on="earlier_client_id")
    flagged = pl.col("earlier_client_id").is_not_null()
    place = registered.rename({"contract_id": "registered_on", "provider_id": "registered_with"})
    return (
        claims.join(place.drop("primes"), on="client_id", how="left")
        .join(told, on="client_id", how="left")
        .with_columns(why_not=_why_not(view, p.most_registrations))
        .with_columns(flagged=pl.when(flagged).then(flagged).when(pl.col("why_not").is_null()).then(flagged))
        .with_columns(at_risk_pence=pl.when("sure", _in_both()).then("amount_pence").otherwise(0))
        .select(
            "client_id",
            "claim_id",
            "began",
            *TOLD,
            "also_claim_ids",
            "why_not",
            "flagged",
            "at_risk_pence",
            contract_id="registered_on",
            provider_id="registered_with",
            was=pl.when("sure").then(pl.lit("was")).otherwise(pl.lit("may have been")),
            how_sure=in_words(),
            days=days_in_words(pl.col("days_in_common"), business=pl.lit(value=False)),
            severity=pl.when(~pl.col("sure"))
            .then(pl.lit("info"))
            .when(pl.col("at_risk_pence").sum().over("client_id") == 0)
            .then(pl.lit("low")),
        )
    )


def _registered(view: View, claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return the registrations that have live claims of the prime tier, with their primes and their days."""
    claimed = (
        claims.filter(pl.col("client_id").is_not_null())
        .group_by("client_id")
        .agg(last_outcome=pl.col("outcome_date").max(), primes=pl.col("provider_id").unique().sort())
    )
    open_to = view.as_of if view.has("clients", "end_date") else None
    still = pl.max_horizontal(pl.lit(open_to, dtype=pl.Date), "last_outcome")
    return claimed.join(view.clients, on="client_id", how="left").with_columns(
        began=pl.coalesce("start_date", "referral_date"), end=pl.coalesce("end_date", still)
    )


def _beside(registered: pl.LazyFrame, pairs: pl.LazyFrame, least_days: int) -> pl.LazyFrame:
    """Return the pairs with two deliverers (3) that have `least_days` days in common (2)."""
    periods = registered.select("client_id", *PERIOD)
    earlier = periods.rename({name: f"earlier_{name}" for name in ("client_id", *PERIOD)})
    one_deliverer = pl.col("provider_id") == pl.col("earlier_provider_id")
    one_prime = pl.col("primes").list.set_intersection("earlier_primes").list.len() > 0
    return (
        pairs.join(periods, on="client_id")
        .join(earlier, on="earlier_client_id")
        .filter(~one_deliverer | ~one_prime)
        .with_columns(until=pl.min_horizontal("end", "earlier_end"))
        .with_columns(days_in_common=(pl.col("until") - pl.col("began")).dt.total_days() + 1)
        .filter(pl.col("days_in_common") >= least_days)
    )


def _told(beside: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each later registration the earlier one that its query tells."""
    return (
        beside.sort(
            ["client_id", "sure", "p_same", "days_in_common", "earlier_client_id"],
            descending=[False, True, True, True, False],
            nulls_last=True,
        )
        .group_by("client_id", maintain_order=True)
        .agg(pl.col(*TOLD, "sure").first())
    )


def _of_earlier(claims: pl.LazyFrame) -> pl.LazyFrame:
    """Return for each registration, as the earlier one, its claims, their contracts and exclusions."""
    return (
        claims.group_by(earlier_client_id="client_id")
        .agg(
            pl.col("claim_id").sort().alias("also_claim_ids"),
            pl.col("contract_id").unique().alias("earlier_contracts"),
            pl.col("excludes").explode().drop_nulls().unique().alias("earlier_excluded"),
        )
        .filter(pl.col("earlier_client_id").is_not_null())
    )


def _in_both() -> pl.Expr:
    """Tell whether a claim is for a day that both cover, and one contract or an excluded one pays both."""
    contract = pl.col("contract_id")
    one_payer = pl.col("earlier_contracts").list.contains(contract)
    excluded = pl.col("earlier_excluded").list.contains(contract)
    excludes = pl.col("excludes").list.set_intersection("earlier_contracts").list.len() > 0
    covered = pl.col("outcome_date").is_between("began", "until")
    return (covered & (one_payer | excluded | excludes)).fill_null(value=False)


def _why_not(view: View, most: int) -> pl.Expr:
    """Say why a claim's registration cannot be judged; null where it can."""
    return (
        pl.when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("person_id").is_not_null() & pl.col("began").is_null())
        .then(pl.lit(NO_BEGINNING))
        .otherwise(why_unknown(view, most))
    )
