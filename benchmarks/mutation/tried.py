"""What came of the mutants of one file."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.mutation.kept import SURVIVED, Kept, key_of
from benchmarks.mutation.mutants import Mutant

# What is told of a mutant that runs for too long; one that never ends is noticed.
TIME = "time"


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


def tried(
    file: str,
    made: Sequence[Mutant],
    judge: Callable[[Mutant], str],
    judges: str = "",
    kept: Kept | None = None,
) -> Tried:
    """Return what `judge` says of each mutant, or said before where `kept` knows it."""
    survivors = []
    noticed_by: dict[str, int] = {}
    for place, mutant in enumerate(made):
        key = key_of(judges, mutant.source)
        by = kept.get(key) if kept else None
        if by is None:
            _show(file, place, len(made))
            by = judge(mutant)
            if kept:
                kept.put(key, by)
        if by == SURVIVED:
            survivors.append(mutant)
        else:
            noticed_by[by] = noticed_by.get(by, 0) + 1
    _show("", 0, 0)
    return Tried(file, len(made), tuple(survivors), noticed_by)


def _show(file: str, place: int, of: int) -> None:
    """Say on a terminal how far it is."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{file}: {place} of {of}" if of else "\r\x1b[K", end="", file=sys.stderr, flush=True)
