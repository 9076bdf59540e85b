"""How common values are: two Smiths agree by chance more often than two Featherstonehaughs.

A value is known by its hash alone, and only where at least five records have it, so that a saved model
names nobody; all rarer values count as equally rare.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pbr_audit.errors import ConfigurationError
from pbr_audit.linkage.coded import Coded

_SEED: Final = 11
LEAST_RECORDS: Final = 5


@dataclass(frozen=True)
class Frequency:
    """One value's frequencies: `shares` of records by hash (UInt64, Float64), and `rest` for all others.

    `mean` is the share of pairs of records that agree by chance, the shares' sum of squares.
    """

    shares: pl.DataFrame
    rest: float
    mean: float

    def log_ratio(self, texts: pl.Series) -> NDArray[np.float64]:
        """Return for each text the natural logarithm of its share over the mean one."""
        hashed = texts.hash(seed=_SEED).alias("hash").to_frame()
        joined = hashed.join(self.shares, on="hash", how="left", maintain_order="left")
        found: NDArray[np.float64] = np.log(joined["share"].fill_null(self.rest).to_numpy() / self.mean)
        return found

    @property
    def least_log_ratio(self) -> float:
        """The logarithm for the rarest of values."""
        return float(np.log(self.rest / self.mean))

    def to_settings(self) -> dict[str, Any]:
        hashes = [f"{number:016x}" for number in self.shares["hash"]]
        return {
            "hash_of_a_word": _hash_of_a_word(),
            "rest": self.rest,
            "mean": self.mean,
            "shares": dict(zip(hashes, self.shares["share"], strict=True)),
        }

    @classmethod
    def from_settings(cls, found: Mapping[str, Any]) -> "Frequency":
        if found["hash_of_a_word"] != _hash_of_a_word():
            raise ConfigurationError(
                "The linkage model was trained where values are hashed otherwise (another version of Polars):"
                " train it again."
            )
        shares = {int(number, 16): float(share) for number, share in found["shares"].items()}
        frame = pl.DataFrame(
            {"hash": list(shares), "share": list(shares.values())},
            schema={"hash": pl.UInt64, "share": pl.Float64},
        )
        return cls(frame.sort("hash"), float(found["rest"]), float(found["mean"]))


def _hash_of_a_word() -> str:
    """Return a fixed word's hash: a Polars that hashes otherwise would find no value of the model again."""
    return f"{pl.Series(['word']).hash(seed=_SEED)[0]:016x}"


def frequency(value: Coded) -> Frequency:
    """Count a value; records that have none are left out."""
    counts = value.counts[1:]
    total = max(int(counts.sum()), 2)
    mean = max(float((counts * (counts - 1)).sum()) / (total * (total - 1)), 0.1 / total)
    common = np.flatnonzero(counts >= LEAST_RECORDS)
    rare = counts[(counts > 0) & (counts < LEAST_RECORDS)]
    rest = float((rare * rare).sum()) / float(rare.sum()) / total if len(rare) else 1 / total
    shares = pl.DataFrame(
        {"hash": value.texts.gather(common).hash(seed=_SEED), "share": counts[common] / total}
    )
    return Frequency(shares.sort("hash"), rest, mean)
