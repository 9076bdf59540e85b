"""How alike two values are, as one of a few named levels.

Each measure takes a frame of pairs, in which a value of the left record stands under its name and that of the
right one under its name and `_right`, and returns a level for each pair: 0 where either is not known.
Level 1 is always *different*, and the last of a group is *the same*.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

LevelNumbers = NDArray[np.int8]
Measure = Callable[[pl.DataFrame], LevelNumbers]

RIGHT: Final = "_right"

# Of Jaro-Winkler's similarity, 0 to 1.
_VERY_ALIKE: Final = 0.92
_ALIKE: Final = 0.88
_REMOTE: Final = 0.7
_WORD_ALIKE: Final = 0.9

# Categories of one name, and the level of each pair of them: rows are given names, columns family names.
_DIFFERENT, _REMOTELY, _ALIKE_NAME, _CLOSE, _SAME, _OTHER_FORM = range(6)
NAME_LABELS: Final = (
    "not known",
    "both differ",
    "given name same, family name differs",
    "given name same, family name remotely alike",
    "family name same, given name differs",
    "family name same, given name remotely alike",
    "both alike",
    "both very alike",
    "exchanged",
    "family name same, given name another form",
    "both same",
    "family name alone: differs",
    "family name alone: alike",
    "family name alone: same",
    "given name alone: differs",
    "given name alone: alike",
    "given name alone: same",
)
NAME_EXCHANGED: Final = 8
NAME_BOTH: Final = np.array(
    #  family: different, remotely, alike, close, same
    [
        [1, 1, 1, 1, 4],  # given name different
        [1, 1, 1, 1, 5],  # remotely alike
        [1, 1, 6, 6, 6],  # alike
        [1, 1, 6, 7, 7],  # close
        [2, 3, 6, 7, 10],  # the same
        [1, 3, 6, 7, 9],  # another form of it
    ],
    dtype=np.int8,
)
NAME_FAMILY_ALONE: Final = np.array([11, 11, 12, 12, 13], dtype=np.int8)
NAME_GIVEN_ALONE: Final = np.array([14, 14, 15, 15, 16, 15], dtype=np.int8)
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
POSTCODE_LABELS: Final = ("not known", "differs", "district same", "sector same", "one slip", "same")
CODE_LABELS: Final = ("not known", "differs", "two slips", "one slip", "same")
EMAIL_LABELS: Final = ("not known", "differs", "alike", "before the @ same", "same")
WORD_LABELS: Final = ("not known", "differs", "alike", "same")
PLAIN_LABELS: Final = ("not known", "differs", "same")


def names(pairs: pl.DataFrame) -> LevelNumbers:
    """Return the joint level of given and family name (`NAME_LABELS`)."""
    given, family = given_category(pairs), family_category(pairs)
    both = NAME_BOTH[given, family]
    level = np.where(_known(pairs, "given_name"), NAME_GIVEN_ALONE[given], np.int8(0))
    level = np.where(_known(pairs, "family_name"), NAME_FAMILY_ALONE[family], level)
    level = np.where(_known(pairs, "family_name") & _known(pairs, "given_name"), both, level)
    turned = (pl.col("given_name") == pl.col("family_name" + RIGHT)) & (
        pl.col("family_name") == pl.col("given_name" + RIGHT)
    )
    level[_true(pairs, turned) & (both != both.max())] = NAME_EXCHANGED
    result: LevelNumbers = level.astype(np.int8)
    return result


def given_category(pairs: pl.DataFrame) -> NDArray[np.int8]:
    """Return how alike two given names are: the rows of `NAME_BOTH`."""
    found = _name_category(pairs, "given_name")
    form = _true(pairs, pl.col("given_name__formal") == pl.col("given_name__formal" + RIGHT))
    found[form & (found != _SAME)] = _OTHER_FORM
    return found


def family_category(pairs: pl.DataFrame) -> NDArray[np.int8]:
    """Return how alike two family names are: the columns of `NAME_BOTH`."""
    return _name_category(pairs, "family_name")


def born(pairs: pl.DataFrame) -> LevelNumbers:
    """Return how near two dates of birth (`YYYYMMDD`) are (`BORN_LABELS`)."""
    level = _started(pairs, "birth_date", same=8)
    unlike = np.flatnonzero(level == 1)
    some = pairs.select("birth_date", "birth_date" + RIGHT)[unlike]
    left, right = (some[column].cast(pl.Int64).to_numpy() for column in ("birth_date", "birth_date" + RIGHT))
    (y1, m1, d1), (y2, m2, d2) = _parts(left), _parts(right)
    apart = np.abs((y1 - y2) * 365.25 + (m1 - m2) * 30.44 + (d1 - d2))
    parts = (y1 == y2).astype(np.int8) + (m1 == m2) + (d1 == d2)
    found = np.select(
        [
            (y1 == y2) & (m1 == d2) & (d1 == m2),
            _slips(some, "birth_date") <= 1,
            parts == 2,  # noqa: PLR2004 - of three
            apart <= 31,  # noqa: PLR2004 - days, as the label says
            apart <= 366,  # noqa: PLR2004
            apart <= 3653,  # noqa: PLR2004
        ],
        [7, 6, 5, 4, 3, 2],
        default=1,
    )
    level[unlike] = found
    return level


def postcode(pairs: pl.DataFrame) -> LevelNumbers:
    """Return how near two postcodes are (`POSTCODE_LABELS`)."""
    level = _started(pairs, "postcode", same=5)
    unlike = np.flatnonzero(level == 1)
    some = pairs[unlike]
    level[unlike] = np.select(
        [_slips(some, "postcode") <= 1, _same(some, "postcode__sector"), _same(some, "postcode__district")],
        [4, 3, 2],
        default=1,
    )
    return level


def code(value: str) -> Measure:
    """Return the measure of an identifier, an account or a number (`CODE_LABELS`)."""

    def measure(pairs: pl.DataFrame) -> LevelNumbers:
        level = _started(pairs, value, same=4)
        unlike = np.flatnonzero(level == 1)
        slips = _slips(pairs.select(value, value + RIGHT)[unlike], value)
        level[unlike] = np.select([slips <= 1, slips <= 2], [3, 2], default=1)  # noqa: PLR2004 - as named
        return level

    return measure


def email(value: str) -> Measure:
    """Return the measure of an e-mail address (`EMAIL_LABELS`)."""

    def measure(pairs: pl.DataFrame) -> LevelNumbers:
        level = _started(pairs, value, same=4)
        unlike = np.flatnonzero(level == 1)
        some = pairs.select(value, value + RIGHT)[unlike]
        before = _true(some, _before_at(value) == _before_at(value + RIGHT))
        level[unlike] = np.select([before, _likeness(some, value) >= _WORD_ALIKE], [3, 2], default=1)
        return level

    return measure


def word(value: str) -> Measure:
    """Return the measure of a place, a street or another fact (`WORD_LABELS`)."""

    def measure(pairs: pl.DataFrame) -> LevelNumbers:
        level = _started(pairs, value, same=3)
        unlike = np.flatnonzero(level == 1)
        some = pairs.select(value, value + RIGHT)[unlike]
        level[unlike] = np.where(_likeness(some, value) >= _WORD_ALIKE, 2, 1)
        return level

    return measure


def exact(value: str) -> Measure:
    """Return the measure of a value that is the same or is not (`PLAIN_LABELS`)."""

    def measure(pairs: pl.DataFrame) -> LevelNumbers:
        return _started(pairs, value, same=2)

    return measure


def _name_category(pairs: pl.DataFrame, value: str) -> NDArray[np.int8]:
    found = np.full(pairs.height, _DIFFERENT, dtype=np.int8)
    found[_same(pairs, value)] = _SAME
    unlike = np.flatnonzero(_known(pairs, value) & (found != _SAME))
    likeness = _likeness(pairs.select(value, value + RIGHT)[unlike], value)
    found[unlike] = np.select(
        [likeness >= _VERY_ALIKE, likeness >= _ALIKE, likeness >= _REMOTE],
        [_CLOSE, _ALIKE_NAME, _REMOTELY],
        default=_DIFFERENT,
    )
    return found


def _started(pairs: pl.DataFrame, value: str, same: int) -> LevelNumbers:
    """Return 0 where either is not known, `same` where they are the same, and else 1."""
    level = _known(pairs, value).astype(np.int8)
    level[_same(pairs, value)] = same
    return level


def _known(pairs: pl.DataFrame, value: str) -> NDArray[np.bool_]:
    return _true(pairs, pl.col(value).is_not_null() & pl.col(value + RIGHT).is_not_null())


def _same(pairs: pl.DataFrame, value: str) -> NDArray[np.bool_]:
    return _true(pairs, pl.col(value) == pl.col(value + RIGHT))


def _true(pairs: pl.DataFrame, condition: pl.Expr) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pairs.select(condition.fill_null(value=False)).to_series().to_numpy()
    return found


def _likeness(pairs: pl.DataFrame, value: str) -> NDArray[np.float64]:
    import polars_ds  # noqa: PLC0415 - heavy

    return pairs.select(polars_ds.str_jw(value, value + RIGHT, parallel=True)).to_series().to_numpy()


def _slips(pairs: pl.DataFrame, value: str) -> NDArray[np.float64]:
    import polars_ds  # noqa: PLC0415 - heavy

    return pairs.select(polars_ds.str_osa(value, value + RIGHT, parallel=True)).to_series().to_numpy()


def _before_at(value: str) -> pl.Expr:
    return pl.col(value).str.split("@").list.first()


def _parts(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    return days // 10000, days // 100 % 100, days % 100
