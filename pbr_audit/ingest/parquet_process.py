"""The process in which a Parquet file is read first, seen from outside: whatever becomes of it, we go on."""

import atexit
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import Source
from pbr_audit.parquet_slices import LENGTH

NOT_WHOLE = "is not a whole Parquet file; write it again, or ask for it again"
TOO_LONG = "takes longer to be read than any table does; write it again, or ask for it again"
TOO_MUCH = "holds cells that are too long for a table; write it again without them"

# A slice of 2.4 million cells takes a second or two.
MOST_SECONDS = 60.0
MOST_SLICE_BYTES = 1 << 30
# -P and no -m: a folder of data may hold a module of any name, and nothing of it is ever executed.
_BEGIN = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import pbr_audit; del sys.path[0]; "
    "from pbr_audit.parquet_slices import main; main()"
)
_PACKAGE = Path(__file__).resolve().parents[2]


# A process that has read its file to the end waits here for the next one, for its start takes longer than
# most files do; it ends with this one, whose pipe it listens to.
_waiting: list[tuple[str, "subprocess.Popen[bytes]"]] = []


class ParquetProcess:
    """One Parquet file, open in a process of its own; a context manager."""

    def __init__(self, source: Source) -> None:
        """Start the process; the system's own error where the file may not be read."""
        source.path.open("rb").close()
        self._source = source
        self._is_late = False
        self._step = 1
        self._rows_left = 0
        self._process = _process()
        self._say(str(source.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rows_left < 0 and self._process.poll() is None:
            _waiting.append((_BEGIN, self._process))
            return
        _end(self._process)

    def schema(self) -> tuple[list[str], list[str], int]:
        """The columns' names, their kinds and the number of rows."""
        found: dict[str, Any] = json.loads(self._receive())
        self._rows_left = max(int(found["rows"]), 1)
        return found["names"], found["kinds"], int(found["rows"])

    def ask(self, columns: Sequence[int], step: int) -> None:
        """Ask for slices of `step` rows of the columns at these positions."""
        self._say({"columns": list(columns), "step": step})
        self._step = step

    def readable_rows(self) -> int:
        """The rows of the next slice, which could be read; InputError where it could not."""
        found: dict[str, int] = json.loads(self._receive())
        if found["bytes"] > MOST_SLICE_BYTES:
            raise InputError(f"{self._source.file}: {TOO_MUCH}")
        self._rows_left -= self._step
        if self._rows_left <= 0:
            # All of it was read: the process is free for another file.
            self._rows_left = -1
        return found["rows"]

    def _say(self, what: object) -> None:
        stream = self._process.stdin
        try:
            if stream is not None:
                stream.write(json.dumps(what).encode() + b"\n")
                stream.flush()
        except BrokenPipeError:
            # Why it is gone is told by the answer that does not come.
            return

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
        message = stream.read(length)
        return message if len(message) == length else None

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()


def _process() -> "subprocess.Popen[bytes]":
    """Return the process that waits, or start one."""
    while _waiting:
        begin, process = _waiting.pop()
        if begin == _BEGIN and process.poll() is None:
            return process
        _end(process)
    return subprocess.Popen(  # noqa: S603  # this interpreter, with a program of ours
        [sys.executable, "-P", "-c", _BEGIN, str(_PACKAGE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # What the reader says when it fails may hold what it found.
        stderr=subprocess.DEVNULL,
    )


@atexit.register
def _end_waiting() -> None:
    while _waiting:
        _end(_waiting.pop()[1])


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:
                # It was gone before the question.
                continue
    process.wait()
