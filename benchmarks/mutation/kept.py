"""Keeps what was said of each mutant, so that a campaign that was stopped goes on where it was."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

SURVIVED = "nothing"


class Kept:
    """What noticed each mutant, by a key of its text and of all that judged it: one line each in a file.

    A change of a judge (a case, a test, the engine) changes the keys, so that nothing stale is believed.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._by: dict[str, str] = {}
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            # A line without an end was being written when the campaign was stopped.
            self._by = dict(json.loads(line) for line in lines if line.endswith("\n"))
        self._path = path
        path.write_text("".join(_line(*one) for one in self._by.items()), encoding="utf-8")

    def get(self, key: str) -> str | None:
        """Return what noticed the mutant, `SURVIVED` where nothing did, None where it was not tried."""
        return self._by.get(key)

    def put(self, key: str, by: str) -> None:
        """Keep what noticed a mutant."""
        self._by[key] = by
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(key, by))


def _line(key: str, by: str) -> str:
    return json.dumps([key, by]) + "\n"


def digest_of(paths: Iterable[Path], root: Path) -> str:
    """Return one digest of the names and bytes of all Python, TOML and SQL files at `paths`."""
    digest = hashlib.sha256()
    for path in sorted(found for one in paths for found in (one.rglob("*") if one.is_dir() else [one])):
        if path.suffix in {".py", ".toml", ".sql"}:
            data = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def key_of(judges: str, source: str) -> str:
    """Return the key of a mutated source before judges of this digest."""
    return hashlib.sha256(f"{judges}\n{source}".encode()).hexdigest()
