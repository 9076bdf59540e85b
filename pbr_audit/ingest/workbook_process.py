"""The process in which a workbook is read, seen from outside: started, asked, waited for, ended.

Whatever becomes of it, this process goes on: a child that dies, hangs or talks nonsense is an InputError.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import Source
from pbr_audit.sheets import limits as bounds
from pbr_audit.sheets.frames import BrokenFrameError, Message, receive
from pbr_audit.sheets.limits import Limits

# A process that starts on a busy machine; the child's own limit counts processor time alone.
_START_SECONDS = 20.0
# Between hanging up and being gone.
_LAST_SECONDS = 5.0
# -P and no -m: a folder of data may hold a zipfile.py, and nothing of it is ever executed.
_BEGIN = (
    "import sys; sys.path.insert(0, sys.argv[1]); import pbr_audit; del sys.path[0]; "
    "from pbr_audit.sheets.child import main; main()"
)
_PACKAGE = Path(__file__).resolve().parents[2]

_TO_DO = "save the table as CSV, or copy it into a new workbook"
_TOO_LONG = f"takes longer to be read than a workbook of its size should; {_TO_DO}"
_TOO_MUCH = f"needs more memory to be read than a workbook of its size should; {_TO_DO}"
_ENDED = f"ends the program that reads workbooks; {_TO_DO}"


class WorkbookProcess:
    """One workbook, held open in a process of its own; a context manager that leaves no process behind.

    `sheets` are the names of the worksheets in order, each with whether it is hidden.
    """

    def __init__(self, source: Source) -> None:
        """Start the process and let it open the workbook; InputError where it cannot."""
        # The system's own sentence on a file that may not be read.
        source.path.open("rb").close()
        self._shown = source.file
        self._is_late = False
        self._seconds = _START_SECONDS
        self._process = subprocess.Popen(  # noqa: S603  # this interpreter, with a program of ours
            [sys.executable, "-P", "-c", _BEGIN, str(_PACKAGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A panic's words may hold a cell; what became of the process is told by how it ended.
            stderr=subprocess.DEVNULL,
        )
        try:
            limits = Limits(bounds.MOST_CELLS, bounds.MOST_INFLATED_BYTES, bounds.MOST_MEMORY_BYTES)
            opened = self.ask({"path": str(source.path), "limits": asdict(limits)})
            self.sheets = [(str(name), bool(hidden)) for name, hidden in opened["sheets"]]
            self._seconds = float(opened["seconds"]) + _START_SECONDS
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing, and wait until it is gone."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    # It was gone before the last question.
                    continue
        self._process.wait()

    def ask(self, question: Message) -> Message:
        """Ask for an answer of one message."""
        self._send(question)
        return self._answer()[0]

    def ask_for_all(self, question: Message) -> Iterator[tuple[Message, int]]:
        """Ask for an answer of many messages, each with its bytes; the last one has `end`."""
        self._send(question)
        while True:
            answer = self._answer()
            yield answer
            if "end" in answer[0]:
                return

    def _send(self, question: Message) -> None:
        stream = self._process.stdin
        try:
            if stream is not None:
                stream.write(json.dumps(question).encode("ascii") + b"\n")
                stream.flush()
        except BrokenPipeError:
            # Why it is gone is told by the answer that does not come.
            return

    def _answer(self) -> tuple[Message, int]:
        stream = self._process.stdout
        waiting = Timer(self._seconds, self._end_late)
        waiting.start()
        try:
            answer = receive(stream) if stream is not None else None
        except BrokenFrameError:
            answer = None
        finally:
            waiting.cancel()
        if answer is None:
            raise InputError(f"{self._shown}: {self._cause()}")
        if "refused" in answer[0]:
            raise InputError(f"{self._shown}: {answer[0]['refused']}")
        return answer

    def _end_late(self) -> None:
        self._is_late = True
        self._process.kill()

    def _cause(self) -> str:
        """What a process died of that answers no more."""
        try:
            code = self._process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return _ENDED
        if self._is_late or code == -getattr(signal, "SIGXCPU", 0):
            return _TOO_LONG
        # Rust aborts where it is given no memory; the system kills where the machine has none left.
        if code in {-signal.SIGABRT, -getattr(signal, "SIGKILL", 9)}:
            return _TOO_MUCH
        return _ENDED
