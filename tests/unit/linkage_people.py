"""Invented people, registered once or twice, with the slips that clerks make."""

import numpy as np
import polars as pl

GIVEN = (
    "Robert",
    "Alice",
    "Maria",
    "Owen",
    "Ruth",
    "Peter",
    "Helen",
    "Amir",
    "Grace",
    "Tomas",
    "Nadia",
    "Karl",
)
FAMILY = [
    first + last
    for first in ("Ash", "Bel", "Car", "Dun", "Elm", "Fen")
    for last in ("by", "don", "ley", "ton")
]


def people(count: int, seed: int = 1) -> pl.DataFrame:
    """Return `count` people, every third of them registered again; `truth` numbers the people."""
    rng = np.random.default_rng(seed)
    first = pl.DataFrame(
        {
            "truth": np.arange(count),
            "given_name": rng.choice(GIVEN, count),
            "family_name": rng.choice(FAMILY, count),
            "date_of_birth": [f"{1950 + y}-{m:02d}-{d:02d}" for y, m, d in _days(rng, count)],
            "postcode": [f"XQ{a} {b}AB" for a, b in rng.integers(1, 10, (count, 2))],
            "national_id": [f"QQ{number:06d}C" for number in rng.permutation(1_000_000)[:count]],
        }
    )
    again = first.gather_every(3).with_columns(
        pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.col("national_id")).alias("national_id"),
        pl.when(pl.int_range(pl.len()) % 3 == 0)
        .then(pl.col("family_name") + "e")
        .otherwise("family_name")
        .alias("family_name"),
    )
    both = pl.concat([first, again])
    ids = rng.permutation(both.height)
    return both.with_columns(pl.Series("client_id", [f"C{number:06d}" for number in ids]))


def _days(rng: np.random.Generator, count: int) -> list[tuple[int, int, int]]:
    return [
        (int(y), int(m), int(d))
        for y, m, d in zip(
            rng.integers(0, 50, count), rng.integers(1, 13, count), rng.integers(1, 29, count), strict=True
        )
    ]
