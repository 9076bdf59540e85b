"""Writes an imported data set into a folder that is new or empty."""

from collections.abc import Mapping
from pathlib import Path

from pbr_audit.new_folder import check_new


def write_new(files: Mapping[str, str], out: Path) -> None:
    """Write `files`, name to text, under `out`; UsageError where something is there already."""
    check_new(out)
    for name, text in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
