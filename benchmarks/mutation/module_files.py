"""Holds the mutants of a module against the tests that are about it, then against the cases of all rules.

Each is judged in a process of its own, forked from one that has pytest and Polars ready, in a copy of the
program.
"""

import multiprocessing
import shutil
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mutation.kept import SURVIVED, Kept, digest_of
from benchmarks.mutation.mutants import Mutant, mutants
from benchmarks.mutation.tests_judge import BY_CASES, BY_NOTHING, BY_TESTS, judge
from benchmarks.mutation.tried import TIME, Tried, tried

# For one that waits for ever; the processor's time is limited by `tests_judge`.
MOST_SECONDS = 900
READY = ["pytest", "polars", "hypothesis.strategies", "pandera.polars", "pydantic", "click", "sqlglot"]
TERMS = (
    "tests/unit/test_terms.py",
    "tests/unit/test_terms_bounds.py",
    "tests/unit/test_terms_checks.py",
    "tests/unit/test_terms_frames.py",
    "tests/unit/test_terms_in_force.py",
    "tests/unit/test_terms_survive_anything.py",
)
TESTS_OF: Mapping[str, Sequence[str]] = {
    "pbr_audit/money.py": ("tests/unit/test_money.py", "tests/generative/test_amounts_against_decimals.py"),
    "pbr_audit/periods.py": ("tests/unit/test_periods.py",),
    "pbr_audit/terms/in_force.py": (TERMS[4], *TERMS[:4]),
    "pbr_audit/terms/frames.py": (TERMS[3], TERMS[0]),
    "pbr_audit/terms/models.py": TERMS,
    "pbr_audit/terms/checks.py": (TERMS[2], TERMS[1], TERMS[4], TERMS[0], TERMS[5]),
    "pbr_audit/terms/terms.py": TERMS,
}
# What these tests run through: a change of any of it asks them again.
RUN_THROUGH = ("errors.py", "money.py", "periods.py", "toml_file.py", "terms", "tables", "rule", "validate")
COPIED = ("pbr_audit", "rules", "tests", "fixtures", "pyproject.toml")
SAID = {BY_TESTS: "tests", BY_CASES: "cases", BY_NOTHING: SURVIVED}


def try_module(name: str, root: Path, kept: Kept) -> Tried:
    """Return what noticed each mutant of a module: its tests, the cases of the rules, or nothing."""
    how = root / "benchmarks" / "mutation" / "tests_judge.py"
    tests = [root / one for one in TESTS_OF[name]] + [root / "pbr_audit" / one for one in RUN_THROUGH]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(READY)
    with TemporaryDirectory(prefix="pbr-audit-mutants-") as scratch:
        copy = Path(scratch) / "copy"
        _copy(root, copy)
        if {_noticed(context, copy, asked, first=True) for asked in (TESTS_OF[name], ())} != {SURVIVED}:
            raise SystemExit(f"{name}: its tests or cases fail without any mutant; make them pass first")
        # Python knows compiled code by second and size, which two mutants may share.
        for compiled in copy.rglob(f"__pycache__/{Path(name).stem}.*.pyc"):
            compiled.unlink()

        def noticed(mutant: Mutant, asked: Sequence[str]) -> str:
            (copy / name).write_text(mutant.source, encoding="utf-8")
            return _noticed(context, copy, asked)

        made = mutants((root / name).read_text(encoding="utf-8"))
        judges = digest_of([how, *tests], root)
        by_tests = tried(name, made, lambda mutant: noticed(mutant, TESTS_OF[name]), judges, kept)
        judges = digest_of([how, *(root / one for one in ("pbr_audit", "rules", "fixtures"))], root)
        by_cases = tried(name, by_tests.survivors, lambda mutant: noticed(mutant, ()), judges, kept)
    return Tried(name, len(made), by_cases.survivors, {**by_tests.noticed_by, **by_cases.noticed_by})


def _copy(root: Path, copy: Path) -> None:
    copy.mkdir()
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, copy / name)


def _noticed(context: ForkServerContext, copy: Path, tests: Sequence[str], *, first: bool = False) -> str:
    """Return what noticed that the program in `copy` differs: tests, or, without any, the cases."""
    process = context.Process(target=judge, args=(str(copy), tests, first))
    process.start()
    process.join(MOST_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    return SAID.get(process.exitcode or 0, TIME)
