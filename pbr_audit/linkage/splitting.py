"""Components that hold more than one person, taken apart where their records contradict each other.

A pair that joins two groups of records has all the other pairs between them against it where it is wrong: two
twins, each with two full records, and one record without a given name that fits both. So groups are joined
along their strongest pairs first, and only while the evidence between their records is, on average, for one
person. This is average linkage on weights of evidence.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pbr_audit.linkage.em import Floats

# The mean weight between two groups from which they are joined, in bits: less is evidence for two people.
LEAST_MEAN_BITS: Final = 0.0


@dataclass(frozen=True)
class Taken:
    """What became of one component: a label for each of its records, and pairs refused.

    `refused` are places among the component's own rows, left and right, and the two that contradict each
    other most across the groups that stayed apart.
    """

    labels: NDArray[np.int64]
    refused: list[tuple[int, int, int, int]]


def take_apart(bits: Floats, edges: list[tuple[int, int]]) -> Taken:
    """Split one component.

    `bits` is the symmetric matrix of its records' weights of evidence; `edges` the pairs that joined them,
    the strongest first.
    """
    groups = {place: [place] for place in range(len(bits))}
    of = list(range(len(bits)))
    refused: list[tuple[int, int]] = []
    for left, right in edges:
        one, other = sorted((of[left], of[right]))
        if one == other:
            continue
        if bits[np.ix_(groups[one], groups[other])].mean() < LEAST_MEAN_BITS:
            refused.append((left, right))
            continue
        for place in groups.pop(other):
            of[place] = one
            groups[one].append(place)
    apart = [(left, right) for left, right in refused if of[left] != of[right]]
    return Taken(
        np.asarray(of), [(*pair, *_worst(bits, groups[of[pair[0]]], groups[of[pair[1]]])) for pair in apart]
    )


def _worst(bits: Floats, one: list[int], other: list[int]) -> tuple[int, int]:
    """Return the pair of records, one of each group, that contradict each other most."""
    one, other = sorted(one), sorted(other)
    between = bits[np.ix_(one, other)]
    row, column = np.unravel_index(int(np.argmin(between)), between.shape)
    return one[int(row)], other[int(column)]
