"""From pairs to people: which registrations are one person's."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.scoring import Scored

DEFAULT_AT: Final = 0.95


@dataclass(frozen=True)
class Clusters:
    """Who is who.

    `people`: id, person (the smallest id among the person's records), size; every record, sorted by id.
    `edges`: left, right, person, p_same, bridge, for the pairs that join a person's records; a bridge is a
    pair without which they would fall into two. `split`: left, right, p_same, why, for pairs that reach the
    threshold and were not joined.
    """

    people: pl.DataFrame
    edges: pl.DataFrame
    split: pl.DataFrame


def clusters(scored: Scored, people: pl.DataFrame, at: float = DEFAULT_AT) -> Clusters:
    """Join records whose P(same) is `at` or more, and give every record its person."""
    ids = people[scored.model.policy.id].cast(pl.String).sort()
    joined = scored.pairs.filter(pl.col("p_same") >= at)
    rows = pl.DataFrame({"id": ids}).with_row_index("row")
    ends = [
        joined.select(pl.col(side).alias("id"))
        .join(rows, on="id", how="left", maintain_order="left")["row"]
        .to_numpy()
        for side in ("left", "right")
    ]
    label = components(len(ids), ends[0], ends[1])
    found = pl.DataFrame({"id": ids, "label": label}).with_columns(
        pl.col("id").min().over("label").alias("person"), pl.len().over("label").alias("size")
    )
    found = found.select("id", "person", "size")
    edges = joined.join(
        found.select("id", "person"), left_on="left", right_on="id", how="left", maintain_order="left"
    )
    edges = edges.select("left", "right", "person", "p_same", pl.lit(value=False).alias("bridge"))
    return Clusters(found, edges, joined.clear().select("left", "right", "p_same", pl.lit("").alias("why")))


def components(records: int, left: NDArray[np.uint32], right: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return for each record the number of the connected component that it is in."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415 - heavy
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    found: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return found
