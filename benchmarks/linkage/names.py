"""Names of nobody: family names of syllables, given names ordinary and built, with their short forms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# Ordinary English names and what their bearers are called; the dictionary's own fact, in no list's order.
SHORT_FORMS: dict[str, tuple[str, ...]] = {
    "William": ("Bill", "Will", "Billy"),
    "Robert": ("Rob", "Bob", "Bobby"),
    "Richard": ("Rick", "Dick", "Richie"),
    "James": ("Jim", "Jimmy", "Jamie"),
    "Thomas": ("Tom", "Tommy"),
    "Michael": ("Mike", "Mick"),
    "Anthony": ("Tony",),
    "Edward": ("Ted", "Ned", "Eddie"),
    "Christopher": ("Chris", "Kit"),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Andrew": ("Andy", "Drew"),
    "Joseph": ("Joe", "Joey"),
    "Charles": ("Charlie", "Chas"),
    "Stephen": ("Steve",),
    "Elizabeth": ("Liz", "Beth", "Betty", "Eliza"),
    "Margaret": ("Maggie", "Peggy", "Meg"),
    "Catherine": ("Kate", "Cathy", "Katie"),
    "Susan": ("Sue", "Susie"),
    "Patricia": ("Pat", "Tricia"),
    "Jennifer": ("Jen", "Jenny"),
    "Rebecca": ("Becky", "Becca"),
    "Victoria": ("Vicky", "Tori"),
    "Alexandra": ("Alex", "Sandra"),
    "Jessica": ("Jess",),
    "Samantha": ("Sam",),
    "Deborah": ("Debbie", "Deb"),
    "Christine": ("Chris", "Tina"),
    "Pamela": ("Pam",),
    "Dorothy": ("Dot", "Dolly"),
}
FIRST_WOMAN = 15
MEN, WOMEN, FAMILIES = 700, 900, 30_000
_HEADS = (
    "Al",
    "Bran",
    "Cor",
    "Dar",
    "Est",
    "Fen",
    "Gar",
    "Hol",
    "Is",
    "Jor",
    "Kel",
    "Lor",
    "Mar",
    "Nor",
    "Os",
)
_MIDDLES = (
    "a",
    "be",
    "di",
    "e",
    "fi",
    "go",
    "i",
    "ka",
    "le",
    "mo",
    "na",
    "o",
    "ri",
    "sa",
    "ta",
    "u",
    "ve",
    "zo",
)
_LASTS_OF_MEN = ("n", "s", "d", "mir", "ck", "rt")
_LASTS_OF_WOMEN = ("a", "na", "lia", "lle", "ra", "ya")
_LASTS = (
    "ton",
    "by",
    "ley",
    "son",
    "wick",
    "ham",
    "er",
    "man",
    "ford",
    "well",
    "worth",
    "ski",
    "ard",
    "inho",
)


def men() -> list[str]:
    return [*list(SHORT_FORMS)[:FIRST_WOMAN], *_built(MEN - FIRST_WOMAN, _LASTS_OF_MEN)]


def women() -> list[str]:
    ordinary = list(SHORT_FORMS)[FIRST_WOMAN:]
    return [*ordinary, *_built(WOMEN - len(ordinary), _LASTS_OF_WOMEN)]


def families() -> list[str]:
    """Family names of two to four syllables, no two of them the same."""
    return _built(FAMILIES, _LASTS)


def skewed(rng: np.random.Generator, kinds: int, count: int, slope: float) -> Ints:
    """Places 0 to `kinds` - 1, the first the commonest: in proportion to 1 / (place + 8) ** slope."""
    weight = 1 / (np.arange(kinds) + 8.0) ** slope
    return np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(count)).astype(np.int64)


def _built(count: int, lasts: Sequence[str]) -> list[str]:
    plain = (a + b + z for b in _MIDDLES for z in lasts for a in _HEADS)
    longer = (a + b + c + z for c in _MIDDLES for b in _MIDDLES for z in lasts for a in _HEADS)
    names = dict.fromkeys([*plain, *longer])
    return list(names)[:count]
