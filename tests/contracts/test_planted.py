"""What the rules find of the acts that were planted in an invented contract: each family, by subject.

pytest tests/contracts/test_planted.py -s        prints recall and precision of each family
"""

import sys
from pathlib import Path

import polars as pl
import pytest

from pbr_audit.audit import audit
from pbr_audit.testing.truth import Score, scores

FOLDER = Path(__file__).parents[2] / "fixtures" / "contracts" / "planted"
TRUTH = pl.read_csv(FOLDER / "truth" / "planted.csv", schema_overrides={"act": pl.Int64})
RULES = sorted(set(TRUTH.filter(role="planted")["rule_id"]))
LEAST_RECALL = 0.99
LEAST_PRECISION = 0.99
LEAST_ACTS = 4


@pytest.fixture(scope="module")
def found() -> dict[str, Score]:
    with audit(FOLDER) as result:
        made = scores(result.findings, TRUTH, RULES)
    for score in made:
        figures = f"recall {score.recall:.3f}  precision {score.precision:.3f}"
        sys.stdout.write(f"{score.rule_id}  {score.acts} acts  {score.to_find} to find  {figures}\n")
    return {score.rule_id: score for score in made}


@pytest.mark.parametrize("rule_id", RULES)
def test_the_rule_finds_what_was_planted(rule_id: str, found: dict[str, Score]) -> None:
    assert found[rule_id].acts >= LEAST_ACTS
    assert found[rule_id].recall >= LEAST_RECALL, found[rule_id].missed


@pytest.mark.parametrize("rule_id", RULES)
def test_the_rule_flags_little_else(rule_id: str, found: dict[str, Score]) -> None:
    assert found[rule_id].precision >= LEAST_PRECISION, found[rule_id].extra


def test_every_family_that_is_planted_by_default_is_there() -> None:
    asked = (FOLDER / "truth" / "asked.toml").read_text(encoding="utf-8")
    assert [rule_id for rule_id in RULES if f'rule_id = "{rule_id}"' not in asked] == []
    assert asked.count("[[plant]]") == len(RULES)
