"""Holds the mutants of a rule's file against the rule's own cases, in this process."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mutation.kept import SURVIVED, Kept, digest_of
from benchmarks.mutation.mutants import Mutant, mutants
from benchmarks.mutation.toml_mutants import toml_mutants
from benchmarks.mutation.tried import TIME, Tried, tried
from pbr_audit.errors import PbrAuditError
from pbr_audit.packs import Pack, load_rule, make_pack
from pbr_audit.testing import Case, find_cases, read_case, run_case, tables_of
from pbr_audit.testing.run import differences
from pbr_audit.views import Tables

MOST_CPU_SECONDS = 30
SECOND = "the second opinion"
SecondOpinion = Callable[[Pack, str], bool]


class OutOfTime(Exception):
    """Raised where a mutant runs for too long; a rule that never ends is noticed."""


def mutants_of(path: Path) -> list[Mutant]:
    """Return the mutants of a rule's file, Python or TOML."""
    source = path.read_text(encoding="utf-8")
    return toml_mutants(source) if path.suffix == ".toml" else mutants(source)


def try_rule(
    path: Path,
    rules: Path,
    fixtures: Path,
    second: SecondOpinion | None = None,
    kept: tuple[Kept, str] | None = None,
) -> Tried:
    """Return what the cases of a rule in `rules` say of its mutants, and `second` of those that they miss.

    `kept` is where to find what was said before, and the digest of what judges besides the cases.
    """
    folder = fixtures / path.relative_to(rules).with_suffix("")
    ready = [(case, tables_of(case)) for case in (read_case(one, fixtures) for one in find_cases(folder))]
    judges = f"{kept[1] if kept else ''} {digest_of([folder], fixtures)}"
    with TemporaryDirectory(prefix="pbr-audit-mutants-") as scratch:
        copy = Path(scratch) / "rules" / path.relative_to(rules)
        copy.parent.mkdir(parents=True)

        def judge(mutant: Mutant) -> str:
            copy.write_text(mutant.source, encoding="utf-8")
            by = _noticed_by(copy, Path(scratch) / "rules", ready, second)
            # The case that noticed the last one is asked first of the next.
            ready.sort(key=lambda one: one[0].path.stem != by)
            return by

        file = path.relative_to(rules.parent).as_posix()
        return tried(file, mutants_of(path), judge, judges, kept[0] if kept else None)


def _noticed_by(
    path: Path, rules: Path, ready: Sequence[tuple[Case, Tables]], second: SecondOpinion | None
) -> str:
    """Return the case that the rule in `path` answers otherwise than expected, or what else noticed it."""
    try:
        with _limited():
            loaded = load_rule(path, rules)
            pack = make_pack([loaded])
            for case, tables in ready:
                if any(True for _ in differences(case, run_case(case, pack, tables))):
                    return case.path.stem
            if second is not None and second(pack, loaded.rule.id):
                return SECOND
    except PbrAuditError:
        return "loading"
    except OutOfTime:
        return TIME
    return SURVIVED


@contextmanager
def _limited() -> Iterator[None]:
    def end(_number: int, _frame: object) -> None:
        raise OutOfTime

    # Of the processor's time, so that a busy machine kills no mutant.
    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, MOST_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
