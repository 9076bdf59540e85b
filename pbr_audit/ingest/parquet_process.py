"""The process in which a Parquet file is read, seen from outside: whatever becomes of it, we go on."""

import json
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self

import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import Source
from pbr_audit.parquet_slices import LENGTH

NOT_WHOLE = "is not a whole Parquet file; write it again, or ask for it again"
TOO_LONG = "takes longer to be read than any table does; write it again, or ask for it again"
TOO_MUCH = "holds cells that are too long for a table; write it again without them"

# A slice of 2.4 million cells takes a second or two.
MOST_SECONDS = 60.0
_MOST_SLICE_BYTES = 1 << 30
# -P and no -m: a folder of data may hold a module of any name, and nothing of it is ever executed.
_BEGIN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import pbr_audit; del sys.path[0]; "
    "from pbr_audit.parquet_slices import main; main()"
)
_PACKAGE = Path(__file__).resolve().parents[2]


class ParquetProcess:
    """One Parquet file, open in a process of its own; a context manager that leaves no process behind."""

    def __init__(self, source: Source) -> None:
        """Start the process; the system's own error where the file may not be read."""
        source.path.open("rb").close()
        self._source = source
        self._is_late = False
        self._process = subprocess.Popen(  # noqa: S603  # this interpreter, with a program of ours
            [sys.executable, "-P", "-c", _BEGIN, str(_PACKAGE), str(source.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What the reader says when it fails may hold what it found.
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    # It was gone before the question.
                    continue
        self._process.wait()

    def schema(self) -> tuple[list[str], list[str], int]:
        """The columns' names, their kinds and the number of rows."""
        found: dict[str, Any] = json.loads(self._receive())
        return found["names"], found["kinds"], int(found["rows"])

    def ask(self, columns: Sequence[int], step: int) -> None:
        """Ask for slices of `step` rows of the columns at these positions."""
        stream = self._process.stdin
        try:
            if stream is not None:
                stream.write(json.dumps({"columns": list(columns), "step": step}).encode() + b"\n")
                stream.flush()
        except BrokenPipeError:
            # Why it is gone is told by the answer that does not come.
            return

    def slice(self) -> pl.DataFrame:
        """The next slice; its columns are named by their positions."""
        return pl.read_ipc(BytesIO(self._receive()))

    def _receive(self) -> bytes:
        stream = self._process.stdout
        waiting = Timer(MOST_SECONDS, self._end_late)
        waiting.start()
        try:
            message = None if stream is None else self._message(stream)
        finally:
            waiting.cancel()
        if message is None:
            raise InputError(f"{self._source.file}: {TOO_LONG if self._is_late else NOT_WHOLE}")
        return message

    def _message(self, stream: IO[bytes]) -> bytes | None:
        begin = stream.read(LENGTH.size)
        if len(begin) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack(begin)
        if length > _MOST_SLICE_BYTES:
            raise InputError(f"{self._source.file}: {TOO_MUCH}")
        message = stream.read(length)
        return message if len(message) == length else None

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()
