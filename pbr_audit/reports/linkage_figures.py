"""How well a linkage did: what it says of itself, held against what is known."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import polars as pl

from pbr_audit.linkage import Model, Scored
from pbr_audit.linkage.compare import Comparison
from pbr_audit.linkage.em import HOUSEHOLD, RANDOM, SAME
from pbr_audit.linkage.reach import Reach, reach
from pbr_audit.stats.exact import clopper_pearson

# Where a linkage says 0.95 or more, its errors cost most: the steps are the finest there.
EDGES: Final = (0.01, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0)
KNOWN: Final = "person_ref"


@dataclass(frozen=True)
class Step:
    """Pairs that were scored alike: from `low` on and below `high` (at the last step, 1 included).

    `pairs` of them with the mean probability `said`; of `known` pairs the truth is known, and the share
    `share` of these, between the limits `least` and `most`, is one person. Null where none is known.
    """

    low: float
    high: float
    pairs: int
    said: float
    known: int
    share: float | None
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Weight:
    """What a level of agreement adds, in bits: above 0 for one person, below for two strangers."""

    level: str
    bits: float
    share_same: float
    share_random: float
    share_household: float | None


@dataclass(frozen=True)
class Figures:
    """What is told of a linkage.

    `registrations`, `compared` pairs of them; `matches` and `households` are the pairs that the model
    expects among all; `found` those at or above the threshold `at`; `reliability` by step; `reach_found` what
    the keys found of the pairs at the threshold, `reach_known` of the pairs known to be one person, if any
    are; `weights` by field.
    """

    registrations: int
    compared: int
    matches: float
    households: float | None
    at: float
    found: int
    reliability: tuple[Step, ...]
    reach_found: Reach
    reach_known: Reach | None
    weights: tuple[tuple[str, tuple[Weight, ...]], ...]
    blocks: pl.DataFrame


def figures(people: pl.DataFrame, scored: Scored, *, at: float, known: pl.DataFrame | None = None) -> Figures:
    """Measure a linkage of `people`; `known` (id, person): whose registration each is, by the source."""
    model = scored.model
    found = scored.pairs.filter(pl.col("p_same") >= at)
    certain = None if known is None else _known_pairs(known)
    households = model.a_record[HOUSEHOLD] * people.height if model.has_household else None
    return Figures(
        registrations=people.height,
        compared=scored.compared,
        matches=model.a_record[SAME] * people.height,
        households=households,
        at=at,
        found=found.height,
        reliability=_steps(scored.pairs, known),
        reach_found=reach(people, scored, found),
        reach_known=None if certain is None or certain.is_empty() else reach(people, scored, certain),
        weights=tuple(_weights(model)),
        blocks=scored.blocks,
    )


def _known_pairs(known: pl.DataFrame) -> pl.DataFrame:
    """Return every pair of registrations that the source gives one person's number."""
    ids = known.drop_nulls().select("person", left=pl.col("id").cast(pl.String))
    return ids.join(ids.rename({"left": "right"}), on="person").filter(pl.col("left") < pl.col("right"))


def _steps(pairs: pl.DataFrame, known: pl.DataFrame | None) -> tuple[Step, ...]:
    true = pl.lit(None, dtype=pl.Boolean)
    if known is not None:
        person = known.select(pl.col("id").cast(pl.String), "person")
        for side in ("left", "right"):
            of_side = person.rename({"id": side, "person": f"person_{side}"})
            pairs = pairs.join(of_side, on=side, how="left", maintain_order="left")
        true = pl.col("person_left") == pl.col("person_right")
    pairs = pairs.select("p_same", true=true)
    steps = []
    for low, high in pairwise(EDGES):
        last = high == EDGES[-1]
        below = pl.col("p_same") <= high if last else pl.col("p_same") < high
        here = pairs.filter((pl.col("p_same") >= low) & below)
        if not here.is_empty():
            steps.append(_step(low, high, here))
    return tuple(steps)


def _step(low: float, high: float, here: pl.DataFrame) -> Step:
    judged, mean = here["true"].drop_nulls(), here["p_same"].mean()
    share = least = most = None
    if len(judged):
        share = float(judged.sum()) / len(judged)
        limits = clopper_pearson(int(judged.sum()), len(judged))
        least, most = float(limits[0]), float(limits[1])
    assert isinstance(mean, float)  # noqa: S101 - there is a pair
    return Step(low, high, here.height, mean, len(judged), share, least, most)


def _weights(model: Model) -> list[tuple[str, tuple[Weight, ...]]]:
    fields = []
    for place, comparison in enumerate(model.compared):
        levels = range(len(comparison.labels) - 1, 0, -1)
        fields.append((comparison.field, tuple(_weight(model, place, comparison, level) for level in levels)))
    return fields


def _weight(model: Model, place: int, comparison: Comparison, level: int) -> Weight:
    from math import log2  # noqa: PLC0415

    shares = [float(tables[place][level]) for tables in model.tables]
    least = 1e-12
    bits = log2(max(shares[SAME], least) / max(shares[RANDOM], least))
    home = shares[HOUSEHOLD] if model.has_household else None
    return Weight(comparison.labels[level], bits, shares[SAME], shares[RANDOM], home)
