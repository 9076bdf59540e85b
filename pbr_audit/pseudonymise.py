"""A data set with keyed hashes in the place of what tells a person, for somebody who must not see who it is.

Only the standard's columns go over, of accepted rows: whatever else the files hold stays behind.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from pbr_audit.audit import configuration, reading
from pbr_audit.dataset import DataSet
from pbr_audit.errors import UsageError
from pbr_audit.linkage import are_pseudonyms, choose_policy, kinds_of, pseudonyms, pseudonyms_of_ids
from pbr_audit.linkage.policy import CannotLink
from pbr_audit.linkage.pseudonyms import KEY_BYTES
from pbr_audit.new_folder import check_new
from pbr_audit.tables import TABLES
from pbr_audit.tables.written import FileFormat, as_written
from pbr_audit.toml_file import STANDARD
from pbr_audit.validate.private import OWNER_ONLY_FILE, private_folder

READABLE_BY_OTHERS: Final = 0o077
# Where a hash does not fit into the column of the value itself.
ELSEWHERE: Final = {"date_of_birth": "date_of_birth_hash"}
CLIENT_ID: Final = "client_id"


@dataclass(frozen=True)
class Pseudonymised:
    """What was written: rows, hashed columns and columns in the clear by table, and what was left behind."""

    rows: Mapping[str, int]
    rejected: Mapping[str, int]
    hashed: Mapping[str, tuple[str, ...]]
    clear: Mapping[str, tuple[str, ...]]
    cannot_see: tuple[str, ...]


def new_key(path: Path) -> None:
    """Write a new random key of 256 bits into a new file that only its owner may read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    except FileExistsError:
        raise UsageError(f"{path}: is there already; name a new file for a new key") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")


def read_key(path: Path) -> bytes:
    """Read a key; UsageError where it is none, or where others may read it."""
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"{path}: cannot be read as a key; make one with --new-key") from None
    if os.name == "posix" and mode & READABLE_BY_OTHERS:
        raise UsageError(f"{path}: may be read by others than its owner; do `chmod 600` on it first")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UsageError(f"{path}: is no key, which is 64 digits 0 to 9 and a to f; make one with --new-key")
    return key


def pseudonymise(
    path: Path,
    out: Path,
    key_file: Path,
    *,
    file_format: FileFormat = "csv",
    client_ids: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Pseudonymised:
    """Write the data set at `path` into the new folder `out`, with keyed hashes for what tells a person.

    With `client_ids`, the numbers of registrations are hashed too, in every table. The key is read from
    `key_file`, which must lie in neither folder. Raises PbrAuditError; then nothing is left in `out`.
    """
    key = read_key(key_file)
    _apart(key_file, path if path.is_dir() else path.parent, out)
    check_new(out)
    dataset, terms = configuration(path)
    progress("reading and validating")
    with reading(dataset, terms) as validated:
        frames = {name: table.frame for name, table in validated.tables.items()}
        there = {name: table.columns for name, table in validated.tables.items()}
        counts = {name: table.counts for name, table in validated.tables.items()}
        hashed = {name: _to_hash(name, there[name], client_ids=client_ids) for name in frames}
        try:
            private_folder(out)
            _beside(dataset, out)
            for name, frame in frames.items():
                progress(f"hashing and writing {name}")
                safe = _with_hashes(name, frame.select(sorted(there[name])), hashed[name], key)
                _write(as_written(name, safe, file_format), out / f"{name}.{file_format}", file_format)
        except OSError as error:
            shutil.rmtree(out, ignore_errors=True)
            raise UsageError(f"{out}: cannot be written into ({error.strerror})") from error
        except BaseException:
            shutil.rmtree(out, ignore_errors=True)
            raise
    return Pseudonymised(
        rows={name: count.accepted for name, count in counts.items()},
        rejected={name: count.rejected for name, count in counts.items() if count.rejected},
        hashed={name: columns for name, columns in hashed.items() if columns},
        clear={name: tuple(_clear(name, there[name], hashed[name])) for name in frames},
        cannot_see=_cannot_see(hashed.get("clients", ())),
    )


def _apart(key_file: Path, *folders: Path) -> None:
    for folder in folders:
        if key_file.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{key_file}: lies in {folder}; keep the key apart from the data that it hides")


def _to_hash(table: str, there: frozenset[str], *, client_ids: bool) -> tuple[str, ...]:
    columns = TABLES[table].columns.values()
    return tuple(
        column.name
        for column in columns
        if column.typed_name in there and (column.sensitive or (client_ids and column.name == CLIENT_ID))
    )


def _clear(table: str, there: frozenset[str], hashed: tuple[str, ...]) -> list[str]:
    """Return the text columns that go over as they are, in the standard's order."""
    columns = TABLES[table].columns.values()
    return [c.name for c in columns if c.kind == "text" and c.name in there and c.name not in hashed]


def _with_hashes(table: str, frame: pl.LazyFrame, columns: tuple[str, ...], key: bytes) -> pl.LazyFrame:
    # What linkage compares is hashed with its variants; other sensitive values as they stand.
    kinds = kinds_of(columns)
    for column in columns:
        distinct = frame.select(pl.col(column).unique()).collect().to_series().drop_nulls().sort()
        if are_pseudonyms(distinct):
            raise UsageError(
                f"{table}, {column}: holds keyed hashes already; hash the data as they were before"
            )
        hashes = (
            pseudonyms(distinct, kinds[column], key)
            if column in kinds
            else pseudonyms_of_ids(distinct, column, key)
        )
        new = pl.col(column).replace_strict(distinct, hashes, default=None, return_dtype=pl.String)
        frame = frame.with_columns(new.alias(ELSEWHERE.get(column, column)))
        if column in ELSEWHERE:
            frame = frame.drop(column)
    return frame


def _write(frame: pl.LazyFrame, path: Path, file_format: FileFormat) -> None:
    if file_format == "csv":
        frame.sink_csv(path)
    else:
        frame.sink_parquet(path)


def _beside(dataset: DataSet, out: Path) -> None:
    """Write the contracts, and an audit.toml that says what the data set's own did of the run."""
    if dataset.contracts:
        (out / "contracts").mkdir()
    for number, contract in enumerate(dataset.contracts):
        target = out / "contracts" / contract.name
        shutil.copyfile(
            contract, target if not target.exists() else target.with_stem(f"{number}-{target.stem}")
        )
    lines = [f'standard = "{".".join(map(str, STANDARD))}"', f"name = {json.dumps(dataset.name)}"]
    lines += [f"as_of = {dataset.as_of.isoformat()}"] if dataset.as_of else []
    lines += ["", "[select]", f"rules = {json.dumps(list(dataset.select))}"] if dataset.select else []
    for rule_id, params in dataset.params.items():
        lines += ["", f"[params.{rule_id}]", *(f"{name} = {_toml(value)}" for name, value in params.items())]
    (out / "audit.toml").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _toml(value: object) -> str:
    return json.dumps(value) if isinstance(value, str | bool | int | float) else str(value)


def _cannot_see(hashed: tuple[str, ...]) -> tuple[str, ...]:
    """Return which errors linkage cannot see in these columns of clients any more."""
    try:
        return choose_policy(kinds_of(hashed), hashed=True).cannot_see
    except CannotLink:
        return ()
