"""The sources of one table put together: one section of audit.toml, and what cannot be said in one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import escape
from itertools import takewhile

from pbr_audit.look.facts import Facts
from pbr_audit.look.guessed import Guessed
from pbr_audit.look.words import Vocabulary, Word, vocabulary
from pbr_audit.tables import TABLES, Column
from pbr_audit.validate.evidence import AmountEvidence, DateEvidence

DATES, FIGURES = ("date", "datetime"), ("money", "number", "integer")


@dataclass(frozen=True)
class Entry:
    """One standard column of the section: the headers that it is taken from, or an expression."""

    column: Column
    headers: tuple[str, ...]
    expr: str | None
    doubt: str | None
    is_exact: bool
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Format:
    """How a column is written: `decided` for all files, in each by itself, or `is_open`: a question."""

    column: str
    decided: str | None
    is_open: bool
    sentence: str


@dataclass(frozen=True)
class Section:
    """A table of audit.toml; `left_out` are sources that it cannot hold, each with the reason."""

    table: str
    sources: tuple[Guessed, ...]
    sheet: str | None
    entries: tuple[Entry, ...]
    open: tuple[Column, ...]
    formats: tuple[Format, ...]
    values: Mapping[str, Vocabulary]
    left_out: tuple[tuple[Guessed, str], ...] = field(default=())


def sections(sources: Sequence[Guessed]) -> list[Section]:
    """One section for each table that is there, in the standard's order."""
    return [
        _section(table, [source for source in sources if source.table == table])
        for table in TABLES
        if any(source.table == table for source in sources)
    ]


def _section(table: str, sources: list[Guessed]) -> Section:
    sheet, kept = _sheet(sources)
    why = (
        "one section reads one sheet of each workbook, or sheets of like names; save it as a file of its own"
    )
    left_out = tuple((source, why) for source in sources if source not in kept)
    found = [
        entry for column in TABLES[table].columns.values() if (entry := _entry(column, kept)) is not None
    ]
    there = {entry.column.name for entry in found}
    return Section(
        table=table,
        sources=tuple(kept),
        sheet=sheet,
        entries=tuple(found),
        open=tuple(
            column
            for column in TABLES[table].columns.values()
            if column.required and column.name not in there
        ),
        formats=tuple(made for entry in found if (made := _format(entry, kept)) is not None),
        values={
            entry.column.name: words
            for entry in found
            if (words := _values(entry, kept)).words or words.unlisted
        },
        left_out=left_out,
    )


def _sheet(sources: list[Guessed]) -> tuple[str | None, list[Guessed]]:
    """The sheet that the section names, a name or a pattern, and the sources that it then reads."""
    names = [source.looked.sheet for source in sources if source.looked.sheet is not None]
    if not names:
        return None, sources
    patterns = [*dict.fromkeys(names), f"{escape(_common_start(names))}*", "*"]
    read = {pattern: _read_by(pattern, sources) for pattern in patterns}
    best = max(patterns, key=lambda pattern: (len(read[pattern]), -patterns.index(pattern)))
    return best, read[best]


def _common_start(names: Sequence[str]) -> str:
    # Whatever lies between the least and the greatest begins as both begin.
    least, greatest = min(names), max(names)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(least, greatest, strict=False))
    return "".join(sign for sign, _ in same)


def _read_by(pattern: str, sources: list[Guessed]) -> list[Guessed]:
    """The sources that `pattern` reads; none where it also reads a sheet that is none of them."""
    read = []
    for source in sources:
        theirs = {one.looked.sheet for one in sources if one.looked.path == source.looked.path}
        sheets = {name for name in source.looked.sheets if name == pattern or fnmatchcase(name, pattern)}
        if len(source.looked.sheets) > 1 and not sheets <= theirs:
            return []
        if not source.looked.sheets or (source.looked.sheet or source.looked.sheets[0]) in sheets:
            read.append(source)
    return read


def _entry(column: Column, sources: Sequence[Guessed]) -> Entry | None:
    taken = [(source, source.taken[column.name]) for source in sources if column.name in source.taken]
    if not taken:
        return None
    lacking = tuple(source.looked.shown for source in sources if column.name not in source.taken)
    exprs = {one.expr for _, one in taken}
    doubt = next((one.doubt for _, one in taken if one.doubt is not None), None)
    first = taken[0][1]
    if first.expr is not None and len(exprs) == 1 and not lacking:
        return Entry(column, first.headers, first.expr, doubt, is_exact=False, lacking=())
    headers = tuple(dict.fromkeys(one.headers[0] for _, one in taken))
    # An expression holds for all files or for none, and of several headers a file has to have one.
    if any(exprs) or any(_count(source, headers) > 1 for source in sources):
        return None
    return Entry(column, headers, None, doubt, all(one.is_exact for _, one in taken), lacking)


def _count(source: Guessed, headers: Sequence[str]) -> int:
    return sum(facts.header in headers for facts in source.looked.columns)


def _columns_of(entry: Entry, sources: Sequence[Guessed]) -> list[tuple[Guessed, Facts]]:
    return [
        (source, source.facts(taken.headers[0]))
        for source in sources
        if (taken := source.taken.get(entry.column.name)) is not None and taken.expr is None
    ]


def _format(entry: Entry, sources: Sequence[Guessed]) -> Format | None:
    """What has to be said of how a column is written: nothing, where a run reads it as it stands."""
    name, kind = entry.column.name, entry.column.kind
    if kind not in (*DATES, *FIGURES):
        return None
    parts = [(source, facts) for source, facts in _columns_of(entry, sources) if facts.filled]
    evidence = {f"{source.looked.shown}, {name}": _evidence(facts, kind) for source, facts in parts}
    decided = {where: _decision(one) for where, one in evidence.items() if one is not None}
    said = {where: what for where, what in decided.items() if what not in ("year-first", "decimal-point")}
    if not said:
        return None
    sentence = "; ".join(
        one.sentence(where) for where, one in evidence.items() if where in said and one is not None
    )
    found = list(decided.values())
    same = found[0] if len(set(found)) == 1 else None
    return Format(name, same, is_open=None in found, sentence=sentence)


def _evidence(facts: Facts, kind: str) -> DateEvidence | AmountEvidence | None:
    if kind in DATES:
        return facts.days.evidence if facts.days is not None else None
    return facts.figures.evidence if facts.figures is not None else None


def _decision(evidence: DateEvidence | AmountEvidence) -> str | None:
    return evidence.order() if isinstance(evidence, DateEvidence) else evidence.decimal()


def _values(entry: Entry, sources: Sequence[Guessed]) -> Vocabulary:
    if not entry.column.closed:
        return Vocabulary((), 0)
    found = [vocabulary(entry.column, facts) for _, facts in _columns_of(entry, sources)]
    words: dict[str, Word] = {word.word: word for one in found for word in one.words}
    return Vocabulary(tuple(words[word] for word in sorted(words)), sum(one.unlisted for one in found))
