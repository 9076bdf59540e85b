"""A data set: a folder, or an `audit.toml` that names files elsewhere and maps their headers."""

from dataclasses import replace
from pathlib import Path

from pbr_audit.dataset.audit_file import AuditFile, LinkageSection, TableSection, read_audit_file
from pbr_audit.dataset.comparing import Comparing, Words
from pbr_audit.dataset.discovery import MANIFEST, Found, discover, matched
from pbr_audit.dataset.model import (
    ColumnSource,
    Constant,
    DataSet,
    Expression,
    Header,
    Linking,
    OneOf,
    Options,
    Scalar,
    TableInput,
)
from pbr_audit.errors import ConfigurationError
from pbr_audit.tables import TABLES

__all__ = [
    "ColumnSource",
    "Comparing",
    "Constant",
    "DataSet",
    "Expression",
    "Header",
    "Linking",
    "OneOf",
    "Options",
    "Scalar",
    "TableInput",
    "Words",
    "open_dataset",
]

AUDIT_FILE = "audit.toml"
CONTRACTS = "contracts/*.toml"


def open_dataset(path: Path) -> DataSet:
    """Read `path`, a folder (with or without an `audit.toml` inside) or an `audit.toml`.

    A table that `audit.toml` gives no files, and each that it does not name, is looked for in the folder by
    its name. Raises ConfigurationError where the folder or the file says something that cannot be meant.
    """
    file, written = _opened(path)
    root, where = file.parent, file.name
    given = {name: section.files for name, section in written.tables.items() if section.files is not None}
    found = discover(root, [name for name in TABLES if name not in given])
    for name, patterns in given.items():
        matches = matched(root, patterns, f"{where} tables.{name}.files")
        found.tables[name] = matches.tables[""]
        found.skipped |= matches.skipped
    for name in written.tables:
        if name not in found.tables:
            raise ConfigurationError(
                f"{where}: tables.{name} gives no files, and none in the folder is named like it; "
                "add files = [...]"
            )
    if not found.tables:
        raise ConfigurationError(
            f"{path}: holds no table; put a file such as claims.csv or performance.csv into it, "
            f"or name the files in an {AUDIT_FILE}"
        )
    bare = DataSet(root, written.name or root.resolve().name, configuration=file if file.exists() else None)
    sections = {name: written.tables.get(name, TableSection()) for name in TABLES if name in found.tables}
    return replace(
        bare,
        as_of=written.as_of,
        tables={name: _input(name, section, found.tables[name], bare) for name, section in sections.items()},
        contracts=_contracts(bare, written, where),
        select=written.select.rules,
        params=written.params,
        linking=_linking(root, written.linkage, where),
        false_discovery_rate=written.statistics.false_discovery_rate,
        comparing=written.comparison,
        skipped=_skipped(found, bare),
    )


def _opened(path: Path) -> tuple[Path, AuditFile]:
    """The data set's `audit.toml`, which need not be there, and what it says."""
    if not path.exists():
        raise ConfigurationError(f"{path}: there is no such folder or file; check the name")
    if not path.is_dir() and path.suffix != ".toml":
        raise ConfigurationError(f"{path}: is a file; name the folder that it lies in, or an {AUDIT_FILE}")
    root = path if path.is_dir() else path.parent
    if (root / MANIFEST).exists():
        raise ConfigurationError(
            f"{root}: holds a {MANIFEST}, so it is the results of a run; name the folder that the run read"
        )
    file = path / AUDIT_FILE if path.is_dir() else path
    # A folder needs no audit.toml; the standard that its tables follow is then this program's.
    written = read_audit_file(file) if file.exists() else AuditFile(standard="")
    return file, written


def _input(name: str, section: TableSection, files: list[Path], dataset: DataSet) -> TableInput:
    return TableInput(
        table=name,
        files=tuple(sorted(files, key=dataset.shown)),
        sheet=section.sheet,
        columns=section.sources(),
        values=section.values,
        formats=section.formats,
        options=section.reading(),
        further=section.further(),
    )


def _linking(root: Path, written: LinkageSection, where: str) -> Linking:
    """Return the files that say how people are linked; ConfigurationError for one that is not there."""
    files = {"policy": written.policy, "model": written.model}
    found = {name: root / file for name, file in files.items() if file is not None}
    for name, path in found.items():
        if not path.is_file():
            raise ConfigurationError(
                f"{where}: linkage.{name} names a file that is not there; write its name relative to the "
                "folder of audit.toml"
            )
    return Linking(**found)


def _contracts(dataset: DataSet, written: AuditFile, where: str) -> tuple[Path, ...]:
    if written.contracts is None:
        files = [path for path in dataset.root.glob(CONTRACTS) if not path.name.startswith(".")]
    else:
        files = matched(dataset.root, written.contracts, f"{where} contracts").tables[""]
    return tuple(sorted(files, key=dataset.shown))


def _skipped(found: Found, dataset: DataSet) -> tuple[str, ...]:
    """Sentences on what was passed over; a file that one table passes over may be another's."""
    used = {file for files in found.tables.values() for file in files}
    return tuple(
        sorted(f"{dataset.shown(path)}: {why}" for path, why in found.skipped.items() if path not in used)
    )
