"""One person was registered again soon after leaving, and the attachment was claimed a second time.

What it flags
-------------
A live claim of the prime tier for an attachment, of a client whose person had another registration before
that ended at most `most_gap_days` earlier and for which an attachment is claimed too. The whole amount of
the later registration's claim is at risk; the earlier attachment is listed at nothing.

Method
------
Registrations are rows of the table of clients. Two are one person's where the source gives them one person
number (`person_ref`), or where linkage joins them, as for PBR302: at a probability of 0.95 or more that
they are of one person, with nothing that contradicts it. A registration begins on its start date, or, where
it has none, on its referral date. It ends on its end date, or, where it has none, with the last outcome
that a live claim of the prime tier (of any outcome and contract) dates for it. Only registrations with a
live attachment claim of the prime tier count; an attachment is an outcome whose kind in the terms is
`attachment`.

Of two registrations of one person the earlier is the one that began first, and of equal dates the one with
the lower client number. The later one is asked about where the earlier ended on the day on which the later
began, or up to `most_gap_days` days before (inclusive), and where one of two things holds: both attachments
are claimed on the same contract; or both are claimed by the same prime (`provider_id`), and the earlier
registration did not end as `transferred` or `moved`. Each live attachment claim of the later registration
is a query of its own. Of several earlier attachments for which this holds, the one told is that of the
registration which ended last, then the one with the latest outcome date, then the one with the lowest claim
number.

Example
-------
Client P1 left on 29 February 2016, and an attachment was claimed (C1). The same person, by the source's
person number, was registered again as P2 and started on 2 May 2016, 63 days later: F1, the attachment of P2
at £400.00, is a query with £400.00 at risk.

Why ask
-------
An attachment pays for taking somebody on. Where people leave a programme and come back under a new number,
the payer pays for the beginning each time, and never for an end.

Innocent explanations
---------------------
The contract lets people return, and pays again when they do: then the rule has to be left out, or the gap
made shorter. The person was sent again by the referrer after a new spell of unemployment. Two people share
a number, or are alike on paper: twins, father and son of one name, two residents of one hostel. The first
attachment will be withdrawn. The registration was transferred inside the contract, and nobody knew that the
attachment had been claimed.

Not flagged
-----------
1. Claims that are not live, and subcontractors' claims on their prime; a registration without a live
   attachment claim counts as none, so a first registration that never started does no harm.
2. A gap of more than `most_gap_days`, and a later registration that begins before the earlier one ended:
   two at one time are asked about by other rules.
3. Attachments of two contracts with different primes: the second prime cannot know of the first.
4. Attachments of two contracts of one prime where the earlier registration ended as `transferred` or
   `moved`: the person was handed on. Inside one contract a transfer is no reason to pay twice, and is asked
   about.
5. A second attachment of one registration: it is asked about as an outcome claimed twice.
6. Two who may be one person, below the probability that joins them: PBR302 asks, for information, whether
   both were paid.
7. A person of more than `most_registrations` registrations: that is no person. Their claims are not
   assessable.

Assumptions
-----------
A claim is not assessable where it names no client, where the terms do not have its contract or outcome,
where its client has no row, where the client's person has too many registrations (7), and where the client
has neither start nor referral date. Where registrations could not be linked, a claim of a client without a
person number (`person_ref`) is not assessable unless an earlier attachment is found: nothing says who the
client is. A client may have claims on another contract than its row's; the claims' contracts count.

Ask for
-------
Both registrations with the reason for the end of the first, who referred the person again, and whether the
contract pays for a return.

Source
------
The claims standard (`person_ref`, `end_reason`). Welfare-to-work providers in Australia were reported in
2015 for sending the same people round through short jobs; checks of funded learning look for returns within
365 days.
"""

import polars as pl

from pbr_audit.rule import (
    NO_CLIENT,
    NOT_IN_TERMS,
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
from pbr_audit.rule.pairs import LINKS, NO_PERSON, NOT_ASKED, SAMENESS, in_words, with_sameness

RULE = Rule(
    id="PBR304",
    version=3,
    title="One person registered again after a short gap, and the attachment paid again",
    family="recycling",
    severity="high",
    basis="linkage",
    subject="claim",
    key=("claim_id",),
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
            "clients": ("client_id", "person_id", "start_date"),
            "outcomes": (*VERSION, "kind"),
        },
        optional={
            "clients": ("person_ref", "referral_date", "end_date", "end_reason"),
            "links": LINKS,
        },
    ),
    params={
        "most_gap_days": Param(
            365,
            unit="days",
            low=0,
            high=3650,
            why="checks of funded learning take a return within a year for the same course of help",
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
        "The earlier registration of the same person ({how_sure}) ended on {earlier_end}, {gap} before this "
        "one began on {began}; claim {earlier_claim_id} asks for its attachment too."
    ),
)
HANDED_ON = ("transferred", "moved")
NO_ROW = "the client is not in the table of clients"
NO_BEGINNING = "the client has neither a start nor a referral date"
NO_NUMBER = "the client has no person number, and registrations cannot be linked"
EARLIER = ("earlier_claim_id", "earlier_client_id", "earlier_end", "gap_days")
OF_THE_PAIR = ("client_id", "person_ref", "earlier_person_ref")
OF_BOTH = (
    "claim_id",
    "client_id",
    "person_ref",
    "contract_id",
    "provider_id",
    "began",
    "end",
    "outcome_date",
    "end_reason",
)


