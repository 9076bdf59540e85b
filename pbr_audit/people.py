"""Who is one person: a `person_id` for every registration.

For now only the source's own person number joins registrations: equal `person_ref` means the same person.
Everybody else is a person of their own. Linkage on names and dates takes this module's place in the
pipeline without changing what it returns.
"""

import polars as pl


def person_id(columns: frozenset[str]) -> pl.Expr:
    """Return the expression for `person_id` over a clients table that holds `columns`.

    The prefixes keep a person number and a client id that read alike apart.
    """
    own = pl.concat_str(pl.lit("client:"), pl.col("client_id"))
    if "person_ref" not in columns:
        return own
    return pl.coalesce(pl.concat_str(pl.lit("person:"), pl.col("person_ref")), own)
