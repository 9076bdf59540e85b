"""From pairs to people: which registrations are one person's."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.errors import InputError
from pbr_audit.linkage.blocks import packed, rows_of
from pbr_audit.linkage.bridges import bridges
from pbr_audit.linkage.compare import compare, levels_of
from pbr_audit.linkage.components import Labels, components, members, pairs_within
from pbr_audit.linkage.em import RANDOM, SAME, TINY, Floats
from pbr_audit.linkage.generations import AGAINST_BITS, relatives, why_apart
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.scoring import Scored, class_logs, posterior
from pbr_audit.linkage.splitting import take_apart

DEFAULT_AT: Final = 0.95
# A component of more records than this is not held against itself pair by pair, and stays as it is.
MOST_HELD_TOGETHER: Final = 2_000
_SEVERAL: Final = 3


@dataclass(frozen=True)
class Clusters:
    """Who is who.

    `people`: id, person (the smallest id among the person's records), size; every record, sorted by id.
    `edges`: left, right, person, p_same, bridge, for the pairs that join a person's records; a bridge is a
    pair without which they would fall into two (of three records and more). `split`: left, right, p_same,
    why, for pairs that reach the threshold and were not joined: records on the two sides contradict each
    other.
    """

    people: pl.DataFrame
    edges: pl.DataFrame
    split: pl.DataFrame


@dataclass(frozen=True)
class _Joined:
    """Scored pairs from the threshold up, and their rows."""

    pairs: pl.DataFrame
    left: NDArray[np.int64]
    right: NDArray[np.int64]

    def by_component(self, labels: Labels, wanted: NDArray[np.int64]) -> dict[int, list[tuple[int, int]]]:
        """Return the pairs of each wanted component, the strongest first; ties in the order of rows."""
        order = np.lexsort((self.right, self.left, -self.pairs["weight_bits"].to_numpy()))
        found: dict[int, list[tuple[int, int]]] = {}
        for edge in order[np.isin(labels[self.left[order]], wanted)]:
            pair = (int(self.left[edge]), int(self.right[edge]))
            found.setdefault(int(labels[pair[0]]), []).append(pair)
        return found


def clusters(scored: Scored, people: pl.DataFrame, at: float = DEFAULT_AT) -> Clusters:
    """Join records whose P(same) is `at` or more, and give every record its person.

    `people` are those that were scored; InputError where they are others.
    """
    ids = scored.prepared.ids
    _check(people[scored.model.policy.id], ids)
    joined, relatives = _without_relatives(scored.pairs.filter(pl.col("p_same") >= at), scored.model)
    left, right = (ids.search_sorted(joined[side]).to_numpy().astype(np.int64) for side in ("left", "right"))
    labels = components(len(ids), left, right)
    labels, why = _split(labels, _Joined(joined, left, right), scored)
    found = pl.DataFrame({"id": ids, "person": ids.gather(labels)})
    found = found.with_columns(size=np.bincount(labels, minlength=len(labels))[labels].astype(np.uint32))
    whole = labels[left] == labels[right]
    edges = joined.select("left", "right", "p_same").filter(pl.Series(whole))
    edges = edges.with_columns(
        person=ids.gather(labels[left[whole]]), bridge=bridges(labels, left[whole], right[whole])
    )
    split = joined.select("left", "right", "p_same").filter(pl.Series(~whole))
    told = [why[pair] for pair in packed(left[~whole], right[~whole])]
    split = split.with_columns(pl.Series("why", told, dtype=pl.String))
    return Clusters(
        found,
        edges.select("left", "right", "person", "p_same", "bridge"),
        pl.concat([split, relatives]).sort("left", "right"),
    )


def _without_relatives(joined: pl.DataFrame, model: Model) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out father and son of one name that the model takes for one, and list them as `split` does."""
    apart = pl.Series(relatives(joined["pattern"].to_numpy(), model))
    told = joined.filter(apart).select("left", "right", "p_same", why=pl.lit(why_apart(model)))
    return joined.filter(~apart), told


def _check(given: pl.Series, scored: pl.Series) -> None:
    """Refuse people who are not those that were scored, in whatever order they stand."""
    ids = given.cast(pl.String)
    if len(ids) != len(scored) or int(ids.hash().sum()) != int(scored.hash().sum()):
        raise InputError("The people are not those whose pairs were scored: give the same table.")


def _split(labels: Labels, joined: _Joined, scored: Scored) -> tuple[Labels, dict[int, str]]:
    """Take components apart whose records contradict each other; say why for each pair that is not joined."""
    groups = members(labels, _SEVERAL, MOST_HELD_TOGETHER)
    if not len(groups.sizes):
        return labels, {}
    held = _Held(scored)
    within = held.bits(pairs_within(groups))
    ends = np.cumsum(groups.sizes * (groups.sizes - 1) // 2)
    starts = np.concatenate([[0], ends[:-1]])
    contradicted = np.flatnonzero(np.minimum.reduceat(within, starts) < 0)
    edges = joined.by_component(labels, groups.rows[groups.starts[contradicted]])
    labels, why = labels.copy(), {}
    for at in contradicted.tolist():
        rows = groups.of(at)
        bits = _matrix(within[starts[at] : ends[at]], len(rows))
        own = [(int(np.searchsorted(rows, a)), int(np.searchsorted(rows, b))) for a, b in edges[int(rows[0])]]
        taken = take_apart(bits, own)
        labels[rows] = rows[taken.labels]
        for one, other, worst_one, worst_other in taken.refused:
            pair = packed(rows[[one]], rows[[other]])
            why[int(pair[0])] = held.contradiction(rows[worst_one], rows[worst_other])
    return labels, why


class _Held:
    """The records of components of three and more, held against each other."""

    def __init__(self, scored: Scored) -> None:
        self.prepared, self.model = scored.prepared, scored.model
        self.shares = scored.model.shares(scored.prepared.height)

    def bits(self, pairs: NDArray[np.uint64]) -> Floats:
        """Return the weight of evidence of each pair, for one person against all else."""
        left, right = rows_of(pairs)
        patterns = compare(self.prepared.values, left, right, self.model.compared)
        bits = posterior(class_logs(self.prepared.values, pairs, patterns, self.model), self.shares)[1]
        return np.where(relatives(patterns, self.model), np.minimum(bits, AGAINST_BITS), bits)

    def contradiction(self, one: int, other: int) -> str:
        """Say what speaks most against one person: a field and its level, never a value."""
        rows = np.array([min(one, other)], np.uint32), np.array([max(one, other)], np.uint32)
        pattern = compare(self.prepared.values, *rows, self.model.compared)
        against = []
        for i, (comparison, level) in enumerate(
            zip(self.model.compared, levels_of(pattern, self.model.compared), strict=True)
        ):
            at = int(level[0])
            same, random = self.model.tables[SAME][i][at], self.model.tables[RANDOM][i][at]
            if at:
                ratio = float(np.log(same + TINY) - np.log(random + TINY))
                against.append((ratio, f"{comparison.field}: {comparison.labels[at]}"))
        first, second = self.prepared.ids[int(rows[0][0])], self.prepared.ids[int(rows[1][0])]
        said = min(against)[1] if against else "nothing in common"
        return f"{said}, between {first} and {second}"


def _matrix(bits: Floats, size: int) -> Floats:
    found = np.zeros((size, size))
    found[np.triu_indices(size, 1)] = bits
    return found + found.T
