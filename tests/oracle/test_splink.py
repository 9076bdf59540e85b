"""Splink as the oracle: with the same m and u a pattern has the same weight, and both estimate m and u alike.

The people are invented here, small enough that every pair is looked at, so that nothing is left to a sample.
"""

from collections.abc import Collection
from typing import Any

import numpy as np
import polars as pl
import pytest

from pbr_audit.linkage import Model, Policy, choose_policy, em, score, train, training
from pbr_audit.linkage.compare import levels_of
from pbr_audit.linkage.em import RANDOM, SAME
from pbr_audit.linkage.normalise import district, sector
from pbr_audit.linkage.training import compared_pairs

splink = pytest.importorskip("splink", reason="Splink is not installed: pip install '.[bench]'")
duckdb = pytest.importorskip("duckdb")
pytestmark = pytest.mark.filterwarnings("ignore")

COUNT = 240
COLUMNS = ("national_id", "sex", "postcode")
SLIP = "damerau_levenshtein({0}_l, {0}_r) <= {1}"
SAME_VALUE = "{0}_l = {0}_r"
# Of the last level to the second one, as SQL; the first level is of everything else.
CONDITIONS = {
    "national_id:national_id": (SAME_VALUE, SLIP.format("{0}", 1), SLIP.format("{0}", 2)),
    "sex": (SAME_VALUE,),
    "postcode": (
        SAME_VALUE,
        SLIP.format("{0}", 1),
        "postcode_sector_l = postcode_sector_r",
        "postcode_district_l = postcode_district_r",
    ),
}


