"""A table of people made ready for linkage: what is known of them, and what they are compared on."""

from pathlib import Path
from typing import Final

import polars as pl

from pbr_audit.linkage.kinds import kinds_of
from pbr_audit.linkage.policy import CannotLink, Policy, choose_policy
from pbr_audit.linkage.pseudonyms import are_pseudonyms, unpacked

MIXED: Final = (
    "Some of what tells a person is a keyed hash and some is plain ({}): give all of it plain, or all of it "
    "hashed with one key."
)


def ready(
    people: pl.DataFrame,
    *,
    id: str = "client_id",  # noqa: A002 - as the policy calls it
    policy: Path | None = None,
) -> tuple[pl.DataFrame, Policy]:
    """Return `people` ready for linkage, and the policy: of the file `policy`, or chosen from the columns.

    Columns without a value are left out, and keyed hashes are taken apart. Raises CannotLink where there is
    too little to tell people by, or where hashes and plain values are mixed; ConfigurationError where the
    file cannot be read.
    """
    known = [column for column in people.columns if people[column].null_count() < people.height]
    kinds = {column: kind for column, kind in kinds_of(known).items() if column != id}
    hashed = {column for column in kinds if are_pseudonyms(people[column])}
    if hashed and hashed != set(kinds):
        raise CannotLink(MIXED.format(", ".join(sorted(set(kinds) - hashed))))
    chosen = choose_policy(kinds, id=id, hashed=bool(hashed)) if policy is None else Policy.from_toml(policy)
    return (unpacked(people, kinds) if hashed else people), chosen
