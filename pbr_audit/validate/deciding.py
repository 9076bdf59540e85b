"""Which columns are written in another way than the standard's, decided by all cells of a table.

The evidence of a table's sources is taken together: one table may come in several files, and its rows in any
order. Where sources contradict each other, each is decided by its own cells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import cast

import polars as pl

from pbr_audit.ingest import Source
from pbr_audit.tables import Column, Table
from pbr_audit.validate.amounts import Kind
from pbr_audit.validate.cells import typed
from pbr_audit.validate.evidence import (
    MIXED,
    UNDECIDED,
    Evidence,
    amounts_in,
    dates_in,
    readable,
    words_of,
)
from pbr_audit.validate.looking import holds_rates, is_looked_at

# So many words of a column are held before they are counted by how they are written.
_MOST_WORDS = 200_000


@dataclass(frozen=True)
class Formats:
    """How each source's columns are written, where that is not the standard's way, and sentences on it."""

    by_source: Mapping[Source, Mapping[str, str]] = field(default_factory=dict)
    said: tuple[str, ...] = ()


class _Gathering:
    """The evidence on one column of one source, as its batches come."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._words: list[pl.DataFrame] = []
        self._evidence: list[Evidence] = []
        self._standard = 0

    def add(self, cells: pl.Series) -> None:
        self._words.append(words_of(cells))
        if sum(words.height for words in self._words) > _MOST_WORDS:
            self._count()

    def evidence(self) -> Evidence:
        """Return what all cells say."""
        self._count()
        return reduce(add, self._evidence)

    @property
    def differs(self) -> bool:
        """Whether some cell that can be read is not in the standard's own form; asked after `evidence`."""
        return sum(readable(one) for one in self._evidence) > self._standard

    def _count(self) -> None:
        words = pl.concat(self._words).group_by("word").agg(pl.col("cells").sum())
        standard = words.select(typed(pl.col("word"), pl.String(), self._column)).to_series().is_not_null()
        self._standard += int(words["cells"].filter(standard).sum())
        self._evidence.append(_evidence(words, self._column))
        self._words = [words.clear()]


def decide(table: Table, parts: Iterable[tuple[Source, pl.DataFrame]], given: Mapping[str, str]) -> Formats:
    """Decide how a table's columns are written; those `given` are decided already.

    `parts` are the mapped cells of each batch, with the source that it is of.
    """
    gathered: dict[str, dict[Source, _Gathering]] = {}
    sources: dict[Source, None] = {}
    for source, cells in parts:
        sources[source] = None
        for name, dtype in cells.schema.items():
            column = table.columns.get(name)
            if column is not None and name not in given and is_looked_at(column, dtype):
                by_source = gathered.setdefault(name, {})
                by_source.setdefault(source, _Gathering(column)).add(cells[name])
    written: dict[Source, dict[str, str]] = {source: {} for source in sources}
    said: list[str] = []
    for name in [name for name in table.columns if name in gathered]:
        evidence = {source: found.evidence() for source, found in gathered[name].items()}
        if any(found.differs for found in gathered[name].values()):
            where = table.name if len(sources) > 1 else next(iter(sources)).shown
            decided, sentences = _decided(evidence, f"{where}, {name}", name)
            for source, format_ in decided.items():
                written[source][name] = format_
            said += sentences
    return Formats(written, tuple(said))


def _decided(
    evidence: Mapping[Source, Evidence], where: str, name: str
) -> tuple[dict[Source, str], list[str]]:
    """Return how a column is written in each source: by all cells, or by its own where sources disagree."""
    pooled = _together(evidence.values())
    decided = pooled.decided()
    alone = {source: found.decided() for source, found in evidence.items()}
    if decided != MIXED or all(one in {MIXED, UNDECIDED} for one in alone.values()):
        return dict.fromkeys(evidence, decided), [pooled.sentence(where)]
    # What does not decide by itself could be either of what the others are.
    own = {source: MIXED if one == UNDECIDED else one for source, one in alone.items()}
    said = [
        found.sentence(f"{source.shown}, {name}") for source, found in evidence.items() if readable(found)
    ]
    return own, said


def _together(evidence: Iterable[Evidence]) -> Evidence:
    return cast("Evidence", reduce(add, cast("Iterable[object]", evidence)))


def _evidence(words: pl.DataFrame, column: Column) -> Evidence:
    if column.kind in {"date", "datetime"}:
        return dates_in(words, moments=column.kind == "datetime")
    return amounts_in(words, cast("Kind", column.kind), rate=holds_rates(column))
