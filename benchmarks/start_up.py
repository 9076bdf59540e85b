"""How long `pbr-audit --help` takes, beside an empty Python and beside an import of Polars.

    .venv/bin/python benchmarks/start_up.py

Bar: under 0.3 s. Median and least of twenty runs each, taken in turn so that a busy moment hits all alike.
"""

import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 20
BAR_SECONDS = 0.3
COMMANDS = {
    "python, empty": ("-c", "pass"),
    "pbr-audit --help": ("-m", "pbr_audit", "--help"),
    "import polars": ("-c", "import polars"),
}


def seconds(arguments: tuple[str, ...]) -> float:
    """Return the wall seconds of one run."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return perf_counter() - start


def main() -> None:
    """Measure and print."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            taken[name].append(seconds(arguments))
    empty = median(taken["python, empty"])
    for name, times in taken.items():
        ratio = median(times) / empty
        print(f"{name:<18} median {median(times):.3f} s  least {min(times):.3f} s  {ratio:.1f} times empty")
    held = median(taken["pbr-audit --help"]) < BAR_SECONDS
    print(f"under {BAR_SECONDS} s: {'yes' if held else 'NO'}")


if __name__ == "__main__":
    main()
