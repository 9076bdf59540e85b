"""One run of the command line, and what it wrote, read back with the standard library alone."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, str]
# An amount is text of pounds and pence, so that a test compares what a reader of the file sees.
Amounts = dict[str, str]


@dataclass(frozen=True)
class RunOutput:
    """What a finished run left behind; tables as rows of text, as the CSV files hold them."""

    exit_code: int
    stdout: str
    stderr: str
    folder: Path
    manifest: Mapping[str, Any]
    findings: tuple[Row, ...]
    flagged_claims: tuple[Row, ...]
    coverage: Mapping[str, Row]

    def of_rule(self, rule_id: str) -> list[Row]:
        return [row for row in self.findings if row["rule_id"] == rule_id]

    def claims_of(self, finding: Row) -> Amounts:
        """Return the claims that a finding lists, each at its amount."""
        mine = [row for row in self.flagged_claims if row["finding_id"] == finding["finding_id"]]
        return {row["claim_id"]: row["amount"] for row in mine}

    def rejects(self, table: str) -> list[Row]:
        path = self.folder / "rejects" / f"{table}.csv"
        return list(rows(path)) if path.exists() else []


def run(dataset: Path, folder: Path, *options: str) -> RunOutput:
    """Audit `dataset` into `folder` in a process of its own, and read back what was written."""
    command = [sys.executable, "-m", "pbr_audit", "run", str(dataset), "--out", str(folder), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (folder / "manifest.json").exists(), f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return RunOutput(
        exit_code=done.returncode,
        stdout=done.stdout,
        stderr=done.stderr,
        folder=folder,
        manifest=json.loads((folder / "manifest.json").read_text(encoding="utf-8")),
        findings=tuple(rows(folder / "findings.csv")),
        flagged_claims=tuple(rows(folder / "flagged_claims.csv")),
        coverage={row["rule_id"]: row for row in rows(folder / "coverage.csv")},
    )


def rows(path: Path) -> Iterable[Row]:
    """Yield the rows of a CSV file under its header."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def listed(cell: str) -> list[str]:
    """Split a list column into its members."""
    return cell.split("|") if cell else []


def pence(amount: str) -> int:
    """Whole pence of text such as 1234.50; nothing finer than a penny is let through."""
    in_pence = Decimal(amount) * 100
    whole = int(in_pence)
    assert whole == in_pence, f"{amount} is finer than a penny"
    return whole
