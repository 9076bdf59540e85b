"""What the directory of a zip archive says before anything in it is unpacked."""

import zipfile
from itertools import pairwise

from pbr_audit.sheets.limits import MIB
from pbr_audit.sheets.refusal import NOT_WHOLE, PROTECTED, TOO_LARGE, Refusal

MOST_ENTRIES = 20_000
# Deflate packs at most some 1,030 to 1; large sheets that a program writes lie between 5 and 40.
MOST_RATIO = 400
_SMALL_BYTES = 64 << 20
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED = 0x1
_LOOKED_AT_BYTES = 4096


def checked_size(archive: zipfile.ZipFile, most_inflated_bytes: int) -> int:
    """How many bytes the archive unpacks to; Refusal for one that no spreadsheet program writes."""
    entries = archive.infolist()
    inflated = sum(entry.file_size for entry in entries)
    if inflated > most_inflated_bytes:
        raise Refusal(f"unpacks to more than {most_inflated_bytes // MIB:,} MiB; {TOO_LARGE}")
    if len(entries) > MOST_ENTRIES:
        raise Refusal(
            f"holds more than {MOST_ENTRIES:,} parts, as no spreadsheet program writes; {TOO_LARGE}"
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refusal(PROTECTED)
    for entry in entries:
        if entry.file_size > max(_SMALL_BYTES, entry.compress_size * MOST_RATIO):
            raise Refusal(
                f"unpacks to more than {MOST_RATIO} times its size, as no spreadsheet program writes; "
                f"{TOO_LARGE}"
            )
    _refuse_ambiguous(entries)
    _refuse_declared_types(archive)
    return inflated


def _refuse_ambiguous(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse parts that lie in one another, and two parts of one name: readers differ in which they take."""
    places = sorted(
        (entry.header_offset, _LOCAL_HEADER_BYTES + len(entry.orig_filename) + entry.compress_size)
        for entry in entries
    )
    if any(start + length > following for (start, length), (following, _) in pairwise(places)):
        raise Refusal(f"holds parts that lie in one another, as no spreadsheet program writes; {TOO_LARGE}")
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if len(set(names)) < len(names):
        raise Refusal(NOT_WHOLE)


def _refuse_declared_types(archive: zipfile.ZipFile) -> None:
    """Refuse XML with a document type declaration: that is where entities are made that grow without end."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                if b"<!DOCTYPE" in part.read(_LOOKED_AT_BYTES).replace(b"\0", b""):
                    raise Refusal(
                        f"holds a document type declaration, as no spreadsheet program writes; {TOO_LARGE}"
                    )
