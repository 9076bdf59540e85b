"""Writes an imported data set into a folder that is new or empty."""

from collections.abc import Mapping
from pathlib import Path

from pbr_audit.errors import UsageError


def write_new(files: Mapping[str, str], out: Path) -> None:
    """Write `files`, name to text, under `out`; UsageError where something is there already."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: is there already and not empty; name a new folder with --out")
    for name, text in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
