"""How alike two values are, as one of a few named levels.

Each measure takes pairs and returns a level for each: 0 where either value is not known. Level 1 is always
*differs*, and the last of a group is *the same*.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.linkage.normalise import figures
from pbr_audit.linkage.pairs import Flags, Pairs

LevelNumbers = NDArray[np.int8]
Measure = Callable[[Pairs], LevelNumbers]

WORD_ALIKE: Final = 0.9
BORN_LABELS: Final = (
    "not known",
    "differs",
    "within ten years",
    "within a year",
    "within a month",
    "two parts of three same",
    "one slip",
    "day and month exchanged",
    "same",
)
# A person's own date of birth is a slip or an exchange away as a rule, and hardly ever a generation: levels,
# and the share of one person's pairs that are at them at least.
BORN_SAME_PERSON: Final = (((5, 6, 7, 8), 0.8), ((2, 3, 4, 5, 6, 7, 8), 0.97))
POSTCODE_LABELS: Final = ("not known", "differs", "district same", "sector same", "one slip", "same")
# A person's national id is the same as a rule, or a slip or two away; and so is the sex.
CODE_SAME_PERSON: Final = (((2, 3, 4), 0.8),)
PLAIN_SAME_PERSON: Final = (((2,), 0.8),)
CODE_LABELS: Final = ("not known", "differs", "two slips", "one slip", "same")
_SLIPS_OF_AN_ADDRESS: Final = 2
EMAIL_LABELS: Final = ("not known", "differs", "one or two slips", "same")
WORD_LABELS: Final = ("not known", "differs", "alike", "same")
PLAIN_LABELS: Final = ("not known", "differs", "same")


def born(pairs: Pairs) -> LevelNumbers:
    """Return how near two dates of birth (`YYYYMMDD`) are (`BORN_LABELS`)."""
    level, unlike = started(pairs, "birth_date", same=8)
    if pairs.values["birth_date"].opaque:
        level[unlike] = _hidden_born(pairs.at(unlike))
        return level
    days = pairs.values["birth_date"]
    left, right = pairs.at(unlike).codes("birth_date")
    (y1, m1, d1), (y2, m2, d2) = _parts(days.numbers[left]), _parts(days.numbers[right])
    apart = np.abs((y1 - y2) * 365.25 + (m1 - m2) * 30.44 + (d1 - d2))
    level[unlike] = np.select(
        [
            (y1 == y2) & (m1 == d2) & (d1 == m2),
            pairs.at(unlike).slipped_once("birth_date"),
            (y1 == y2).astype(np.int8) + (m1 == m2) + (d1 == d2) == 2,  # noqa: PLR2004 - parts of three
            apart <= 31,  # noqa: PLR2004 - days, as the label says
            apart <= 366,  # noqa: PLR2004
            apart <= 3653,  # noqa: PLR2004
        ],
        [7, 6, 5, 4, 3, 2],
        default=1,
    )
    return level


def _hidden_born(pairs: Pairs) -> LevelNumbers:
    """Return how near two different dates of birth are of which only keyed hashes are known."""
    found = np.select(
        [
            pairs.same("birth_date", "birth_date__exchanged"),
            pairs.same("birth_date__month_day"),
            pairs.same("birth_date__year"),
        ],
        [7, 5, 3],
        default=1,
    )
    return found.astype(np.int8)


def postcode(pairs: Pairs) -> LevelNumbers:
    """Return how near two postcodes are (`POSTCODE_LABELS`)."""
    level, unlike = started(pairs, "postcode", same=5)
    some = pairs.at(unlike)
    level[unlike] = np.select(
        [some.slips("postcode") <= 1, some.same("postcode__sector"), some.same("postcode__district")],
        [4, 3, 2],
        default=1,
    )
    return level


def code(value: str) -> Measure:
    """Return the measure of an identifier, an account or a number (`CODE_LABELS`)."""

    def measure(pairs: Pairs) -> LevelNumbers:
        level, unlike = started(pairs, value, same=4)
        slips = pairs.at(unlike).slips(value)
        level[unlike] = np.select([slips <= 1, slips <= 2], [3, 2], default=1)  # noqa: PLR2004 - as named
        return level

    return measure


def email(value: str) -> Measure:
    """Return the measure of an e-mail address (`EMAIL_LABELS`).

    Many are made of a name and a number. Two namesakes' addresses are then alike all but the number, which
    says no more than that their names are: so figures have to be the same.
    """

    def measure(pairs: Pairs) -> LevelNumbers:
        level, unlike = started(pairs, value, same=3)
        near = unlike[pairs.at(unlike).within(value, _SLIPS_OF_AN_ADDRESS)]
        texts = pairs.at(near).texts(value, value).select(figures(pl.all()))
        level[near[(texts["left"] == texts["right"]).to_numpy()]] = 2
        return level

    return measure


def word(value: str) -> Measure:
    """Return the measure of a place, a street or another fact (`WORD_LABELS`)."""

    def measure(pairs: Pairs) -> LevelNumbers:
        level, unlike = started(pairs, value, same=3)
        level[unlike] = np.where(pairs.at(unlike).likeness(value, value) >= WORD_ALIKE, 2, 1)
        return level

    return measure


def exact(value: str) -> Measure:
    """Return the measure of a value that is the same or is not (`PLAIN_LABELS`)."""

    def measure(pairs: Pairs) -> LevelNumbers:
        return started(pairs, value, same=2)[0]

    return measure


def started(pairs: Pairs, value: str, same: int) -> tuple[LevelNumbers, NDArray[np.intp]]:
    """Return 0 where either is not known, `same` where they are one, else 1; and where they differ."""
    left, right = pairs.codes(value)
    known: Flags = (left > 0) & (right > 0)
    equal = left == right
    level = known.astype(np.int8)
    level[known & equal] = same
    return level, np.flatnonzero(known & ~equal)


def _parts(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    return days // 10000, days // 100 % 100, days % 100
