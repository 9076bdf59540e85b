"""Rows set down as they come: in memory while they are few, then in files of a private directory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pbr_audit.validate.counts import Tally, total
from pbr_audit.validate.private import new_private_file, private_folder

SOURCE = "_source"
ROW = "_row"
MEMORY_BYTES = 64 << 20


@dataclass(frozen=True)
class _Piece:
    """Some rows of one source, in memory or in a file, with the tally of just these rows."""

    held: pl.DataFrame | Path
    schema: tuple[tuple[str, pl.DataType], ...]
    source: int
    first_row: int
    last_row: int
    tally: Tally

    def frame(self) -> pl.DataFrame:
        return pl.read_ipc(self.held) if isinstance(self.held, Path) else self.held


class Spool:
    """Rows of one table, each piece of one source and shape. The caller removes the directory in the end."""

    def __init__(
        self,
        folder: Path,
        tally: Callable[[pl.DataFrame], Tally],
        empty: Mapping[str, pl.DataType],
    ) -> None:
        """Write into `folder`, which is made readable by its owner only, once MEMORY_BYTES are exceeded.

        `empty` is the schema of no pieces at all.
        """
        self._empty = empty
        self._folder = folder
        self._tally = tally
        self._pieces: list[_Piece] = []
        self._bytes = 0
        self._files = 0
        self._on_disk = False

    @property
    def tally(self) -> Tally:
        """The rows and pence that are set down now, added up over what is kept."""
        return total([piece.tally for piece in self._pieces])

    def add(self, frame: pl.DataFrame, source: int) -> None:
        """Set `frame` down; an empty one only where its columns have not been seen yet."""
        schema = tuple(frame.schema.items())
        if not frame.height and any(piece.schema == schema for piece in self._pieces):
            return
        self._bytes += int(frame.estimated_size())
        if self._bytes > MEMORY_BYTES and not self._on_disk:
            self._on_disk = True
            self._pieces = [self._piece(piece.frame(), piece.source) for piece in self._pieces]
        self._pieces.append(self._piece(frame, source))

    def remove(self, rows: pl.DataFrame) -> None:
        """Take out the rows of one source that `rows` names by `_row`, in order; others in it are ignored."""
        source, first, last = rows[SOURCE].item(0), rows[ROW].item(0), rows[ROW].item(-1)
        for position, piece in enumerate(self._pieces):
            if piece.source != source or piece.first_row > last or piece.last_row < first:
                continue
            kept = piece.frame().join(rows, on=ROW, how="anti", maintain_order="left")
            if kept.height < piece.tally.rows:
                if isinstance(piece.held, Path):
                    piece.held.unlink()
                self._pieces[position] = self._piece(kept, piece.source)

    def frame(self) -> pl.LazyFrame:
        """Return all rows; columns that some sources lack are null in their rows."""
        shapes: dict[object, list[_Piece]] = {}
        for piece in self._pieces:
            shapes.setdefault(piece.schema, []).append(piece)
        parts = [part for pieces in shapes.values() for part in _parts(pieces)]
        if len(parts) <= 1:
            return parts[0] if parts else pl.LazyFrame(schema=self._empty)
        return pl.concat(parts, how="diagonal")

    def _piece(self, frame: pl.DataFrame, source: int) -> _Piece:
        held: pl.DataFrame | Path = frame
        if self._on_disk:
            private_folder(self._folder)
            held = self._folder / f"{self._files:06}.arrow"
            self._files += 1
            with new_private_file(held) as file:
                frame.write_ipc(file, compression="lz4")
        first, last = (frame[ROW].item(0), frame[ROW].item(-1)) if frame.height else (0, -1)
        return _Piece(held, tuple(frame.schema.items()), source, first, last, self._tally(frame))


def _parts(pieces: list[_Piece]) -> list[pl.LazyFrame]:
    files = [piece.held for piece in pieces if isinstance(piece.held, Path)]
    frames = [piece.held for piece in pieces if isinstance(piece.held, pl.DataFrame)]
    in_memory = [pl.concat(frames).lazy()] if frames else []
    return in_memory + ([pl.scan_ipc(files)] if files else [])
