"""A stream of delimited text, cut into pieces of whole records; what was cut may be put back."""

from pbr_audit.ingest.blocks import DoubtError
from pbr_audit.ingest.opening import Stream
from pbr_audit.ingest.records import LONGEST_RECORD, RefusedError

BLOCK_BYTES = 4 << 20
LONG_LINE = "is longer than {:,} bytes; check its line ends, or ask for the file again"


class Cutter:
    """Cuts a stream of whole lines; no more is held than a few blocks, or than the longest record."""

    def __init__(self, stream: Stream, size: int = BLOCK_BYTES) -> None:
        """Read from `stream` about `size` bytes at a time."""
        self._stream = stream
        self._size = size
        self._held = b""
        self._ended = False

    def piece(self) -> bytes:
        """Cut after a line end that stands outside quotes, where quotes are well-formed; empty at the end.

        Raises DoubtError, with nothing cut, where quotation marks do not let a record end.
        """
        while True:
            data = self._held
            if len(data) < self._size:
                self._more()
                data = self._held
            if self._ended:
                if data.count(b'"') % 2:
                    raise DoubtError("open quotation mark")
                self._held = b""
                return data
            end = last_record_end(data)
            if end:
                self._held = data[end:]
                return data[:end]
            if len(data) > LONGEST_RECORD:
                raise DoubtError("open quotation mark")
            self._more()

    def lines(self, more_than: int = 0) -> tuple[bytes, bool]:
        """Cut after a line end of any kind, in quotes or not; and tell whether these are the last lines.

        A block of text, or one beyond the first `more_than` bytes, unless a line is longer. Raises
        RefusedError for an endless line.
        """
        wanted = more_than + self._size
        while True:
            while len(self._held) < wanted and not self._ended:
                self._more()
            if self._ended and len(self._held) <= wanted:
                data, self._held = self._held, b""
                return data, True
            # A carriage return at the very end may be half of a line end.
            end = max(self._held.rfind(b"\n", 0, wanted), self._held.rfind(b"\r", 0, wanted - 1)) + 1
            if end > more_than:
                data, self._held = self._held[:end], self._held[end:]
                return data, False
            if wanted - more_than > LONGEST_RECORD:
                raise RefusedError(LONG_LINE.format(LONGEST_RECORD))
            wanted += self._size

    def put_back(self, *pieces: bytes) -> None:
        """Put back what was cut, in order."""
        self._held = b"".join([*pieces, self._held])

    def _more(self) -> None:
        # A decoder gives less than it is asked for.
        parts, left = [self._held], self._size
        while left > 0 and not self._ended:
            part = self._stream.read(left)
            parts.append(part)
            left -= len(part)
            self._ended = not part
        self._held = b"".join(parts)


def last_record_end(data: bytes) -> int:
    """The place after the last line end that stands outside quotes; 0 where there is none."""
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    quotes, end = data.count(b'"'), len(data)
    while (newline := data.rfind(b"\n", 0, end)) >= 0:
        quotes -= data.count(b'"', newline, end)
        if quotes % 2 == 0:
            return newline + 1
        end = newline
    return 0
