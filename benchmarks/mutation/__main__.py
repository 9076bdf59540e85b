"""How many small slips in a rule, or in money, periods and terms, would be noticed.

    .venv/bin/python -m benchmarks.mutation                     everything
    .venv/bin/python -m benchmarks.mutation rules/              the rules
    .venv/bin/python -m benchmarks.mutation PBR301 money        some files, with their survivors

A rule is held against its fixture cases, and what these miss against its query on the invented worlds of
`tests/oracle`; a module against its tests, and then the cases of all rules. What was said of a mutant is kept
in `build/mutation` until the file or what judges it changes, so that a campaign that was stopped goes on.

Bars: every rule's file has mutants; of all, 90 % are killed; of each rule's, 80 % of those that could be: a
mutant that cannot differ is counted there, and only there, as not made. Every survivor stands in
`survivors.toml` with its reason, and nothing stands there that is killed or no longer made. Ends with 1 where
a bar is missed. Nothing is drawn by chance.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from time import process_time

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # as `pbr-audit test` does

from benchmarks.mutation.kept import Kept, digest_of
from benchmarks.mutation.module_files import TESTS_OF, try_module
from benchmarks.mutation.rule_files import SECOND, try_rule
from benchmarks.mutation.second_opinion import says_otherwise
from benchmarks.mutation.survivors import Reason, Survivor, known_survivors
from benchmarks.mutation.tried import TIME, Tried

LEAST_KILLED = 0.90
LEAST_OF_A_RULE = 0.80
ROOT = Path(__file__).parents[2]
HERE = "benchmarks/mutation"
BESIDES_THE_CASES = ("pbr_audit", "tests/oracle", f"{HERE}/rule_files.py", f"{HERE}/second_opinion.py")


def main(arguments: Sequence[str]) -> int:
    """Try the mutants, print a line for each file, and return 1 where a bar is missed."""
    names = _names(arguments)
    os.nice(15)
    started = process_time()
    known = known_survivors()
    all_tried = [_shown(one, known) for one in _all(names)]
    for group, members in groupby(all_tried, key=lambda one: Path(one.file).parent.as_posix()):
        print(f"{group}: {_score(list(members))}")
    print(f"all: {_score(all_tried)}; {process_time() - started:.0f} CPU seconds, modules not counted")
    missed = [*missed_by(all_tried, known), *unexplained_of(all_tried, known)]
    for line in missed:
        print(line)
    print(f"at least {LEAST_KILLED:.0%} killed, and every survivor explained: {'NO' if missed else 'yes'}")
    return 1 if missed else 0


def _names(arguments: Sequence[str]) -> Sequence[str]:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="what a file's path has to hold; every file without any")
    names: list[str] = parser.parse_args(arguments).names
    return names


def _all(names: Sequence[str]) -> Iterator[Tried]:
    kept = Kept(ROOT / "build" / "mutation" / "noticed.jsonl")
    besides = [
        *(ROOT / "benchmarks" / "mutation").glob("*.py"),
        ROOT / "pbr_audit",
        ROOT / "tests" / "oracle",
    ]
    judges = digest_of(besides, ROOT)
    rules = ROOT / "rules"
    for path in sorted(path for path in rules.rglob("*") if path.suffix in {".py", ".toml"}):
        if "__pycache__" not in path.parts and _asked(path, names):
            yield try_rule(path, rules, ROOT / "fixtures" / "rules", says_otherwise, (kept, judges))
    for name in TESTS_OF:
        if _asked(ROOT / name, names):
            yield try_module(name, ROOT, kept)


def _asked(path: Path, names: Sequence[str]) -> bool:
    return not names or any(asked in path.relative_to(ROOT).as_posix() for asked in names)


def _shown(one: Tried, known: Mapping[Survivor, Reason]) -> Tried:
    second, time = one.noticed_by.get(SECOND, 0), one.noticed_by.get(TIME, 0)
    told = f", {second} of them by the second opinion alone" if second else ""
    told += f", {time} by running for too long" if time else ""
    if same := _cannot_differ(one, known):
        told += f"; {same} cannot differ"
    print(f"{one.file}: {one.killed} of {one.made}{told}", flush=True)
    return one


def _cannot_differ(one: Tried, known: Mapping[Survivor, Reason]) -> int:
    survivors = [Survivor(one.file, mutant.text, mutant.becomes) for mutant in one.survivors]
    return sum(survivor in known and known[survivor].cannot_differ for survivor in survivors)


def _score(some: Sequence[Tried]) -> str:
    made, killed = sum(one.made for one in some), sum(one.killed for one in some)
    return f"{killed} of {made} mutants killed, {killed / max(made, 1):.1%}"


def missed_by(all_tried: Sequence[Tried], known: Mapping[Survivor, Reason]) -> Iterator[str]:
    """Yield a line for each bar that is missed: by all, or by a file."""
    if sum(one.killed for one in all_tried) < LEAST_KILLED * sum(one.made for one in all_tried):
        yield f"fewer than {LEAST_KILLED:.0%} of all are killed"
    for one in all_tried:
        if not one.made:
            yield f"{one.file}: no mutant can be made of it, so that nothing is known of its cases"
        elif one.file.startswith("rules/") and one.killed < LEAST_OF_A_RULE * (
            one.made - _cannot_differ(one, known)
        ):
            yield f"{one.file}: fewer than {LEAST_OF_A_RULE:.0%} of the mutants that can differ are killed"


def unexplained_of(all_tried: Iterable[Tried], reasons: Mapping[Survivor, Reason]) -> Iterator[str]:
    """Yield a line for each survivor without a reason, and for each reason without a survivor."""
    for one in all_tried:
        lines = {Survivor(one.file, mutant.text, mutant.becomes): mutant.line for mutant in one.survivors}
        for survivor, line in lines.items():
            if survivor not in reasons:
                yield f"{one.file} line {line}: survives without a reason"
                yield f"  - {survivor.text}"
                yield f"  + {survivor.becomes}"
        for survivor, reason in reasons.items():
            if survivor.file == one.file and survivor not in lines and not reason.by_chance:
                yield f"{one.file}: survivors.toml explains what is killed, or not made"
                yield f"  + {survivor.becomes}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
