"""Holds the mutants of a module against the tests that are about it, a process for each, in a copy."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mutation.mutants import Mutant, mutants
from benchmarks.mutation.rule_files import Tried

MOST_SECONDS = 180
TERMS = (
    "tests/unit/test_terms.py",
    "tests/unit/test_terms_checks.py",
    "tests/unit/test_terms_frames.py",
    "tests/unit/test_terms_in_force.py",
    "tests/unit/test_terms_survive_anything.py",
)
TESTS_OF: Mapping[str, Sequence[str]] = {
    "pbr_audit/money.py": ("tests/unit/test_money.py", "tests/generative/test_amounts_against_decimals.py"),
    "pbr_audit/periods.py": ("tests/unit/test_periods.py",),
    "pbr_audit/terms/in_force.py": (TERMS[3], *TERMS[:3]),
    "pbr_audit/terms/frames.py": (TERMS[2], TERMS[0]),
    "pbr_audit/terms/models.py": TERMS,
    "pbr_audit/terms/checks.py": (TERMS[1], TERMS[3], TERMS[0], TERMS[4]),
    "pbr_audit/terms/terms.py": TERMS,
}
COPIED = ("pbr_audit", "rules", "tests", "fixtures", "pyproject.toml")


def try_module(name: str, root: Path, most: int, seed: int) -> Tried:
    """Return what the tests of one module say of its mutants: of all, or of `most` drawn by `seed`."""
    made = mutants((root / name).read_text(encoding="utf-8"))
    drawn = random.Random(seed).sample(made, most) if len(made) > most else made  # noqa: S311 - no secret
    survivors = []
    with TemporaryDirectory(prefix="pbr-audit-mutants-") as scratch:
        copy = Path(scratch) / "copy"
        _copy(root, copy)
        if not _passes(copy, TESTS_OF[name]):
            raise SystemExit(f"{name}: its tests fail without any mutant; make them pass first")
        survivors = [mutant for mutant in drawn if _survives(mutant, copy, name)]
    return Tried(name, len(drawn), tuple(survivors), {"tests": len(drawn) - len(survivors)})


def _copy(root: Path, copy: Path) -> None:
    copy.mkdir()
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, copy / name)


def _survives(mutant: Mutant, copy: Path, name: str) -> bool:
    module = copy / name
    module.write_text(mutant.source, encoding="utf-8")
    # Python knows compiled code by second and size, which two mutants may share.
    for compiled in module.parent.glob(f"__pycache__/{module.stem}.*.pyc"):
        compiled.unlink()
    return _passes(copy, TESTS_OF[name])


def _passes(copy: Path, tests: Sequence[str]) -> bool:
    """Tell whether the tests pass in time; a mutant that never ends is noticed."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "PYTHONPATH": str(copy)}
    try:
        ran = subprocess.run(
            [*command, *tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0
