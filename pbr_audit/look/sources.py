"""Files and sheets looked at: each read as a run would read it, or the one sentence why it cannot be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from pbr_audit.dataset import DataSet, OneOf, TableInput
from pbr_audit.dataset.discovery import WORKBOOKS
from pbr_audit.errors import ConfigurationError, InputError, PbrAuditError
from pbr_audit.ingest import READERS, ROW, Batch, batches
from pbr_audit.ingest.batch import Source
from pbr_audit.ingest.workbook_process import WorkbookProcess
from pbr_audit.look.facts import Facts, facts_of
from pbr_audit.look.shown import counted, listed
from pbr_audit.tables.synonyms import DOUBTFUL, SYNONYMS

# Columns are told by so many rows; the others are counted.
MOST_ROWS = 500_000
_LOCK = "~$"
_RESULTS = "manifest.json"
# Of any table, so that the header is found below titles whichever table it turns out to be.
_ANY_HEADER = OneOf(
    tuple(
        dict.fromkeys(
            name
            for known in (SYNONYMS, DOUBTFUL)
            for table in known.values()
            for names in table.values()
            for name in names
        )
    )
)


@dataclass(frozen=True)
class Looked:
    """A file, or a sheet of a workbook that has several: rows counted, columns looked at.

    `sheets` are all sheets of the workbook that are shown and hold cells. `aside` counts records that cannot
    be rows of the table; `said` are the reader's sentences. Where it `is_part`, its columns are told by its
    first MOST_ROWS rows.
    """

    path: Path
    file: str
    sheet: str | None
    sheets: tuple[str, ...]
    rows: int
    aside: int
    said: tuple[str, ...]
    is_part: bool
    columns: tuple[Facts, ...] = field(repr=False)

    @property
    def shown(self) -> str:
        """The source in a sentence: `Q3.xlsx sheet Claims`."""
        return Source(self.file, self.path, self.sheet).shown


@dataclass(frozen=True)
class Unread:
    """A file or sheet that cannot be looked at, and the sentence that says why."""

    path: Path
    sheet: str | None
    why: str


def files_in(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """The files that `paths` name, those of folders in order, and sentences on what was passed over.

    ConfigurationError for a path that is not there, and for folders without a file that can be read.
    """
    found: list[Path] = []
    passed: list[str] = []
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"{path}: there is no such file or folder; check the name")
        found += _files(path, passed) if path.is_dir() else [path]
    if not found:
        raise ConfigurationError(
            f"{paths[0]}: holds no file that can be read; its formats are {', '.join(READERS)}"
        )
    return list(dict.fromkeys(found)), passed


def _files(folder: Path, passed: list[str]) -> Iterator[Path]:
    try:
        inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        passed.append(f"{folder}: the folder cannot be opened; check who may read it")
        return
    if any(path.name == _RESULTS for path in inside):
        passed.append(f"{folder}: holds the results of a run and is not looked at")
        return
    for path in inside:
        if path.is_dir():
            yield from _files(path, passed)
        elif path.name.startswith(_LOCK):
            passed.append(f"{path}: is the lock file of a spreadsheet program and is not looked at")
        elif path.name.casefold().endswith(tuple(READERS)):
            yield path


def look_at(path: Path, file: str) -> list[Looked | Unread]:
    """Look at a file, each visible sheet of a workbook by itself; `file` is its name for people."""
    try:
        sheets = _sheets(path, file)
    except PbrAuditError as error:
        return [Unread(path, None, str(error))]
    except OSError as error:
        reason = (error.strerror or "the system gives no reason").lower()
        return [Unread(path, None, f"{file}: cannot be read ({reason}); check the file and who may read it")]
    if len(sheets) < 2:  # noqa: PLR2004 - one sheet needs no name
        return [_looked(path, file, None, sheets)]
    return [_looked(path, file, sheet, sheets) for sheet in sheets]


def _sheets(path: Path, file: str) -> tuple[str, ...]:
    """The sheets of a workbook that are shown and hold cells; none of a file that has no sheets."""
    if not path.name.casefold().endswith(WORKBOOKS) or not path.is_file():
        return ()
    with WorkbookProcess(Source(file, path)) as book:
        seen = [name for name, is_hidden in book.sheets if not is_hidden] or [name for name, _ in book.sheets]
        return tuple(name for name in seen if book.ask({"ask": "filled", "sheet": name})["filled"])


def _looked(path: Path, file: str, sheet: str | None, sheets: tuple[str, ...]) -> Looked | Unread:
    # Whichever table: the columns and their order are the same.
    table_input = TableInput("claims", (path,), sheet=sheet, columns={"claim_id": _ANY_HEADER})
    try:
        looked = _read(path, file, sheet, batches(table_input, _Named(path.parent, "", file=file)))
    except PbrAuditError as error:
        return Unread(path, sheet, str(error))
    return replace(looked, sheets=sheets)


@dataclass(frozen=True)
class _Named(DataSet):
    """A data set of one file, which people are shown under the name that they gave."""

    file: str = ""

    def shown(self, path: Path) -> str:
        """The one name."""
        del path
        return self.file


def _read(path: Path, file: str, sheet: str | None, parts: Iterator[Batch]) -> Looked:
    kept: list[pl.DataFrame] = []
    rows = height = aside = 0
    said: dict[str, None] = {}
    for part in parts:
        rows += part.frame.height
        aside += part.aside.height if part.aside is not None else 0
        said |= dict.fromkeys(part.said)
        if not kept or height < MOST_ROWS:
            kept.append(part.frame.head(MOST_ROWS - height))
            height += kept[-1].height
    if not kept:
        raise InputError(f"{file}: holds no table")
    frame = pl.concat(kept).drop(ROW)
    if rows > height:
        said[f"its columns are told by the first {height:,} rows"] = None
    return Looked(path, file, sheet, (), rows, aside, tuple(said), rows > height, facts_of(frame))


def rows_said(looked: Looked) -> str:
    """`1,204 rows, 11 columns`, and the records beside them."""
    parts = [counted(looked.rows, "row"), counted(len(looked.columns), "column")]
    if looked.aside:
        parts.append(f"{counted(looked.aside, 'record')} that cannot be rows of it")
    return listed(parts) if looked.aside else ", ".join(parts)
