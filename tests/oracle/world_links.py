"""What linkage says of the clients of the worlds: pairs that it joins, and pairs that may be one person's."""

from itertools import combinations
from typing import Any, Final

import polars as pl

from pbr_audit.people.identity import BY_CLIENT, BY_NUMBER, LINKS_COLUMNS
from tests.oracle.draw import Draw

Row = dict[str, Any]
# From here up a pair is joined, unless something contradicts it.
JOINED: Final = 0.95
AGAINST: Final = "their given names are unlike, as twins' are"


def links(clients: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return a table of links between clients of one world; which world one is of, its id's beginning says."""
    rows: list[Row] = []
    worlds = clients.with_columns(world=pl.col("client_id").str.extract(r"^(W\d+)"))
    for number, few in enumerate(worlds.partition_by("world")):
        people = {
            client: BY_CLIENT + client if ref is None else BY_NUMBER + ref
            for client, ref in few.select("client_id", "person_ref").iter_rows()
        }
        rows += _of_a_world(Draw(seed + 1, number), people)
    return pl.DataFrame(rows, schema=dict(LINKS_COLUMNS)).sort("left_client_id", "right_client_id")


def _of_a_world(draw: Draw, people: dict[str, str]) -> list[Row]:
    """Return links between clients, of whom `people` says who they are by the source alone."""
    likely = [
        (left, right, draw.one([0.5, 0.6, 0.7, 0.7, 0.949, 0.95, 0.97, 0.998, 0.998]), draw.chance(0.15))
        for left, right in draw.some(list(combinations(sorted(people), 2)), 0.12)
    ]
    for left, right, p_same, unlike in likely:
        if p_same >= JOINED and not unlike:
            both = {people[left], people[right]}
            one = min(both, key=lambda person: (person.startswith(BY_CLIENT), person))
            people = {client: one if person in both else person for client, person in people.items()}
    return [_link(left, right, p_same, people, unlike=unlike) for left, right, p_same, unlike in likely]


def _link(left: str, right: str, p_same: float, people: dict[str, str], *, unlike: bool) -> Row:
    together = people[left] == people[right]
    return {
        "left_client_id": left,
        "right_client_id": right,
        "person_id": people[left] if together else None,
        "p_same": p_same,
        "p_household": (1 - p_same) / 2,
        "p_neither": (1 - p_same) / 2,
        "weight_bits": 30.0,
        "bridge": False,
        "split_why": AGAINST if unlike and not together and p_same >= JOINED else None,
        "waterfall": [{"field": "name", "level": "both same", "bits": 14.2}],
    }
