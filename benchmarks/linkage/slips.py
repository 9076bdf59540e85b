"""Slips of the pen and of the keyboard: one character wrong, in names, dates and numbers."""

import string
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

Slip = Callable[[np.random.Generator, str], str]
_NEAR = {
    key: row[max(0, i - 1) : i] + row[i + 1 : i + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm", string.digits)
    for i, key in enumerate(row)
}


def slipped(rng: np.random.Generator, words: pl.Series, rows: NDArray[np.int64], slip: Slip) -> pl.Series:
    """The words, those of the rows with a slip in them; nulls and words of two letters stay."""
    old = words.gather(rows).to_list()
    new = [slip(rng, word) if word is not None and len(word) > 2 else word for word in old]  # noqa: PLR2004
    return words.scatter(rows, pl.Series(new, dtype=pl.String))


def of_the_keyboard(rng: np.random.Generator, word: str) -> str:
    """A letter left out, doubled, exchanged with the next one, or its neighbour on the keyboard."""
    at = int(rng.integers(0, len(word) - 1))
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[: at + 1] + word[at:]
    if kind == 2:  # noqa: PLR2004
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    near = _NEAR.get(word[at].lower(), "x")
    other = near[int(rng.integers(0, len(near)))]
    return word[:at] + (other.upper() if word[at].isupper() else other) + word[at + 1 :]


def of_a_digit(rng: np.random.Generator, word: str) -> str:
    """One digit another one, or two digits beside each other exchanged."""
    places = [i for i, letter in enumerate(word) if letter.isdigit()]
    if not places:
        return word
    at = places[int(rng.integers(0, len(places)))]
    if rng.random() < 0.4 and at + 1 < len(word) and word[at + 1].isdigit():  # noqa: PLR2004
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + str((int(word[at]) + int(rng.integers(1, 10))) % 10) + word[at + 1 :]


def of_a_date(rng: np.random.Generator, word: str) -> str:
    """A wrong digit in YYYY-MM-DD that leaves it a date."""
    for _ in range(20):
        other = of_a_digit(rng, word)
        year, month, day = (int(part) for part in other.split("-"))
        if 1900 < year < 2010 and 1 <= month <= 12 and 1 <= day <= 28:  # noqa: PLR2004
            return other
    return word


def of_months(_rng: np.random.Generator, word: str) -> str:
    """Day and month exchanged, where that is a date."""
    year, month, day = word.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 else word  # noqa: PLR2004
