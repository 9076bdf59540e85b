"""Large tables in parts that are complete by a key, each read once for all the rules that it serves.

Smaller tables to join make quicker joins, and a rule's work fits into memory. What does not fit into memory
itself is split once, on disk.

A rule says by which key its rows may be split (`by`). Rules with one key share a shelf. A rule that judges
each claim by itself, `by` its id, goes with any shelf of claims: an id is there once, so that every split of
the claims is complete by it. A rule that is alone with its key, that measures before it decides, or that
reads no large table is asked on the whole.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pbr_audit.rule import WHOLE, LoadedRule
from pbr_audit.views import ROWS_IN_MEMORY, Tables, is_split, schema_of

# Tables of more rows are read in parts of some so many.
LARGE = 3_000_000
ROWS_A_PART = 1_000_000
ROW_BY_ROW = "claim_id"
# By what a view chooses claims, besides what its rule declares.
CHOSEN_BY = {"claims": ("tier", "live")}


@dataclass(frozen=True)
class Shelf:
    """Rules to be asked on parts that are complete by the key `by`; on the whole where it is WHOLE."""

    by: str
    rules: tuple[LoadedRule, ...]


def shelves(rules: Sequence[LoadedRule], tables: Tables) -> tuple[Shelf, ...]:
    """Return the shelves on which `rules` stand, the one of the whole last."""
    keys = {loaded.rule.id: _key(loaded, tables) for loaded in rules}
    sharing = Counter(key for key in keys.values() if key in schema_of("claims") and key != ROW_BY_ROW)
    host = max(sharing, key=lambda key: (sharing[key], key), default=ROW_BY_ROW)
    homes = {rule_id: host if key == ROW_BY_ROW else key for rule_id, key in keys.items()}
    together = Counter(homes.values())
    by_key = sorted(key for key, number in together.items() if key != WHOLE and number > 1)
    shared = [Shelf(by, tuple(loaded for loaded in rules if homes[loaded.rule.id] == by)) for by in by_key]
    alone = tuple(loaded for loaded in rules if homes[loaded.rule.id] not in by_key)
    return (*shared, Shelf(WHOLE, alone))


def _key(loaded: LoadedRule, tables: Tables) -> str:
    """Return the key by which a rule is asked in parts; WHOLE where it is asked on the whole."""
    by, read = loaded.rule.by, [table for table in loaded.rule.needs.tables() if is_split(table)]
    large = any(tables.rows.get(table, 0) > LARGE for table in read)
    if not large or loaded.flag is None or by == WHOLE or any(by not in schema_of(table) for table in read):
        return WHOLE
    # Where other tables are split too, their rows go by the claim's id, and not by a shelf's key.
    return WHOLE if by == ROW_BY_ROW and read != ["claims"] else by


def parts_of(shelf: Shelf, tables: Tables, folder: Path) -> Iterator[Tables]:
    """Yield `tables` in parts of some ROWS_A_PART, as far as the shelf's rules read them.

    Tables that are not in memory are split into files below `folder`; each goes when it has been dealt with.
    """
    read = {table: names for table, names in _columns(shelf).items() if table in tables.frames}
    count = -(-max(tables.rows[table] for table in read) // ROWS_A_PART)
    part = (pl.col(shelf.by).hash(seed=0) % count).alias("part")
    frames: dict[str, pl.LazyFrame] = {}
    for table, names in read.items():
        frame = tables.frames[table].select(names)
        if tables.rows[table] > ROWS_IN_MEMORY:
            _split(frame, part, folder / table)
        else:
            frames[table] = frame
    for number in range(count):
        files = {table: _files(folder / table, number) for table in read if table not in frames}
        here = {table: frame.filter(part == number).collect().lazy() for table, frame in frames.items()}
        here |= {table: _loaded(found, tables.frames[table], read[table]) for table, found in files.items()}
        yield replace(tables, frames={**tables.frames, **here})
        for file in (file for found in files.values() for file in found):
            file.unlink()


def _columns(shelf: Shelf) -> Mapping[str, list[str]]:
    """Return the columns that the shelf's rules read of each table that is split."""
    needs = [loaded.rule.needs for loaded in shelf.rules]
    tables = dict.fromkeys(table for need in needs for table in need.tables() if is_split(table))
    return {
        table: sorted(
            {name for need in needs for name in need.columns(table)} | {*CHOSEN_BY.get(table, ()), shelf.by}
        )
        for table in tables
    }


def _split(frame: pl.LazyFrame, part: pl.Expr, folder: Path) -> None:
    """Write each row into the file of its part. Uncompressed: the files are read once and soon."""
    folder.mkdir()
    frame.sink_ipc(pl.PartitionBy(folder, key=part, include_key=False), compression="uncompressed")


def _files(folder: Path, number: int) -> list[Path]:
    return sorted((folder / f"part={number}").glob("*"))


def _loaded(files: list[Path], frame: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
    """Return a part in memory; one to which no row was given has no file."""
    return pl.scan_ipc(files).collect().lazy() if files else frame.select(names).clear()
