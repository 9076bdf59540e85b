"""Registrations of one person, pair by pair: the earlier, the later, and what says that they are one's."""

from typing import Final

import polars as pl

from pbr_audit.rule.view import View

# What a rule declares of `links` to have pairs, and what of `clients`.
LINKS: Final = (
    "left_client_id",
    "right_client_id",
    "person_id",
    "p_same",
    "p_household",
    "p_neither",
    "weight_bits",
    "bridge",
    "split_why",
    "waterfall",
)
# Of a pair, what stands in a finding's evidence.
SAMENESS: Final = (
    "same_by",
    "p_same",
    "p_household",
    "p_neither",
    "weight_bits",
    "bridge",
    "split_why",
    "comparison",
)
BY_NUMBER: Final = "person number"
BY_RECORDS: Final = "records alike"
BY_OTHERS: Final = "records alike to a third one's"
UNSURE: Final = "records perhaps alike"
NO_ROW: Final = "the client is not in the table of clients"
NOT_ASKED: Final = "linkage was not asked for"
NO_PERSON: Final = "what stands for the person stands on more registrations than one person has"


def registration_pairs(registered: pl.LazyFrame, links: pl.LazyFrame, most: int) -> pl.LazyFrame:
    """Return pairs of registrations that are, or may be, one person's: earlier_client_id, client_id, `sure`.

    `registered` has client_id (unique), person_id, person_ref and `began` (a date); the earlier one began
    first, or on the same day with the lower client id. Sure pairs are of one `person_id`; the others are
    links that join nobody. Beside them stand the columns of SAMENESS. A person of more than `most`
    registrations is left out.
    """
    known = registered.filter(pl.col("began").is_not_null(), pl.col("person_id").is_not_null())
    people = known.select("client_id", "person_id", "person_ref", "began")
    several = people.filter(pl.len().over("person_id").is_between(2, most))
    sure = _in_order(several.join(_earlier(several), left_on="person_id", right_on="earlier_person_id"))
    told = ("client_id", "earlier_client_id", "began", "earlier_began", "sure", *SAMENESS)
    unsure = _told(_unsure(people, links))
    return pl.concat([with_sameness(sure, links).select(told), unsure.select(told)])


def with_sameness(pairs: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Add `sure` and the columns of SAMENESS to pairs of one person.

    `pairs` has client_id, person_ref, earlier_client_id and earlier_person_ref.
    """
    said = links.rename({"waterfall": "comparison"}).drop("person_id")
    return _told(
        pairs.with_columns(
            left_client_id=pl.min_horizontal("client_id", "earlier_client_id"),
            right_client_id=pl.max_horizontal("client_id", "earlier_client_id"),
        )
        .join(said, on=["left_client_id", "right_client_id"], how="left")
        .drop("left_client_id", "right_client_id")
        .with_columns(sure=pl.lit(value=True))
    )


def _earlier(people: pl.LazyFrame) -> pl.LazyFrame:
    return people.rename({name: f"earlier_{name}" for name in people.collect_schema().names()})


def _in_order(pairs: pl.LazyFrame) -> pl.LazyFrame:
    same_day = pl.col("earlier_began") == pl.col("began")
    return pairs.filter(
        (pl.col("earlier_began") < pl.col("began"))
        | (same_day & (pl.col("earlier_client_id") < pl.col("client_id")))
    )


def _unsure(people: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """Return the links that join nobody, either way round, of which the one in order stays."""
    open_links = links.filter(pl.col("person_id").is_null()).drop("person_id")
    ways = [("left_client_id", "right_client_id"), ("right_client_id", "left_client_id")]
    both = [
        open_links.rename({later: "client_id", earlier: "earlier_client_id", "waterfall": "comparison"})
        for later, earlier in ways
    ]
    either = pl.concat(both, how="diagonal")
    found = either.join(people, on="client_id").join(_earlier(people), on="earlier_client_id")
    apart = found.filter(pl.col("person_id") != pl.col("earlier_person_id"))
    return _in_order(apart).with_columns(sure=pl.lit(value=False))


def _told(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Say by what the two are one person's; the source's own number makes them so for certain."""
    by_number = pl.col("sure") & (pl.col("person_ref") == pl.col("earlier_person_ref")).fill_null(value=False)
    same_by = (
        pl.when(by_number)
        .then(pl.lit(BY_NUMBER))
        .when(~pl.col("sure"))
        .then(pl.lit(UNSURE))
        .when(pl.col("p_same").is_null())
        .then(pl.lit(BY_OTHERS))
        .otherwise(pl.lit(BY_RECORDS))
    )
    certain = {"p_same": 1.0, "p_household": 0.0, "p_neither": 0.0}
    return pairs.with_columns(
        same_by=same_by,
        **{
            name: pl.when(by_number).then(pl.lit(value)).otherwise(pl.col(name))
            for name, value in certain.items()
        },
    )


def in_words() -> pl.Expr:
    """Return how sure a pair is, for a sentence: a probability is rounded down, and never to certainty."""
    thousandths = (pl.col("p_same") * 1000).floor().clip(0, 999).cast(pl.Int64).cast(pl.String).str.zfill(3)
    but = pl.concat_str(pl.lit(", but "), pl.col("split_why")).fill_null("")
    return (
        pl.when(pl.col("same_by") == BY_NUMBER)
        .then(pl.lit("by the source's person number"))
        .when(pl.col("same_by") == BY_OTHERS)
        .then(pl.lit("by way of another registration"))
        .otherwise(pl.concat_str(pl.lit("with a probability of 0."), thousandths, but))
    )


def why_unknown(view: View, most: int) -> pl.Expr:
    """Say why nothing tells who a client is; null where something does.

    The rows have `person_id`, `person_ref` and `registrations`, the number of the person's.
    """
    no_number = pl.col("person_ref").is_null() & ~pl.lit(view.has("links", "p_same"))
    why = view.why_no_links or NOT_ASKED
    return (
        pl.when(pl.col("person_id").is_null())
        .then(pl.lit(NO_ROW))
        .when(pl.col("registrations") > most)
        .then(pl.lit(NO_PERSON))
        .when(no_number)
        .then(pl.lit(f"the client has no person number, and registrations cannot be linked: {why}"))
    )
