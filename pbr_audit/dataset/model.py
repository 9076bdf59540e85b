"""What a data set is: which files are which table, and how their headers map to the standard's columns."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pbr_audit.dataset.comparing import Comparing
from pbr_audit.finding import FALSE_DISCOVERY_RATE
from pbr_audit.tables import Further

# Control and formatting characters, line ends, and half characters.
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

Scalar = str | int | float | bool | date


@dataclass(frozen=True)
class Header:
    """A standard column is taken from the source column `name`.

    Written by a person as plain text, so it may turn out to be an expression: `ingest.mapping` decides when
    it sees the file's headers.
    """

    name: str


@dataclass(frozen=True)
class OneOf:
    """A standard column has another header in each file: `["Claim ref", "Claim no"]`.

    Each file has at most one of `names`; the column is absent from a file that has none of them.
    """

    names: tuple[str, ...]


@dataclass(frozen=True)
class Expression:
    """A standard column is computed from source columns: `{ expr = "attendances - breaches" }`."""

    text: str


@dataclass(frozen=True)
class Constant:
    """A standard column is the same in every row: `{ value = "CPA01" }`."""

    value: Scalar


ColumnSource = Header | OneOf | Expression | Constant


@dataclass(frozen=True)
class Options:
    """How a table's files are to be read where that cannot be seen from the file."""

    # None: decided by looking at the file.
    delimiter: str | None = None
    encoding: str | None = None
    # From 1, as a spreadsheet counts: the header's only or last row, and how many rows it takes.
    header_row: int | None = None
    header_rows: int | None = None


@dataclass(frozen=True)
class TableInput:
    """The files of one table, in the order in which they are read (sorted by their shown names).

    `formats` says of standard columns how their cells are written, in the words of `tables.formats`;
    `further` are columns beyond the standard's.
    """

    table: str
    files: tuple[Path, ...]
    sheet: str | None = None
    columns: Mapping[str, ColumnSource] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    further: Further = ()


@dataclass(frozen=True)
class Linking:
    """How people are linked, where a person says so: a policy, and a model that was trained elsewhere."""

    policy: Path | None = None
    model: Path | None = None


@dataclass(frozen=True)
class DataSet:
    """One audit's input.

    `configuration` is the audit.toml that was read, if any; `skipped` are sentences on files that were seen
    and are not read.
    """

    root: Path
    name: str
    configuration: Path | None = None
    as_of: date | None = None
    tables: Mapping[str, TableInput] = field(default_factory=dict)
    contracts: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    params: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    linking: Linking = field(default_factory=Linking)
    false_discovery_rate: float = FALSE_DISCOVERY_RATE
    comparing: Comparing = field(default_factory=Comparing)
    skipped: tuple[str, ...] = ()

    def shown(self, path: Path) -> str:
        """The name under which people see `path`: relative to the data set, with forward slashes.

        A name may hold line ends and bytes that are no text; they are shown by their numbers.
        """
        try:
            name = Path(os.path.relpath(path, self.root)).as_posix()
        except ValueError:
            # Another drive has no path from here.
            name = path.name
        return name if name.isprintable() else "".join(_visible(letter) for letter in name)


def _visible(letter: str) -> str:
    return ascii(letter)[1:-1] if unicodedata.category(letter) in _NOT_SHOWN else letter
