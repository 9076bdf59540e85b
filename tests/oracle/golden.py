"""The golden values beside the project: what published tables and reference implementations say."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "golden"
needs_golden = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the shared golden values are not beside the project"
)


def golden(case_id: str) -> dict[str, Any]:
    """Return one case: its inputs, parameters, expected values and tolerance."""
    found = json.loads((FOLDER / "golden.json").read_text(encoding="utf-8"))["cases"]
    cases: list[dict[str, Any]] = [case for case in found if case["id"] == case_id]
    assert len(cases) == 1
    return cases[0]


def table(name: str) -> dict[str, list[str]]:
    """Return the columns of one input file, as text."""
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column].strip() for row in rows] for column in rows[0]}
