"""Components and their splitting: who ends up as one person."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pbr_audit.linkage.blocks import rows_of
from pbr_audit.linkage.bridges import bridges
from pbr_audit.linkage.components import components, members, pairs_within
from pbr_audit.linkage.splitting import take_apart

SIZE = 12
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)


@given(EDGES)
def test_components_are_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(SIZE))
    left, right = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    labels = components(SIZE, left, right)
    expected = {row: min(rows) for rows in nx.connected_components(graph) for row in rows}
    assert labels.tolist() == [expected[row] for row in range(SIZE)]


@given(EDGES)
def test_bridges_are_those_of_networkx_where_three_or_more_hang_together(
    edges: list[tuple[int, int]],
) -> None:
    pairs = sorted({(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]})
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    labels = components(SIZE, left, right)
    sizes = np.bincount(labels, minlength=SIZE)
    expected = {(min(pair), max(pair)) for pair in nx.bridges(nx.Graph(pairs))}
    found = bridges(labels, left, right).to_list()
    assert found == [pair in expected and sizes[labels[pair[0]]] >= 3 for pair in pairs]


@given(EDGES)
def test_pairs_within_are_all_pairs_of_each_component(edges: list[tuple[int, int]]) -> None:
    left, right = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    labels = components(SIZE, left, right)
    groups = members(labels, 3, SIZE - 1)
    alone = [groups.of(place).tolist() for place in range(len(groups.sizes))]
    named = {int(label): np.flatnonzero(labels == label).tolist() for label in labels}
    assert sorted(alone) == sorted(rows for rows in named.values() if 3 <= len(rows) < SIZE)
    expected = [(a, b) for rows in alone for i, a in enumerate(rows) for b in rows[i + 1 :]]
    low, high = rows_of(pairs_within(groups))
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == expected


def matrix(
    size: int, bits: dict[tuple[int, int], float]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    found = np.zeros((size, size))
    for (one, other), weight in bits.items():
        found[one, other] = found[other, one] = weight
    return found


def test_a_record_that_fits_two_twins_joins_the_one_that_it_fits_better() -> None:
    # 0 and 1 are one twin, 3 the other; 2 has no given name.
    bits = matrix(4, {(0, 1): 30, (1, 2): 12, (0, 2): 12, (2, 3): 11, (0, 3): -40, (1, 3): -40})
    found = take_apart(bits, [(0, 1), (0, 2), (1, 2), (2, 3)])
    assert found.labels.tolist() == [0, 0, 0, 3]
    assert found.refused == [(2, 3, 0, 3)]


def test_records_that_agree_on_the_whole_stay_together() -> None:
    bits = matrix(3, {(0, 1): 20, (1, 2): 20, (0, 2): -5})
    found = take_apart(bits, [(0, 1), (1, 2)])
    assert found.labels.tolist() == [0, 0, 0]
    assert found.refused == []
