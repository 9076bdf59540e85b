"""From a reader's batch to its verdicts: mapped to the standard's columns, then judged."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.ingest import Batch, Mapped, Source
from pbr_audit.tables import Further, Table, table_of
from pbr_audit.validate.cells import key_of
from pbr_audit.validate.compiled import ROW, Outcomes, compile_pass
from pbr_audit.validate.counts import Currencies
from pbr_audit.validate.deciding import Formats, decide
from pbr_audit.validate.keys import SEED, Hashes, among
from pbr_audit.validate.verdicts import Verdicts

MOST_SOURCES = 2**16


class Mapper(Protocol):
    """How the columns of one source become the standard's; InputError where a required one is missing."""

    def __call__(
        self, source: Source, schema: Mapping[str, pl.DataType], *, waived: frozenset[str]
    ) -> Mapped: ...


def same_names(
    table: str,
    source: Source,
    schema: Mapping[str, pl.DataType],
    *,
    waived: frozenset[str],
    further: Further = (),
) -> Mapped:
    """Map each standard column, and each `further` one, to the source's column of that name alone."""
    columns = table_of(table, further).columns
    for name, column in columns.items():
        if column.required and name not in schema and name not in waived:
            raise InputError(f"{source.file}: the required column {name} is missing; add it")
    return Mapped({name: pl.col(name) for name in columns if name in schema}, ())


@dataclass(frozen=True)
class Contracts:
    """What validation takes from the contract terms."""

    cohort_outcomes: Outcomes = frozenset()
    known_outcomes: Outcomes = frozenset()
    currencies: Currencies = field(default_factory=lambda: Currencies({}))


@dataclass(frozen=True)
class Judged:
    """A batch with its verdicts; `source` is the index of its source among the table's sources.

    `mapping` is the source's; `aside` and `said` are the batch's own.
    """

    source: int
    raw: pl.DataFrame
    verdicts: Verdicts
    mapping: Mapped
    aside: pl.DataFrame | None = None
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """Rows whose `key` has one of `hashes`, which are sorted and not empty."""

    key: str
    hashes: Hashes

    def among(self, cells: pl.Series) -> pl.Series:
        """Return which cells, as read, hold one of the keys."""
        keys = key_of(cells)
        return keys.is_not_null() & pl.Series(among(keys.hash(SEED).to_numpy(), self.hashes))


@dataclass(frozen=True)
class Reading:
    """One table's input: `batches` gives all its rows, the same ones each time that it is called.

    `given` is how its columns are written where audit.toml says so; `formats` is what was decided about the
    others, None until the cells have been asked.
    """

    table: str
    mapping: Mapper
    batches: Callable[[], Iterator[Batch]]
    contracts: Contracts
    given: Mapping[str, str] = field(default_factory=dict)
    formats: Formats | None = None
    further: Further = ()

    @property
    def standard(self) -> Table:
        """The table as the standard has it, with the columns beyond it."""
        return table_of(self.table, self.further)

    def decided(self) -> "Reading":
        """Return the same reading, with the formats that its cells decide; reads all of them."""
        parts = ((batch.source, _cells(batch.frame, mapping)) for _, batch, mapping in self._prepared({}))
        return replace(self, formats=decide(self.standard, parts, self.given))

    def judged(self, sources: dict[Source, int], wanted: Wanted | None = None) -> Iterator[Judged]:
        """Judge batch after batch, or of each only the rows `wanted`; new sources are added to `sources`.

        One batch is judged while the caller deals with the one before: Polars works outside Python's lock.
        """
        prepared = self._prepared(sources)
        first = next(prepared, None)
        if first is None:
            return
        done = self._judge(wanted, *first)
        # A thread only where there is a second batch: most tables of a fixture are a few rows.
        with ThreadPoolExecutor(1, thread_name_prefix="judge") as pool:
            for following in prepared:
                ahead = pool.submit(self._judge, wanted, *following)
                yield done
                done = ahead.result()
        yield done

    def _prepared(self, sources: dict[Source, int]) -> Iterator[tuple[int, Batch, Mapped]]:
        mappings: dict[Source, Mapped] = {}
        for batch in self.batches():
            source = sources.setdefault(batch.source, len(sources))
            if source >= MOST_SOURCES:
                raise InputError(
                    f"{self.table}: is made of more than {MOST_SOURCES:,} files; join some of them"
                )
            if batch.source not in mappings:
                mappings[batch.source] = self._mapping(batch)
            yield source, batch, mappings[batch.source]

    def _mapping(self, batch: Batch) -> Mapped:
        schema = {name: dtype for name, dtype in batch.frame.schema.items() if name != ROW}
        waived = frozenset(name for name, column in self.standard.columns.items() if column.unless)
        found = self.mapping(batch.source, schema, waived=waived)
        if not waived or "cohort" in found.columns or self.contracts.cohort_outcomes:
            return found
        # Without a cohort anywhere no row can do without its client.
        return self.mapping(batch.source, schema, waived=frozenset())

    def _judge(self, wanted: Wanted | None, source: int, batch: Batch, mapping: Mapped) -> Judged:
        frame = batch.frame
        if wanted is not None:
            frame = frame.filter(wanted.among(frame.select(mapping.columns[wanted.key]).to_series()))
        cells = _cells(frame, mapping)
        decided = {} if self.formats is None else self.formats.by_source[batch.source]
        compiled = compile_pass(
            self.table,
            tuple((name, dtype) for name, dtype in cells.schema.items() if name != ROW),
            self.contracts.cohort_outcomes,
            self.contracts.known_outcomes,
            tuple(sorted({**self.given, **decided}.items())),
            further=self.further,
        )
        verdicts = compiled.judge(cells, _doubts(frame, mapping), self.contracts.currencies)
        return Judged(source, frame, verdicts, mapping, batch.aside, batch.said)


def _cells(frame: pl.DataFrame, mapping: Mapped) -> pl.DataFrame:
    """Return the standard's columns of a source's rows, as read, and `_row`."""
    return frame.select(*(cell.alias(name) for name, cell in mapping.columns.items()), ROW)


def _doubts(frame: pl.DataFrame, mapping: Mapped) -> Mapping[str, Mapping[str, pl.Series]]:
    doubts: dict[str, dict[str, pl.Series]] = {}
    for doubt in mapping.doubts:
        flag = frame.select(doubt.flag).to_series()
        if flag.any():
            doubts.setdefault(doubt.column, {})[doubt.reason] = flag
    return doubts
