"""One reader, tried on whatever the fuzzer makes up; a process of `fuzz_readers.py`.

    python -m benchmarks.fuzz_target READER COUNTS_FILE [libFuzzer's options] CORPUS_FOLDER

Parquet files and workbooks are read in a process of their own for users. Here the functions of that process
are called in this one, so that the fuzzer sees where they go; what they raise ends the process there, and is
a refusal to its parent. COUNTS_FILE holds how many inputs were tried, read and refused, as three numbers of
eight bytes, for a process that aborts tells nothing any more.
"""

import io
import mmap
import os
import resource
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from unittest.mock import patch

import atheris
import polars as pl

with atheris.instrument_imports(include=["pbr_audit", "tomllib", "zipfile"]):
    import pbr_audit.ingest
    from pbr_audit import parquet_slices
    from pbr_audit.dataset import DataSet, Options, TableInput
    from pbr_audit.dataset.audit_file import read_audit_file
    from pbr_audit.errors import ConfigurationError, InputError
    from pbr_audit.ingest import Batch, Source, delimited, json_text, pieces
    from pbr_audit.ingest import parquet as parquet_reader
    from pbr_audit.ingest import workbook as workbook_reader
    from pbr_audit.ingest.blocks import DoubtError
    from pbr_audit.sheets import book as sheets_book
    from pbr_audit.sheets import child
    from pbr_audit.sheets.frames import receive, send
    from pbr_audit.sheets.limits import MIB, Limits
    from pbr_audit.sheets.refusal import Refusal
    from pbr_audit.terms import load_terms

from benchmarks.fuzz_seeds import packed

MOST_MEMORY_BYTES = 4 << 30
ENCODINGS = (None, "utf-8", "utf-16", "cp1252", "latin-1")
DELIMITERS = (None, None, ",", ";", "\t", "|")
SMALL_BLOCK_BYTES = 64
SENTENCE = 400


class HereParquet:
    """What `ParquetProcess` is, without a process."""

    def __init__(self, source: Source) -> None:
        self._path = str(source.path)
        self._messages = io.BytesIO()
        self._file = source.file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def schema(self) -> tuple[list[str], list[str], int]:
        """Read the schema as the process does."""
        with _ends_a_process(self._file):
            self._frame = pl.scan_parquet(self._path, glob=False)
            schema = self._frame.collect_schema()
            rows = int(self._frame.select(pl.len()).collect().item())
        self._kinds = [parquet_slices._kind(dtype) for dtype in schema.dtypes()]  # noqa: SLF001
        self._names = schema.names()
        return self._names, self._kinds, rows

    def ask(self, columns: list[int], step: int) -> None:
        """Prepare for slices."""
        with _ends_a_process(self._file):
            pairs = enumerate(zip(self._names, self._kinds, strict=True))
            self._columns = [
                parquet_slices._column(name, kind).alias(str(position))  # noqa: SLF001
                for position, (name, kind) in pairs
                if position in columns
            ]
        self._start, self._step = 0, step

    def slice(self) -> Any:
        """Read the next slice."""
        with _ends_a_process(self._file):
            part = self._frame.slice(self._start, self._step).select(self._columns).collect()
        self._start += self._step
        return part


