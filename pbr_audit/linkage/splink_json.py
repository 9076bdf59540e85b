"""Splink's model JSON, read and written: the same levels, m and u there as here.

What Splink has no place for is left out of what is written: the household class, and the frequencies, which
Splink counts itself. Source: the settings of Splink 5 (Ministry of Justice).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from pbr_audit.errors import ConfigurationError
from pbr_audit.linkage import names
from pbr_audit.linkage.compare import NAME, Comparison, comparisons
from pbr_audit.linkage.em import RANDOM, SAME, Floats
from pbr_audit.linkage.frequencies import frequency
from pbr_audit.linkage.kinds import value_name
from pbr_audit.linkage.model import Model
from pbr_audit.linkage.policy import Policy
from pbr_audit.linkage.prepare import prepare
from pbr_audit.linkage.splink_sql import conditions
from pbr_audit.linkage.training import rare_values

# In what order Splink tries the levels of names: the exchange only where nothing else was found.
_LAST: Final = (names.EXCHANGED, 1)


def to_splink(model: Model) -> dict[str, Any]:
    """Return the model as Splink's settings, for people as `variants` gives them, with the policy's id.

    With the two classes alone, weights are the same as here but for the rarity of values in a joint
    comparison, which Splink can adjust for one column only: the family name.
    """
    columns = {value_name(column, kind): column for column, kind in model.policy.kinds.items()}
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": model.policy.id,
        "sql_dialect": "duckdb",
        "probability_two_random_records_match": float(model.shares(model.records)[SAME]),
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": _rule(key, columns), "sql_dialect": "duckdb"} for key in model.policy.keys
        ],
        "comparisons": [_comparison(model, i, one, columns) for i, one in enumerate(model.compared)],
    }


def from_splink(settings: Mapping[str, Any] | str, policy: Policy, people: pl.DataFrame) -> Model:
    """Read Splink's settings, a trained model, as a model for `policy`; frequencies are counted in `people`.

    A comparison is known by its `output_column_name`, the column that it compares (`name` for the joint one),
    and a level by its label, or by being the null level, the exact match or the rest. A comparison of ours
    that the settings do not have tells nothing. ConfigurationError names what else they hold.
    """
    found = json.loads(settings) if isinstance(settings, str) else settings
    prepared = prepare(people, policy)
    compared = comparisons(policy, prepared.values)
    columns = {value_name(column, kind): column for column, kind in policy.kinds.items()}
    told = {str(one["output_column_name"]): one["comparison_levels"] for one in found["comparisons"]}
    ours = {columns.get(one.field, one.field) for one in compared}
    strange = sorted(set(told) - ours)
    if strange:
        raise ConfigurationError(
            f"The Splink model compares {', '.join(strange)}, which the policy does not: give the column a"
            " kind in the policy, or leave the comparison out."
        )
    tables = [_tables(told.get(columns.get(one.field, one.field)), one) for one in compared]
    records = prepared.height
    pairs = records * (records - 1) / 2
    a_record = float(found["probability_two_random_records_match"]) * pairs / max(records, 1)
    return Model(
        policy=policy,
        columns=tuple(prepared.values),
        tables=tuple(tuple(table[k] for table in tables) for k in (RANDOM, SAME)),
        a_record=(pairs / max(records, 1) - a_record, a_record),
        frequencies={name: frequency(prepared.values[name]) for name in rare_values(compared)},
        records=records,
    )


def _comparison(model: Model, index: int, one: Comparison, columns: Mapping[str, str]) -> dict[str, Any]:
    said = conditions(one, model.policy.kinds)
    order = [0, *(level for level in range(one.size - 1, 1, -1) if level not in _LAST or one.field != NAME)]
    order += list(_LAST) if one.field == NAME else [1]
    levels = []
    for level in order:
        found: dict[str, Any] = {"sql_condition": said[level], "label_for_charts": one.labels[level]}
        if level == 0:
            found["is_null_level"] = True
        else:
            found["m_probability"] = float(model.tables[SAME][index][level])
            found["u_probability"] = float(model.tables[RANDOM][index][level])
            for name in one.agrees.get(level, ())[-1:]:
                found |= {"tf_adjustment_column": columns[name], "tf_adjustment_weight": 1.0}
        levels.append(found)
    return {"output_column_name": columns.get(one.field, one.field), "comparison_levels": levels}


def _tables(told: list[dict[str, Any]] | None, one: Comparison) -> tuple[Floats, Floats]:
    """Return the random class's table and the same class's; equal ones where nothing is told."""
    random, same = np.zeros(one.size), np.zeros(one.size)
    if told is None:
        random[1:] = same[1:] = 1.0 / (one.size - 1)
        return random, same
    rest = None
    for level in told:
        if level.get("is_null_level"):
            continue
        shares = float(level["u_probability"]), float(level["m_probability"])
        if level["sql_condition"] == "ELSE" and level.get("label_for_charts") not in one.labels:
            rest = shares
        else:
            random[_level(level, one)], same[_level(level, one)] = shares
    if rest is not None:
        # Levels that the settings do not tell apart are parts of their rest, with its weight.
        untold = np.flatnonzero((random == 0) & (same == 0))[1:]
        random[untold], same[untold] = rest[0] / len(untold), rest[1] / len(untold)
    return random, same


def _level(level: Mapping[str, Any], one: Comparison) -> int:
    label = str(level.get("label_for_charts", ""))
    if label in one.labels:
        return one.labels.index(label)
    if label.startswith("Exact match") and one.field != NAME:
        return one.size - 1
    raise ConfigurationError(
        f"The Splink model's comparison {one.field} has a level that linkage does not compare: {label}."
        f" There are {', '.join(one.labels)}."
    )


def _rule(key: tuple[str, ...], columns: Mapping[str, str]) -> str:
    named = []
    for value in key:
        base, *variant = value.split("__")
        named.append("__".join([columns.get(base, base), *variant]))
    return " AND ".join(f'l."{name}" = r."{name}"' for name in named)
