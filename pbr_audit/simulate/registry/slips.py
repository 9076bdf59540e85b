"""Slips of those who key in a registration: typing errors, short names, exchanged parts, cells left empty.

A slip is a bit, so that each registration carries what went wrong with it. `slipped` works on any table with
the standard's columns about a person, and tells which slips changed something.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from pbr_audit.simulate.columns import Array, Ints
from pbr_audit.simulate.registry.habits import USUAL, Habits
from pbr_audit.simulate.registry.names import DIMINUTIVES, KNOWN_MEN
from pbr_audit.simulate.registry.typing_errors import date_mistyped, day_and_month_exchanged, mistyped

# The columns of a registration that slips change, and the only ones that `slipped` reads.
ABOUT_PEOPLE = (
    "given_name",
    "family_name",
    "date_of_birth",
    "sex",
    "postcode",
    "national_id",
    "email",
    "phone",
    "bank_account",
)
Change = Callable[[np.random.Generator, pl.DataFrame], Mapping[str, pl.Series]]


def _typed(column: str, *, number: bool = False, spare: int = 0) -> Change:
    return lambda rng, rows: {column: mistyped(rng, rows[column], number=number, spare=spare)}


def _emptied(column: str) -> Change:
    return lambda _, rows: {
        column: pl.Series([None], dtype=rows[column].dtype).new_from_index(0, rows.height)
    }


def _shortened(rng: np.random.Generator, rows: pl.DataFrame) -> Mapping[str, pl.Series]:
    """Return a diminutive where the name has one."""
    short = rows["given_name"].replace_strict(
        {name: list(words) for name, words in DIMINUTIVES.items()},
        default=None,
        return_dtype=pl.List(pl.String),
    )
    which = pl.Series("which", rng.integers(0, 60, rows.height))
    frame = pl.DataFrame({"short": short, "own": rows["given_name"], "which": which})
    chosen = pl.col("short").list.get(pl.col("which") % pl.col("short").list.len(), null_on_oob=True)
    return {"given_name": frame.select(pl.coalesce(chosen, "own").alias("own")).to_series()}


def _second_name(rng: np.random.Generator, rows: pl.DataFrame) -> Mapping[str, pl.Series]:
    second = pl.Series(KNOWN_MEN).gather(rng.integers(0, 40, rows.height))
    return {"given_name": rows["given_name"] + " " + second}


def _exchanged(_: np.random.Generator, rows: pl.DataFrame) -> Mapping[str, pl.Series]:
    return {"given_name": rows["family_name"], "family_name": rows["given_name"]}


def _doubled_family(rng: np.random.Generator, rows: pl.DataFrame) -> Mapping[str, pl.Series]:
    """Return a family name joined to that of somebody else in the rows."""
    return {
        "family_name": rows["family_name"] + "-" + rows["family_name"].gather(rng.permutation(rows.height))
    }


def _other_sex(_: np.random.Generator, rows: pl.DataFrame) -> Mapping[str, pl.Series]:
    return {"sex": rows["sex"].replace({"M": "F", "F": "M"})}


def _first_of_january(_: np.random.Generator, rows: pl.DataFrame) -> Mapping[str, pl.Series]:
    return {"date_of_birth": rows["date_of_birth"].dt.truncate("1y")}


# Each slip with how often it happens in a registration.
SLIPS: Mapping[str, tuple[float, Change]] = MappingProxyType(
    {
        "given name mistyped": (0.025, _typed("given_name")),
        "given name shortened": (0.05, _shortened),
        "initial only": (0.004, lambda _, rows: {"given_name": rows["given_name"].str.slice(0, 1)}),
        "second name written": (0.01, _second_name),
        "family name mistyped": (0.03, _typed("family_name")),
        "family name doubled": (0.004, _doubled_family),
        "names exchanged": (0.008, _exchanged),
        "day and month exchanged": (
            0.008,
            lambda _, rows: {"date_of_birth": day_and_month_exchanged(rows["date_of_birth"])},
        ),
        "birth date mistyped": (
            0.015,
            lambda rng, rows: {"date_of_birth": date_mistyped(rng, rows["date_of_birth"])},
        ),
        "first of January": (0.003, _first_of_january),
        "another sex": (0.003, _other_sex),
        "postcode mistyped": (0.02, _typed("postcode", number=True, spare=2)),
        "national number mistyped": (0.02, _typed("national_id", number=True, spare=2)),
        "telephone mistyped": (0.01, _typed("phone", number=True, spare=3)),
        "e-mail mistyped": (0.015, _typed("email")),
        "account mistyped": (0.008, _typed("bank_account", number=True, spare=9)),
    }
)
LOST: Mapping[str, tuple[float, Change]] = MappingProxyType(
    {
        "no birth date": (0.003, _emptied("date_of_birth")),
        "no sex": (0.02, _emptied("sex")),
        "no postcode": (0.02, _emptied("postcode")),
        "no national number": (0.35, _emptied("national_id")),
        "no telephone": (0.25, _emptied("phone")),
        "no e-mail": (0.50, _emptied("email")),
        "no account": (0.30, _emptied("bank_account")),
    }
)
# What is left empty first cannot be mistyped afterwards.
ALL: Mapping[str, tuple[float, Change]] = MappingProxyType({**LOST, **SLIPS})
NAMES = tuple(ALL)


def bits_of(names: Iterable[str]) -> int:
    """Return the bits of slips by their names."""
    return sum(1 << NAMES.index(name) for name in names)


def drawn(rng: np.random.Generator, count: int, habits: Habits = USUAL) -> Ints:
    """Draw which slips happen in each of `count` registrations, a bit each in the order of NAMES."""
    found = np.zeros(count, dtype=np.int64)
    for place, (name, (rate, _)) in enumerate(ALL.items()):
        often = rate * (habits.lost if name in LOST else habits.slips)
        found |= (rng.random(count) < often).astype(np.int64) << place
    return found


def slipped(rng: np.random.Generator, people: pl.DataFrame, slips: Ints) -> tuple[pl.DataFrame, Ints]:
    """Return people with slips made, and the slips that changed something."""
    columns = {name: people[name] for name in people.columns}
    done = np.zeros(people.height, dtype=np.int64)
    for place, (_, change) in enumerate(ALL.values()):
        rows = np.flatnonzero(slips >> place & 1)
        if not len(rows):
            continue
        before = pl.DataFrame({name: columns[name].gather(rows) for name in ABOUT_PEOPLE})
        after = change(rng, before)
        changed = np.zeros(len(rows), dtype=np.bool_)
        for name, values in after.items():
            changed |= before[name].ne_missing(values).to_numpy()
            columns[name] = _put(columns[name], rows, values)
        done[rows[changed]] |= 1 << place
    return pl.DataFrame(columns), done


def _put(column: pl.Series, rows: Ints, values: pl.Series) -> pl.Series:
    """Return a column with other values in some rows."""
    places: Array = np.arange(len(column))
    places[rows] = len(column) + np.arange(len(rows))
    return pl.concat([column, values.alias(column.name)]).gather(places)


def told(slips: Ints) -> pl.Series:
    """Return the names of each registration's slips, joined with `|`; empty where there are none."""
    kinds, place = np.unique(slips, return_inverse=True)
    texts = ["|".join(name for bit, name in enumerate(NAMES) if kind >> bit & 1) for kind in kinds.tolist()]
    return pl.Series(texts, dtype=pl.String).gather(place)
