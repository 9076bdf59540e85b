"""How alike two people's names are: given and family name as one comparison.

One, because they are not independent in the records of one person (an exchange touches both, and so does a
change of name), and because what a pair with one name missing says has to be counted apart.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pbr_audit.linkage.levels import LevelNumbers
from pbr_audit.linkage.pairs import Flags, Pairs

# Of Jaro and Winkler's similarity, 0 to 1.
LIKENESSES: Final = (0.92, 0.88, 0.7)
_VERY_ALIKE, _ALIKE, _REMOTE = LIKENESSES

LABELS: Final = (
    "not known",
    "both differ",
    "given name same, family name differs",
    "given name same, family name remotely alike",
    "family name same, given name differs",
    "family name same, given name remotely alike",
    "both alike",
    "both very alike",
    "exchanged",
    "family name same, given name its initial",
    "family name same, given name another form",
    "both same",
    "family name alone: differs",
    "family name alone: alike",
    "family name alone: same",
    "given name alone: differs",
    "given name alone: alike",
    "given name alone: same",
)
GROUPS: Final = (0, *([1] * 11), *([2] * 3), *([3] * 3))
# The values whose rarity counts at a level.
AGREES: Final[dict[int, tuple[str, ...]]] = {
    2: ("given_name",),
    3: ("given_name",),
    4: ("family_name",),
    5: ("family_name",),
    9: ("family_name",),
    10: ("family_name",),
    11: ("given_name", "family_name"),
    14: ("family_name",),
    17: ("given_name",),
}
EXCHANGED: Final = 8
# Categories of one name: rows of `BOTH` are those of the given name, columns those of the family name.
_DIFFERENT, _REMOTELY, _ALIKE_NAME, _CLOSE, _SAME, _OTHER_FORM, _INITIAL = range(7)
GIVEN_CATEGORIES: Final = 7
FAMILY_CATEGORIES: Final = 5
BOTH: Final = np.array(
    #  family: different, remotely, alike, close, same
    [
        [1, 1, 1, 1, 4],  # given name different
        [1, 1, 1, 1, 5],  # remotely alike
        [1, 1, 6, 6, 6],  # alike
        [1, 1, 6, 7, 7],  # close
        [2, 3, 6, 7, 11],  # the same
        [1, 3, 6, 7, 10],  # another form of it
        [1, 1, 1, 6, 9],  # its initial
    ],
    dtype=np.int8,
)
FAMILY_ALONE: Final = np.array([12, 12, 13, 13, 14], dtype=np.int8)
GIVEN_ALONE: Final = np.array([15, 15, 16, 16, 17, 16, 16], dtype=np.int8)
# The levels at which the given names agree.
GIVEN_AGREES: Final = (2, 3, 9, 10, 11, 17)
# The levels at which the given names are alike, and the least share of one person's pairs at them.
SAME_PERSON: Final = (((2, 3, 6, 7, 8, 9, 10, 11), 0.8),)
# Back from a level to the likeliest categories behind it.
GIVEN_OF: Final = {1: 0, 2: 4, 3: 4, 4: 0, 5: 1, 6: 2, 7: 3, 8: 0, 9: 6, 10: 5, 11: 4}
FAMILY_OF: Final = {1: 0, 2: 0, 3: 1, 4: 4, 5: 4, 6: 2, 7: 3, 8: 0, 9: 4, 10: 4, 11: 4}


def names(pairs: Pairs) -> LevelNumbers:
    """Return the joint level of given and family name (`LABELS`)."""
    has_given, has_family = pairs.known("given_name"), pairs.known("family_name")
    given = given_category(pairs)
    family = np.where(pairs.same("family_name"), np.int8(_SAME), np.int8(_DIFFERENT))
    # Beside a given name that is not even alike, how alike two other family names are decides nothing.
    asked = np.flatnonzero((family != _SAME) & has_family & (~has_given | (given > _REMOTELY)))
    family[asked] = family_category(pairs.at(asked))
    level = np.where(has_given, GIVEN_ALONE[given], np.int8(0))
    level = np.where(has_family, FAMILY_ALONE[family], level)
    level = np.where(has_given & has_family, BOTH[given, family], level).astype(np.int8)
    level[exchanged(pairs, np.flatnonzero(level == 1))] = EXCHANGED
    return level


def given_category(pairs: Pairs) -> NDArray[np.int8]:
    """Return how alike two given names are: the rows of `BOTH`."""
    left, right = pairs.codes("given_name")
    known, equal = (left > 0) & (right > 0), left == right
    found = np.where(known & equal, np.int8(_SAME), np.int8(_DIFFERENT))
    unlike = np.flatnonzero(known & ~equal)
    some = pairs.at(unlike)
    kind = np.full(len(unlike), _DIFFERENT, dtype=np.int8)
    kind[some.same("given_name__initial") & _one_is_short(some)] = _INITIAL
    kind[some.same("given_name__formal")] = _OTHER_FORM
    rest = np.flatnonzero(kind == _DIFFERENT)
    kind[rest] = _likeness_category(some.at(rest), "given_name")
    found[unlike] = kind
    return found


def family_category(pairs: Pairs) -> NDArray[np.int8]:
    """Return how alike two family names are: the columns of `BOTH`."""
    left, right = pairs.codes("family_name")
    known, equal = (left > 0) & (right > 0), left == right
    found = np.where(known & equal, np.int8(_SAME), np.int8(_DIFFERENT))
    unlike = np.flatnonzero(known & ~equal)
    found[unlike] = _likeness_category(pairs.at(unlike), "family_name")
    return found


def exchanged(pairs: Pairs, places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return those of the places at which each name is alike the other record's other name."""
    ways = (("given_name", "family_name"), ("family_name", "given_name"))
    for one, other in ways:
        # It begins as the other one, or stands under the same name.
        some = pairs.at(places)
        initial, formal = (some.same(f"{one}__{form}", f"{other}__{form}") for form in ("initial", "formal"))
        places = places[initial | formal]
    for one, other in ways:
        some = pairs.at(places)
        alike = some.same(f"{one}__formal", f"{other}__formal")
        unlike = np.flatnonzero(~alike)
        alike[unlike] = some.at(unlike).likeness(one, other) >= _ALIKE
        places = places[alike]
    return places


def _likeness_category(pairs: Pairs, value: str) -> NDArray[np.int8]:
    """Return how alike two names are that are known, and not the same."""
    likeness = pairs.likeness(value, value)
    found = np.select(
        [likeness >= _VERY_ALIKE, likeness >= _ALIKE, likeness >= _REMOTE],
        [_CLOSE, _ALIKE_NAME, _REMOTELY],
        default=_DIFFERENT,
    )
    return found.astype(np.int8)


def _one_is_short(pairs: Pairs) -> Flags:
    """Say whether one of the given names is a single letter."""
    lengths = pairs.values["given_name"].lengths
    left, right = pairs.codes("given_name")
    found: Flags = (lengths[left] == 1) | (lengths[right] == 1)
    return found
