"""Who owns whom: organisations of the tables of providers and employers, and the way from one to another.

An `org_id` is one organisation, whatever ids it has in the tables; a row without one is an organisation by
itself. A `parent_id` names a row of the same table, else a row of the other one, else an `org_id`, else an
owner outside the tables. A row that names itself as its owner names none. All comparisons are of whole texts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from networkx import DiGraph

# What a rule declares of either table besides its own id.
OWNED = ("org_id", "parent_id")
# How a way from one organisation to another is written.
STEP = " > "


@dataclass(frozen=True)
class Organisations:
    """The organisations and, as a directed graph, who is owned by whom.

    `of_id` is (table, id) to organisation; `labels` organisation to what it is called in evidence; `known`
    are the (table, id) that have an `org_id` or an owner.
    """

    of_id: Mapping[tuple[str, str], str]
    labels: Mapping[str, str]
    known: frozenset[tuple[str, str]]
    graph: "DiGraph[str]"

    def of(self, table: str, identifier: str) -> str:
        """Return the organisation of an id; one that the table does not have stands for itself."""
        return self.of_id.get((table, identifier), f"{table}:{identifier}")

    def label(self, organisation: str) -> str:
        """Return what an organisation is called in evidence."""
        return self.labels.get(organisation, organisation.partition(":")[2])

    def owners(self, organisation: str) -> Mapping[str, list[str]]:
        """Return itself and all its owners, over others too, each with the shortest way up to it."""
        from networkx import single_source_shortest_path  # noqa: PLC0415 - where a rule needs it, not before

        if organisation not in self.graph:
            return {organisation: [organisation]}
        ways: Mapping[str, list[str]] = single_source_shortest_path(self.graph, organisation)
        return ways

    def way(self, first: str, last: str, *, not_over: AbstractSet[str] = frozenset()) -> list[str] | None:
        """Return the shortest way up from one organisation and down to another, or None.

        They are tied where one owns the other, or both have an owner in common; of ways of equal length, the
        one over the owner whose name comes first.
        """
        up, down = self.owners(first), self.owners(last)
        shared = (up.keys() & down.keys()) - not_over
        if not shared:
            return None
        over = min(shared, key=lambda owner: (len(up[owner]) + len(down[owner]), owner))
        return [*up[over], *reversed(down[over][:-1])]

    def circles(self) -> Iterator[tuple[AbstractSet[str], list[str]]]:
        """Yield each circle: all who own each other, over others too, and the shortest way round.

        The way is that from the one whose label comes first back to it.
        """
        from networkx import shortest_path, strongly_connected_components  # noqa: PLC0415 - as above

        for members in strongly_connected_components(self.graph):
            if len(members) > 1:
                first = min(members, key=lambda member: (self.label(member), member))
                round_it = self.graph.subgraph(members)
                ways = [shortest_path(round_it, owner, first) for owner in sorted(round_it.successors(first))]
                yield members, [first, *min(ways, key=len)]

    def told(self, begin: str, way: Sequence[str], end: str) -> str:
        """Return a way as text: `SB01 > owner X > PR01`; the ends by the ids that were asked about.

        Between two ids of one organisation stands its number.
        """
        if begin == end:
            return begin
        if len(way) == 1:
            return STEP.join([begin, way[0].replace(":", " ", 1), end])
        return STEP.join([begin, *map(self.label, way[1:-1]), end])


def organisations(tables: Mapping[str, pl.LazyFrame]) -> Organisations:
    """Return the organisations of `tables`: `provider` or `employer` to rows of id, org_id, parent_id."""
    from networkx import DiGraph  # noqa: PLC0415 - as above

    rows = {
        name: frame.select(f"{name}_id", *OWNED)
        .unique()
        .collect(engine="in-memory")
        .sort(f"{name}_id")
        .rows()
        for name, frame in tables.items()
    }
    of_id = {
        (name, identifier): f"organisation:{org_id}" if org_id else f"{name}:{identifier}"
        for name, of_table in rows.items()
        for identifier, org_id, _ in of_table
    }
    labels: dict[str, str] = {}
    for (_, identifier), organisation in of_id.items():
        labels.setdefault(organisation, identifier)
    graph: DiGraph[str] = DiGraph()
    for name, of_table in rows.items():
        others = [other for other in rows if other != name]
        for identifier, _, parent_id in of_table:
            if parent_id is None:
                continue
            owned = of_id[name, identifier]
            owner = _owner(parent_id, (name, *others), of_id, labels)
            if owner != owned:
                graph.add_edge(owned, owner)
    known = frozenset(
        (name, identifier)
        for name, of_table in rows.items()
        for identifier, org_id, parent_id in of_table
        if org_id or (parent_id and parent_id != identifier)
    )
    return Organisations(of_id, labels, known, graph)


def _owner(
    parent_id: str, tables: Iterable[str], of_id: Mapping[tuple[str, str], str], labels: dict[str, str]
) -> str:
    """Return the organisation that a parent_id names; one outside the tables is called an owner."""
    for table in tables:
        if (table, parent_id) in of_id:
            return of_id[table, parent_id]
    owner = f"organisation:{parent_id}"
    if owner not in labels:
        owner = f"owner:{parent_id}"
        labels[owner] = f"owner {parent_id}"
    return owner
