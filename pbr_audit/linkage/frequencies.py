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

    def log_ratio(self, values: pl.Series) -> NDArray[np.float64]:
        """Return for each value the natural logarithm of its share over the mean one."""
        hashed = values.hash(seed=_SEED).alias("hash").to_frame()
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
            "rest": self.rest,
            "mean": self.mean,
            "shares": dict(zip(hashes, self.shares["share"], strict=True)),
        }

    @classmethod
    def from_settings(cls, found: Mapping[str, Any]) -> "Frequency":
        shares = {int(number, 16): float(share) for number, share in found["shares"].items()}
        frame = pl.DataFrame(
            {"hash": list(shares), "share": list(shares.values())},
            schema={"hash": pl.UInt64, "share": pl.Float64},
        )
        return cls(frame.sort("hash"), float(found["rest"]), float(found["mean"]))


def frequency(values: pl.Series) -> Frequency:
    """Count a column of values; nulls are left out."""
    known = values.drop_nulls()
    counts = known.value_counts(name="count")
    total = max(known.len(), 2)
    common = counts.filter(pl.col("count") >= LEAST_RECORDS)
    rare = counts.filter(pl.col("count") < LEAST_RECORDS)["count"].cast(pl.Float64)
    number = counts["count"].cast(pl.Float64)
    mean = max(float((number * (number - 1)).sum()) / (total * (total - 1)), 0.1 / total)
    rest = float((rare * rare).sum()) / float(rare.sum()) / total if rare.len() else 1 / total
    shares = common.select(
        pl.col(values.name).hash(seed=_SEED).alias("hash"), (pl.col("count") / total).alias("share")
    )
    return Frequency(shares.sort("hash"), rest, mean)
