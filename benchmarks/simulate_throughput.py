"""How quickly a world is invented and written: the whole process, with its CPU time and its highest memory.

    .venv/bin/python benchmarks/simulate_throughput.py [CLAIMS] [WORLD]

CLAIMS is 1,000,000 unless said otherwise; the seed is 7.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEED = 7
KIB_A_MB = 1024
BYTES_A_MB = 1_000_000


def measured(out: Path, claims: int, world: str, file_format: str) -> str:
    """Run the command once and return its figures as a line."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "pbr_audit", "simulate", str(out), "--seed", str(SEED)),
            *("--claims", str(claims), "--world", world, "--format", file_format),
        ],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if process.returncode:
        raise SystemExit("the simulation did not end well")
    written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return (
        f"{world}, {claims:,} claims, {file_format}: {wall:.1f} s wall, "
        f"{usage.ru_utime + usage.ru_stime:.1f} s CPU, {usage.ru_maxrss // KIB_A_MB:,} MB peak, "
        f"{written // BYTES_A_MB:,} MB written"
    )


def main() -> None:
    """Print a line for each format."""
    claims = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    world = sys.argv[2] if len(sys.argv) > 2 else "welfare"  # noqa: PLR2004 - the second argument
    for file_format in ("parquet", "csv"):
        with tempfile.TemporaryDirectory() as folder:
            print(measured(Path(folder) / "world", claims, world, file_format), flush=True)


if __name__ == "__main__":
    main()
