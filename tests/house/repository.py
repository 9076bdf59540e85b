"""The checkout as the house tests see it: the files that git tracks."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@cache
def tracked() -> tuple[str, ...]:
    """Return the tracked files that exist, as posix paths from the root; no checkout, no test."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = listed.decode().split("\0")
    return tuple(name for name in names if name and (ROOT / name).is_file())


def texts(*folders: str) -> dict[str, str]:
    """Return path and text of the tracked text files below `folders` (all of them where none is named)."""
    found: dict[str, str] = {}
    for name in tracked():
        if folders and not name.startswith(tuple(f"{folder}/" for folder in folders)) and name not in folders:
            continue
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            found[name] = content.decode("utf-8", errors="replace")
    return found
