"""The demonstration contract, against the list of what was planted in it, both ways."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.contracts.run_output import RunOutput, pence, rows, run

FOLDER = Path(__file__).parents[2] / "fixtures" / "contracts" / "demo"
PLANTED = list(rows(FOLDER / "truth" / "planted.csv"))
NOT_TO_FLAG = list(rows(FOLDER / "truth" / "not_to_flag.csv"))
REJECTED = list(rows(FOLDER / "truth" / "rejected.csv"))
CLAIM_FILES = ("claims-prime.csv", "claims-subcontractors.csv")
RULES = sorted({row["rule_id"] for row in PLANTED})
ON_CLAIMS = sorted({row["rule_id"] for row in PLANTED if row["subject_type"] == "claim"})
AT_RISK_PENCE = 2_176_500
AT_RISK_OF_SUBCONTRACTORS_PENCE = 12_000
# These rules put the amount on the subcontractor's claim behind the one that they ask about.
ON_CLAIMS_BEHIND = {"PBR804", "PBR808"}
PERCENT = 1 / 100


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> RunOutput:
    return run(FOLDER, tmp_path_factory.mktemp("demo") / "out")


def rows_in(name: str) -> int:
    return len(list(rows(FOLDER / name)))


def largest_by_claim(amounts: list[tuple[str, str]]) -> Mapping[str, int]:
    largest: dict[str, int] = {}
    for claim_id, amount in amounts:
        largest[claim_id] = max(largest.get(claim_id, 0), pence(amount))
    return largest


def test_two_rejected_rows_in_a_thousand_do_not_stop_the_demonstration(output: RunOutput) -> None:
    assert len(REJECTED) < PERCENT * sum(rows_in(name) for name in CLAIM_FILES)
    assert output.exit_code == 0


def test_every_claim_read_is_accepted_or_one_of_the_rejected(output: RunOutput) -> None:
    asked = [row["amount"] for name in CLAIM_FILES for row in rows(FOLDER / name)]
    counted = output.manifest["tables"]["claims"]
    assert (counted["read"], counted["rejected"]) == (len(asked), len(REJECTED))
    assert counted["accepted"] == len(asked) - len(REJECTED)
    assert counted["read_pence"] == sum(pence(amount) for amount in asked if amount)
    assert counted["accepted_pence"] + counted["rejected_pence"] == counted["read_pence"]


def test_the_rejected_rows_say_which_column_is_the_reason(output: RunOutput) -> None:
    found = {row["claim_id"]: row["_reasons"].split(":")[0] for row in output.rejects("claims")}
    assert found == {row["claim_id"]: row["column"] for row in REJECTED}


@pytest.mark.parametrize("table", ["clients", "referrals", "events", "providers", "employers", "performance"])
def test_every_other_row_is_accepted(output: RunOutput, table: str) -> None:
    counted = output.manifest["tables"][table]
    expected = rows_in(f"{table}.csv")
    assert (counted["read"], counted["accepted"], counted["rejected"]) == (expected, expected, 0)


def test_the_list_of_what_was_planted_is_not_read_as_a_table(output: RunOutput) -> None:
    tables = {"claims", "clients", "referrals", "events", "providers", "employers", "performance"}
    assert set(output.manifest["tables"]) == tables


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_is_assessed(output: RunOutput, rule_id: str) -> None:
    assert output.coverage[rule_id]["status"] == "assessed"


@pytest.mark.parametrize("rule_id", ON_CLAIMS)
def test_the_findings_on_claims_are_those_that_were_planted(output: RunOutput, rule_id: str) -> None:
    found = {
        row["subject_id"]: (row["contract_id"], row["provider_id"], row["period"], row["amount_at_risk"])
        for row in output.of_rule(rule_id)
    }
    expected = {
        row["subject_id"]: (row["contract_id"], row["provider_id"], row["period"], row["amount_at_risk"])
        for row in PLANTED
        if row["rule_id"] == rule_id
    }
    assert found == expected
    assert len(found) == len(output.of_rule(rule_id))


def test_the_published_figures_that_cannot_be_are_those_that_were_planted(output: RunOutput) -> None:
    found = sorted((row["provider_id"], row["period"]) for row in output.of_rule("PBR902"))
    assert found == sorted(
        (row["provider_id"], row["period"]) for row in PLANTED if row["rule_id"] == "PBR902"
    )


def test_a_pile_at_the_end_of_quarters_without_a_gap_after_it_is_no_query(output: RunOutput) -> None:
    assert output.of_rule("PBR701") == []
    assert output.coverage["PBR701"]["status"] == "assessed"


def test_no_other_rule_finds_anything(output: RunOutput) -> None:
    assert sorted({row["rule_id"] for row in output.findings}) == RULES


def test_what_only_looks_like_a_finding_is_not_flagged(output: RunOutput) -> None:
    flagged = {(row["rule_id"], row["subject_id"]) for row in output.findings}
    assert [row for row in NOT_TO_FLAG if (row["rule_id"], row["claim_id"]) in flagged] == []


def test_the_amount_at_risk_counts_each_claim_once(output: RunOutput) -> None:
    primes = {row["claim_id"] for row in rows(FOLDER / "claims-prime.csv")}
    of_claims = [row for row in output.flagged_claims if row["rule_id"] in ON_CLAIMS]
    found = largest_by_claim(
        [(row["claim_id"], row["amount"]) for row in of_claims if row["claim_id"] in primes]
    )
    behind = largest_by_claim(
        [(row["claim_id"], row["amount"]) for row in of_claims if row["claim_id"] not in primes]
    )
    planted = largest_by_claim(
        [
            (row["subject_id"], row["amount_at_risk"])
            for row in PLANTED
            if row["rule_id"] in set(ON_CLAIMS) - ON_CLAIMS_BEHIND
        ]
    )
    assert sum(found.values()) == sum(planted.values()) == AT_RISK_PENCE
    assert sum(behind.values()) == AT_RISK_OF_SUBCONTRACTORS_PENCE
    assert output.manifest["totals"]["at_risk"] == {
        "GBP": {"claims": len([amount for amount in planted.values() if amount]), "pence": AT_RISK_PENCE}
    }


def test_nothing_that_is_printed_names_a_client(output: RunOutput) -> None:
    printed = output.stdout + output.stderr
    for client in rows(FOLDER / "clients.csv"):
        assert client["family_name"] not in printed
        assert client["postcode"] not in printed
