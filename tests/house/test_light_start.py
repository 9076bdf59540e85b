"""`pbr-audit --help` answers at once, because nothing heavy is imported before it is used."""

import subprocess
import sys

from tests.house.repository import ROOT

HEAVY = {
    "jinja2",
    "networkx",
    "numpy",
    "pandera",
    "polars",
    "pydantic",
    "python_calamine",
    "rich",
    "scipy",
    "sqlglot",
    "statsmodels",
}


def imported_by(*arguments: str) -> set[str]:
    """Return the top-level packages that Python imports when it is run with `arguments`."""
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def test_importing_the_command_line_imports_nothing_heavy() -> None:
    packages = imported_by("-c", "import pbr_audit.cli")
    assert "pbr_audit" in packages
    assert packages & HEAVY == set()


def test_asking_for_help_imports_nothing_heavy() -> None:
    packages = imported_by("-m", "pbr_audit", "--help")
    assert "click" in packages
    assert packages & HEAVY == set()