def invented() -> pl.DataFrame:
    """People of whom a third are there twice, with slips, moves and gaps; values are as normalised."""
    rng = np.random.default_rng(4)
    number = rng.integers(100_000, 999_999, COUNT)
    place, house = rng.integers(1, 9, COUNT), rng.integers(0, 10, COUNT)
    rows = [
        (f"ab{n}c", "mf"[int(s)], f"zz{p}{h}{'xy'[int(s)]}{'uv'[int(n) % 2]}")
        for n, p, h, s in zip(number, place, house, rng.integers(0, 2, COUNT), strict=True)
    ]
    for i in range(COUNT // 3):
        national, sex, postcode = rows[i]
        if i % 5 == 0:
            national = national[:3] + str((int(national[3]) + 1) % 10) + national[4:]
        rows.append((national, sex, rows[-1 - i][2] if i % 4 == 0 else postcode))
    people = pl.DataFrame(rows, schema=COLUMNS, orient="row")
    gaps = {name: pl.Series(rng.random(people.height) < 0.1) for name in COLUMNS}
    people = people.with_columns(pl.when(~gap).then(name).alias(name) for name, gap in gaps.items())
    return people.with_columns(
        client_id=pl.format("C{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(4))
    )


def policy() -> Policy:
    chosen = choose_policy({"national_id": "national_id", "sex": "sex", "postcode": "postcode"})
    return Policy(id="client_id", kinds=chosen.kinds, keys=chosen.keys, household="off")


def splink_settings(model: Model, rarity: Collection[str] = ()) -> dict[str, Any]:
    """Splink's settings with the model's own m and u, levels as SQL, and its share of matches."""
    shares = model.shares(model.records)
    comparisons = []
    for i, one in enumerate(model.compared):
        m, u = model.tables[SAME][i], model.tables[RANDOM][i]
        column = one.field.partition(":")[0]
        levels: list[dict[str, Any]] = [
            {"sql_condition": f"{column}_l is null or {column}_r is null", "is_null_level": True}
        ]
        conditions = [text.format(column) for text in CONDITIONS[one.field]]
        for level, condition in zip(range(one.size - 1, 0, -1), [*conditions, "ELSE"], strict=True):
            rare = {"tf_adjustment_column": column} if column in rarity and level == one.size - 1 else {}
            levels.append(
                {
                    "sql_condition": condition,
                    "m_probability": float(m[level]),
                    "u_probability": float(u[level]),
                    **rare,
                }
            )
        comparisons.append({"output_column_name": column, "comparison_levels": levels})
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "client_id",
        "probability_two_random_records_match": float(shares[SAME]),
        "blocking_rules_to_generate_predictions": ["1=1"],
        "comparisons": comparisons,
        "em_convergence": 1e-6,
        "max_iterations": 60,
    }


def linker_of(
    people: pl.DataFrame, settings: dict[str, Any], rarity: dict[str, pl.DataFrame] | None = None
) -> Any:
    api = splink.DuckDBAPI()
    with_parts = people.with_columns(
        postcode_sector=sector(pl.col("postcode")), postcode_district=district(pl.col("postcode"))
    )
    linker = splink.Linker(api.register(with_parts.to_arrow()), settings)
    for column, table in (rarity or {}).items():
        linker.table_management.register_term_frequency_lookup(api.register(table.to_arrow()), column)
    return linker


def rarities(model: Model, people: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """How likely two different people are to share each value, by the model: Splink's term frequencies."""
    found = {}
    for i, one in enumerate(model.compared):
        column = one.field.partition(":")[0]
        for value in one.agrees.get(one.size - 1, ()):
            values = people[column].drop_nulls().unique(maintain_order=True)
            ratio = np.exp(model.frequencies[value].log_ratio(values))
            chance = model.tables[RANDOM][i][one.size - 1] * ratio
            found[column] = pl.DataFrame({column: values, f"tf_{column}": chance})
    return found


def test_a_pattern_has_the_weight_that_splink_gives_it_with_the_same_m_and_u() -> None:
    people = invented()
    model = train(people, policy(), seed=1)
    rare = rarities(model, people)
    linker = linker_of(people, splink_settings(model, rare), rare)
    theirs = linker.inference.predict().as_duckdbpyrelation().to_arrow_table()
    pairs = pl.DataFrame(pl.from_arrow(theirs)).select(
        left=pl.min_horizontal("client_id_l", "client_id_r"),
        right=pl.max_horizontal("client_id_l", "client_id_r"),
        weight="match_weight",
        chance="match_probability",
    )
    both = score(people, model).pairs.join(pairs, on=["left", "right"], how="left")
    assert both.height > 60
    assert both["weight"].null_count() == 0
    share = model.shares(people.height)[SAME]
    prior_bits = float(np.log2(share / (1 - share)))
    assert np.allclose(both["weight_bits"] + prior_bits, both["weight"], rtol=0, atol=1e-6)
    assert np.allclose(both["p_same"], both["chance"], rtol=0, atol=1e-6)


def test_splink_estimates_the_same_u_from_all_pairs() -> None:
    people = invented()
    model = train(people, policy(), seed=1)
    linker = linker_of(people, splink_settings(model))
    linker.training.estimate_u_using_random_sampling(max_pairs=1e9, min_count_per_level=None)
    compared = compared_pairs(people, policy())
    taken = levels_of(compared.distinct, compared.comparisons)
    pairs = people.height * (people.height - 1) // 2
    assert compared.counts.sum() == pairs  # so few are compared all with all
    for one, level, theirs in zip(model.compared, taken, _probabilities(linker, "u"), strict=True):
        counts = np.bincount(level, weights=compared.counts, minlength=one.size)
        ours = counts[1:] / counts[1:].sum()
        assert np.allclose(ours, theirs, rtol=0, atol=1e-9)


def test_em_finds_the_m_that_splink_finds_on_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    # Splink has neither prior pairs nor floors under the class of one person.
    monkeypatch.setattr(em, "_PRIOR_PAIRS", 0.0)
    monkeypatch.setattr(training, "_agreeing", lambda _: ())
    people = invented()
    model = train(people, policy(), seed=1)
    linker = linker_of(people, splink_settings(model))
    session = linker.training.estimate_parameters_using_expectation_maximisation("1=1")
    compared = compared_pairs(people, policy())
    patterns = em.Patterns(
        levels_of(compared.distinct, compared.comparisons),
        compared.counts.astype(np.float64),
        float(compared.counts.sum()),
    )
    start = [[np.asarray(table) for table in tables] for tables in model.tables]
    groups = [one.groups for one in model.compared]
    fitted = em.fit(patterns, start, model.shares(people.height), groups)
    assert session is not None
    for i, (one, theirs) in enumerate(zip(model.compared, _probabilities(linker, "m"), strict=True)):
        assert np.allclose(fitted.tables[SAME][i][1:], theirs, rtol=0, atol=2e-3), one.field


def _probabilities(linker: Any, kind: str) -> list[Any]:
    """Splink's m or u by comparison, the level of everything else first, as ours have it."""
    found = []
    for comparison in linker.misc.save_model_to_json()["comparisons"]:
        levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
        found.append(np.array([one.get(f"{kind}_probability", 0.0) or 0.0 for one in reversed(levels)]))
    return found
