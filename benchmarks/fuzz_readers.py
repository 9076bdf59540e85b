"""Coverage-guided fuzzing of the readers with atheris: how many inputs were tried, and what was not caught.

    python benchmarks/fuzz_readers.py --reader csv --minutes 10 [--finds FOLDER]

Install atheris with `pip install pbr-audit[bench]` (Linux only). The corpus begins with a few small files
(`fuzz_seeds.py`) and is thrown away. A process that aborts is begun again: Polars and calamine abort on some
files by themselves, which is why users' files are read in a process apart; the input is then read the way a
user's is, and only what that does not refuse is a find. Finds are kept in FOLDER.

Beside exceptions these are finds: rows that the fast CSV path and the tolerant one read differently, row
numbers out of order or twice, a refusal of several lines.
"""

import argparse
import mmap
import os
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.fuzz_seeds import packed, seeds
from pbr_audit.dataset import DataSet, TableInput
from pbr_audit.errors import InputError
from pbr_audit.ingest import batches

ROOT = Path(__file__).resolve().parents[1]
READERS = ("csv", "json", "parquet", "xlsx", "ods", "xls", "xlsb", "toml")
LONGEST = {"csv": 4096, "json": 4096, "toml": 4096}
LONGEST_BINARY = 32_768
TIMEOUT_SECONDS = 20
UNCAUGHT = "Uncaught Python exception"
SLOW = "ALARM: working on the last Unit"
LAST_LINES = 25


@dataclass
class Figures:
    """What a reader's fuzzing came to; `finds` are the traces of what was not caught."""

    rounds: int = 0
    aborts: int = 0
    slow: int = 0
    finds: list[str] = field(default_factory=list)


def fuzzed(reader: str, minutes: float, seed: int, finds: Path, work: Path) -> Figures:
    """Fuzz one reader for so many minutes, in as many processes as it takes."""
    corpus, artifacts, counts = work / "corpus", work / "artifacts", work / "counts"
    for folder in (corpus, artifacts):
        folder.mkdir()
    counts.write_bytes(bytes(24))
    for at, content in enumerate(seeds(reader)):
        (corpus / f"seed{at}").write_bytes(content)
    figures, end = Figures(), monotonic() + minutes * 60
    while (left := int(end - monotonic())) > 1:
        figures.rounds += 1
        said = one_round(reader, seed + figures.rounds, left, work)
        for artifact in sorted(artifacts.iterdir()):
            kept = shutil.move(artifact, finds / f"{reader}-{artifact.name}")
            if UNCAUGHT in said:
                figures.finds.append("\n".join(said[said.index(UNCAUGHT) :].splitlines()[:LAST_LINES]))
            elif SLOW in said:
                figures.slow += 1
            else:
                figures.aborts += 1
                figures.finds += walled(reader, Path(kept), work)
    return figures


def one_round(reader: str, seed: int, seconds: int, work: Path) -> str:
    """Fuzz until the time is up or the process ends; the end of what it printed."""
    options = {
        "max_total_time": seconds,
        "timeout": TIMEOUT_SECONDS,
        "max_len": LONGEST.get(reader, LONGEST_BINARY),
        "artifact_prefix": f"{work / 'artifacts'}/",
        "seed": seed,
        "rss_limit_mb": 0,
    }
    command = [sys.executable, "-m", "benchmarks.fuzz_target", reader, str(work / "counts")]
    command += [f"-{name}={value}" for name, value in options.items()] + [str(work / "corpus")]
    log = work / "log"
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
    with log.open("wb") as stream:
        subprocess.run(command, check=False, cwd=ROOT, stdout=stream, stderr=stream, env=environment)
    return log.read_bytes()[-200_000:].decode("utf-8", "replace")


def walled(reader: str, path: Path, work: Path) -> list[str]:
    """Read an input that ended the process as a user's file is read; what that did not refuse."""
    data = path.read_bytes()
    content = packed(data[1:]) if reader in {"xlsx", "ods", "xlsb"} and data[0] % 2 else data[1:]
    file = work / f"claims.{reader}"
    file.write_bytes(content)
    try:
        list(batches(TableInput("claims", (file,)), DataSet(work, "fuzz")))
    except InputError:
        return []
    except Exception as error:  # noqa: BLE001  # whatever it is, it is a find
        return [f"{path.name}: {type(error).__name__} past the process apart"]
    return []


def main() -> None:
    """Fuzz the readers asked for, one after another, and print a line for each."""
    parser = argparse.ArgumentParser(description="coverage-guided fuzzing of the readers")
    parser.add_argument("--reader", action="append", choices=READERS, help="may be given several times")
    parser.add_argument("--minutes", type=float, default=10.0, help="for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--finds", type=Path, default=Path("fuzz-finds"), help="where finds are kept")
    asked = parser.parse_args()
    asked.finds.mkdir(exist_ok=True)
    for reader in asked.reader or READERS:
        with TemporaryDirectory(prefix="pbr-fuzz-") as work:
            figures = fuzzed(reader, asked.minutes, asked.seed, asked.finds, Path(work))
            with (Path(work) / "counts").open("r+b") as stream:
                tried, was_read, refused = struct.unpack("<3Q", mmap.mmap(stream.fileno(), 24)[:])
        print(
            f"{reader}: {tried:,} inputs in {asked.minutes:g} minutes and {figures.rounds} processes; "
            f"{was_read:,} read, {refused:,} refused, {figures.aborts} aborts, {figures.slow} too slow; "
            f"not caught: {len(figures.finds)}",
            flush=True,
        )
        for find in figures.finds:
            print(f"\n{find}\n", flush=True)


if __name__ == "__main__":
    main()
