"""A folder of one's own to write into: what is there already is never mixed with what is new."""

from pathlib import Path

from pbr_audit.errors import UsageError


def check_new(out: Path) -> None:
    """Raise UsageError unless `out` is absent or an empty folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: is there already and not empty; name a new folder")
