"""The evidence of many pairs at once, field by field; `explaining` has more to say of a single one."""

from typing import Final

import numpy as np
import polars as pl

from pbr_audit.linkage.compare import levels_of
from pbr_audit.linkage.em import RANDOM, SAME, Floats
from pbr_audit.linkage.scoring import Scored

_BIT: Final = float(np.log(2))
_LEAST: Final = 1e-300


def waterfalls(scored: Scored, pairs: pl.DataFrame) -> pl.Series:
    """Return for each of `pairs` (left, right, pattern, as scored) its evidence, in the order of the rows.

    Each is a list of structs field, level, bits: the base-2 logarithm of how much likelier the level is of
    one person than of two strangers, the rarity of an agreed value included. Fields that are not known in one
    of the two say nothing and are left out. No value of the records is in it.
    """
    model, people = scored.model, scored.prepared
    compared = model.compared
    levels = levels_of(pairs["pattern"].to_numpy(), compared)
    rows = people.ids.search_sorted(pairs["left"]).to_numpy()
    columns = []
    for at, (comparison, level) in enumerate(zip(compared, levels, strict=True)):
        bits = _bits(model.tables[SAME][at], model.tables[RANDOM][at])[level]
        for agreed, names in comparison.agrees.items():
            here = np.flatnonzero(level == agreed)
            for name in names if len(here) else ():
                value = people.values[name]
                agreeing = value.of(value.codes[rows[here]])
                bits[here] -= model.frequencies[name].log_ratio(agreeing) / _BIT
        labels = pl.Series("level", comparison.labels).gather(level)
        known = pl.Series(level > 0)
        row = pl.DataFrame({"level": labels, "bits": bits, "known": known})
        told = pl.struct(pl.lit(_shown(comparison.field)).alias("field"), "level", "bits")
        columns.append(row.select(pl.when("known").then(told).alias(f"{at}")))
    if not columns:
        return pl.Series("waterfall", [[]] * pairs.height)
    beside = pl.concat(columns, how="horizontal")
    return beside.select(pl.concat_list(beside.columns).list.drop_nulls().alias("waterfall")).to_series()


def _shown(field: str) -> str:
    """Return a comparison's name for people: of `phone:phone` the column alone."""
    return field.rpartition(":")[2].replace("_", " ")


def _bits(share: Floats, chance: Floats) -> Floats:
    found: Floats = np.log(np.maximum(share, _LEAST) / np.maximum(chance, _LEAST)) / _BIT
    return found
