"""The folder that a run writes into: each file whole or not at all, the manifest last.

Files are written under hidden names in the folder where they belong, and renamed when all of them are there.
An earlier run's manifest goes before the first new file comes, so that no manifest ever stands over files of
two runs.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

from pbr_audit.errors import UsageError
from pbr_audit.tables import TABLES

PROGRAM = "pbr-audit"
MANIFEST = "manifest.json"
REJECTS = "rejects"
FILES = (
    "findings.parquet",
    "findings.csv",
    "findings.jsonl",
    "flagged_claims.parquet",
    "flagged_claims.csv",
    "coverage.csv",
    "tests.csv",
    "report.html",
    MANIFEST,
)
OWNER_ONLY = 0o700
# What a run that was killed leaves behind: a hidden name, eight random characters, `.part`.
LEFTOVER = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}\.part")


def check_out(out: Path) -> None:
    """Raise UsageError unless `out` is absent, empty, an earlier run's, or holds only what a run writes.

    Call it before the run: nobody should wait for an audit that has no place to go.
    """
    try:
        if not out.exists():
            return
        if not out.is_dir():
            raise UsageError(f"{out}: is a file; --out has to name a folder")
        if (out / MANIFEST).exists():
            if not _is_ours(out / MANIFEST):
                raise UsageError(
                    f"{out}: holds a {MANIFEST} that {PROGRAM} did not write; "
                    "name an empty folder or a new one"
                )
            return
        if strangers := sorted(_strangers(out)):
            raise UsageError(
                f"{out}: holds files that {PROGRAM} did not write, such as {strangers[0]}; "
                "name an empty folder or a new one"
            )
    except OSError as error:
        raise UsageError(f"{out}: cannot be read ({error.strerror})") from error


def _is_ours(manifest: Path) -> bool:
    try:
        content = json.loads(manifest.read_bytes())
    except ValueError:
        return False
    return isinstance(content, dict) and content.get("program") == PROGRAM


def _strangers(out: Path) -> Iterator[str]:
    for entry in out.iterdir():
        if entry.name == REJECTS and entry.is_dir() and not entry.is_symlink():
            known = {f"{table}.csv" for table in TABLES}
            yield from (f"{REJECTS}/{name}" for name in _names(entry) if _place(name) not in known)
        elif _place(entry.name) not in FILES:
            yield entry.name


def _names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def _place(name: str) -> str:
    """Return the name that a file has, or was to have."""
    leftover = LEFTOVER.fullmatch(name)
    return leftover["name"] if leftover else name


class Staging:
    """Files on their way into the folder; `digests` holds the sha256 of each that is written."""

    def __init__(self, out: Path) -> None:
        """Stage below `out`, which exists."""
        self._out = out
        self._staged: dict[str, Path] = {}
        self.digests: dict[str, str] = {}

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Open the file that is to be `name` below the folder; only its owner may read it."""
        place = self._out / name
        if place.parent != self._out:
            place.parent.mkdir(mode=OWNER_ONLY, exist_ok=True)
        descriptor, hidden = mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)
        self._staged[name] = Path(hidden)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
            file.seek(0)
            self.digests[name] = hashlib.file_digest(file, "sha256").hexdigest()

    def publish(self) -> None:
        """Rename every file into its place, the manifest last; rejects that only an earlier run had go."""
        (self._out / MANIFEST).unlink(missing_ok=True)
        _make_lasting(self._out)
        for name in [*(name for name in self._staged if name != MANIFEST), MANIFEST]:
            if name == MANIFEST:
                self._remove_stale()
            self._staged[name].replace(self._out / name)
            del self._staged[name]
        _make_lasting(self._out)

    def _remove_stale(self) -> None:
        rejects = self._out / REJECTS
        if rejects.is_dir():
            for table in TABLES:
                if f"{REJECTS}/{table}.csv" not in self.digests:
                    (rejects / f"{table}.csv").unlink(missing_ok=True)
            _make_lasting(rejects)
            with suppress(OSError):  # somebody else's file is in it
                rejects.rmdir()

    def discard(self) -> None:
        """Remove what was not published."""
        for hidden in self._staged.values():
            hidden.unlink(missing_ok=True)
        if self._staged:
            with suppress(OSError):  # it holds an earlier run's rejects, or was never made
                (self._out / REJECTS).rmdir()


@contextmanager
def staging(out: Path) -> Iterator[Staging]:
    """Yield a place to write files for `out`; without `publish`, or on an error, nothing remains.

    Raises UsageError where the folder is somebody else's, or where the disk refuses.
    """
    check_out(out)
    try:
        made = not out.exists()
        out.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        _remove_leftovers(out)
        files = Staging(out)
        try:
            yield files
        finally:
            files.discard()
            if made:
                with suppress(OSError):  # it holds what was published
                    out.rmdir()
    except OSError as error:
        raise UsageError(f"{out}: cannot be written into ({error.strerror})") from error


def _remove_leftovers(out: Path) -> None:
    known = {*FILES, *(f"{table}.csv" for table in TABLES)}
    for folder in (out, out / REJECTS):
        if folder.is_dir():
            for entry in folder.iterdir():
                if LEFTOVER.fullmatch(entry.name) and _place(entry.name) in known:
                    entry.unlink()


def _make_lasting(folder: Path) -> None:
    """Have the names in `folder` on the disk, where the system can do that for a folder."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