class _ends_a_process:  # noqa: N801  # reads like a statement
    """Whatever is raised here ends the process that reads for users; to its parent that is a refusal."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is not None and not isinstance(error, KeyboardInterrupt):
            raise InputError(f"{self._file}: is not a whole file") from error


class HereWorkbook:
    """What `WorkbookProcess` is, without a process; messages go through their own frames all the same."""

    def __init__(self, source: Source) -> None:
        self._file = source.file
        with self._refused():
            # No limit is set on this process, so the scan of the archive is held to smaller ones.
            self._book = sheets_book.Book(str(source.path), Limits(1_000_000, 64 * MIB))
        self.sheets = [(str(name), bool(hidden)) for name, hidden in self._book.sheets]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def _refused(self) -> "_Refused":
        return _Refused(self._file)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for an answer of one message."""
        return next(self.ask_for_all(question))[0]

    def ask_for_all(self, question: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
        """Ask for an answer of many messages."""
        with self._refused():
            for message in child._answers(self._book, dict(question)):  # noqa: SLF001
                stream = io.BytesIO()
                send(stream, message)
                stream.seek(0)
                answer = receive(stream)
                if answer is None:
                    raise InputError(f"{self._file}: no answer")
                yield answer


class _Refused:
    """What the process says to its parent in one sentence; anything else it raises is a find."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, Refusal | MemoryError):
            raise InputError(f"{self._file}: {str(error) or 'too large'}") from error


class Target:
    """Tries inputs on one reader, and counts them."""

    def __init__(self, reader: str, counts: mmap.mmap, folder: Path) -> None:
        self._reader = reader
        self._counts = counts
        self._folder = folder
        self._tried, self._read, self._refused = struct.unpack("<3Q", counts[:24])

    def __call__(self, data: bytes) -> None:
        """Try one input; the first byte says how."""
        if not data:
            return
        self._tried += 1
        self._note()
        try:
            self._try(data[0], data[1:])
        except (InputError, ConfigurationError) as error:
            check_sentence(str(error), one=isinstance(error, InputError))
            self._refused += 1
        else:
            self._read += 1
        self._note()

    def _note(self) -> None:
        self._counts[:24] = struct.pack("<3Q", self._tried, self._read, self._refused)

    def _try(self, how: int, content: bytes) -> None:
        if self._reader == "toml":
            self._toml(how, content)
            return
        ending = ("json", "jsonl")[how % 2] if self._reader == "json" else self._reader
        path = self._folder / f"claims.{ending}"
        if self._reader in {"xlsx", "ods", "xlsb"} and how % 2:
            content = packed(content)
        path.write_bytes(content)
        if self._reader == "csv":
            self._csv(how, path)
            return
        size = SMALL_BLOCK_BYTES if how & 2 else 1 << 20
        with (
            patch.object(json_text, "_CHUNK_BYTES", size),
            patch.object(parquet_reader, "ParquetProcess", HereParquet),
            patch.object(workbook_reader, "WorkbookProcess", HereWorkbook),
            patch.object(sheets_book, "confine", lambda *_: None),
        ):
            check_batches(read(path, Options()))

    def _csv(self, how: int, path: Path) -> None:
        option = how >> 1
        encoding, option = ENCODINGS[option % len(ENCODINGS)], option // len(ENCODINGS)
        options = Options(delimiter=DELIMITERS[option % len(DELIMITERS)], encoding=encoding)
        if how % 2:
            with patch.object(delimited, "BLOCK_BYTES", SMALL_BLOCK_BYTES):
                check_batches(read(path, options))
            return
        found = outcome(path, options)
        with patch.object(pieces, "parse", in_doubt):
            slowly = outcome(path, options)
        if found != slowly:
            raise AssertionError("the fast path and the tolerant one read different rows")
        if isinstance(found, str):
            raise InputError(found)

    def _toml(self, how: int, content: bytes) -> None:
        path = self._folder / "audit.toml"
        path.write_bytes(content)
        if how % 2:
            load_terms([path], [path.name])
        else:
            read_audit_file(path)


def in_doubt(*_: object) -> None:
    """Stand for a fast path that trusts nothing."""
    raise DoubtError("all of it")


def read(path: Path, options: Options) -> list[Batch]:
    """Read a file as claims."""
    table_input = TableInput("claims", (path,), options=options)
    return list(pbr_audit.ingest.batches(table_input, DataSet(path.parent, "fuzz")))


def outcome(path: Path, options: Options) -> Any:
    """Return the rows and records of a file, or the sentence that refuses it."""
    try:
        found = read(path, options)
    except InputError as error:
        return str(error)
    check_batches(found)
    rows = [row for batch in found for row in batch.frame.rows()]
    aside = [row for batch in found if batch.aside is not None for row in batch.aside.rows()]
    return found[0].frame.columns, rows, aside, sum(batch.blank_lines for batch in found)


def check_sentence(text: str, *, one: bool) -> None:
    """Raise AssertionError for a message that no screen can show."""
    text.encode()
    assert not one or "\n" not in text, "a refusal of several lines"  # noqa: S101
    assert not one or text.startswith("claims."), "a refusal without its file"  # noqa: S101


def check_batches(found: list[Batch]) -> None:
    """Raise AssertionError where batches are not what `Batch` says."""
    assert found, "no batch"  # noqa: S101
    assert len({tuple(batch.frame.schema.items()) for batch in found}) == 1, "other columns"  # noqa: S101
    numbers: list[int] = []
    last = 0
    for batch in found:
        own = [*batch.frame["_row"], *([] if batch.aside is None else batch.aside["_row"])]
        assert batch.blank_lines >= 0, "fewer than no blank lines"  # noqa: S101
        assert not own or min(own) > last, "rows out of order"  # noqa: S101
        assert batch.frame["_row"].is_sorted(), "rows out of order"  # noqa: S101
        last = max(own, default=last)
        numbers += own
        for sentence in batch.said:
            check_sentence(sentence, one=True)
        if batch.aside is not None:
            assert not batch.aside["_reason"].null_count(), "aside without a reason"  # noqa: S101
    assert len(numbers) == len(set(numbers)), "a row twice"  # noqa: S101


def main() -> None:
    """Fuzz until libFuzzer has done what its options ask for."""
    reader, counts_file = sys.argv[1:3]
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    with Path(counts_file).open("r+b") as stream, TemporaryDirectory() as folder:
        counts = mmap.mmap(stream.fileno(), 24)
        atheris.Setup([sys.argv[0], *sys.argv[3:]], Target(reader, counts, Path(folder)))
        os.environ["RUST_BACKTRACE"] = "0"
        atheris.Fuzz()


if __name__ == "__main__":
    main()
