"""CSV to accepted and rejected: rows a second, CPU seconds and peak memory, against Polars' own reading.

    python benchmarks/validate_throughput.py            one and ten million claims
    python benchmarks/validate_throughput.py --large    thirty million as well

Claims of 12 columns are generated from a seed into a temporary folder and removed afterwards. Each
measurement is a process of its own: `validate` is the real path (folder discovery, ingest, validation),
`read` is Polars parsing the same file as text and typing nothing, `count` is a streaming count of its rows.
A million claims are validated as untidy files too: `windows` with semicolons and in Windows-1252, an accent
in each third row, and `ragged` with a cell too many and a stray quotation mark in one row of 5,000, so that
every block goes through the tolerant path. Files are made in processes of their own as well: the system
counts a parent's memory into a child's peak.
Wall time depends on who else uses the machine, so the figures to compare are the ratios and the CPU seconds.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import polars as pl

SEED = 1
CHUNK_ROWS = 1_000_000
MILLION = 1_000_000
SMALL = (1, 10)
LARGE = (30,)
KINDS = ("read", "count", "validate")
UNTIDY = ("windows", "ragged")
RAGGED_EVERY = 5_000
ROW = "{:>10} {:9} {:>10} {:>8} {:>8} {:>8} {:>7} {:>8}"
TERMS = """standard = "0.1"

[contract]
id = "CPA01"
title = "Work support"
commissioner = "Example department"
prime_id = "PR01"
start_date = 2014-06-01
end_date = 2019-05-31
currency = "GBP"

[[outcome]]
code = "JOB"
label = "Job outcome"
kind = "milestone"

