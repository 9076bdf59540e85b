"""Every key of a table as a hash, in sorted runs on disk, to see which occur more than once."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from pbr_audit.validate.private import new_private_file, private_folder

Hashes = npt.NDArray[np.uint64]
RUN_KEYS = 1_000_000
# Any fixed number: hashes are compared within one run of the program only.
SEED = 1


def hashes_of(keys: pl.Series) -> Hashes:
    """Return a hash for each key, null for none: nulls are left out, they are not keys."""
    return (keys.drop_nulls() if keys.null_count() else keys).hash(SEED).to_numpy()


class Ledger:
    """The keys of all rows read, the rejected ones too: a key that a broken row uses is used."""

    def __init__(self, folder: Path, run_keys: int = RUN_KEYS) -> None:
        """Write runs of `run_keys` into `folder`, which is made readable by its owner only."""
        self._folder = folder
        self._run_keys = run_keys
        self._open: list[Hashes] = []
        self._open_keys = 0
        self._runs: list[Path] = []
        self._keys = 0

    def add(self, keys: pl.Series) -> None:
        """Note the keys of a batch."""
        hashes = hashes_of(keys)
        self._open.append(hashes)
        self._open_keys += len(hashes)
        self._keys += len(hashes)
        if self._open_keys >= self._run_keys:
            private_folder(self._folder)
            path = self._folder / f"run-{len(self._runs):04}.u64"
            with new_private_file(path) as file:
                self._sorted().tofile(file)
            self._runs.append(path)
            self._open, self._open_keys = [], 0

    def repeated(self) -> Hashes:
        """Return the hashes that occur more than once, sorted: repeated keys, hardly ever two keys alike."""
        last = self._sorted()
        if not self._runs:
            return _repeated(last)
        return np.concatenate([_repeated(part) for part in self._parts(last)])

    def _sorted(self) -> Hashes:
        hashes = np.concatenate([*self._open, np.empty(0, dtype=np.uint64)])
        hashes.sort()
        return hashes

    def _parts(self, last: Hashes) -> Iterator[Hashes]:
        """Cut all runs at the same hashes, so that a part of each fits into memory together; sorted parts."""
        parts = -(-self._keys // self._run_keys)
        bounds = np.array([2**64 * part // parts for part in range(1, parts)], dtype=np.uint64)
        # The maps are let go at once: pages that stay mapped count as memory of the process.
        cuts = [_cuts(np.memmap(path, dtype=np.uint64, mode="r"), bounds) for path in self._runs]
        for part, (start, end) in enumerate(pairwise(_cuts(last, bounds))):
            runs = zip(self._runs, cuts, strict=True)
            pieces = [_slice(path, cut[part], cut[part + 1]) for path, cut in runs]
            hashes = np.concatenate([*pieces, last[start:end]])
            hashes.sort()
            yield hashes


def _cuts(run: Hashes, bounds: Hashes) -> list[int]:
    return [0, *np.searchsorted(run, bounds).tolist(), len(run)]


def _slice(path: Path, start: int, end: int) -> Hashes:
    size = np.dtype(np.uint64).itemsize
    return np.fromfile(path, dtype=np.uint64, count=end - start, offset=start * size)


def _repeated(in_order: Hashes) -> Hashes:
    return np.unique(in_order[1:][in_order[1:] == in_order[:-1]])


def among(hashes: Hashes, in_order: Hashes) -> npt.NDArray[np.bool_]:
    """Return for each of `hashes` whether it is one of `in_order`, which is sorted and not empty."""
    places = np.minimum(np.searchsorted(in_order, hashes), len(in_order) - 1)
    return np.equal(in_order[places], hashes)
