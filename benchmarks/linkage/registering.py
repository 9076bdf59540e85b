"""From people to their registrations: what is said each time, what has changed since, what is slipped."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.linkage import names
from benchmarks.linkage.slips import Slip, of_a_date, of_a_digit, of_months, of_the_keyboard, slipped

Ints = NDArray[np.int64]
MISSING = {
    "national_id": 0.35,
    "bank_account": 0.35,
    "phone": 0.25,
    "email": 0.5,
    "postcode": 0.02,
    "sex": 0.03,
}
CHANGED = {"postcode": 0.25, "phone": 0.25, "account": 0.15, "email": 0.2}
SHORT_SHARE, MARRIED_SHARE, SWAPPED_SHARE, INITIAL_SHARE = 0.15, 0.05, 0.01, 0.005
# A registration's own slips, of all registrations.
SLIPS: dict[str, tuple[float, Slip]] = {
    "given_name": (0.02, of_the_keyboard),
    "family_name": (0.025, of_the_keyboard),
    "national_id": (0.02, of_a_digit),
    "postcode": (0.015, of_a_digit),
    "phone": (0.01, of_a_digit),
    "bank_account": (0.005, of_a_digit),
    "email": (0.01, of_the_keyboard),
}
DATE_SLIPS: tuple[tuple[float, Slip], ...] = ((0.012, of_a_date), (0.012, of_months))
NO_FIXED_ABODE = ("ZZ99 3VZ", None, "NFA")


def register(rng: np.random.Generator, facts: dict[str, Ints], again: float) -> pl.DataFrame:
    """One to four registrations of each person, in an order that says nothing."""
    count = len(facts["given"])
    draw = rng.random(count)
    times = 1 + (draw < again) + (draw < again / 5) + (draw < again / 30)
    person = np.repeat(np.arange(count), times)
    later = np.flatnonzero(np.r_[False, person[1:] == person[:-1]])
    said = {name: values[person] for name, values in facts.items()}
    _change(rng, said, later)
    table = _written(rng, said, later)
    table = _slipped(rng, table)
    order = rng.permutation(len(person))
    number = pl.Series(np.arange(len(person))).cast(pl.String).str.zfill(8)
    return table.with_columns(person=pl.Series(person))[order].with_columns(record_id="R" + number)


def _change(rng: np.random.Generator, said: dict[str, Ints], later: Ints) -> None:
    """Later registrations: moved, another telephone, married. What changed before stays changed."""
    for name, share in CHANGED.items():
        new = later[rng.random(len(later)) < share]
        top = int(said[name].max()) + 1
        said[name][new] = rng.integers(0, top, len(new)) if name == "postcode" else top + np.arange(len(new))
    women = later[said["female"][later] == 1]
    married = women[rng.random(len(women)) < MARRIED_SHARE]
    said["family"][married] = names.skewed(rng, names.FAMILIES, len(married), 0.85)


def _written(rng: np.random.Generator, said: dict[str, Ints], later: Ints) -> pl.DataFrame:
    given = _words([*names.men(), *names.women()], said["given"])
    given = _called(rng, given, later)
    family = _words(names.families(), said["family"])
    swapped = pl.Series(rng.random(len(family)) < SWAPPED_SHARE)
    number = pl.Series(said["email"]).cast(pl.String)
    table = pl.DataFrame(
        {
            "given_name": given,
            "family_name": family,
            "date_of_birth": pl.Series(said["birth_day"]).cast(pl.Int32).cast(pl.Date).cast(pl.String),
            "sex": pl.Series(said["female"]).replace_strict({0: "M", 1: "F"}, return_dtype=pl.String),
            "postcode": _postcodes(rng, said["postcode"]),
            "national_id": _national_ids(said["national"]),
            "bank_account": _scattered(said["account"], 61_803_399, 8),
            "phone": "07" + _scattered(said["phone"], 271_828_183, 9),
            "email": family.str.to_lowercase() + number + "@example.org",
        }
    )
    return table.with_columns(
        given_name=pl.when(swapped).then("family_name").otherwise("given_name"),
        family_name=pl.when(swapped).then("given_name").otherwise("family_name"),
    )


def _called(rng: np.random.Generator, given: pl.Series, later: Ints) -> pl.Series:
    """Some are registered by a short form of their name, or by its initial."""
    rows = later[rng.random(len(later)) < SHORT_SHARE]
    pick = rng.integers(0, 6, len(rows)).tolist()
    old = given.gather(rows).to_list()
    forms = [names.SHORT_FORMS.get(name, (name,)) for name in old]
    given = given.scatter(rows, pl.Series([f[p % len(f)] for f, p in zip(forms, pick, strict=True)]))
    initial = pl.Series(rng.random(len(given)) < INITIAL_SHARE)
    return pl.select(pl.when(initial).then(given.str.head(1)).otherwise(given)).to_series()


def _slipped(rng: np.random.Generator, table: pl.DataFrame) -> pl.DataFrame:
    for column, (share, slip) in SLIPS.items():
        rows = np.flatnonzero(rng.random(table.height) < share)
        table = table.with_columns(slipped(rng, table[column], rows, slip).alias(column))
    for share, slip in DATE_SLIPS:
        rows = np.flatnonzero(rng.random(table.height) < share)
        table = table.with_columns(slipped(rng, table["date_of_birth"], rows, slip).alias("date_of_birth"))
    for column, share in MISSING.items():
        gone = pl.Series(rng.random(table.height) < share)
        table = table.with_columns(pl.when(~gone).then(column).alias(column))
    return table


def _postcodes(rng: np.random.Generator, place: Ints) -> pl.Series:
    """Those of no fixed abode get one of the ways in which offices write that."""
    area = pl.Series(place // 3000 % 24).cast(pl.Int64)
    letters = _words([a + b for a in "BCDEFG" for b in "ALNT"], area.to_numpy())
    inward = _words([f"{d}{a}{b}" for d in range(10) for a in "ABDEF" for b in "GHJLN"], place % 250)
    code = letters + pl.Series(place // 250 % 90 + 1).cast(pl.String) + " " + inward
    ways = _words(list(NO_FIXED_ABODE), rng.integers(0, len(NO_FIXED_ABODE), len(place)))
    return pl.select(pl.when(pl.Series(place >= 0)).then(code).otherwise(ways)).to_series()


def _national_ids(number: Ints) -> pl.Series:
    """Two letters, six digits, a letter; one to one in the number up to a hundred million."""
    mixed = number * 76_543_217 % 400_000_000
    pairs = [a + b for a in "QWXY" for b in "QRSTUVWXYZABCDEFGHIJKLMN"]
    digits = pl.Series(mixed % 1_000_000).cast(pl.String).str.zfill(6)
    return (
        _words(pairs, mixed // 1_000_000 // 5 % len(pairs))
        + digits
        + _words(list("ABCDE"), mixed // 1_000_000 % 5)
    )


def _scattered(number: Ints, step: int, digits: int) -> pl.Series:
    return pl.Series(number * step % 10**digits).cast(pl.String).str.zfill(digits)


def _words(words: list[str | None] | list[str], place: Ints) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(np.maximum(place, 0))
