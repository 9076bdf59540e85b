"""What linkage did and left undone, in sentences that hold no data."""

from collections.abc import Iterator

import polars as pl

from pbr_audit.linkage import Scored


def told(scored: Scored, links: pl.DataFrame, registrations: int) -> tuple[str, ...]:
    """Return what was compared and found, and by key what was not compared."""
    joined = links["person_id"].is_not_null().sum()
    split = links["split_why"].is_not_null().sum()
    return (
        (
            f"clients: {registrations:,} registrations were held against each other as people, in "
            f"{scored.compared:,} pairs: {joined:,} join one person's registrations, "
            f"{links.height - joined:,} may "
            f"be one person's and are not joined, {split:,} of them because of what contradicts it"
        ),
        *_not_compared(scored.blocks),
        *(f"clients: linkage cannot see {blind}" for blind in scored.model.policy.cannot_see),
    )


def _not_compared(blocks: pl.DataFrame) -> Iterator[str]:
    capped = blocks.filter(pl.col("used"), pl.col("capped_blocks") > 0)
    for key, many, records, pairs in capped.select(
        "key", "capped_blocks", "capped_records", "pairs_not_compared"
    ).iter_rows():
        yield (
            f"clients: under the key {key} {_blocks(many)} too large to be compared ({records:,} "
            f"registrations, {pairs:,} pairs); such a pair was compared only where another key found it"
        )
    left_out = blocks.filter(~pl.col("used"))
    if left_out.height:
        pairs = left_out["pairs_not_compared"].sum()
        yield (
            f"clients: {left_out.height} keys were not used to find pairs, as they find too many "
            f"({pairs:,} in all): {', '.join(left_out['key'])}"
        )


def _blocks(many: int) -> str:
    return "1 group was" if many == 1 else f"{many:,} groups were"
