"""One pass over an XML part of a workbook, flat in memory."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from xml.parsers import expat

from pbr_audit.sheets.refusal import TOO_LARGE, Refusal

PART_BYTES = 1 << 20

# What a damaged or encrypted zip archive, or XML that is none, makes the standard library raise.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    # A missing part; an encoding that nobody knows.
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)

Attributes = Mapping[str, str]
# The parts of an archive: small letters and forward slashes to the name as it is written.
Parts = Mapping[str, str]


class Scan:
    """A pass over one XML part; names are taken without their namespace prefix."""

    parser: expat.XMLParserType

    def begin(self, name: str, attributes: Attributes) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        """Take in what only the end of the part decides."""

    def collect(self, text: list[str]) -> None:
        self.parser.CharacterDataHandler = text.append


class _ElementScan(Scan):
    def __init__(self, local: str) -> None:
        self._local = local
        self.found: list[Attributes] = []

    def begin(self, name: str, attributes: Attributes) -> None:
        if name.rpartition(":")[2] == self._local:
            self.found.append(attributes)


@contextmanager
def whole_parts() -> Iterator[None]:
    """Turn what a damaged archive or part raises into Refusal."""
    try:
        yield
    except _BROKEN as error:
        raise Refusal(f"holds parts that do not fit together; {TOO_LARGE}") from error


def parts_of(archive: zipfile.ZipFile) -> Parts:
    """The parts of an archive by their names, as loosely as spreadsheet programs take them."""
    return {entry.filename.replace("\\", "/").lower(): entry.filename for entry in archive.infolist()}


def scan_part(archive: zipfile.ZipFile, part: str, scan: Scan) -> None:
    """Let `scan` see all elements of one part."""
    # Expanded entities are limited by expat itself; external ones are never fetched.
    parser = expat.ParserCreate()
    parser.buffer_text = True
    scan.parser = parser
    parser.StartElementHandler = scan.begin
    with archive.open(part) as stream:
        while piece := stream.read(PART_BYTES):
            parser.Parse(piece)
    parser.Parse(b"", True)  # noqa: FBT003  # expat takes no keywords
    scan.finish()


def elements(archive: zipfile.ZipFile, part: str, local: str) -> list[Attributes]:
    """The attributes of all elements of one name, in order."""
    scan = _ElementScan(local)
    scan_part(archive, part, scan)
    return scan.found