def flag(view: View, p: Params) -> pl.LazyFrame:
    """Return every live prime attachment claim (1), flagged where the person's earlier one is too near."""
    registered = view.clients.select(
        "client_id",
        "person_id",
        "person_ref",
        "end_date",
        "end_reason",
        began=pl.coalesce("start_date", "referral_date"),
        registrations=pl.len().over("person_id"),
    )
    claims = (
        with_terms(view.claims, view.outcomes)
        .filter(~pl.col("in_terms") | (pl.col("kind") == "attachment"))
        .join(registered, on="client_id", how="left")
        # Read for the pairs, and for all.
        .cache()
    )
    again = pl.col("earlier_claim_id").is_not_null()
    one_person = claims.filter(pl.col("registrations") <= p.most_registrations)  # (7)
    earlier = _earlier(_ended(one_person, view), p.most_gap_days)  # (6)
    told = with_sameness(earlier, view.links).drop(OF_THE_PAIR)
    return (
        claims.join(told, on="claim_id", how="left")
        .with_columns(why_not=_why_not(view, p.most_registrations))
        .select(
            "claim_id",
            "outcome",
            "outcome_date",
            "began",
            *EARLIER,
            *SAMENESS,
            "why_not",
            how_sure=in_words(),
            gap=days_in_words(pl.col("gap_days"), business=pl.lit(value=False)),
            flagged=pl.when(again)
            .then(pl.lit(value=True))
            .when(pl.col("why_not").is_null())
            .then(pl.lit(value=False)),
            at_risk_pence="amount_pence",
            also_claim_ids=pl.concat_list("earlier_claim_id").list.drop_nulls(),
        )
    )


def _why_not(view: View, most: int) -> pl.Expr:
    """Say why a claim cannot be judged; null where it can."""
    linked = view.has("links", "p_same")
    return (
        pl.when(~pl.col("in_terms"))
        .then(pl.lit(NOT_IN_TERMS))
        .when(pl.col("client_id").is_null())
        .then(pl.lit(NO_CLIENT))
        .when(pl.col("person_id").is_null())
        .then(pl.lit(NO_ROW))
        .when(pl.col("registrations") > most)
        .then(pl.lit(NO_PERSON))
        .when(pl.col("began").is_null())
        .then(pl.lit(NO_BEGINNING))
        .when(pl.col("person_ref").is_null() & ~pl.lit(linked))
        .then(pl.lit(f"{NO_NUMBER}: {view.why_no_links or NOT_ASKED}"))
    )


def _ended(claims: pl.LazyFrame, view: View) -> pl.LazyFrame:
    """Return the attachments of people with several such registrations, each with its registration's end."""
    usable = claims.filter("in_terms", pl.col("person_id").is_not_null(), pl.col("began").is_not_null())
    several = usable.group_by("person_id").agg(n=pl.col("client_id").n_unique()).filter(pl.col("n") > 1)
    attached = usable.join(several, on="person_id", how="semi")
    last = (
        view.claims.join(attached, on="client_id", how="semi")
        .group_by("client_id")
        .agg(last_outcome=pl.col("outcome_date").max())
    )
    return (
        attached.join(last, on="client_id", how="left")
        .with_columns(end=pl.coalesce("end_date", "last_outcome"))
        .select("person_id", *OF_BOTH)
    )


def _earlier(attached: pl.LazyFrame, most_gap_days: int) -> pl.LazyFrame:
    """Return for each attachment with a person's earlier one that is too near (2) the one that is told."""
    before = attached.rename({name: f"earlier_{name}" for name in OF_BOTH})
    gap_days = (pl.col("began") - pl.col("earlier_end")).dt.total_days()
    in_order = (pl.col("earlier_began") < pl.col("began")) | (
        (pl.col("earlier_began") == pl.col("began")) & (pl.col("earlier_client_id") < pl.col("client_id"))
    )
    one_contract = pl.col("contract_id") == pl.col("earlier_contract_id")
    one_prime = pl.col("provider_id") == pl.col("earlier_provider_id")  # (3)
    handed_on = pl.col("earlier_end_reason").is_in(HANDED_ON).fill_null(value=False)  # (4)
    return (
        attached.join(before, on="person_id", how="inner")
        .filter(pl.col("earlier_client_id") != pl.col("client_id"), in_order)  # (5)
        .with_columns(gap_days=gap_days)
        .filter(
            pl.col("gap_days").is_between(0, most_gap_days),
            one_contract | (one_prime & ~handed_on),
        )
        .sort("earlier_end", "earlier_outcome_date", "earlier_claim_id", descending=[True, True, False])
        .group_by("claim_id", maintain_order=True)
        .agg(pl.col(*OF_THE_PAIR, *EARLIER).first())
    )
