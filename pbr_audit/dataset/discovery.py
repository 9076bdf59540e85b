"""Which files of a folder are which table: by their names alone, and said where a file is passed over."""

import glob
import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pbr_audit.errors import ConfigurationError
from pbr_audit.tables import TABLES

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")
ENDINGS = (*TEXTS, *(f"{ending}.gz" for ending in TEXTS), ".parquet", *WORKBOOKS)
# Formats that a table may well come in, and that are not read.
OTHER_ENDINGS = (".zip", ".feather", ".arrow")
# A run writes this file last into its folder of results.
MANIFEST = "manifest.json"
LOCK = "~$"
# Text is what notes are written in: without a table's name, nobody means such a file to be read.
NOTES_ENDING = ".txt"
_NOTES = re.compile(r"(read.?me|notes?|licen[cs]e|change.?log)\b.*\.txt")

LOCK_FILE = "is the lock file of a spreadsheet program and is not read"
NOTES = "is taken for notes on the data and is not read; rename it if it holds the table"
OTHER_FORMAT = "is of a format that is not read; save it as CSV or .xlsx"
OUTPUT = f"belongs to the results of a run, for a {MANIFEST} lies with it, and is not read"


@dataclass
class Found:
    """The files of each table, and why others were passed over."""

    tables: dict[str, list[Path]] = field(default_factory=dict)
    skipped: dict[Path, str] = field(default_factory=dict)


def discover(root: Path, tables: Iterable[str]) -> Found:
    """Find the files of `tables` in `root`: `TABLE.ext`, `TABLE-*.ext`, `TABLE_*.ext` and `TABLE/*.ext`."""
    found, wanted = Found(), set(tables)
    for path in _entries(root):
        if path.is_dir() and path.name.casefold() in TABLES:
            if path.name.casefold() in wanted:
                _search_folder(found, path)
            continue
        named = named_tables(path.name)
        why = _why_skipped(path, named)
        if why is not None:
            found.skipped[path] = why
        elif len(named) == 1 and named[0] in wanted and path.name.casefold().endswith(ENDINGS):
            found.tables.setdefault(named[0], []).append(path)
    return found


def _why_skipped(path: Path, named: Sequence[str]) -> str | None:
    """Why a file is passed over that somebody may have meant to be read; other files go without a word."""
    name = path.name.casefold()
    if name.startswith(LOCK):
        return LOCK_FILE
    if not name.endswith(ENDINGS):
        return OTHER_FORMAT if named and name.endswith(OTHER_ENDINGS) else None
    if len(named) > 1:
        return f"is named like two tables, {' and '.join(named)}; name it in audit.toml"
    if not named and not path.is_dir() and not name.endswith(NOTES_ENDING):
        return "is named like no table of the standard; rename it, or name it in audit.toml"
    return None


def named_tables(name: str) -> list[str]:
    """The tables that a file's name speaks of: `clients_2016.csv` of one, `claims_clients.csv` of two."""
    stem = name.casefold().partition(".")[0]
    begins = [table for table in TABLES if re.fullmatch(rf"{table}([-_].*)?", stem, re.DOTALL)]
    also = [table for table in TABLES if re.search(rf"[-_]{table}([-_]|$)", stem)]
    return [*begins, *also] if begins else []


def matched(root: Path, patterns: Sequence[str], where: str) -> Found:
    """The files that `patterns` name, relative to `root`, under the key "" of `tables`.

    A pattern that is the name of a file is that file, whatever brackets it holds. ConfigurationError for one
    that matches nothing.
    """
    found = Found({"": []})
    for pattern in patterns:
        paths = _matches(root, pattern)
        if not paths:
            raise ConfigurationError(
                f"{where}: no file matches {pattern}; write names relative to the folder of audit.toml"
            )
        for path in paths:
            if path.name.startswith(LOCK):
                found.skipped[path] = LOCK_FILE
            elif _is_output(root, path.parent):
                found.skipped[path] = OUTPUT
            elif path not in found.tables[""]:
                found.tables[""].append(path)
    if not found.tables[""]:
        raise ConfigurationError(
            f"{where}: only lock files and results of runs match; name the files that hold the table"
        )
    return found


def _matches(root: Path, pattern: str) -> list[Path]:
    # normpath, so that one file named in two ways is one file.
    if "\0" in pattern:
        return []
    # The same letters may be composed or not, by the system that wrote the name.
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, pattern)
        if (root / written).exists():
            return [Path(os.path.normpath(root / written))]
    # Brackets are a set of letters to a pattern; where they match nothing they stand for themselves.
    for written in (pattern, re.sub(r"\[", "[[]", pattern)):
        names = glob.glob(written, root_dir=root, recursive=True)  # noqa: PTH207  # Path.glob keeps to the folder
        paths = sorted({Path(os.path.normpath(root / name)) for name in names})
        if paths:
            return [path for path in paths if path.is_file()]
    return []


def _is_output(root: Path, folder: Path) -> bool:
    """Whether a folder, or one between it and `root`, holds the results of a run."""
    places = [folder, *folder.parents]
    depth = places.index(root) + 1 if root in places else 1
    return any((place / MANIFEST).is_file() for place in places[:depth])


def _search_folder(found: Found, folder: Path) -> None:
    """Take the files of `claims/`, whatever their names."""
    if (folder / MANIFEST).exists():
        found.skipped[folder] = OUTPUT
        return
    for path in _entries(folder):
        if path.name.startswith(LOCK):
            found.skipped[path] = LOCK_FILE
        elif _NOTES.fullmatch(path.name.casefold()):
            found.skipped[path] = NOTES
        elif path.name.casefold().endswith(ENDINGS):
            found.tables.setdefault(folder.name.casefold(), []).append(path)
        else:
            found.skipped[path] = OTHER_FORMAT


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, hidden files left out, in an order that no file system decides."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        problem = f"{folder}: the folder cannot be opened; check who may read it"
    raise ConfigurationError(problem)
