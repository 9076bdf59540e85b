"""Holds the mutants of a rule's file against the rule's own cases, in this process."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mutation.mutants import Mutant, mutants
from benchmarks.mutation.toml_mutants import toml_mutants
from pbr_audit.errors import PbrAuditError
from pbr_audit.packs import Pack, load_rule, make_pack
from pbr_audit.testing import Case, find_cases, read_case, run_case, tables_of
from pbr_audit.testing.run import differences
from pbr_audit.views import Tables

MOST_SECONDS = 30
SECOND = "the second opinion"
SecondOpinion = Callable[[Pack, str], bool]


@dataclass(frozen=True)
class Tried:
    """The mutants of one file, those that nothing noticed, and what noticed the others, by name."""

    file: str
    made: int
    survivors: tuple[Mutant, ...]
    noticed_by: dict[str, int]

    @property
    def killed(self) -> int:
        """How many were noticed."""
        return self.made - len(self.survivors)


class OutOfTime(Exception):
    """Raised where a mutant runs for too long; a rule that never ends is noticed."""


def mutants_of(path: Path) -> list[Mutant]:
    """Return the mutants of a rule's file, Python or TOML."""
    source = path.read_text(encoding="utf-8")
    return toml_mutants(source) if path.suffix == ".toml" else mutants(source)


def try_rule(path: Path, rules: Path, fixtures: Path, second: SecondOpinion | None = None) -> Tried:
    """Return what the cases of a rule in `rules` say of its mutants, and `second` of those that they miss."""
    made = mutants_of(path)
    folder = fixtures / path.relative_to(rules).with_suffix("")
    ready = [(case, tables_of(case)) for case in (read_case(one, fixtures) for one in find_cases(folder))]
    survivors, noticed_by = [], dict.fromkeys((case.path.stem for case, _ in ready), 0)
    with TemporaryDirectory(prefix="pbr-audit-mutants-") as scratch:
        copy = Path(scratch) / "rules" / path.relative_to(rules)
        copy.parent.mkdir(parents=True)
        for mutant in made:
            copy.write_text(mutant.source, encoding="utf-8")
            by = _noticed_by(copy, Path(scratch) / "rules", ready, second)
            if by is None:
                survivors.append(mutant)
            else:
                noticed_by[by] = noticed_by.get(by, 0) + 1
                # The case that noticed the last one is asked first of the next.
                ready.sort(key=lambda one, by=by: one[0].path.stem != by)  # type: ignore[misc]
    return Tried(path.relative_to(rules.parent).as_posix(), len(made), tuple(survivors), noticed_by)


def _noticed_by(
    path: Path, rules: Path, ready: Sequence[tuple[Case, Tables]], second: SecondOpinion | None
) -> str | None:
    """Return the case that the rule in `path` answers otherwise than expected; None where there is none."""
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
        return "time"
    return None


@contextmanager
def _limited() -> Iterator[None]:
    def end(_number: int, _frame: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(MOST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
