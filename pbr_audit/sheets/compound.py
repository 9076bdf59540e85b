"""A compound file (OLE): the container of XLS workbooks, a small file system of chained sectors."""

import struct
from collections.abc import Sequence

from pbr_audit.sheets.refusal import NOT_WHOLE, Refusal

_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_LAST_SECTOR = 0xFFFFFFFA
_STREAM, _ROOT = 2, 5
_FIRST_TABLE_PARTS = 109


class CompoundFile:
    """The streams of a compound file; Refusal for one whose chains lead nowhere."""

    def __init__(self, data: bytes) -> None:
        """Read the sector tables and the directory."""
        self._data = data
        if len(data) < _HEADER_BYTES:
            raise Refusal(NOT_WHOLE)
        sector, mini = struct.unpack_from("<HH", data, 30)
        if sector not in {9, 12} or mini != 6:  # noqa: PLR2004  # 512 or 4,096 bytes, and 64
            raise Refusal(NOT_WHOLE)
        self._sector_bytes, self._mini_bytes = 1 << sector, 1 << mini
        directory, self._smallest_bytes, mini_table = struct.unpack_from("<I4xII", data, 48)
        self._table = _numbers(b"".join(map(self._sector, self._table_parts())))
        self._mini_table = _numbers(self._chained(mini_table))
        entries = self._chained(directory)
        self._entries = [entries[at : at + _ENTRY_BYTES] for at in range(0, len(entries), _ENTRY_BYTES)]
        root = next((entry for entry in self._entries if entry[66:67] == bytes([_ROOT])), None)
        self._small = self._chained(struct.unpack_from("<I", root, 116)[0]) if root else b""

    def stream(self, *names: str) -> bytes | None:
        """The first stream that has one of these names, in any case; None where there is none."""
        for entry in self._entries:
            if len(entry) < _ENTRY_BYTES or entry[66] != _STREAM:
                continue
            length, start, size = *struct.unpack_from("<H", entry, 64), *struct.unpack_from("<II", entry, 116)
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if name.casefold() in {wanted.casefold() for wanted in names}:
                whole = self._chained(start) if size >= self._smallest_bytes else self._chained_small(start)
                return whole[:size]
        return None

    def _table_parts(self) -> list[int]:
        """The sectors that hold the sector table: the first stand in the header, the rest in a chain."""
        parts = list(struct.unpack_from(f"<{_FIRST_TABLE_PARTS}I", self._data, 76))
        further, _ = struct.unpack_from("<II", self._data, 68)
        most = len(self._data) // self._sector_bytes + 1
        while further < _LAST_SECTOR and len(parts) <= most + _FIRST_TABLE_PARTS:
            numbers = _numbers(self._sector(further))
            if not numbers:
                break
            parts.extend(numbers[:-1])
            further = numbers[-1]
        return [part for part in parts if part < _LAST_SECTOR][:most]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        return self._data[start : start + self._sector_bytes]

    def _chained(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _chain(self._table, start))

    def _chained_small(self, start: int) -> bytes:
        size = self._mini_bytes
        return b"".join(
            self._small[number * size : (number + 1) * size] for number in _chain(self._mini_table, start)
        )


def _chain(table: Sequence[int], start: int) -> list[int]:
    numbers: list[int] = []
    while start < _LAST_SECTOR:
        if start >= len(table) or len(numbers) > len(table):
            raise Refusal(NOT_WHOLE)
        numbers.append(start)
        start = table[start]
    return numbers


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f"<{len(data) // 4}I", data)
