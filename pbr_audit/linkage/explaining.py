"""Why two records are taken for one person, or not: what each comparison adds, in bits."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pbr_audit.errors import InputError
from pbr_audit.linkage.blocks import packed
from pbr_audit.linkage.compare import Comparison, compare, levels_of
from pbr_audit.linkage.em import HOUSEHOLD, RANDOM, SAME
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.prepare import Prepared, prepare
from pbr_audit.linkage.scoring import class_logs, posterior

_BIT: Final = float(np.log(2))


@dataclass(frozen=True)
class Waterfall:
    """A pair's evidence, field by field.

    `rows`: field, level, bits (of the level), tf_bits (of the agreed value's rarity), home_bits (the level's
    for one household against two strangers), share_same, share_household, share_random (how often two
    records of each class are at that level). From `prior_bits`, same against strangers, the rows lead
    to `total_bits`. The three probabilities add up to 1. No value of the records is in it.
    """

    rows: pl.DataFrame
    prior_bits: float
    total_bits: float
    p_same: float
    p_household: float
    p_neither: float


def explain_pair(people: pl.DataFrame, model: Model, left_id: str, right_id: str) -> Waterfall:
    """Weigh one pair of `people`; InputError where one of the ids is not among them."""
    two = people.filter(pl.col(model.policy.id).cast(pl.String).is_in([left_id, right_id]))
    if two.height != 2:  # noqa: PLR2004 - a pair
        raise InputError("The pair to explain needs two different ids, both among the people.")
    prepared = prepare(two, model.policy)
    pair = packed(np.array([0]), np.array([1]))
    pattern = compare(prepared.values, np.array([0], np.uint32), np.array([1], np.uint32), model.compared)
    logs = class_logs(prepared.values, pair, pattern, model)
    shares = model.shares(people.height)
    chance, _ = posterior(logs, shares)
    taken = [int(level[0]) for level in levels_of(pattern, model.compared)]
    rows = [
        _row(model, i, one, level, prepared)
        for i, (one, level) in enumerate(zip(model.compared, taken, strict=True))
    ]
    prior = float(np.log(shares[SAME] / shares[RANDOM])) / _BIT
    return Waterfall(
        rows=pl.DataFrame(rows),
        prior_bits=prior,
        total_bits=prior + sum(float(row["bits"]) + float(row["tf_bits"]) for row in rows),
        p_same=float(chance[SAME, 0]),
        p_household=float(chance[HOUSEHOLD, 0]),
        p_neither=float(chance[RANDOM, 0]),
    )


def _row(model: Model, index: int, one: Comparison, level: int, prepared: Prepared) -> dict[str, float | str]:
    share = [float(tables[index][level]) for tables in model.tables]
    random, same = share[RANDOM], share[SAME]
    home = share[HOUSEHOLD] if model.has_household else 0.0
    rarity = sum(
        float(model.frequencies[name].log_ratio(prepared.values[name].of(prepared.values[name].codes[:1]))[0])
        for name in one.agrees.get(level, ())
    )
    return {
        "field": one.field,
        "level": one.labels[level],
        "bits": _bits(same, random) if level else 0.0,
        "tf_bits": -rarity / _BIT,
        "home_bits": _bits(home, random) if level and model.has_household else 0.0,
        "share_same": same,
        "share_household": home,
        "share_random": random,
    }


def _bits(share: float, chance: float) -> float:
    return float(np.log(max(share, 1e-300) / max(chance, 1e-300))) / _BIT
