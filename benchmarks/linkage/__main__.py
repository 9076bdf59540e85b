"""pbr_audit.linkage beside Splink 5, on the same data in the same run.

    pip install '.[bench]'
    python -m benchmarks.linkage                                  every data set that is there
    python -m benchmarks.linkage febrl3 people:100000 --seeds 1 2 --census DRAWN.parquet --out RESULTS.jsonl

Data sets: febrl1 to febrl4, fake_1000, historical_50k, census (see `census.py`), people:N and its special
worlds (see `worlds.py`). Ours is one automatic policy at its default threshold, 0.95; Splink has the settings
of its own demonstrations, and is also told at the threshold that suits it best, which nobody knows without
the truth. Each engine runs in a process of its own, which counts its CPU seconds, and its highest memory
before it writes anything.

Prints a table, and writes one JSON line for each data set, seed and engine. Timings on a shared machine are
noisy: read the ratios within one run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.linkage.datasets import ID, People, load
from benchmarks.linkage.measures import Agreement, agreement, as_labels, best_cut, cuts_of, numbered

SMALL = ("febrl1", "febrl2", "febrl3", "febrl4", "fake_1000", "historical_50k")
ENGINES = ("ours", "splink")
ROOT = Path(__file__).parents[2]
CUTS_SMALL, CUTS_LARGE, LARGE = 60, 12, 200_000
Record = dict[str, Any]


def main() -> None:
    asked = _arguments()
    for name in asked.datasets:
        for seed in asked.seeds:
            people = load(name, seed=seed, census=asked.census)
            for record in _both(people, asked.engines, seed=seed, trained=asked.trained):
                print(_line(record), flush=True)
                if asked.out:
                    with asked.out.open("a", encoding="utf-8") as out:
                        out.write(json.dumps(record) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="pbr_audit.linkage beside Splink 5")
    parser.add_argument("datasets", nargs="*", default=list(SMALL))
    parser.add_argument("--seeds", nargs="*", type=int, default=[1])
    parser.add_argument("--engines", nargs="*", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--census", type=Path, help="what census.py drew")
    parser.add_argument("--trained", action="store_true", help="time a model that is already trained, too")
    parser.add_argument("--out", type=Path, help="a file of JSON lines to add to")
    return parser.parse_args()


def _both(people: People, engines: Sequence[str], *, seed: int, trained: bool) -> list[Record]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        people.records.write_parquet(folder / "people.parquet")
        people.records.select(ID, person=people.truth).write_parquet(folder / "truth.parquet")
        records = []
        for engine in engines:
            told = _run(engine, folder, _job(people, seed, trained=False))
            if "failed" in told:
                records.append({**_head(people, engine, seed), **told})
                continue
            if trained:
                again = _run(
                    engine, folder, _job(people, seed, trained=True), result=f"{engine}.trained.json"
                )
                told["trained"] = {"cpu": again["cpu"], "wall": again["wall"], "peak_gb": again["peak_gb"]}
            records.append({**_head(people, engine, seed), **_quality(people, folder, engine, told), **told})
        return records


def _job(people: People, seed: int, *, trained: bool) -> Record:
    return {"settings": people.settings, "across": people.across, "seed": seed, "trained": trained}


def _run(engine: str, folder: Path, job: Record, result: str | None = None) -> Record:
    (folder / "job.json").write_text(json.dumps(job))
    command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.linkage.run_{engine}", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"{engine} ended with {ran.returncode}:\n{ran.stderr[-3000:]}")
    told: Record = json.loads((folder / (result or f"{engine}.json")).read_text())
    return told


def _head(people: People, engine: str, seed: int) -> Record:
    return {"set": people.name, "engine": engine, "seed": seed, "records": people.records.height}


def _quality(people: People, folder: Path, engine: str, told: Record) -> Record:
    truth = as_labels(people.truth)
    grouped = pl.read_parquet(folder / f"{engine}.clusters.parquet")
    grouped = people.records.select(id=ID).join(
        grouped.with_columns(pl.col("cluster_id").cast(pl.String)), on="id", how="left", maintain_order="left"
    )
    links = numbered(people.records[ID], pl.read_parquet(folder / f"{engine}.links.parquet"))
    cuts = cuts_of(links["score"], CUTS_LARGE if len(truth) > LARGE else CUTS_SMALL)
    cut, best = best_cut(truth, links, cuts)
    default = agreement(truth, as_labels(grouped["cluster_id"]))
    return {
        "default": default.as_record(),
        "best": {"at": round(cut, 4), **best.as_record()},
        **_blocking(told, default),
    }


def _blocking(told: Record, default: Agreement) -> Record:
    right = told.get("compared_right")
    return (
        {}
        if right is None or not default.pairs_true
        else {"blocking_recall": round(right / default.pairs_true, 5)}
    )


def _line(record: Record) -> str:
    start = f"{record['set']:<16} {record['engine']:<7} seed {record['seed']:<3}"
    if "failed" in record:
        return f"{start} {record['failed']}"
    default, best = record["default"], record["best"]
    figures = (default["precision"], default["recall"], default["f1"], default["b_cubed_f1"], best["f1"])
    shown = " ".join("     -" if x is None else f"{100 * x:6.2f}" for x in figures)
    return (
        f"{start} P R F1 B3 best {shown}  joined {default['pairs_found']:>7,}"
        f"  blocking {100 * record.get('blocking_recall', float('nan')):6.2f}"
        f"  compared {record['compared']:>10,}  cpu {record['cpu']:6.2f}  wall {record['wall']:6.2f}"
        f"  {record['peak_gb']:.2f} GB"
    )


if __name__ == "__main__":
    main()