[[outcome.price]]
amount = "1200.00"
"""


def claims(start: int, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return `rows` valid claims numbered from `start`."""

    def codes(prefix: str, most: int) -> pl.Series:
        return pl.Series(rng.integers(1, most, rows)).cast(pl.String).str.replace("^", prefix)

    outcome_date = np.datetime64("2015-01-01") + rng.integers(0, 700, rows)
    numbers = pl.Series(np.arange(start, start + rows)).cast(pl.String).str.zfill(9)
    return pl.DataFrame(
        {
            "claim_id": numbers.str.replace("^", "CL"),
            "contract_id": codes("CPA0", 4),
            "provider_id": codes("PR", 60),
            "tier": pl.repeat("prime", rows, eager=True),
            "subcontractor_id": codes("SB", 60),
            "client_id": codes("C", max(rows // 3, 2)),
            "outcome": pl.Series(rng.choice(["ATT", "JOB", "SUS"], rows)),
            "outcome_date": outcome_date,
            "submitted_date": outcome_date + rng.integers(0, 60, rows),
            "amount": pl.Series(rng.choice(["400.00", "1200.00", "215.00"], rows)),
            "status": pl.Series(rng.choice(["paid", "submitted", "rejected"], rows)),
            "advisor_id": codes("A", 600),
        }
    )


def generate(path: Path, rows: int) -> None:
    """Write `rows` claims to `path`, the same ones each time."""
    rng = np.random.default_rng(SEED)
    with path.open("wb") as stream:
        for start in range(0, rows, CHUNK_ROWS):
            claims(start, min(CHUNK_ROWS, rows - start), rng).write_csv(stream, include_header=start == 0)


def spoil(path: Path, how: str) -> None:
    """Make the clean claims at `path` an untidy file."""
    text = path.read_bytes()
    if how == "windows":
        path.write_bytes(text.replace(b",", b";").replace(b"SUS", "SÜS".encode("cp1252")))
        return
    lines = text.split(b"\n")
    for at in range(RAGGED_EVERY // 2, len(lines), RAGGED_EVERY):
        lines[at] += b',"x'
    path.write_bytes(b"\n".join(lines))


def measured(kind: str, folder: Path) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    figures: dict[str, float] = json.loads(apart("--child", kind, str(folder)))
    return figures


def apart(*arguments: str) -> str:
    """Run this script in a process of its own; what it prints."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return done.stdout


def child(kind: str, folder: Path) -> None:
    """Do one measurement and print its figures as JSON; imports are not timed, memory holds everything."""
    rows_of = {"read": read, "count": count, "validate": validate}[kind]
    rows, seconds, cpu_seconds = rows_of(folder)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": peak / 1e6}))


def cpu_now() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def read(folder: Path) -> tuple[int, float, float]:
    start, cpu_start, rows = perf_counter(), cpu_now(), 0
    source = pl.scan_csv(folder / "claims.csv", infer_schema=False, glob=False)
    for batch in source.collect_batches(chunk_size=200_000, engine="streaming"):
        rows += batch.height
    return rows, perf_counter() - start, cpu_now() - cpu_start


def count(folder: Path) -> tuple[int, float, float]:
    start, cpu_start = perf_counter(), cpu_now()
    rows = pl.scan_csv(folder / "claims.csv", infer_schema=False, glob=False).select(pl.len())
    return rows.collect(engine="streaming").item(), perf_counter() - start, cpu_now() - cpu_start


def validate(folder: Path) -> tuple[int, float, float]:
    from pbr_audit.dataset import open_dataset  # noqa: PLC0415 - the other measurements do without
    from pbr_audit.terms import load_terms  # noqa: PLC0415
    from pbr_audit.validate import validate as validated  # noqa: PLC0415

    start, cpu_start = perf_counter(), cpu_now()
    dataset = open_dataset(folder)
    terms = load_terms(dataset.contracts, [path.name for path in dataset.contracts])
    with TemporaryDirectory(dir=folder.parent) as work:
        result = validated(dataset, terms, Path(work))
        result.assert_complete()
        rows = result.tables["claims"].counts.accepted
    return rows, perf_counter() - start, cpu_now() - cpu_start


def main() -> None:
    parser = argparse.ArgumentParser(description="CSV to accepted and rejected")
    parser.add_argument("--large", action="store_true", help="thirty million claims as well (3 GB on disk)")
    parser.add_argument("--make", nargs=3, metavar=("HOW", "ROWS", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--child", nargs=2, metavar=("KIND", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child[0], Path(asked.child[1]))
        return
    if asked.make:
        how, rows, path = asked.make
        generate(Path(path), int(rows))
        if how in UNTIDY:
            spoil(Path(path), how)
        return
    versions = f"Python {platform.python_version()}, Polars {pl.__version__}"
    print(f"{os.cpu_count()} cores, {platform.machine()}, {versions}")
    print(ROW.format("claims", "", "rows/s", "wall s", "CPU s", "peak MB", "x read", "x count"))
    for millions in (*SMALL, *(LARGE if asked.large else ())):
        with TemporaryDirectory(prefix="pbr-benchmark-") as root:
            folder = Path(root) / "data"
            (folder / "contracts").mkdir(parents=True)
            (folder / "contracts" / "CPA01.toml").write_text(TERMS, encoding="utf-8")
            claims_file = str(folder / "claims.csv")
            apart("--make", "clean", str(millions * MILLION), claims_file)
            figures = {kind: measured(kind, folder) for kind in KINDS}
            for how in UNTIDY if millions == 1 else ():
                apart("--make", how, str(MILLION), claims_file)
                figures[how] = measured("validate", folder)
            for kind, found in figures.items():
                print(ROW.format(*shown(kind, found, figures)), flush=True)


def shown(kind: str, found: dict[str, float], figures: dict[str, dict[str, float]]) -> tuple[str, ...]:
    seconds = found["seconds"]
    return (
        f"{int(found['rows']):,}",
        kind,
        f"{found['rows'] / seconds:,.0f}",
        f"{seconds:.2f}",
        f"{found['cpu_seconds']:.2f}",
        f"{found['peak_mb']:.0f}",
        f"{seconds / figures['read']['seconds']:.2f}",
        f"{seconds / figures['count']['seconds']:.1f}",
    )


if __name__ == "__main__":
    main()
