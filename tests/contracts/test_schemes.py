"""Schemes as the field knows them: their terms load, and the audit says of their rows exactly what is listed."""

from pathlib import Path

import pytest

from tests.contracts.run_output import rows, run

CONTRACTS = Path(__file__).parents[2] / "fixtures" / "contracts"
SCHEMES = ("earnings_threshold", "families", "rehabilitation", "social_impact_bond", "welfare_to_work")
TOLD = ("rule_id", "subject_id", "period", "amount_at_risk", "effect")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_queries_are_those_listed_and_no_rule_fails(scheme: str, tmp_path: Path) -> None:
    folder = CONTRACTS / scheme
    output = run(folder, tmp_path / "out")
    assert output.exit_code == 0
    assert "failed" not in {row["status"] for row in output.coverage.values()}
    found = sorted(tuple(row[name] for name in TOLD) for row in output.findings)
    assert found == sorted(tuple(row[name] for name in TOLD) for row in rows(folder / "expected.csv"))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_claims_that_are_named_f_are_queries_and_others_are_not(scheme: str) -> None:
    """The expectation itself: a claim's name says what it is, so that nobody lists whatever the program says."""
    folder = CONTRACTS / scheme
    if not (folder / "claims.csv").exists():
        return
    named = {row["claim_id"] for row in rows(folder / "claims.csv") if row["claim_id"].startswith("F-")}
    assert {row["subject_id"] for row in rows(folder / "expected.csv")} == named


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_contract_file_says_what_is_real_and_what_is_invented(scheme: str) -> None:
    (contract,) = (CONTRACTS / scheme / "contracts").glob("*.toml")
    head = contract.read_text(encoding="utf-8").split("standard =")[0]
    assert "invented" in head
