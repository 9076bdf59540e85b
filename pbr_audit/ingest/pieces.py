"""A file's rows, piece after piece: fast where its text is well-formed, record by record where it is not."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from pbr_audit.ingest.blocks import DoubtError
from pbr_audit.ingest.cutting import Cutter, last_record_end
from pbr_audit.ingest.parsing import Form, Part, parse
from pbr_audit.ingest.tolerant import Tolerant
from pbr_audit.ingest.windows_1252 import repaired

# Polars parses outside Python's lock, so two threads keep two cores busy; pieces beyond those that are
# being parsed would only fill memory.
_THREADS = 2
_LOOK_AHEAD = 3

_Waiting = deque[tuple[bytes, Future[Part]]]


class Pieces:
    """The pieces of one file below its header, and how many lines were mended on the way."""

    def __init__(self, cutter: Cutter, form: Form, *, header: bytes, guess: bool) -> None:
        """Take rows of `form` from `cutter`; `header` is the line above them.

        With `guess`, lines that are not UTF-8 may be Windows-1252.
        """
        self._cutter = cutter
        self._form = form
        self._header = header
        self._guess = guess
        self._tolerant = Tolerant(form)
        self._open = 0
        self.windows_lines = 0
        self.marks = 0

    def parts(self) -> Iterator[Part]:
        """Parse pieces on all threads and give them out in the order of the file.

        After a piece in doubt the next ones are tried one at a time, so that a file full of them costs no
        work that is thrown away. Raises RefusedError where the file cannot be read on.
        """
        waiting: _Waiting = deque()
        ahead = _LOOK_AHEAD
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="csv") as pool:
            while True:
                in_doubt = self._fill(waiting, ahead, pool)
                if not waiting and not in_doubt:
                    return
                part = self._next(waiting) if waiting else None
                ahead = 1 if part is None else min(ahead + 1, _LOOK_AHEAD)
                part = part or self._slowly()
                if part.lines:
                    yield part

    def _fill(self, waiting: _Waiting, ahead: int, pool: ThreadPoolExecutor) -> bool:
        """Have more pieces parsed; tell whether the one after them cannot be cut."""
        while len(waiting) < ahead:
            try:
                piece = self._cutter.piece()
            except DoubtError:
                return True
            if not piece:
                return False
            waiting.append((piece, pool.submit(parse, piece, self._form)))
        return False

    def _next(self, waiting: _Waiting) -> Part | None:
        """The first piece that waits, parsed; None if it is in doubt, and all pieces are put back."""
        piece, parsed = waiting.popleft()
        try:
            part = parsed.result()
        except DoubtError:
            for _, behind in waiting:
                behind.cancel()
            self._cutter.put_back(piece, *(behind for behind, _ in waiting))
            waiting.clear()
            return None
        self._open = 0
        return part

    def _slowly(self) -> Part:
        """The next lines: parsed where only their encoding had to be mended, else record by record."""
        lines, is_last = self._cutter.lines(self._open)
        mended = repaired(lines, guess=self._guess, header=self._header)
        self.windows_lines += mended.windows_lines
        self.marks += mended.marks
        end = len(mended.data) if is_last else last_record_end(mended.data)
        if end and (mended.windows_lines or mended.marks):
            try:
                part = parse(mended.data[:end], self._form)
            except DoubtError:
                pass
            else:
                self._cutter.put_back(mended.data[end:])
                self._open = 0
                return part
        part, rest = self._tolerant.read(mended.data, is_last=is_last)
        self._cutter.put_back(rest)
        # An open record is followed up further next time.
        self._open = len(rest)
        return part
