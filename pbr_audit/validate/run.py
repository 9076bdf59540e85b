"""Tables in, typed tables and rejected rows out; what was read is accounted for to the penny."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from pbr_audit.dataset import DataSet
from pbr_audit.errors import InputError
from pbr_audit.ingest import Batch, Source, batches, mapped
from pbr_audit.tables import Further
from pbr_audit.terms import Terms
from pbr_audit.validate.compiled import ROW
from pbr_audit.validate.corrections import Corrections, counted_twice, say_corrected
from pbr_audit.validate.counts import Counts, Currencies, Tally
from pbr_audit.validate.judging import Contracts, Reading, same_names
from pbr_audit.validate.keys import RUN_KEYS, Ledger
from pbr_audit.validate.noticed import Noticed
from pbr_audit.validate.rejects import COLUMN, Rejects, aside_rows, kept_tally, rejected_rows
from pbr_audit.validate.repeats import repeats
from pbr_audit.validate.spool import SOURCE, Spool
from pbr_audit.validate.verdicts import REASONS

# A row in memory is numbered as a spreadsheet would show it: the header is row 1.
FIRST_ROW = 2
# What there is to audit; the other tables are there to hold these against.
AUDITED = ("claims", "performance", "score_counts", "measurements", "referrals")
# Where the terms have a supply chain, there is that to audit: who is on which side of which contract.
OF_THE_SUPPLY_CHAIN = "providers"
# What money was asked for or paid on: given without a row, it is an export that failed, no clean bill.
PAID_ON = ("claims", "performance", "score_counts")
PLACE: Mapping[str, pl.DataType] = {SOURCE: pl.UInt16(), ROW: pl.UInt32()}
LIST = pl.List(pl.String)
REJECTED: Mapping[str, pl.DataType] = {**PLACE, COLUMN: LIST, REASONS: LIST}


@dataclass(frozen=True)
class ValidTable:
    """A table, validated; `columns` are the typed names of the columns that at least one source has.

    `frame` holds the accepted rows: those columns, `_source` (an index into `sources`) and `_row`. `said` are
    sentences on how the sources were read, each once. Records that a reader set aside are rows read and
    rejected.
    """

    frame: pl.LazyFrame
    columns: frozenset[str]
    counts: Counts
    rejects: Rejects
    sources: tuple[Source, ...]
    rows_by_source: tuple[int, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Validated:
    """All tables of a data set, validated; `supply_chain` tells whether the terms name subcontractors."""

    tables: Mapping[str, ValidTable]
    supply_chain: bool = False

    @property
    def said(self) -> tuple[str, ...]:
        """Sentences on how the sources of all tables were read, each once."""
        return tuple(dict.fromkeys(sentence for table in self.tables.values() for sentence in table.said))

    def assert_complete(self) -> None:
        """Raise IncompleteError unless every table's rows and pence are accounted for."""
        for table in self.tables.values():
            table.counts.assert_complete()

    def auditable(self, max_rejects: float, *, also: tuple[str, ...] = ()) -> bool:
        """Tell whether no table lost more than this share of its rows, and something is left to audit.

        `also` are tables that count as something although no rule reads them.
        """
        accepted = {name: table.counts.accepted for name, table in self.tables.items()}
        audited = (*AUDITED, *also, *((OF_THE_SUPPLY_CHAIN,) if self.supply_chain else ()))
        something = any(accepted.get(name) for name in audited)
        nothing_missing = all(accepted[name] for name in PAID_ON if name in accepted)
        few_rejects = all(table.counts.rejected_share <= max_rejects for table in self.tables.values())
        return something and nothing_missing and few_rejects


def validate(dataset: DataSet, terms: Terms, work_dir: Path) -> Validated:
    """Read and validate every table of `dataset`; frames may stand in files under `work_dir` afterwards.

    Raises InputError where a file cannot be read as its table. Rejected rows are no error.
    """
    contracts = contracts_of(terms)
    tables = {}
    for name, table_input in dataset.tables.items():
        reading = Reading(
            name,
            partial(mapped, table_input),
            partial(batches, table_input, dataset),
            contracts,
            table_input.formats,
            further=table_input.further,
        )
        tables[name] = _table(reading, work_dir / name)
        require_covariates(dataset, name, tables[name].columns)
    return Validated(tables, _has_supply_chain(terms))


def require_covariates(dataset: DataSet, table: str, columns: frozenset[str]) -> None:
    """Raise InputError where a covariate that audit.toml names of a table is none of its `columns`."""
    missing = [name for name, _ in dataset.tables[table].further if name not in columns]
    if missing:
        raise InputError(
            f"{dataset.name}: the covariate {missing[0]} is in no file of the table {table}; correct its "
            f"name in audit.toml, or name its header under [tables.{table}.columns]"
        )


