"""How many small slips in a rule, or in money, periods and terms, would be noticed.

    .venv/bin/python -m benchmarks.mutation                     every rule, against its fixture cases
    .venv/bin/python -m benchmarks.mutation PBR301 PBR306       some of them, with their survivors
    .venv/bin/python -m benchmarks.mutation --modules           money, periods and terms, against their tests

Bars: 90 % of all mutants of a group are killed, every rule's file has mutants, and every survivor stands in
`survivors.toml` with its reason; nothing stands there that is killed or no longer made. Ends with 1 where a
bar is missed. Nothing is drawn by chance unless `--most` says so: then so many mutants of each module, by
`--seed`.

What a rule's cases miss is held against its query on the invented worlds of `tests/oracle`, and told apart.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from time import process_time

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as `pbr-audit test` does

from benchmarks.mutation.module_files import TESTS_OF, try_module
from benchmarks.mutation.rule_files import SECOND, Tried, try_rule
from benchmarks.mutation.second_opinion import says_otherwise
from benchmarks.mutation.survivors import Survivor, known_survivors
from pbr_audit.packs import shipped_rules

LEAST_KILLED = 0.90
ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str]) -> int:
    """Try the mutants, print a line for each file, and return 1 where a bar is missed."""
    options = _options(arguments)
    started = process_time()
    tried = list(_shown(_modules(options) if options.modules else _rules(options.names)))
    made, killed = sum(one.made for one in tried), sum(one.killed for one in tried)
    without = [one.file for one in tried if not one.made]
    unexplained = list(unexplained_of(tried, known_survivors(), sampled=options.most < sys.maxsize))
    print(f"all: {killed} of {made} mutants killed, {killed / max(made, 1):.1%}", end="")
    print(f"; {process_time() - started:.0f} CPU seconds" if not options.modules else "")
    for file in without:
        print(f"{file}: no mutant can be made of it, so that nothing is known of its cases")
    for line in unexplained:
        print(line)
    held = not without and not unexplained and killed >= LEAST_KILLED * made
    print(f"at least {LEAST_KILLED:.0%} killed, and every survivor explained: {'yes' if held else 'NO'}")
    return 0 if held else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", help="what a file's name has to hold; every file without any")
    parser.add_argument("--modules", action="store_true", help="money, periods and terms, and no rules")
    parser.add_argument("--most", type=int, default=sys.maxsize, help="mutants of a module, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(arguments)


def _rules(names: Sequence[str]) -> Iterator[Tried]:
    rules = shipped_rules()
    for path in sorted(path for path in rules.rglob("*") if path.suffix in {".py", ".toml"}):
        if "__pycache__" not in path.parts and _asked(path.name, names):
            yield try_rule(path, rules, rules.parent / "fixtures" / "rules", says_otherwise)


def _modules(options: argparse.Namespace) -> Iterator[Tried]:
    for name in TESTS_OF:
        if _asked(name, options.names):
            yield try_module(name, ROOT, options.most, options.seed)


def _asked(name: str, names: Sequence[str]) -> bool:
    return not names or any(asked in name for asked in names)


def _shown(tried: Iterable[Tried]) -> Iterator[Tried]:
    for one in tried:
        second = one.noticed_by.get(SECOND, 0)
        told = f", {second} of them by the second opinion alone" if second else ""
        print(f"{one.file}: {one.killed} of {one.made}{told}", flush=True)
        yield one


def unexplained_of(
    tried: Sequence[Tried], reasons: Mapping[Survivor, str], *, sampled: bool
) -> Iterator[str]:
    """Yield a line for each survivor without a reason, and for each reason without a survivor."""
    for one in tried:
        lines = {Survivor(one.file, mutant.text, mutant.becomes): mutant.line for mutant in one.survivors}
        for survivor, line in lines.items():
            if survivor not in reasons:
                yield f"{one.file} line {line}: survives without a reason"
                yield f"  - {survivor.text}"
                yield f"  + {survivor.becomes}"
        for survivor in reasons:
            # Of a sample nobody knows whether the others were made.
            if survivor.file == one.file and survivor not in lines and not sampled:
                yield f"{one.file}: survivors.toml explains what is killed, or not made"
                yield f"  + {survivor.becomes}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
