"""The manifest: what was read, with which rules, what came of it, each file's digest. No cell's value."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

import pbr_audit
from pbr_audit.audit import Audit
from pbr_audit.errors import InputError
from pbr_audit.reports.folder import PROGRAM
from pbr_audit.reports.statistics_told import statistics_told
from pbr_audit.toml_file import STANDARD
from pbr_audit.totals import Sum, Totals
from pbr_audit.validate import Counts, ValidTable


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` in `folder` holds."""

    folder: Path
    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The file's text; keys stand in the order in which a person reads them, `timings` last."""
        return json.dumps(self.content, indent=2, ensure_ascii=False) + "\n"


def manifest(
    audit: Audit,
    folder: Path,
    *,
    inputs: Sequence[Mapping[str, object]],
    outputs: Mapping[str, str],
    guarded_cells: int,
    write_seconds: float,
) -> Manifest:
    """Return the manifest; `outputs` are the other files with their sha256.

    Only `timings` may differ between two runs on the same input.
    """
    content = {
        "program": PROGRAM,
        "versions": versions(),
        "name": audit.dataset.name,
        "as_of": audit.as_of.isoformat() if audit.as_of else None,
        "seed": audit.seed,
        "inputs": inputs,
        "tables": {name: _table(table, audit) for name, table in audit.validated.tables.items()},
        "pack": {
            "digest": audit.pack.digest,
            "rules": [_rule(audit, loaded.rule.id) for loaded in audit.pack.rules],
        },
        "findings": audit.findings.height,
        "cases": len(audit.cases),
        "statistics": _statistics(audit),
        "totals": _totals(audit.totals),
        "remarks": list(audit.remarks),
        "outputs": dict(sorted(outputs.items())),
        "guarded_cells": guarded_cells,
        "timings": {**audit.timings, "reports": write_seconds},
    }
    return Manifest(folder, content)


def versions() -> dict[str, str]:
    """Return the versions on which the figures may depend."""
    return {
        "pbr_audit": pbr_audit.__version__,
        "standard": ".".join(map(str, STANDARD)),
        "python": platform.python_version(),
        "polars": pl.__version__,
    }


def inputs_of(audit: Audit) -> list[dict[str, object]]:
    """Return every file that was read: name, sha256, bytes and, of a table's file, the rows.

    Raises InputError where a file is gone.
    """
    dataset = audit.dataset
    rows: dict[Path, int] = {}
    for table in audit.validated.tables.values():
        for source, count in zip(table.sources, table.rows_by_source, strict=True):
            rows[source.path] = rows.get(source.path, 0) + count
    files = [("configuration", path) for path in (dataset.configuration,) if path is not None]
    files += [("contract", path) for path in dataset.contracts]
    files += [(table.table, path) for table in dataset.tables.values() for path in table.files]
    return [
        {"name": dataset.shown(path), "read_as": use, **_digest(path, dataset.shown(path))}
        | ({"rows": rows[path]} if path in rows else {})
        for use, path in files
    ]


def _digest(path: Path, name: str) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": file.tell()}
    except OSError as error:
        raise InputError(
            f"{name}: cannot be read any more ({error.strerror}); leave the data set as it is during a run"
        ) from error


def _table(table: ValidTable, audit: Audit) -> dict[str, object]:
    counts: Counts = table.counts
    several = len(set(audit.terms.currencies().values())) > 1
    line: dict[str, object] = {"read": counts.read, "accepted": counts.accepted, "rejected": counts.rejected}
    line |= {"beside": counts.beside, "replaced": counts.replaced}
    for part in ("read_pence", "accepted_pence", "rejected_pence"):
        pence: Mapping[str, int] | None = getattr(counts, part)
        # Where no row was rejected, nothing says that the table has amounts; those read do.
        if counts.read_pence is not None:
            complete = dict.fromkeys(counts.read_pence, 0) | dict(pence or {})
            line[part] = _by_currency(complete) if several else sum(complete.values())
    if counts.read_pence is not None:
        line["unreadable_amounts"] = counts.unreadable_amounts
    return line


def _by_currency(pence: Mapping[str, int]) -> dict[str, int]:
    return {currency or "unknown": amount for currency, amount in sorted(pence.items())}


def _rule(audit: Audit, rule_id: str) -> dict[str, object]:
    outcome = next(outcome for outcome in audit.outcomes if outcome.loaded.rule.id == rule_id)
    rule = outcome.loaded.rule
    return {
        "id": rule.id,
        "version": rule.version,
        "sha256": outcome.loaded.digest,
        "status": outcome.status,
        "params": dict(sorted(rule.settings(audit.dataset.params.get(rule.id)).as_dict().items())),
    }


def _totals(totals: Totals) -> dict[str, object]:
    """Return the lines that are never added to one another, and the sums that are behind them."""
    return {
        "at_risk": _sums(totals.at_risk),
        "at_risk_subcontractor": _sums(totals.at_risk_subcontractor),
        "estimates": {rule: _by_currency(pence) for rule, pence in totals.estimates.items()},
        "under_claims": _sums(totals.under_claims),
        "under_claims_subcontractor": _sums(totals.under_claims_subcontractor),
        "claims": [
            {
                "tier": line.tier,
                "currency": line.currency or "unknown",
                "live": _sum(line.live),
                "others": _sum(line.others),
            }
            for line in totals.claims
        ],
        "by_rule": {rule: _sums(sums) for rule, sums in sorted(totals.by_rule.items())},
    }


def _statistics(audit: Audit) -> dict[str, object]:
    """Return the tests of the run, corrected together, and what of their discoveries may be chance."""
    told = statistics_told(audit)
    return {
        "false_discovery_rate": told.level,
        "tests_run": told.made,
        "tests_abstained": told.abstained,
        "discoveries": told.discoveries,
        "expected_false_leads": told.false_leads,
    }


def _sums(sums: Mapping[str, Sum]) -> dict[str, object]:
    return {currency or "unknown": _sum(line) for currency, line in sorted(sums.items())}


def _sum(line: Sum) -> dict[str, int | None]:
    return {"claims": line.claims, "pence": line.pence}
