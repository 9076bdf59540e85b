"""Writes what a run found: every file whole or not at all, the manifest last."""

from pathlib import Path
from time import perf_counter

import polars as pl

from pbr_audit.audit import Audit
from pbr_audit.reports.folder import MANIFEST, REJECTS, Staging, staging
from pbr_audit.reports.formats import write_csv, write_csv_as_read, write_json_lines, write_parquet
from pbr_audit.reports.manifest import Manifest, inputs_of, manifest
from pbr_audit.reports.report import report_html

FINDINGS_ORDER = ("rule_id", "contract_id", "subject_id", "period", "finding_id")


def write(audit: Audit, out: Path) -> Manifest:
    """Write the files of the standard ("What a run writes") into the folder `out`, and return the manifest.

    `out` has to be absent, empty or of an earlier run, which is replaced; see `check_out`. The same audit
    gives the same bytes, the manifest's timings aside. Raises UsageError where `out` is not ours or cannot be
    written, and then leaves nothing half-written.
    """
    started = perf_counter()
    with staging(out) as files:
        inputs = inputs_of(audit)
        guarded_cells = _tables(audit, files) + _rejects(audit, files)
        with files.open("report.html") as file:
            file.write(report_html(audit, inputs).encode())
        seconds = round(perf_counter() - started, 3)
        written = manifest(
            audit,
            out,
            inputs=inputs,
            outputs=files.digests,
            guarded_cells=guarded_cells,
            write_seconds=seconds,
        )
        with files.open(MANIFEST) as file:
            file.write(written.text.encode())
        files.publish()
    return written


def _tables(audit: Audit, files: Staging) -> int:
    """Write findings, flagged claims, coverage and tests; return how many cells were guarded."""
    findings = audit.findings.sort(FINDINGS_ORDER)
    flagged = audit.flagged_claims.sort("claim_id", "finding_id")
    cells = 0
    for name, frame in (("findings", findings), ("flagged_claims", flagged)):
        with files.open(f"{name}.parquet") as file:
            write_parquet(frame, file)
        with files.open(f"{name}.csv") as file:
            cells += write_csv(frame, file)
    with files.open("findings.jsonl") as file:
        write_json_lines(findings, file, json_column="evidence")
    with files.open("coverage.csv") as file:
        cells += write_csv(audit.coverage.sort("rule_id"), file)
    with files.open("tests.csv") as file:
        cells += write_csv(audit.tests, file)
    return cells


def _rejects(audit: Audit, files: Staging) -> int:
    """Write the rejected rows of each table that has any; return how many cells were guarded."""
    cells = 0
    for name, table in audit.validated.tables.items():
        if table.counts.rejected:
            rows: pl.DataFrame = table.rejects.frame.collect().sort("_file", "_sheet", "_row")
            with files.open(f"{REJECTS}/{name}.csv") as file:
                cells += write_csv_as_read(rows, file)
    return cells
