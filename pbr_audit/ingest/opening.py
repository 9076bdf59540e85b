"""The bytes of a text file as UTF-8, whatever it was packed and encoded in; only a part is held at once."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from pbr_audit.errors import InputError
from pbr_audit.ingest.batch import Source

# Real tables shrink to a tenth, seldom to a fiftieth; what is made to fill a disk shrinks to a thousandth.
MOST_INFLATION = 100
# So much any file may unpack to, for a small table of equal rows shrinks without end.
FREE_INFLATION_BYTES = 256 << 20

_SAMPLE_BYTES = 4096
_CHUNK_BYTES = 1 << 20
_GZIP_MARK = b"\x1f\x8b"
_OTHER_FORMATS = {
    b"PK\x03\x04": "is a zip archive or a workbook; unpack it, or end its name in .xlsx or .ods",
    b"\xd0\xcf\x11\xe0": "is a workbook or another office document; end its name in .xls, or save it as CSV",
    b"PAR1": "is a Parquet file; end its name in .parquet",
    b"%PDF": "is a PDF document; ask for the table as CSV or as a workbook",
}
# UTF-32 before UTF-16: its mark begins with the other's.
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SHOWN = {"utf-16": "UTF-16", "utf-32": "UTF-32", "cp1252": "Windows-1252", "latin-1": "Latin-1"}


class Stream(Protocol):
    """What is read from: at most `size` bytes at once, none at the end."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Opened:
    """A text file's bytes, without a byte-order mark; bytes that are no text in its encoding are no UTF-8.

    `guess` tells whether single lines that are not UTF-8 may be read as Windows-1252; `said` is how the file
    was opened, in sentences.
    """

    stream: Stream
    guess: bool
    said: tuple[str, ...]


@contextmanager
def opened(source: Source, encoding: str | None = None) -> Iterator[Opened]:
    """Open a text file, gzipped or not, in `encoding` or in the one that its first bytes show.

    Raises InputError, one sentence, for what is no text file, for a broken gzip file and, while it is read,
    for one that unpacks to more than any table would.
    """
    try:
        with source.path.open("rb") as raw:
            packed = raw.read(len(_GZIP_MARK)) == _GZIP_MARK
            raw.seek(0)
            stream: Stream = _Inflated(source, raw) if packed else raw
            yield _decoded(source, stream, encoding, () if packed else _not_packed(source))
    except (gzip.BadGzipFile, EOFError, zlib.error):
        problem = f"{source.file}: is not a whole gzip file; ask for it again"
    else:
        return
    raise InputError(problem)


def _not_packed(source: Source) -> tuple[str, ...]:
    if source.path.suffix.lower() != ".gz":
        return ()
    return (f"{source.file}: is named like a gzip file and is not packed; it was read as it stands",)


def _decoded(source: Source, stream: Stream, encoding: str | None, said: tuple[str, ...]) -> Opened:
    sample = stream.read(_SAMPLE_BYTES)
    for begin, what in _OTHER_FORMATS.items():
        if sample.startswith(begin):
            raise InputError(f"{source.file}: {what}")
    mark, marked = next(((m, name) for m, name in _MARKS.items() if sample.startswith(m)), (b"", None))
    name = marked or _without_mark(sample) or "utf-8"
    if encoding is not None and not (encoding == "utf-16" and name.startswith("utf-16")):
        # Without a mark, UTF-16 is as Windows writes it.
        name = "utf-16-le" if encoding == "utf-16" else encoding
        mark = mark if marked == name else b""
    rest = _Chained(sample.removeprefix(mark), stream)
    if name == "utf-8":
        return Opened(rest, encoding is None and not marked, said)
    shown = _SHOWN[name.removesuffix("-le").removesuffix("-be")]
    return Opened(_Transcoded(rest, name), guess=False, said=(*said, f"{source.file}: was read as {shown}"))


def _without_mark(sample: bytes) -> str | None:
    """Tell UTF-16 by its zero bytes: one in two, on one side only, is what Latin text has."""
    pairs = len(sample) // 2
    even, odd = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if max(even, odd) * 4 < pairs or pairs == 0 or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


class _Chained:
    """Bytes that were looked at already, then the rest of the stream."""

    def __init__(self, begin: bytes, stream: Stream) -> None:
        self._begin = begin
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        if not self._begin:
            return self._stream.read(size)
        part, self._begin = self._begin[:size], self._begin[size:]
        return part


class _Inflated:
    """A gzip file's content, as long as it stays in proportion to the file."""

    def __init__(self, source: Source, raw: BinaryIO) -> None:
        self._source = source
        self._stream = gzip.GzipFile(fileobj=raw, mode="rb")
        self._left = max(FREE_INFLATION_BYTES, MOST_INFLATION * source.path.stat().st_size)

    def read(self, size: int, /) -> bytes:
        part = self._stream.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise InputError(
                f"{self._source.file}: unpacks to more than {MOST_INFLATION} times its size, as no table "
                "should; unpack it, look at it, and give the file that comes out"
            )
        return part


class _Transcoded:
    """Another encoding as UTF-8; bytes that are no text in it come out as bytes that are no UTF-8."""

    def __init__(self, stream: Stream, encoding: str) -> None:
        self._stream = stream
        errors = _NO_TEXT if encoding.startswith("utf-") else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._ended:
            part = self._stream.read(min(size, _CHUNK_BYTES))
            self._ended = not part
            text = self._decoder.decode(part, final=self._ended)
            if text:
                return text.encode("utf-8", "surrogateescape")
        return b""


def _no_text(error: UnicodeError) -> tuple[str, int]:
    """Put the byte FF, which is no UTF-8, in the place of half a character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end


_NO_TEXT = "pbr-audit-no-text"
codecs.register_error(_NO_TEXT, _no_text)
