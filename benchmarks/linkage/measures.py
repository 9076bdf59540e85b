"""How near one grouping of records is to the truth: pairwise after closure, and B-cubed.

Pairwise: over all pairs of records that a grouping puts together, so a false link between two large groups
counts as often as it brings unlike records together. B-cubed (Bagga and Baldwin, 1998): precision and
recall of each record's own group, averaged over the records.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Labels = NDArray[np.int64]
USUAL = (0.2, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)


@dataclass(frozen=True)
class Agreement:
    """Pairwise precision, recall and F1, B-cubed F1, and the counts behind them; `None` where undefined."""

    precision: float | None
    recall: float | None
    f1: float | None
    b_cubed_f1: float
    pairs_found: int
    pairs_true: int
    pairs_right: int

    def as_record(self) -> dict[str, float | int | None]:
        return {name: round(x, 5) if isinstance(x, float) else x for name, x in asdict(self).items()}


def as_labels(groups: pl.Series) -> Labels:
    """Numbers 0, 1, … for a column of group names."""
    return groups.rank("dense").to_numpy().astype(np.int64) - 1


def agreement(truth: Labels, found: Labels) -> Agreement:
    """Of two groupings of the same records, in the same order."""
    table = pl.DataFrame({"truth": truth, "found": found})
    cells = table.group_by("truth", "found").len("both")
    cells = cells.join(table.group_by("truth").len("of_truth"), on="truth")
    cells = cells.join(table.group_by("found").len("of_found"), on="found")
    both = cells["both"].to_numpy().astype(np.float64)
    b_precision = float((both**2 / cells["of_found"].to_numpy()).sum()) / len(truth)
    b_recall = float((both**2 / cells["of_truth"].to_numpy()).sum()) / len(truth)
    right = _pairs(cells["both"])
    true = _pairs(table.group_by("truth").len()["len"])
    joined = _pairs(table.group_by("found").len()["len"])
    return Agreement(
        precision=right / joined if joined else None,
        recall=right / true if true else None,
        f1=2 * right / (true + joined) if true + joined else None,
        b_cubed_f1=2 * b_precision * b_recall / (b_precision + b_recall),
        pairs_found=joined,
        pairs_true=true,
        pairs_right=right,
    )


def closure(records: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> Labels:
    """The groups that links between row numbers make."""
    links = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(records, records))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def best_cut(truth: Labels, links: pl.DataFrame, cuts: Sequence[float]) -> tuple[float, Agreement]:
    """The cut with the highest pairwise F1 after closure; `links` has rows `left`, `right`, and `score`."""
    tried = [(cut, _at(truth, links, cut)) for cut in cuts]
    return max(tried, key=lambda one: one[1].f1 or 0.0)


def cuts_of(score: pl.Series, how_many: int) -> list[float]:
    """Cuts of a score in bits: at usual probabilities, and as many links between each two of the others."""
    usual = [float(np.log2(chance / (1 - chance))) for chance in USUAL]
    if not score.len():
        return usual
    shares = np.linspace(0, 1, how_many, endpoint=False)
    return sorted({*usual, *(float(cut) for cut in np.quantile(score.to_numpy(), shares))})


def numbered(ids: pl.Series, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs' `left` and `right` ids as row numbers of `ids`."""
    rows = pl.DataFrame({"id": ids, "row": np.arange(ids.len(), dtype=np.int64)})
    for side in ("left", "right"):
        pairs = pairs.join(rows.rename({"row": f"{side}_row"}), left_on=side, right_on="id", how="left")
    if pairs["left_row"].null_count() or pairs["right_row"].null_count():
        raise ValueError("A pair names a record that is not among the people.")
    return pairs.drop("left", "right").rename({"left_row": "left", "right_row": "right"})


def _at(truth: Labels, links: pl.DataFrame, cut: float) -> Agreement:
    kept = links.filter(pl.col("score") >= cut)
    return agreement(truth, closure(len(truth), kept["left"].to_numpy(), kept["right"].to_numpy()))


def _pairs(sizes: Iterable[int] | pl.Series) -> int:
    size = np.asarray(sizes, dtype=np.int64)
    return int((size * (size - 1) // 2).sum())
