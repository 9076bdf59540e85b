"""The deterministic rules on a million and on ten million claims: CPU seconds and peak memory, whole process.

    .venv/bin/python benchmarks/run_throughput.py             one million claims
    .venv/bin/python benchmarks/run_throughput.py --large     ten million as well
    .venv/bin/python benchmarks/run_throughput.py --select PBR101 --select PBR8     these rules only
    .venv/bin/python benchmarks/run_throughput.py --first     the 21 rules for which these bars were set
    .venv/bin/python benchmarks/run_throughput.py --all       linkage and statistics too

The claims are simulated (seed 1) and written as Parquet with clients, providers and events; that is not
measured. Two worlds: an honest one, and one in which acts are planted so thickly that 8 % of the claims are
flagged, so that making findings and writing them counts too. Beside each run, in the same minute, Polars
merely reads the same files and groups the claims by client and by provider. Bars: one million in at most 12
CPU seconds and 1.5 GB; ten million in at most 60 CPU seconds and 6 GB, and at most 12 times the CPU of
merely reading and grouping.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

MILLION = 1_000_000
TABLES = ("claims", "clients", "providers", "events")
READ_AND_GROUP = """
import sys, polars as pl
from pathlib import Path
folder = Path(sys.argv[1])
for table in sys.argv[2:]:
    files = sorted(folder.glob(f"{table}.parquet")) + sorted(folder.glob(f"{table}/*.parquet"))
    frame = pl.read_parquet(files)
    if table == "claims":
        frame.group_by("client_id").len()
        frame.group_by("provider_id").len()
"""
# The rules that there were when the bars were set.
FIRST = [
    *("PBR101", "PBR102", "PBR103", "PBR104", "PBR105", "PBR107", "PBR108", "PBR110", "PBR111", "PBR201"),
    *("PBR202", "PBR203", "PBR205", "PBR301", "PBR306", "PBR401", "PBR801", "PBR803", "PBR804", "PBR808"),
    "PBR902",
]
DETERMINISTIC = ("arithmetic", "contract", "record")
BARS = {1: (12.0, 1.5), 10: (60.0, 6.0)}
MOST_TIMES_READING = 12
WORLDS: dict[str, list[str]] = {"honest": ["--honest"], "planted": []}
GIGABYTE = 1 << 20  # of the kilobytes that the system counts in
ROW = "{:>10}  {:18} {:>7.1f} s wall {:>7.1f} s CPU {:>6.2f} GB"


def measured(arguments: list[str]) -> tuple[float, float, float]:
    """Run Python with `arguments`; return wall seconds, CPU seconds and peak gigabytes of that process."""
    start = perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        sys.exit(f"the measured process ended with {process.returncode}")
    return perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / GIGABYTE


def simulated(millions: int, world: str, folder: Path) -> Path:
    """Write the data set, in a process of its own, and return its folder without the tables not read."""
    out = folder / f"claims{millions}"
    words = ["simulate", str(out), "--claims", str(millions * MILLION), "--seed", "1", "--format", "parquet"]
    words += WORLDS[world]
    subprocess.run([sys.executable, "-m", "pbr_audit", *words], check=True, stdout=subprocess.DEVNULL)
    kept = folder / f"kept{millions}"
    kept.mkdir()
    for name in ("contracts", *TABLES, *(f"{table}.parquet" for table in TABLES)):
        if (out / name).exists():
            (out / name).rename(kept / name)
    return kept


def deterministic() -> list[str]:
    """Return the ids of the shipped rules whose basis is arithmetic, contract or record."""
    from pbr_audit.packs import load_pack  # noqa: PLC0415

    return [loaded.rule.id for loaded in load_pack().rules if loaded.rule.basis in DETERMINISTIC]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--select", action="append", default=[], metavar="ID")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    rules = options.select or (FIRST if options.first else [] if options.all else deterministic())
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    selected = [word for rule_id in rules for word in ("--select", rule_id)]
    sizes = (1, 10) if options.large else (1,)
    for millions, world in ((size, world) for size in sizes for world in WORLDS):
        with TemporaryDirectory() as folder:
            dataset = simulated(millions, world, Path(folder))
            reading = measured(["-c", READ_AND_GROUP, str(dataset), *TABLES])
            running = measured(["-m", "pbr_audit", "run", str(dataset), "--out", f"{folder}/out", *selected])
        most_cpu, most_memory = BARS[millions]
        times = running[1] / reading[1]
        size = f"{millions} million"
        print(ROW.format(size, f"{world}: reading", *reading))
        print(
            ROW.format(size, f"{world}: {len(rules) or 'all'} rules", *running),
            f"{times:.1f} times the CPU of reading",
        )
        held = running[1] <= most_cpu and running[2] <= most_memory
        if millions > 1:
            held = held and times <= MOST_TIMES_READING
        print(f"            at most {most_cpu:.0f} s CPU and {most_memory} GB: {'yes' if held else 'NO'}")
    print(
        f"peak of this script itself: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIGABYTE:.2f} GB"
    )


if __name__ == "__main__":
    main()
