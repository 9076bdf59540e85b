"""Random numbers: one stream for each name and block, so that a new stream disturbs no other."""

from zlib import crc32

import numpy as np


def generator(seed: int, name: str, block: int = 0) -> np.random.Generator:
    """Return the stream of `name` (a table, a step, a family) in one block of clients."""
    # A checksum rather than hash(): Python salts its own anew in each process.
    key = (crc32(name.encode()), block)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
