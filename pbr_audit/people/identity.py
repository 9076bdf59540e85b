"""Who is one person: a `person_id` for every registration.

The source's own person number joins registrations (equal `person_ref` means the same person), and so do pairs
in the table of links that name one person. Everybody else is a person of their own.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

LINKS: Final = "links"
# One row a pair of registrations that are probably, or may be, one person's; left is the lower client id.
# `person_id` is null where the two are not joined; `split_why` says why not where the probability would allow
# it. `bits` speak for one person (above 0) or for two strangers, field by field.
LINKS_COLUMNS: Final[Mapping[str, pl.DataType]] = {
    "left_client_id": pl.String(),
    "right_client_id": pl.String(),
    "person_id": pl.String(),
    "p_same": pl.Float64(),
    "p_household": pl.Float64(),
    "p_neither": pl.Float64(),
    "weight_bits": pl.Float64(),
    "bridge": pl.Boolean(),
    "split_why": pl.String(),
    "waterfall": pl.List(pl.Struct({"field": pl.String, "level": pl.String, "bits": pl.Float64})),
}
ENDS: Final = ("left_client_id", "right_client_id")
BY_NUMBER: Final = "person:"
BY_CLIENT: Final = "client:"


def person_id(columns: frozenset[str]) -> pl.Expr:
    """Return the expression for `person_id` by the source alone, over clients that hold `columns`.

    The prefixes keep a person number and a client id that read alike apart.
    """
    own = pl.concat_str(pl.lit(BY_CLIENT), pl.col("client_id"))
    if "person_ref" not in columns:
        return own
    return pl.coalesce(pl.concat_str(pl.lit(BY_NUMBER), pl.col("person_ref")), own)


def with_person_id(
    clients: pl.LazyFrame, columns: frozenset[str], links: pl.LazyFrame | None = None
) -> pl.LazyFrame:
    """Add `person_id` to clients, by the source and by `links` (see `LINKS_COLUMNS`) where there are any.

    A link joins all who share the source's person number with one of its two registrations.
    """
    found = clients.with_columns(person_id=person_id(columns))
    if links is None:
        return found
    joined = links.filter(pl.col("person_id").is_not_null()).select(*ENDS, joined="person_id").collect()
    if joined.is_empty():
        return found
    ends = joined.unpivot(ENDS, index="joined", value_name="client_id").lazy()
    renamed = (
        found.join(ends, on="client_id").group_by("person_id").agg(pl.col("joined").min()).collect().lazy()
    )
    return (
        found.join(renamed, on="person_id", how="left", maintain_order="left")
        .with_columns(person_id=pl.coalesce("joined", "person_id"))
        .drop("joined")
    )