def validate_frames(
    frames: Mapping[str, pl.DataFrame],
    terms: Terms,
    work_dir: Path,
    further: Mapping[str, Further] | None = None,
) -> Validated:
    """Validate small tables of text that are in memory already, through the same pass; see `validate`.

    `further` are columns beyond the standard's, by table.
    """
    contracts, beyond = contracts_of(terms), further or {}
    return Validated(
        {
            name: _table(_in_memory(name, frame, contracts, beyond.get(name, ())), work_dir / name)
            for name, frame in frames.items()
        },
        _has_supply_chain(terms),
    )


def validate_table(reading: Reading, folder: Path) -> ValidTable:
    """Read and validate one table, whatever its rows come from; see `validate`."""
    return _table(reading, folder)


def _has_supply_chain(terms: Terms) -> bool:
    return any(contract.supply_chain for contract in terms.contracts)


def contracts_of(terms: Terms) -> Contracts:
    """Return what validation needs of the terms."""
    return Contracts(terms.cohort_outcomes(), terms.outcome_codes(), Currencies(terms.currencies()))


def _in_memory(name: str, frame: pl.DataFrame, contracts: Contracts, further: Further) -> Reading:
    rows = frame if ROW in frame.columns else frame.with_row_index(ROW, FIRST_ROW)
    batch = Batch(Source(name, Path(name)), rows)
    names = partial(same_names, name, further=further)
    return Reading(name, names, lambda: iter([batch]), contracts, further=further)


def _table(reading: Reading, folder: Path) -> ValidTable:
    found = _judged(reading, folder)
    if found is not None:
        return found
    # Some cells are written in a way of their own: in which, all cells of the table decide together.
    return _table(reading.decided(), folder / "decided")


def _judged(reading: Reading, folder: Path) -> ValidTable | None:
    """Judge all rows; None, at the first batch that shows it, where formats have to be decided first."""
    currencies = reading.contracts.currencies
    accepted = Spool(folder / "accepted", currencies.tally, PLACE)
    rejected = Spool(folder / "rejected", partial(kept_tally, currencies), REJECTED)
    corrections, noticed = Corrections(), Noticed()
    reading = replace(reading, batches=corrections.noting(reading.batches))
    ledger = Ledger(folder / "keys", RUN_KEYS)
    key = next((column.name for column in reading.standard.columns.values() if column.unique), None)
    sources: dict[Source, int] = {}
    rows_by_source: dict[int, int] = {}
    columns: set[str] = set()
    said: dict[str, None] = {}
    read, unreadable_amounts = Tally(), 0
    for judged in reading.judged(sources):
        verdicts = judged.verdicts
        if verdicts.otherwise and reading.formats is None:
            return None
        noticed += verdicts.noticed
        said |= dict.fromkeys(judged.said)
        set_aside = 0 if judged.aside is None else judged.aside.height
        rows_by_source[judged.source] = rows_by_source.get(judged.source, 0) + judged.raw.height + set_aside
        if judged.aside is not None and set_aside:
            read += Tally(set_aside)
            rejected.add(aside_rows(judged.aside, judged.source), judged.source)
        read += Tally(judged.raw.height, currencies.tally(verdicts.typed).pence)
        unreadable_amounts += verdicts.unreadable_amounts
        columns |= set(verdicts.typed.columns) - {ROW}
        if key is not None:
            ledger.add(verdicts.typed[key])
        if verdicts.rejected is not None:
            rejected.add(rejected_rows(judged), judged.source)
        passed = verdicts.typed if verdicts.rejected is None else verdicts.split()[0]
        accepted.add(passed.with_columns(pl.lit(judged.source, dtype=pl.UInt16).alias(SOURCE)), judged.source)
    candidates = ledger.repeated()
    corrected = corrections.places(sources)
    if key is not None and len(candidates):
        for aside in repeats(reading, key, candidates, sources, corrected):
            accepted.remove(aside.kept)
            rejected.remove(aside.kept)
            rejected.add(aside.kept, aside.source)
    say_corrected(rejected, corrected, {index: source.shown for source, index in sources.items()})
    rejects = Rejects(rejected.tally.rows, rejected.frame(), tuple(sources))
    beside, replaced = rejects.standing() if rejects.rows else (0, 0)
    counts = Counts(
        table=reading.table,
        read=read.rows,
        accepted=accepted.tally.rows,
        rejected=rejected.tally.rows,
        read_pence=read.pence,
        accepted_pence=accepted.tally.pence,
        rejected_pence=rejected.tally.pence,
        unreadable_amounts=unreadable_amounts,
        beside=beside,
        replaced=replaced,
    )
    return ValidTable(
        frame=accepted.frame(),
        columns=frozenset(columns),
        counts=counts,
        rejects=rejects,
        sources=tuple(sources),
        rows_by_source=tuple(rows_by_source[index] for index in sources.values()),
        said=(
            *said,
            *(reading.formats.said if reading.formats is not None else ()),
            *noticed.sentences(reading.table, reading.standard.columns),
            *counted_twice(reading.table, accepted, corrected),
        ),
    )
